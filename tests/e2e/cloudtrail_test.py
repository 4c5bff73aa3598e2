"""Records of CloudTrail from end to end: bare, in documents of Records, in gzip files and wrapped by EventBridge; what
rules see of them, what is counted, and that no key of a record is shown anywhere."""
import gzip
import json
import os
import subprocess

import rig

SECRET = "ASIASECRETKEYID"

RULES = """
targets:
  calls: { type: file, path: "$DIR/calls.jsonl" }
rules:
  sagemaker-calls:
    pattern: { source: [aws.sagemaker], detail-type: ["AWS API Call via CloudTrail"], detail: { eventSource: [sagemaker.amazonaws.com] } }
    targets: [calls]
  buckets:
    pattern: { source: [aws.s3], detail: { eventName: [CreateBucket] } }
    targets: [calls]
"""
CONFIG = 'version: 1\ndata_dir: "$DIR/data"\n' + RULES
FOLLOWING = CONFIG + """
sources:
  trail: { type: file, path: "$DIR/trail.json.gz" }
"""


def record(name, number, event_source="sagemaker.amazonaws.com", **more):
    return {
        "eventVersion": "1.08", "eventID": f"id-{number}", "eventTime": f"2026-11-21T02:16:{number:02}Z",
        "eventSource": event_source, "eventName": name, "awsRegion": "us-east-1", "eventType": "AwsApiCall",
        "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/intern", "accessKeyId": SECRET,
                         "sessionContext": {"sessionToken": SECRET}},
        "requestParameters": {"modelName": "m"}, "responseElements": None, "recipientAccountId": "111122223333", **more}


def counted(daemon, name, outcome):
    key = ('sagemaker_api_calls_total{account_id="111122223333",region="us-east-1",event_name="%s",outcome="%s"}'
           % (name, outcome))
    return daemon.metrics().get(key, 0)


def delivered(path):
    return [line["detail"]["eventName"] for line in rig.file_lines(f"{path}/calls.jsonl")]


def post(daemon, body, **more):
    return daemon.request("POST", "/api/v1/events", json.dumps(body), {"Content-Type": "application/json"}, **more)


def a_bare_record_and_a_document_of_records_match_rules_written_for_eventbridge(program, path, stack):
    daemon = rig.running(stack, program, path, CONFIG)
    answer = json.loads(post(daemon, record("CreateModel", 1))[1])
    assert answer["events"] == [{"id": "id-1"}], answer
    document = {"Records": [record("DeleteModel", 2), {"eventVersion": "1.08", "accessKeyId": SECRET},
                            record("CreateBucket", 3, "s3.amazonaws.com"),
                            record("DeleteModel", 4, errorCode="AccessDenied")]}
    answer = json.loads(post(daemon, document)[1])
    assert (answer["accepted"], answer["refused"]) == (3, 1), answer
    assert answer["events"][1]["record"] == 2 and answer["events"][1]["reason"] == "missing_field", answer
    rig.wait_for(lambda: len(delivered(path)) == 4, "all records are delivered")
    assert sorted(delivered(path)) == ["CreateBucket", "CreateModel", "DeleteModel", "DeleteModel"], delivered(path)
    event = rig.file_lines(f"{path}/calls.jsonl")[0]
    assert event["detail-type"] == "AWS API Call via CloudTrail" and event["account"] == "111122223333", event
    assert event["time"] == "2026-11-21T02:16:01Z" and event["resources"] == [], event
    assert counted(daemon, "CreateModel", "ok") == 1 and counted(daemon, "DeleteModel", "ok") == 1
    assert counted(daemon, "DeleteModel", "error") == 1
    page = daemon.get("/metrics")[1].decode()
    assert "CreateBucket" not in page, "a call of another service is not SageMaker's"
    assert SECRET not in page and SECRET not in "\n".join(daemon.log) and SECRET not in json.dumps(answer)


def a_repeat_is_not_counted_twice_whatever_its_form(program, path, stack):
    daemon = rig.running(stack, program, path, CONFIG)
    made = record("CreateModel", 1)
    wrapped = {"version": "0", "id": "another", "detail-type": "AWS API Call via CloudTrail", "source": "aws.sagemaker",
               "account": "111122223333", "time": made["eventTime"], "region": "us-east-1", "resources": [],
               "detail": made}
    for body in (made, wrapped, {"Records": [made, made]}):
        post(daemon, body)
    rig.wait_for(lambda: len(delivered(path)) == 4, "rules see every one")
    assert counted(daemon, "CreateModel", "ok") == 1
    assert daemon.stop() == 0
    daemon.start()
    post(daemon, made)
    rig.wait_for(lambda: len(delivered(path)) == 5, "the repeat is delivered")
    assert counted(daemon, "CreateModel", "ok") == 1, "nor after a restart"


