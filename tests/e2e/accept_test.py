#!/usr/bin/env python3
"""Every way in, with real clients: the AWS CLI, boto3, curl-like requests, a followed file; and what bad input gets."""
import gzip
import json
import os
import subprocess
from pathlib import Path

from rig import FAILED_RULE, SOURCE, file_lines, main, running, training_event, wait_for

CONFIG = """
data_dir: $DIR/data
targets: { audit: { type: file, path: $DIR/audit.jsonl } }
""" + FAILED_RULE % "audit"


def aws(daemon, *words, code=0):
    """Debian's AWS CLI against the daemon, unsigned."""
    environment = {"PATH": "/usr/bin:/bin", "HOME": str(daemon.directory), "AWS_DEFAULT_REGION": "us-east-1"}
    done = subprocess.run(["/usr/bin/aws", "--no-sign-request", "--endpoint-url", daemon.server, "events", *words],
                          capture_output=True, text=True, env=environment, timeout=120)
    assert done.returncode == code, f"aws {words}: exit {done.returncode}\n{done.stdout}{done.stderr}"
    return done.stdout if code == 0 else done.stderr


def boto3(daemon, script):
    environment = {"PATH": "/usr/bin:/bin", "HOME": str(daemon.directory), "AWS_DEFAULT_REGION": "eu-west-1",
                   "AWS_ACCESS_KEY_ID": "any", "AWS_SECRET_ACCESS_KEY": "any", "AWS_MAX_ATTEMPTS": "1"}
    code = f"import boto3, json, botocore\nevents = boto3.client('events', endpoint_url={daemon.server!r})\n{script}"
    done = subprocess.run(["/usr/bin/python3", "-c", code], capture_output=True, text=True, env=environment, timeout=120)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def TheAwsCliPutsEventsThatReachTheTarget(program, path, stack):
    daemon = running(stack, program, path, CONFIG)
    answer = json.loads(aws(daemon, "put-events", "--entries", f"file://{SOURCE}/examples/put-events.json"))
    assert answer["FailedEntryCount"] == 0 and len(answer["Entries"][0]["EventId"]) == 36, answer
    line = wait_for(lambda: file_lines(f"{path}/audit.jsonl"), "the delivery")[0]
    assert line["id"] == answer["Entries"][0]["EventId"]
    assert line["account"] == "000000000000" and line["region"] == "us-east-1"
    assert list(line) == ["version", "id", "detail-type", "source", "account", "time", "region", "resources", "detail"]
    error = aws(daemon, "put-events", "--entries", json.dumps([{"Source": "s", "DetailType": "t", "Detail": "{}"}] * 11), code=254)
    assert "ValidationException" in error and "less than or equal to 10" in error, error


def NumbersOfAnySizeAndHalvesOfSurrogatePairsAreDeliveredAsTheyWereSent(program, path, stack):
    daemon = running(stack, program, path, CONFIG)
    odd = r'"n":[123456789012345678901234567890,-1e400],"s":"\ud800"'
    detail = '{"TrainingJobName":"odd","TrainingJobStatus":"Failed",' + odd + "}"
    entry = {"Source": "aws.sagemaker", "DetailType": "SageMaker Training Job State Change", "Detail": detail}
    answer = json.loads(aws(daemon, "put-events", "--entries", json.dumps([entry])))
    assert answer["FailedEntryCount"] == 0, answer
    wait_for(lambda: file_lines(f"{path}/audit.jsonl"), "the delivery")
    assert f'"detail":{detail}' in Path(f"{path}/audit.jsonl").read_text()


def Boto3SeesTypedErrorsAndPerEntryRefusals(program, path, stack):
    daemon = running(stack, program, path, CONFIG)
    answer = boto3(daemon, """
entries = [{'Source': 's', 'DetailType': 't', 'Detail': '{}'}, {'Source': 's', 'DetailType': 't', 'Detail': '[1]'},
           {'DetailType': 't', 'Detail': '{}'}, {'Source': 's', 'DetailType': 't', 'Detail': '{}', 'EventBusName': 'nowhere'}]
result = events.put_events(Entries=entries)
request_id = result['ResponseMetadata']['RequestId']
try:
    events.put_events(Entries=[{'Source': 's', 'DetailType': 't', 'Detail': json.dumps({'a': 'x' * 300000})} for _ in range(4)])
except botocore.exceptions.ClientError as error:
    code = error.response['Error']
print(json.dumps([result['FailedEntryCount'], result['Entries'], request_id, code]))""")
    failed, entries, request_id, error = answer
    assert failed == 2 and len(request_id) == 36
    assert "EventId" in entries[0] and "EventId" in entries[3]
    assert entries[1]["ErrorCode"] == "MalformedDetail" and entries[1]["ErrorMessage"] == "Detail is malformed."
    assert entries[2]["ErrorCode"] == "InvalidArgument" and "Source is a required argument" in entries[2]["ErrorMessage"]
    assert error["Code"] == "ValidationException" and "over the limit" in error["Message"], error
    assert daemon.metrics()['sagewatch_events_rejected_total{reason="unknown_bus",source="put_events"}'] == 1


