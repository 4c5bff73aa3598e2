#!/usr/bin/env python3
"""Looking at resources from outside: lists with filters and pages, one resource, and following transitions."""
import contextlib
import http.client
import json
import socket
import subprocess
import threading
import time
import urllib.parse

from rig import main, running, training_event, wait_for

CONFIG = """
data_dir: $DIR/data
"""
DAY_MS = 24 * 3600 * 1000


def now_ms():
    return int(time.time() * 1000)


def job(name, status="Failed", age_ms=0, **detail):
    return training_event(name, status, CreationTime=1790000000000, LastModifiedTime=now_ms() - age_ms, **detail)


def endpoint(name, status):
    arn = f"arn:aws:sagemaker:us-east-1:000000000000:endpoint/{name.lower()}"
    return {"version": "0", "id": f"id-{name}", "detail-type": "SageMaker Endpoint State Change", "source": "aws.sagemaker",
            "account": "000000000000", "time": "2026-11-21T02:16:31Z", "region": "us-east-1", "resources": [arn],
            "detail": {"EndpointName": name, "EndpointArn": arn, "EndpointStatus": status, "CreationTime": 1790000000000,
                       "LastModifiedTime": now_ms()}}


def arn_of(name):
    return f"arn:aws:sagemaker:us-east-1:000000000000:training-job/{name}"


def names(daemon, query=""):
    return [each["name"] for each in daemon.get_json(f"/api/v1/resources?limit=1000&{query}")["resources"]]


def known(daemon, count):
    wait_for(lambda: daemon.get_json("/api/v1/resources?limit=1")["matched"] == count, f"{count} resources are known")


class Follower:
    """Server-sent events of a daemon, read on a thread; heartbeats and ids are kept, too."""

    def __init__(self, daemon, query="", last_id=None):
        self.connection = http.client.HTTPConnection("127.0.0.1", daemon.port, timeout=60)
        self.connection.request("GET", f"/api/v1/resources/events?{query}", headers={"Last-Event-ID": last_id} if last_id else {})
        self.socket = self.connection.sock
        self.answer = self.connection.getresponse()
        assert self.answer.status == 200, self.answer.read()
        assert self.answer.getheader("Content-Type") == "text/event-stream"
        self.events, self.last_id, self.ended = [], None, False
        self.thread = threading.Thread(target=self._read, daemon=True)
        self.thread.start()
        wait_for(lambda: self.last_id, "the stream begins")

    def _read(self):
        kind, data = "message", []
        try:
            for line in self.answer:
                field, _, value = line.decode().rstrip("\n").partition(": ")
                if field == "event":
                    kind = value
                elif field == "data":
                    data.append(value)
                elif field == "id":
                    self.last_id = value
                elif not field:
                    if data:
                        self.events.append((kind, json.loads("\n".join(data))))
                    kind, data = "message", []
        except (OSError, AttributeError, ValueError):
            pass  # closed under us
        self.ended = True

    def of(self, kind):
        return [event for name, event in list(self.events) if name == kind]

    def close(self):
        with contextlib.suppress(OSError):
            self.socket.shutdown(socket.SHUT_RDWR)
        self.thread.join()
        self.answer.close()


def what_is_known_can_be_filtered(program, path, stack):
    daemon = running(stack, program, path, CONFIG)
    daemon.post_events([job("old-failure", age_ms=2 * DAY_MS), job("new-failure", FailureReason="AlgorithmError: exit 1"),
                        job("running", "InProgress", SecondaryStatus="Training"),
                        job("stuck", "InProgress", age_ms=DAY_MS, SecondaryStatus="Pending",
                            AutoMLJobArn="arn:aws:sagemaker:us-east-1:000000000000:automl-job/Sweep"),
                        endpoint("Churn", "IN_SERVICE"), endpoint("Fraud", "FAILED")])
    known(daemon, 6)
    assert names(daemon)[0] == "Fraud", "newest change first"
    assert set(names(daemon, "kind=training_job&status=Failed")) == {"old-failure", "new-failure"}
    assert names(daemon, "kind=training_job&status=failed&since=24h") == ["new-failure"]
    assert names(daemon, "state=active&older_than=3h") == ["stuck"]
    assert names(daemon, "status=in_service") == names(daemon, "status=INSERVICE") == ["Churn"]
    assert names(daemon, "reason=AlgorithmError") == ["new-failure"]
    assert set(names(daemon, "state=failed")) == {"old-failure", "new-failure", "Fraud"}
    assert names(daemon, "name_prefix=NEW-") == ["new-failure"]
    assert names(daemon, "parent=" + urllib.parse.quote("arn:aws:sagemaker:us-east-1:000000000000:automl-job/sweep")) == ["stuck"]
    assert names(daemon, "kind=endpoint&status=Failed,InService") == ["Fraud", "Churn"]

    failure = daemon.get_json("/api/v1/resources?reason=AlgorithmError")["resources"][0]
    assert failure["arn"] == arn_of("new-failure") and failure["kind"] == "training_job"
    assert failure["reason"] == {"class": "AlgorithmError", "text": "AlgorithmError: exit 1"}
    assert failure["status"] == "Failed" and failure["statuses"] == {"status": "Failed", "secondary_status": "Failed"}
    assert failure["since"].endswith("Z") and failure["terminal"] and failure["failed"]


