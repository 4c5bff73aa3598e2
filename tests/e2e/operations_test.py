#!/usr/bin/env python3
"""What an operator does: reload under load, lose the store, look at /metrics, use the command line."""
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import threading

from fleet_events import endpoint
from rig import FAILED_RULE, SOURCE, Daemon, file_lines, main, receiving, running, training_event, wait_for

CONFIG = """
data_dir: $DIR/data
targets: { audit: { type: file, path: $DIR/audit.jsonl } }
""" + FAILED_RULE % "audit"


def AReloadIsAllOrNothingAndLosesNothingUnderLoad(program, path, stack):
    daemon = running(stack, program, path, CONFIG)
    sent, ending = [], threading.Event()
    def load():
        while not ending.is_set():
            batch = [f"l{len(sent) + n}" for n in range(20)]
            daemon.post_events([training_event(name) for name in batch])
            sent.extend(batch)
    worker = threading.Thread(target=load)
    worker.start()
    try:
        for turn in range(20):
            if turn % 2:
                daemon.write_config(CONFIG.replace("[audit]", "[aduit]"))
                status, text, _ = daemon.request("POST", "/-/reload", check=False)
                assert status == 400 and b"did you mean" in text, (status, text)
                wait_for(lambda: daemon.metrics()["sagewatch_config_last_reload_successful"] == 0, "the refusal on /metrics")
            else:
                daemon.write_config(CONFIG + f"  extra-{turn}:\n    pattern: {{ source: [nobody] }}\n    targets: [audit]\n")
                assert daemon.request("POST", "/-/reload")[0] == 200
                wait_for(lambda: daemon.metrics()["sagewatch_config_last_reload_successful"] == 1, "the reload on /metrics")
    finally:
        ending.set()
        worker.join()
    wait_for(lambda: len(file_lines(f"{path}/audit.jsonl")) == len(sent), "every event exactly once")
    daemon.write_config(CONFIG.replace("Failed", "Stopped"))
    daemon.process.send_signal(signal.SIGHUP)
    wait_for(lambda: any("reloaded" in line for line in daemon.log), "the reload by SIGHUP is told")
    before = len(file_lines(f"{path}/audit.jsonl"))
    daemon.post_events([training_event("now-unmatched"), training_event("now-matched", status="Stopped")])
    wait_for(lambda: len(file_lines(f"{path}/audit.jsonl")) == before + 1, "the rule of the new file")
    assert file_lines(f"{path}/audit.jsonl")[-1]["id"] == "id-now-matched"


def NoRequestPassesOverAParameterOrIdThatItDoesNotHave(program, path, stack):
    daemon = running(stack, program, path, CONFIG)
    takes_none = [("POST", "/-/reload"), ("POST", "/api/v1/events"), ("POST", "/api/v1/explain"), ("GET", "/api/v1/dead-letters/x"),
                  ("GET", "/api/v1/quarantine/0"), ("GET", "/api/v1/resources/arn:aws:sagemaker:::endpoint/e")]
    takes_some = [("GET", "/api/v1/dead-letters", "target, before, limit"), ("POST", "/api/v1/dead-letters/redrive", "id, target"),
                  ("GET", "/api/v1/quarantine", "incomplete, before, limit"), ("GET", "/api/v1/resources", "limit, next"),
                  ("GET", "/api/v1/resources/events", "last_event_id")]
    for method, route, told in [(*each, "takes no parameters") for each in takes_none] + takes_some:
        status, body, _ = daemon.request(method, f"{route}?targte=x", check=False)
        assert status == 400 and told in json.loads(body)["error"], (method, route, status, body)
    for query in ("before=now", "limit=1001", "limit=0", "limit=ten"):
        for route in ("dead-letters", "quarantine"):
            status, body, _ = daemon.get(f"/api/v1/{route}?{query}", check=False)
            assert status == 400 and b"is not a number from" in body, (route, query, status, body)
    assert daemon.get("/api/v1/quarantine?incomplete=yes", check=False)[0] == 400
    for command, wrong, told in (("quarantine", "abc", 'no entry "abc" in quarantine: ids are whole numbers'),
                                 ("quarantine", "-1", 'no entry "-1"'), ("quarantine", "x/0", 'no entry "x/0"'),
                                 ("quarantine", "99999999999999999999", 'no entry "99999999999999999999"'),
                                 ("quarantine", "99", "no entry 99 in"), ("dead-letters", "a/b", "no dead letter a/b")):
        answer = daemon.run(command, "show", "--server", daemon.server, "--", wrong, code=1)
        assert told in answer, answer
    assert daemon.get("/metrics?from=prometheus")[0] == 200 and daemon.get("/-/ready?now")[0] == 200


