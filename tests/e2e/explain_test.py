#!/usr/bin/env python3
"""Why did my rule not fire? Asked on the command line, of a running daemon, and of the events in its journal."""
import json
import os
import subprocess

from rig import SOURCE, main, running, training_event

CONFIG = """
data_dir: $DIR/data
targets: { audit: { type: webhook, url: "http://127.0.0.1:9/${env:EXPLAIN_TEST_SECRET}" } }
rules:
  failed:
    pattern: { source: [aws.sagemaker], detail: { TrainingJobStatus: [Failed] } }
    targets: [audit]
  asleep:
    enabled: false
    pattern: { source: [aws.sagemaker] }
    targets: [audit]
"""
SECRET = "s3cr3t-in-the-url"


def wrote(path, content):
    with open(path, "w") as out:
        out.write(content if isinstance(content, str) else json.dumps(content))
    return path


def started(program, path, stack):
    os.environ["EXPLAIN_TEST_SECRET"] = SECRET
    return running(stack, program, path, CONFIG)


def asked(daemon, body, status=200):
    got, text, _ = daemon.request("POST", "/api/v1/explain", body if isinstance(body, str) else json.dumps(body), check=False)
    assert got == status, (got, text)
    return json.loads(text)


def ThePatternOfAFileIsExplainedFieldByField(program, path, stack):
    daemon = started(program, path, stack)
    event = wrote(f"{path}/event.json", training_event("x", status="failed"))
    pattern = wrote(f"{path}/pattern.json", {"source": ["aws.sagemaker"], "detail": {"TrainingJobStatus": ["Failed"]}})
    told = daemon.run("explain", "-e", event, "-p", pattern, code=1)
    assert told.startswith("no match: 1 of 2 fields fails\nnearest miss: detail.TrainingJobStatus is \"failed\", not \"Failed\": it differs only in case"), told
    told = json.loads(daemon.run("explain", "-e", event, "-p", pattern, "-o", "json", code=1))
    assert told["matches"] is False and told["nearest_miss"]["path"] == "detail.TrainingJobStatus", told
    wrote(pattern, {"detail": {"TrainingJobStatus": [{"equals-ignore-case": "Failed"}]}})
    assert daemon.run("explain", "-e", event, "-p", pattern).startswith("match\n")
    done = subprocess.run([program, "explain", "-e", "-", "-p", pattern], input=json.dumps(training_event("y")), text=True, capture_output=True)
    assert done.returncode == 0 and done.stdout.startswith("match\n"), done


def WhatCannotBeExplainedIsSaidWithItsPlaceAndCure(program, path, stack):
    daemon = started(program, path, stack)
    event = wrote(f"{path}/event.json", training_event("x"))
    pattern = wrote(f"{path}/pattern.json", '{"source": ["a"],\n "detail": {"TrainingJobStatus": "Failed"}}')
    told = daemon.run("explain", "-e", event, "-p", pattern, code=2)
    assert "pattern.json:2:" in told and '"TrainingJobStatus" must be an object or an array' in told and '["Failed"]' in told, told
    wrote(pattern, {"source": ["a"]})
    told = daemon.run("explain", "-e", wrote(f"{path}/bad.json", '{"a": 1,}'), "-p", pattern, code=2)
    assert "bad.json: the event is not JSON: line 1, column 9" in told, told
    told = daemon.run("explain", "-e", event, "-c", str(daemon.config), "--rule", "faild", code=2)
    assert 'did you mean "failed"?' in told, told
    told = daemon.run("explain", "-e", f"{path}/none.json", "-p", pattern, code=2)
    assert "none.json: cannot be read" in told, told
    for words in [], ["-e", event], ["-p", pattern], ["--last", "3"], ["-e", event, "--rule", "failed"], ["-e", "-", "-p", "-"]:
        assert "explain --help" in daemon.run("explain", *words, code=2)
    daemon.run("explain", "--last", "0", "--rule", "failed", code=2)