def a_wrong_filter_is_answered_with_what_is_allowed(program, path, stack):
    daemon = running(stack, program, path, CONFIG)

    def refused(query, route="resources"):
        status, body, _ = daemon.get(f"/api/v1/{route}?{query}", check=False)
        assert status == 400, (status, body)
        return json.loads(body)["error"]

    assert "did you mean status? allowed: kind, " in refused("stauts=Failed")
    assert "did you mean endpoint?" in refused("kind=endpont")
    assert "did you mean Failed?" in refused("status=faild")
    assert refused("limit=0") == 'limit: "0" is not a number from 1 to 1000'
    assert "1000" in refused("limit=1001") and "limit" in refused("limit=ten")
    assert "neither an age nor a time" in refused("since=yesterday")
    assert "next is not what a page" in refused("next=abc")
    assert "always new" in refused("since=1h", "resources/events")
    assert "Last-Event-ID" in refused("last_event_id=abc", "resources/events")
    status, body, _ = daemon.get("/api/v1/resources?next=abcdef-3", check=False)
    assert status == 410 and b"ask again without next" in body
    assert "kind: there is no" in daemon.run("resources", "list", "--server", daemon.server, "--kind", "job", code=2)
    assert "status: there is no" in daemon.run("resources", "follow", "--server", daemon.server, "--status", "x", code=2)


def pages_tell_each_resource_once_while_others_come_go_and_change(program, path, stack):
    daemon = running(stack, program, path, CONFIG)
    daemon.post_events([job(f"job-{number:03}", "InProgress", age_ms=5000) for number in range(300)])
    known(daemon, 300)
    page = daemon.get_json("/api/v1/resources?limit=7&kind=training_job")
    assert page["matched"] == 300
    seen, pages = [each["name"] for each in page["resources"]], 1
    while "next" in page:
        # One that was told, one that was not, and a new one.
        daemon.post_events([job(f"job-{number:03}", "InProgress", SecondaryStatus=f"Training-{pages}")
                            for number in (pages % 300, 299 - pages % 300)] + [job(f"new-{pages}")])
        if pages % 5 == 0:
            again = daemon.get_json(f"/api/v1/resources?limit=7&next={page['next']}")
            page = daemon.get_json(f"/api/v1/resources?limit=7&kind=training_job&next={page['next']}")
            assert [each["name"] for each in again["resources"]] == [each["name"] for each in page["resources"]]
        else:
            page = daemon.get_json(f"/api/v1/resources?limit=7&next={page['next']}")
        seen += [each["name"] for each in page["resources"]]
        pages += 1
    assert sorted(seen) == [f"job-{number:03}" for number in range(300)], (len(seen), len(set(seen)))
    assert pages == 43