def LosingTheStoreCostsDuplicatesSinceTheLastCheckpointAndNothingElse(program, path, stack):
    hook = receiving(stack, lambda request: (503 if b"owed" in request["body"] else 200, {}, b""))
    config = CONFIG.replace("[audit]", "[audit, hook]").replace(
        "targets: {", 'targets: { hook: { type: webhook, url: "%s", retry: { base: 50ms, cap: 200ms } },' % hook.url)
    daemon = running(stack, program, path, config)
    daemon.post_events([training_event(f"done{n}") for n in range(200)] + [training_event(f"owed{n}") for n in range(5)])
    wait_for(lambda: len(file_lines(f"{path}/audit.jsonl")) == 205 and len({i for i in hook.ids() if "done" in i}) == 200, "the first round")
    states = {key: value for key, value in daemon.metrics().items() if key.startswith("sagemaker_")}
    assert len(states) > 200
    assert daemon.stop() == 0  # ends with a checkpoint
    shutil.rmtree(f"{path}/data/store")
    hook.requests.clear()
    hook.behave = lambda request: (200, {}, b"")
    daemon.start()
    wait_for(lambda: {i for i in hook.ids()} >= {f"id-owed{n}" for n in range(5)}, "what was owed, after the loss")
    again = {key: value for key, value in daemon.metrics().items() if key.startswith("sagemaker_")}
    assert again == states, "the states differ after the rebuild"
    duplicates = len(file_lines(f"{path}/audit.jsonl")) - 205 + len([i for i in hook.ids() if "done" in i])
    assert duplicates == 0, f"{duplicates} duplicates although a checkpoint stood behind all of them"
    print(f"        {len(states)} series rebuilt, {duplicates} duplicates")


def AKilledDaemonWithoutItsStoreLosesNoDelivery(program, path, stack):
    daemon = running(stack, program, path, CONFIG)
    daemon.post_events([training_event(f"k{n}") for n in range(300)])
    daemon.kill()
    shutil.rmtree(f"{path}/data/store")
    daemon.start()
    wait_for(lambda: {line["id"] for line in file_lines(f"{path}/audit.jsonl")} == {f"id-k{n}" for n in range(300)}, "all 300")
    assert len(file_lines(f"{path}/audit.jsonl")) <= 600, "more duplicates than deliveries since the last checkpoint"


def MetricsPassPromtoolAndAStrictOpenMetricsReader(program, path, stack):
    daemon = running(stack, program, path, CONFIG)
    with open(f"{SOURCE}/examples/training-job-failed.json", "rb") as example:
        daemon.request("POST", "/api/v1/events", example.read())
    wait_for(lambda: file_lines(f"{path}/audit.jsonl"), "the delivery")
    status, page, headers = daemon.get("/metrics")
    assert headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8", headers
    text = page.decode()
    series = ('sagemaker_job_status{account_id="000000000000",region="us-east-1",job_type="training",job_name="resnet50-nightly-7",status="Failed"} 1')
    assert series in text, text
    assert 'sagemaker_jobs_finished_total{account_id="000000000000",region="us-east-1",job_type="training",status="Failed",reason="ClientError"} 1' in text
    promtool = SOURCE / "build/tools/usr/bin/promtool"
    done = subprocess.run([promtool, "check", "metrics"], input=page, capture_output=True)
    assert done.returncode == 0 and not done.stdout and not done.stderr, done.stderr.decode()
    status, page, headers = daemon.get("/metrics", headers={"Accept": "application/openmetrics-text; version=1.0.0", "Accept-Encoding": "gzip"})
    assert headers["Content-Type"].startswith("application/openmetrics-text; version=1.0.0"), headers
    assert headers["Content-Encoding"] == "gzip"
    import gzip
    done = subprocess.run(["/usr/bin/python3", SOURCE / "tests/openmetrics_check.py"], input=gzip.decompress(page), capture_output=True)
    assert done.returncode == 0, done.stderr.decode() + done.stdout.decode()