def ARuleOfTheConfigurationIsExplainedAndNoSecretIsShown(program, path, stack):
    daemon = started(program, path, stack)
    event = wrote(f"{path}/event.json", training_event("x"))
    config = str(daemon.config)
    told = daemon.run("explain", "-e", event, "-c", config, "--rule", "failed")
    assert told.startswith("rule failed (") and "\nmatch\n" in told, told
    told += daemon.run("explain", "-e", event, "-c", config, "--rule", "failed", "-o", "json")
    asleep = daemon.run("explain", "-e", event, "-c", config, "--rule", "asleep", code=1)
    assert "the rule is disabled and never fires" in asleep and "\nmatch\n" in asleep, asleep
    assert SECRET not in told + asleep
    told = daemon.run("explain", "-e", wrote(event, {"source": "x"}), "-c", config, "--rule", "failed", code=2)
    assert "detail-type" in told, told


def TheApiExplainsPatternsAndRulesInForce(program, path, stack):
    daemon = started(program, path, stack)
    event = training_event("x", status="Stopped")
    told = asked(daemon, {"event": event, "rule": "failed"})
    assert told["matches"] is False and told["rule"]["fires"] is False and told["rule"]["name"] == "failed", told
    assert asked(daemon, {"event": training_event("x"), "rule": "failed", "bus": "default"})["rule"]["fires"] is True
    assert asked(daemon, {"event": training_event("x"), "rule": "asleep"})["rule"] == {
        "name": "asleep", "bus": "default", "origin": told["rule"]["origin"].replace(":5:", ":8:"), "enabled": False, "fires": False}
    told = asked(daemon, {"event": {"a": "x"}, "pattern": {"a": ["X"]}})
    [field] = told["fields"]
    assert field["verdict"] == "refused" and field["values"][0]["alternatives"][0]["why"].startswith("differs only in case"), told
    # Repeated keys and the spelling of numbers arrive as they were written.
    assert asked(daemon, '{"event": {"a": 1, "a": 2}, "pattern": {"a": [1]}}')["matches"] is True
    assert asked(daemon, '{"event": {"a": 2}, "pattern": {"a": [1], "a": [2]}}')["matches"] is True
    assert asked(daemon, '{"event": {"a": 9007199254740993}, "pattern": {"a": [9007199254740992]}}')["matches"] is False
    assert asked(daemon, '{"event": {"a": 3.0e2}, "pattern": {"a": [300]}}')["matches"] is True
    assert asked(daemon, {"event": json.dumps({"a": "x"}), "pattern": json.dumps({"a": ["x"]})})["matches"] is True
    # A reload changes which rules are asked.
    daemon.write_config(CONFIG.replace("Failed", "Stopped"))
    daemon.request("POST", "/-/reload")
    assert asked(daemon, {"event": event, "rule": "failed"})["matches"] is True


def TheApiRefusesWithASentence(program, path, stack):
    daemon = started(program, path, stack)
    for body, status, part in [
            ("", 400, "the body must be a JSON object"),
            ("[]", 400, "the body must be a JSON object"),
            ('{"event": {"a": 1,}, "pattern": {}}', 400, "the body is not JSON"),
            ({"event": {}, "patern": {}}, 400, 'did you mean "pattern"?'),
            ({"pattern": {"a": [1]}}, 400, "the event is missing"),
            ({"event": {}}, 400, "either the pattern or the rule"),
            ({"event": {}, "pattern": {"a": [1]}, "rule": "failed"}, 400, "either the pattern or the rule"),
            ({"event": {}, "rule": 5}, 400, '"rule" must be a string'),
            ('{"event": {}, "event": {}, "pattern": {"a": [1]}}', 400, "stands there twice"),
            ({"event": {}, "pattern": {"a": "x"}}, 400, 'Event pattern is not valid. Reason: "a" must be an object or an array'),
            ({"event": [], "pattern": {"a": [1]}}, 400, "the event must be a JSON object"),
            ({"event": 5, "pattern": {"a": [1]}}, 400, "the event must be a JSON object"),
            ({"event": {}, "rule": "faild"}, 404, 'did you mean "failed"?'),
            ({"event": {}, "rule": "failed", "bus": "other"}, 404, "there is no rule on event bus"),
            ({"event": {}, "rule": "failed"}, 400, "source")]:
        told = asked(daemon, body, status)
        assert set(told) == {"error"} and part in told["error"], (body, told)


