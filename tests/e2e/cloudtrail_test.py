"""CloudTrail's records in all the forms in which they come, through the real binary."""
import gzip
import json
import sys

from rig import file_lines, main, running, wait_for

CONFIG = """
data_dir: $DIR/data
targets: { audit: { type: file, path: $DIR/audit.jsonl } }
rules:
  deletions:
    pattern: { source: [aws.sagemaker], detail-type: [AWS API Call via CloudTrail], detail: { eventName: [{ prefix: Delete }] } }
    targets: [audit]
"""


def record(event_name, second, event_id, model="m", **more):
    return {"eventVersion": "1.08", "eventSource": "sagemaker.amazonaws.com", "eventName": event_name, "eventType": "AwsApiCall",
            "eventTime": f"2026-11-21T02:00:{second:02}Z", "awsRegion": "eu-west-1", "eventID": event_id,
            "recipientAccountId": "111122223333", "requestParameters": {"modelName": model},
            "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/x", "accessKeyId": "ASIASECRET"}, **more}


def ids(path):
    return sorted(line["id"] for line in file_lines(f"{path}/audit.jsonl"))


def calls(daemon, name, outcome="ok"):
    series = f'sagemaker_api_calls_total{{account_id="111122223333",region="eu-west-1",event_name="{name}",outcome="{outcome}"}}'
    return daemon.metrics().get(series)


def ABareRecordAndRecordsAreTakenOverHttp(program, path, stack):
    daemon = running(stack, program, path, CONFIG)
    assert daemon.post_events([record("CreateModel", 1, "c1")])[0] == 200
    status, answer = daemon.request("POST", "/api/v1/events", json.dumps(
        {"Records": [record("DeleteModel", 5, "d1"), record("DeleteModel", 6, "d2", "other", errorCode="AccessDenied"), {"no": "record"}]}))[:2]
    answer = json.loads(answer)
    assert status == 200 and answer["accepted"] == 2 and answer["refused"] == 1, answer
    wait_for(lambda: ids(path) == ["d1", "d2"], "both deletions: a denied one is one, too")
    wait_for(lambda: calls(daemon, "DeleteModel") == 1 and calls(daemon, "DeleteModel", "error") == 1, "the counts")
    delivered = [line for line in file_lines(f"{path}/audit.jsonl") if line["id"] == "d1"][0]
    assert delivered["detail"]["eventName"] == "DeleteModel" and delivered["time"] == "2026-11-21T02:00:05Z", delivered
    daemon.post_events([record("DeleteModel", 5, "d1")])
    wait_for(lambda: len(ids(path)) == 3, "rules see a repeat")
    assert calls(daemon, "DeleteModel") == 1, "which is not counted again"
    assert "ASIASECRET" not in daemon.get("/metrics")[1].decode(), "no access key on the page"


def AGzipFileOfRecordsIsReadOnceAlsoOverARestart(program, path, stack):
    feed = f"{path}/111122223333_CloudTrail_eu-west-1.json.gz"
    with gzip.open(feed, "wt") as out:
        json.dump({"Records": [record("DeleteModel", i % 60, f"d{i:04}", f"m{i}") for i in range(2500)]}, out)
    daemon = running(stack, program, path, CONFIG + f"sources: {{ trail: {{ type: file, path: {feed} }} }}\n")
    wait_for(lambda: len(ids(path)) == 2500, "all records")
    assert daemon.stop() == 0
    daemon.start()
    daemon.post_events([record("DeleteModel", 9, "last")])
    wait_for(lambda: len(ids(path)) == 2501, "the one behind the restart, and only that")
    assert calls(daemon, "DeleteModel") == 2501


main([ABareRecordAndRecordsAreTakenOverHttp, AGzipFileOfRecordsIsReadOnceAlsoOverARestart])