def one_resource_is_found_by_its_arn_however_it_is_written(program, path, stack):
    daemon = running(stack, program, path, CONFIG)
    daemon.post_events([job("resnet-7", "InProgress", age_ms=60_000, SecondaryStatus="Training"), job("resnet-7"),
                        job("history", "InProgress")])
    known(daemon, 2)
    arn = arn_of("resnet-7")
    plain = daemon.get_json(f"/api/v1/resources/{arn}")
    for written in (urllib.parse.quote(arn, safe=""), urllib.parse.quote(arn), arn.upper().replace("ARN:AWS", "arn:aws")):
        assert daemon.get_json(f"/api/v1/resources/{written}") == plain
    assert plain["status"] == "Failed" and plain["previous_status"] == "InProgress"
    assert plain["children"] == [] and plain["children_cut"] == 0 and plain["started"] is None
    history = daemon.get_json(f"/api/v1/resources/{urllib.parse.quote(arn, safe='')}/history")
    assert history["arn"] == arn and history["history"] == plain["history"]
    assert [each["statuses"]["status"] for each in plain["history"]][-2:] == ["InProgress", "Failed"]
    # A resource of that very name is no history.
    assert daemon.get_json(f"/api/v1/resources/{arn_of('history')}")["name"] == "history"
    assert "history" in daemon.get_json(f"/api/v1/resources/{arn_of('history')}/history")

    status, body, _ = daemon.get(f"/api/v1/resources/{arn_of('resnet-8')}", check=False)
    assert status == 404 and f"did you mean {arn}?" in json.loads(body)["error"], body
    assert f"did you mean {arn}?" in daemon.run("resources", "get", "RESNET-7", "--server", daemon.server, code=1)
    assert "is known" in daemon.run("resources", "history", "nothing-like-it", "--server", daemon.server, code=1)


def the_command_line_shows_tables_and_json(program, path, stack):
    daemon = running(stack, program, path, CONFIG)
    server = ("--server", daemon.server)
    assert daemon.run("resources", "list", *server) == "no resource that is known matches\n"
    daemon.post_events([job("fresh", FailureReason="ClientError: no such bucket"), job("aged", age_ms=11_530_000)]
                       + [job(f"more-{number}", "InProgress", age_ms=DAY_MS) for number in range(150)])
    known(daemon, 152)
    text = daemon.run("resources", "list", "--status", "failed", "--older-than", "1h", *server)
    assert text.splitlines()[0].split() == ["KIND", "NAME", "STATUS", "FOR", "REASON", "ARN"]
    assert text.splitlines()[1].split()[:5] == ["training_job", "aged", "Failed", "(Failed)", "3h12m"], text
    assert "ClientError: no such bucket" in daemon.run("resources", "list", "--reason", "ClientError", *server)
    text = daemon.run("resources", "list", *server)
    assert len(text.splitlines()) == 102 and "100 of 152 shown; --limit 0 shows all" in text
    assert len(daemon.run("resources", "list", "--limit", "0", *server).splitlines()) == 153
    listed = json.loads(daemon.run("resources", "list", "--kind", "training_job", "--limit", "0", "-o", "json", *server))
    assert len(listed["resources"]) == listed["matched"] == 152
    shown = daemon.run("resources", "get", arn_of("fresh"), *server)
    assert "STATUS" in shown and "ClientError: no such bucket" in shown and "SINCE" in shown
    assert json.loads(daemon.run("resources", "get", arn_of("fresh"), "-o", "json", *server))["name"] == "fresh"
    assert len(json.loads(daemon.run("resources", "history", arn_of("fresh"), "-o", "json", *server))["history"]) == 1
    assert "is the daemon running there?" in daemon.run("resources", "list", "--server", "http://127.0.0.1:1", code=1)


def followers_hear_of_transitions_as_they_come(program, path, stack):
    daemon = running(stack, program, path, CONFIG)
    daemon.post_events([job("before-anyone-followed", "InProgress")])
    known(daemon, 1)
    everyone, failures = Follower(daemon), Follower(daemon, "kind=training_job&status=Failed")
    stack.callback(everyone.close)
    daemon.post_events([job("one", "InProgress", age_ms=9000), endpoint("Churn", "CREATING")])
    daemon.post_events([job("one", age_ms=5000), endpoint("Churn", "IN_SERVICE"), job("one", age_ms=5000)])
    daemon.post_events([endpoint("Churn", "DELETED")])
    wait_for(lambda: len(everyone.of("transition")) == 5, "five transitions")
    wait_for(lambda: len(failures.of("transition")) == 1, "the failure")
    told = {(each["resource"]["name"], (each["before"] or {}).get("status"), (each["after"] or {}).get("status"))
            for each in everyone.of("transition")}
    assert told == {("one", None, "InProgress"), ("one", "InProgress", "Failed"), ("Churn", None, "Creating"),
                    ("Churn", "Creating", "InService"), ("Churn", "InService", None)}, told
    only = failures.of("transition")[0]
    assert only["resource"]["status"] == "Failed" and only["resource"]["arn"] == arn_of("one")
    assert daemon.metrics()["sagewatch_followers"] == 2

    # He goes, and comes back behind what he had.
    last = failures.last_id
    failures.close()
    daemon.post_events([job("two"), job("three")])
    again = Follower(daemon, "status=Failed", last_id=last)
    stack.callback(again.close)
    wait_for(lambda: len(again.of("transition")) == 2, "what he missed")
    assert {each["resource"]["name"] for each in again.of("transition")} == {"two", "three"} and not again.of("gap")
    status, _, _ = daemon.request("HEAD", "/api/v1/resources/events", check=False)
    assert status == 200