def TheNewestEventsOfARunningDaemonAreExplained(program, path, stack):
    daemon = started(program, path, stack)
    daemon.post_events([training_event("old", status="Stopped"), training_event("lower", status="failed"), training_event("hit")])
    told = daemon.run("explain", "--last", "2", "--rule", "failed", "-c", str(daemon.config))
    assert "id-old" not in told and "id-lower: no match" in told and "differs only in case" in told, told
    assert "id-hit: match" in told and told.endswith("1 of the 2 newest events fires rule failed\n"), told
    assert SECRET not in told
    # Without a configuration: the rule as it was when the event was accepted.
    daemon.write_config(CONFIG.replace("Failed", "Stopped"))
    daemon.request("POST", "/-/reload")
    daemon.post_events([training_event("new", status="Stopped")])
    lines = [json.loads(line) for line in daemon.run(
        "explain", "--last", "10", "--rule", "failed", "--data-dir", f"{path}/data", "-o", "json").splitlines()]
    assert [(line["id"], line["fires"]) for line in lines] == [
        ("id-old", False), ("id-lower", False), ("id-hit", True), ("id-new", True)], lines
    assert [line["position"] for line in lines] == sorted(line["position"] for line in lines)
    # With one: as it would be now.
    told = daemon.run("explain", "--last", "10", "--rule", "failed", "-c", str(daemon.config))
    assert "id-old: match" in told and "id-hit: no match" in told and told.endswith("2 of the 4 newest events fire rule failed\n"), told
    assert "disabled" in daemon.run("explain", "--last", "1", "--rule", "asleep", "-c", str(daemon.config), code=1)
    told = daemon.run("explain", "--last", "1", "--rule", "nosuch", "--data-dir", f"{path}/data", code=2)
    assert "there is no rule" in told, told
    assert daemon.stop() == 0
    again = daemon.run("explain", "--last", "10", "--rule", "failed", "-c", str(daemon.config))
    assert "id-old: match" in again, again


def AJournalThatIsEmptyOrMissingIsSaid(program, path, stack):
    daemon = started(program, path, stack)
    assert "holds no events yet" in daemon.run("explain", "--last", "1", "--rule", "failed", "-c", str(daemon.config), code=1)
    os.mkdir(f"{path}/empty")
    assert "there is no journal" in daemon.run("explain", "--last", "1", "--rule", "failed", "--data-dir", f"{path}/empty", code=2)


def EverySampleIsExplainedInBothForms(program, path, stack):
    daemon = started(program, path, stack)
    samples = [sample for sample in sorted((SOURCE / "events/testdata/samples").glob("*.json"))
               if isinstance(json.loads(sample.read_text()), dict)]  # one is a list of selectors, no event
    assert len(samples) > 20
    pattern = wrote(f"{path}/pattern.json", {"source": ["aws.sagemaker"], "$or": [
        {"detail": {"TrainingJobStatus": ["Failed"]}}, {"detail": {"EndpointStatus": ["FAILED", {"prefix": "Roll"}]}}]})
    verdicts = set()
    for sample in samples:
        codes = set()
        for form in "text", "json":
            done = subprocess.run([program, "explain", "-e", sample, "-p", pattern, "-o", form], capture_output=True, text=True)
            assert done.returncode in (0, 1) and not done.stderr, (sample, done)
            codes.add(done.returncode)
            matches = json.loads(done.stdout)["matches"] if form == "json" else done.stdout.startswith("match")
            assert matches is (done.returncode == 0), (sample, done)
        verdicts |= codes
        assert len(codes) == 1, sample
    assert verdicts == {0, 1}


main([ThePatternOfAFileIsExplainedFieldByField, WhatCannotBeExplainedIsSaidWithItsPlaceAndCure,
      ARuleOfTheConfigurationIsExplainedAndNoSecretIsShown, TheApiExplainsPatternsAndRulesInForce, TheApiRefusesWithASentence,
      TheNewestEventsOfARunningDaemonAreExplained, AJournalThatIsEmptyOrMissingIsSaid, EverySampleIsExplainedInBothForms])