def WhatHttpRefusesIsToldToAwsClientsByNameAndSentence(program, path, stack):
    daemon = running(stack, program, path, CONFIG + """
http: { limits: { body: 64KiB, inflated_body: 64KiB, connections_per_address: 8 } }
""")
    big = [{"Source": "s", "DetailType": "t", "Detail": json.dumps({"a": "x" * 100_000})}]
    error = aws(daemon, "put-events", "--entries", json.dumps(big), code=254)
    assert "(RequestEntityTooLargeException)" in error and "the body is larger than 65536 bytes" in error, error
    told = boto3(daemon, f"""
import gzip, http.client
def refused(client, **call):
    try:
        client.put_events(**call)
    except botocore.exceptions.ClientError as error:
        return error.response['Error']
def other(change):
    client = boto3.client('events', endpoint_url={daemon.server!r})
    client.meta.events.register('before-send.events.PutEvents', change)
    return client
def not_gzip(request, **_):
    request.headers['Content-Encoding'] = 'gzip'
def foreign(request, **_):
    request.headers['Host'] = 'example.com'
entries = [{{'Source': 's', 'DetailType': 't', 'Detail': '{{}}'}}]
big = [dict(entries[0], Detail=json.dumps({{'a': 'x' * 100_000}}))]
errors = [refused(events, Entries=big), refused(other(not_gzip), Entries=entries), refused(other(foreign), Entries=entries),
          refused(boto3.client('events', endpoint_url={daemon.server!r} + '/events'), Entries=entries)]
held = [http.client.HTTPConnection('127.0.0.1', int({daemon.server!r}.rpartition(':')[2])) for _ in range(8)]
for each in held:
    each.connect()
print(json.dumps(errors + [refused(boto3.client('events', endpoint_url={daemon.server!r}), Entries=entries)]))""")
    for error, (code, words) in zip(told, [("RequestEntityTooLargeException", "the body is larger than 65536 bytes"),
                                           ("MalformedHttpRequestException", "gzip"), ("AccessDeniedException", "example.com"),
                                           ("UnknownOperationException", "there is nothing at /events"),
                                           ("ServiceUnavailable", "connections are open from 127.0.0.1")], strict=True):
        assert error["Code"] == code and words in error["Message"], (error, code)


def OneEventAListLinesAndGzipAreTaken(program, path, stack):
    daemon = running(stack, program, path, CONFIG)
    with open(f"{SOURCE}/examples/training-job-failed.json", "rb") as example:
        daemon.request("POST", "/api/v1/events", example.read())
    daemon.request("POST", "/api/v1/events", json.dumps([training_event("a"), training_event("b")]))
    daemon.post_events([training_event("c"), training_event("d")])
    daemon.request("POST", "/api/v1/events", gzip.compress(json.dumps(training_event("e")).encode()), {"Content-Encoding": "gzip"})
    wait_for(lambda: {line["id"] for line in file_lines(f"{path}/audit.jsonl")} >= {"id-a", "id-b", "id-c", "id-d", "id-e"}, "all five ways")