def TheCommandLineAnswersWithItsExitCodes(program, path, stack):
    daemon = Daemon(program, path, CONFIG)
    failed, stopped = f"{path}/failed.json", f"{path}/stopped.json"
    with open(failed, "w") as out:
        json.dump(training_event("x"), out)
    with open(stopped, "w") as out:
        json.dump(training_event("x", status="Stopped"), out)
    config = str(daemon.config)
    assert daemon.run("match", "-c", config, "-e", failed).strip() == "failed"
    assert daemon.run("match", "-c", config, "-e", stopped, code=1).strip() == ""
    daemon.run("check", config)
    daemon.write_config(CONFIG.replace("[audit]", "[aduit]") + "surprise: 1\n")
    told = daemon.run("check", config, code=78)
    assert "did you mean" in told and "surprise" in told and "sagewatch.yaml:" in told, told
    told = daemon.run("run", "-c", config, code=78)
    assert "surprise" in told, told
    assert "did you mean run?" in daemon.run("rnu", code=2)
    told = daemon.run("version")
    assert re.fullmatch(r"sagewatch \d+\.\d+\.\d+ \(\S+\)\n", told), told
    assert daemon.run("--version") == told and daemon.run("-V") == told
    assert "-V,--version" in daemon.run("--help")


def RulesInAwssShapesLoadUnchanged(program, path, stack):
    config = f"""
data_dir: $DIR/data
rule_files: ["{SOURCE}/examples/rules/*.json"]
bindings: {{ AlertQueue.Arn: audit }}
targets: {{ audit: {{ type: file, path: $DIR/audit.jsonl, arn: "arn:aws:sqs:us-east-1:123456789012:ops" }} }}
"""
    daemon = running(stack, program, path, config)
    def sent(name):
        with open(f"{SOURCE}/events/testdata/samples/{name}", "rb") as sample:
            daemon.request("POST", "/api/v1/events", sample.read())
    sent("endpoint-state-in-service.json")  # matches neither
    sent("endpoint-deployment-canary.json")  # another detail-type
    sent("endpoint-state-tags-array.synthetic.json")
    wait_for(lambda: file_lines(f"{path}/audit.jsonl"), "the failed endpoint")
    assert [line["detail"]["EndpointStatus"] for line in file_lines(f"{path}/audit.jsonl")] == ["FAILED"]
    daemon.write_config(config.replace("AlertQueue.Arn", "Other.Arn"))
    told = daemon.run("check", str(daemon.config), code=78)
    assert "AlertQueue" in told and "template.json" in told, told


def WhoMayLoseEventsIsToldSo(program, path, stack):
    lost = "events acknowledged in the last moments before a power cut are lost"
    daemon = running(stack, program, path, CONFIG + "journal: { durability: lose_on_power_cut }\n")
    assert daemon.get_json("/-/ready") == {"ready": True, "reasons": [], "notes": ["journal.durability: " + lost]}
    told = [line for line in daemon.log if "SW2105" in line]
    assert len(told) == 1 and "sagewatch.yaml:" in told[0] and lost in told[0], daemon.log


def ASecondDaemonOnTheSameDataIsRefused(program, path, stack):
    daemon = running(stack, program, path, CONFIG)
    told = daemon.run("run", "-c", str(daemon.config), "--listen", "127.0.0.1:0", code=78)
    assert "in use" in told or "another" in told, told
    busy = f"{path}/busy.yaml"
    with open(busy, "w") as out:
        out.write(CONFIG.replace("$DIR/data", f"{path}/other").replace("$DIR", path))
    told = daemon.run("run", "-c", busy, "--listen", f"127.0.0.1:{daemon.port}", code=78)
    assert "another program" in told, told


def TheJournalTellsWhatItHolds(program, path, stack):
    daemon = running(stack, program, path, CONFIG)
    daemon.post_events([training_event(f"j{n}") for n in range(10)])
    assert daemon.stop() == 0
    assert "10" in daemon.run("journal", "stat", "--data-dir", f"{path}/data")
    events = [json.loads(line) for line in daemon.run("journal", "dump", "--data-dir", f"{path}/data").splitlines()]
    assert [event["event"]["id"] for event in events if event["type"] == "event"] == [f"id-j{n}" for n in range(10)], events
    segment = next(name for name in sorted(os.listdir(f"{path}/data/journal")) if name.endswith(".seg"))
    with open(f"{path}/data/journal/{segment}", "r+b") as file:
        at = file.read().index(b"id-j5")
        file.seek(at)
        file.write(b"ID")
    told = daemon.run("journal", "verify", "--data-dir", f"{path}/data", code=1)
    assert "corrupt" in told, told