def a_model_is_on_the_page_from_its_creation_to_its_deletion_and_an_endpoint_stays_deleted(program, path, stack):
    daemon = rig.running(stack, program, path, CONFIG)
    model = 'sagemaker_model_info{account_id="111122223333",region="us-east-1",model="m"}'
    post(daemon, record("CreateModel", 1))
    rig.wait_for(lambda: daemon.metrics().get(model) == 1, "the model is shown")
    post(daemon, record("DeleteModel", 5))
    rig.wait_for(lambda: model not in daemon.metrics(), "the model is no longer shown")
    post(daemon, record("CreateModel", 1))
    arn = "arn:aws:sagemaker:us-east-1:111122223333:endpoint/e"
    for status, second in (("IN_SERVICE", 1), ("DELETED", 9)):
        post(daemon, {"source": "aws.sagemaker", "detail-type": "SageMaker Endpoint State Change", "detail": {
            "EndpointName": "e", "EndpointArn": arn, "EndpointStatus": status, "LastModifiedTime": f"2026-11-21T02:16:{second:02}Z"}})
    for name, second in (("DeleteEndpoint", 8), ("CreateEndpoint", 0)):
        post(daemon, record(name, second, eventID=name, requestParameters={"endpointName": "e"}))
        rig.wait_for(lambda: counted(daemon, name, "ok") == 1, f"{name} is counted")
    page = daemon.get("/metrics")[1].decode()
    assert 'endpoint="e"' not in "".join(line for line in page.splitlines() if "_info{" in line or "_status{" in line), \
        "records that come behind the deletion raise nothing"
    assert model not in page


def a_gzip_file_of_cloudtrail_is_read_once_through_a_kill_and_followed_to_the_next(program, path, stack):
    def deliver(first, count):
        document = {"Records": [record("CreateModel", n % 60, eventID=f"id-{n}") for n in range(first, first + count)]}
        with gzip.open(f"{path}/next.gz", "wt") as out:
            json.dump(document, out)
        os.replace(f"{path}/next.gz", f"{path}/trail.json.gz")
    deliver(0, 3_000)
    daemon = rig.running(stack, program, path, FOLLOWING)
    rig.wait_for(lambda: counted(daemon, "CreateModel", "ok") == 3_000, "all records are counted")
    daemon.kill()
    daemon.start()
    deliver(3_000, 5)
    rig.wait_for(lambda: counted(daemon, "CreateModel", "ok") == 3_005, "the next file is read, and nothing twice")
    ids = lambda: {line["id"] for line in rig.file_lines(f"{path}/calls.jsonl")}
    rig.wait_for(lambda: len(ids()) == 3_005, "each is delivered")


def a_damaged_record_of_a_gzip_file_is_kept_in_quarantine(program, path, stack):
    with gzip.open(f"{path}/trail.json.gz", "wt") as out:
        out.write('{"Records":[' + json.dumps(record("CreateModel", 1)) + ',{"eventVersion":,},' +
                  json.dumps(record("DeleteModel", 2)) + "]}")
    daemon = rig.running(stack, program, path, FOLLOWING)
    rig.wait_for(lambda: counted(daemon, "DeleteModel", "ok") == 1, "the good ones are taken")
    refused = daemon.get_json("/api/v1/quarantine")["entries"]
    assert len(refused) == 1 and refused[0]["place"] == 2 and refused[0]["reason"] == "malformed_json", refused


def the_aws_cli_puts_the_wrapped_form(program, path, stack):
    daemon = rig.running(stack, program, path, CONFIG)
    entries = [{"Source": "aws.sagemaker", "DetailType": "AWS API Call via CloudTrail",
                "Detail": json.dumps(record("CreateModel", 1))}]
    environment = {**os.environ, "AWS_ACCESS_KEY_ID": "none", "AWS_SECRET_ACCESS_KEY": "none",
                   "AWS_DEFAULT_REGION": "us-east-1"}
    done = subprocess.run(["aws", "events", "put-events", "--endpoint-url", daemon.server, "--entries",
                           json.dumps(entries)], capture_output=True, text=True, timeout=60, env=environment)
    assert done.returncode == 0 and json.loads(done.stdout)["FailedEntryCount"] == 0, done.stderr
    rig.wait_for(lambda: delivered(path) == ["CreateModel"], "the rule matches it")
    assert counted(daemon, "CreateModel", "ok") == 1


rig.main([a_bare_record_and_a_document_of_records_match_rules_written_for_eventbridge,
          a_repeat_is_not_counted_twice_whatever_its_form,
          a_model_is_on_the_page_from_its_creation_to_its_deletion_and_an_endpoint_stays_deleted,
          a_gzip_file_of_cloudtrail_is_read_once_through_a_kill_and_followed_to_the_next,
          a_damaged_record_of_a_gzip_file_is_kept_in_quarantine,
          the_aws_cli_puts_the_wrapped_form])