def a_gap_is_told_after_a_restart(program, path, stack):
    daemon = running(stack, program, path, CONFIG)
    follower = Follower(daemon)
    daemon.post_events([job("one")])
    wait_for(lambda: follower.of("transition"), "a transition")
    daemon.kill()
    wait_for(lambda: follower.ended, "the stream ends")
    daemon.start()
    again = Follower(daemon, last_id=follower.last_id)
    stack.callback(again.close)
    assert wait_for(lambda: again.of("gap"), "the gap")[0]["reason"] == "other_run"
    daemon.post_events([job("two")])
    wait_for(lambda: again.of("transition"), "a transition")


def followers_end_cleanly_when_the_daemon_stops(program, path, stack):
    daemon = running(stack, program, path, CONFIG)
    follower = Follower(daemon)
    command = subprocess.Popen([program, "resources", "follow", "-o", "json", "--server", daemon.server], text=True,
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    stack.callback(command.kill)
    wait_for(lambda: daemon.metrics()["sagewatch_followers"] == 2, "both follow")
    daemon.post_events([job("one"), job("two")])
    wait_for(lambda: len(follower.of("transition")) == 2, "two transitions")
    begin = time.monotonic()
    assert daemon.stop() == 0
    assert time.monotonic() - begin < 5, "nobody waits for followers"
    wait_for(lambda: follower.ended, "the stream ends")
    assert follower.of("end")[0]["reason"] == "shutdown"
    out, err = command.communicate(timeout=20)
    assert command.returncode == 0 and "going down" in err, err
    assert {json.loads(line)["resource"]["name"] for line in out.splitlines()} == {"one", "two"}


def too_many_followers_are_refused_and_counted(program, path, stack):
    daemon = running(stack, program, path, CONFIG)
    followers = [Follower(daemon) for _ in range(32)]
    for follower in followers:
        stack.callback(follower.close)
    status, body, headers = daemon.get("/api/v1/resources/events", check=False)
    assert status == 503 and b"32 follow already" in body and "Retry-After" in headers
    assert daemon.metrics()['sagewatch_followers_dropped_total{reason="too_many"}'] == 1
    followers[0].close()
    wait_for(lambda: daemon.metrics()["sagewatch_followers"] == 31, "one went")
    Follower(daemon).close()
    assert names(daemon) == [], "others are served"


def a_follower_that_does_not_read_is_dropped_and_holds_nobody_up(program, path, stack):
    daemon = running(stack, program, path, CONFIG)
    with socket.socket() as sleeper:
        sleeper.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        sleeper.connect(("127.0.0.1", daemon.port))
        sleeper.sendall(b"GET /api/v1/resources/events HTTP/1.1\r\nHost: localhost\r\n\r\n")
        wait_for(lambda: daemon.metrics()["sagewatch_followers"] == 1, "he follows")
        for batch in range(70):
            daemon.post_events([job(f"job-{batch}-{number}", "InProgress", FailureReason="x" * 200) for number in range(1000)])
        wait_for(lambda: daemon.metrics()['sagewatch_followers_dropped_total{reason="overtaken"}'] == 1, "he is dropped")
        wait_for(lambda: daemon.metrics()["sagewatch_followers"] == 0, "he is gone")
    known(daemon, 70_000)


main([what_is_known_can_be_filtered, a_wrong_filter_is_answered_with_what_is_allowed,
      pages_tell_each_resource_once_while_others_come_go_and_change, one_resource_is_found_by_its_arn_however_it_is_written,
      the_command_line_shows_tables_and_json, followers_hear_of_transitions_as_they_come, a_gap_is_told_after_a_restart,
      followers_end_cleanly_when_the_daemon_stops, too_many_followers_are_refused_and_counted,
      a_follower_that_does_not_read_is_dropped_and_holds_nobody_up])