def RulesThatAreAddedToManyAreKeptAsChangesAndMergedLater(program, path, stack):
    def write_rules(count):
        rules = [{"Name": f"rule-{n:04}", "EventPattern": json.dumps({"detail": {"TrainingJobName": [f"job-{n}"]}}),
                  "Targets": [{"Id": "1", "Arn": "audit"}]} for n in range(count)]
        with open(f"{path}/rules.json", "w") as file:
            file.write("[" + ",\n".join(map(json.dumps, rules)) + "]")

    def files(least, most):
        return [file for file in os.scandir(f"{path}/data/rulesets") if least <= file.stat().st_size < most]

    write_rules(1000)
    daemon = running(stack, program, path, CONFIG + "rule_files: [rules.json]\n")
    for count, changed in ((1050, 1), (1100, 2)):
        write_rules(count)
        daemon.request("POST", "/-/reload")
        assert len(files(100_000, 10_000_000)) == 1 and len(files(1, 100_000)) == changed, list(files(0, 10_000_000))
    write_rules(1150)
    daemon.request("POST", "/-/reload")
    wait_for(lambda: len(files(100_000, 10_000_000)) == 2, "the newest rule set becomes whole")
    daemon.post_events([training_event("job-3", status="Completed"), training_event("job-1149", status="Completed"), training_event("job-1150", status="Completed")])
    wait_for(lambda: len(file_lines(f"{path}/audit.jsonl")) == 2, "an old rule and the newest one")
    write_rules(1151)
    daemon.request("POST", "/-/reload")
    daemon.kill()
    daemon.start()
    daemon.post_events([training_event("job-4", status="Completed"), training_event("job-1150", status="Completed")])
    wait_for(lambda: {"id-job-4", "id-job-1150"} <= {line["id"] for line in file_lines(f"{path}/audit.jsonl")},
             "the same behind a restart")
    assert daemon.metrics()['sagewatch_rules{state="enabled"}'] == 1152


def WhatIsOnDiskIsPrivate(program, path, stack):
    daemon = running(stack, program, path, CONFIG)
    assert os.stat(f"{path}/data").st_mode & 0o777 == 0o700


def ACounterThatWasShownStaysOnThePageWhereItsFamilyIsFull(program, path, stack):
    daemon = running(stack, program, path, CONFIG + "metrics: { series_max: 6 }\n")
    def counters():
        return {name: value for name, value in daemon.metrics().items()
                if name.startswith("sagemaker_endpoint_updates_finished_total{")}
    shown = set()
    for number in range(8):  # each new one would come first on the page
        daemon.post_events([endpoint(f"e{9 - number}", status) for status in ("UPDATING", "IN_SERVICE")])
        wait_for(lambda: sum(counters().values()) == number + 1, f"update {number + 1}")
        assert shown <= set(counters()), shown - set(counters())
        shown = set(counters())
    named = [name for name in shown if "__overflow__" not in name]
    assert len(named) == 6 and all('endpoint="e9"' in name or 'endpoint="e8"' in name for name in named), shown
    assert counters()['sagemaker_endpoint_updates_finished_total{account_id="__overflow__",region="__overflow__",'
                      'endpoint="__overflow__",outcome="succeeded"}'] == 6, counters()
    daemon.kill()
    daemon.start()
    assert set(counters()) == shown, "a restart chooses anew"


main([AReloadIsAllOrNothingAndLosesNothingUnderLoad, LosingTheStoreCostsDuplicatesSinceTheLastCheckpointAndNothingElse,
      AKilledDaemonWithoutItsStoreLosesNoDelivery, MetricsPassPromtoolAndAStrictOpenMetricsReader, TheCommandLineAnswersWithItsExitCodes, RulesInAwssShapesLoadUnchanged, WhoMayLoseEventsIsToldSo,
      ASecondDaemonOnTheSameDataIsRefused, TheJournalTellsWhatItHolds,
      RulesThatAreAddedToManyAreKeptAsChangesAndMergedLater, WhatIsOnDiskIsPrivate,
      NoRequestPassesOverAParameterOrIdThatItDoesNotHave, ACounterThatWasShownStaysOnThePageWhereItsFamilyIsFull])