def ABadLineIsNamedAndStopsNoOther(program, path, stack):
    daemon = running(stack, program, path, CONFIG)
    bad = [json.dumps(training_event("good")), '{"source": ', json.dumps({"detail-type": "t", "detail": {}}),
           b'{"source":"s","detail-type":"t","detail":{"a":"\xff"}}', '{"source":"a","source":"b","detail-type":"t","detail":{}}',
           '{"source":"s","detail-type":"t","detail":' + '{"a":' * 70 + "1" + "}" * 70 + "}",
           '{"source":7,"detail-type":"t","detail":{}}']
    status, text, _ = daemon.post_events(bad, check=False)
    answer = json.loads(text)
    assert status == 200 and answer["accepted"] == 1 and answer["refused"] == 6, answer
    reasons = [entry.get("reason") for entry in answer["events"]]
    assert reasons == [None, "malformed_json", "missing_field", "not_utf8", "repeated_key", "too_deep", "wrong_type"], reasons
    assert [entry.get("line") for entry in answer["events"]][1:] == [2, 3, 4, 5, 6, 7], answer
    assert daemon.post_events(["nonsense"], check=False)[0] == 400
    wait_for(lambda: [line["id"] for line in file_lines(f"{path}/audit.jsonl")] == ["id-good"], "the good one")


def AFollowedFileIsReadThroughRotationAndRestart(program, path, stack):
    feed = f"{path}/feed.jsonl"
    def append(*lines):
        with open(feed, "a") as out:
            out.writelines(line + "\n" for line in lines)
    append(json.dumps(training_event("f1")), "this is no event", json.dumps(training_event("f2")))
    daemon = running(stack, program, path, CONFIG + f"sources: {{ feed: {{ type: file, path: {feed}, follow: true }} }}\n")
    def ids():
        return [line["id"] for line in file_lines(f"{path}/audit.jsonl")]
    wait_for(lambda: ids() == ["id-f1", "id-f2"], "the first lines")
    listing = daemon.run("quarantine", "list", "--server", daemon.server)
    assert "malformed_json" in listing and "feed" in listing, listing
    os.rename(feed, feed + ".1")
    append(json.dumps(training_event("f3")))
    wait_for(lambda: ids()[2:] == ["id-f3"], "the line behind the rotation")
    assert daemon.stop() == 0
    append(json.dumps(training_event("f4")))
    daemon.start()
    wait_for(lambda: ids()[3:] == ["id-f4"], "the line written while the daemon was down, and only that")


def AnEventWithMissingFieldsIsKeptAndShown(program, path, stack):
    daemon = running(stack, program, path, CONFIG)
    arn = "arn:aws:sagemaker:us-east-1:111122223333:endpoint/half"
    daemon.post_events([{"source": "aws.sagemaker", "detail-type": "SageMaker Endpoint State Change", "id": "half",
                         "detail": {"EndpointArn": arn, "EndpointName": 7, "EndpointStatus": "FAILED"}}])
    listing = lambda: daemon.run("quarantine", "list", "--incomplete", "--server", daemon.server)
    wait_for(lambda: "EndpointName, CreationTime" in listing(), "the incomplete event")
    assert arn in listing() and "quarantine is empty" in daemon.run("quarantine", "list", "--server", daemon.server)
    series = 'sagemaker_endpoint_status{account_id="111122223333",region="us-east-1",endpoint="half",status="Failed"}'
    assert daemon.metrics()[series] == 1, "what could be read is kept"
    assert daemon.stop() == 0
    daemon.start()
    assert arn in listing(), "also after a restart"


def StandardInputIsASource(program, path, stack):
    config = f"{path}/sagewatch.yaml"
    with open(config, "w") as out:
        out.write((CONFIG + "sources: { in: { type: stdin } }\n").replace("$DIR", path))
    daemon = subprocess.Popen([program, "run", "-c", config, "--listen", "127.0.0.1:0"], stdin=subprocess.PIPE, stderr=subprocess.DEVNULL)
    stack.callback(lambda: daemon.poll() is None and daemon.kill())
    daemon.stdin.write(json.dumps(training_event("piped")).encode() + b"\n")
    daemon.stdin.close()
    wait_for(lambda: [line["id"] for line in file_lines(f"{path}/audit.jsonl")] == ["id-piped"], "the piped event")
    daemon.terminate()
    assert daemon.wait(timeout=60) == 0


main([TheAwsCliPutsEventsThatReachTheTarget, NumbersOfAnySizeAndHalvesOfSurrogatePairsAreDeliveredAsTheyWereSent,
      Boto3SeesTypedErrorsAndPerEntryRefusals, WhatHttpRefusesIsToldToAwsClientsByNameAndSentence, OneEventAListLinesAndGzipAreTaken,
      ABadLineIsNamedAndStopsNoOther, AFollowedFileIsReadThroughRotationAndRestart,
      AnEventWithMissingFieldsIsKeptAndShown, StandardInputIsASource])
