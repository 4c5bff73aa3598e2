#!/usr/bin/env python3
"""What a stranger meets first: `./dev run`, its simulated fleet, and the examples."""
import json
import re
import subprocess

from rig import SOURCE, file_lines, main, running, wait_for


def quickstart(rate):
    """examples/quickstart.yaml as it is, but for where its files are and how fast the fleet lives."""
    text = (SOURCE / "examples/quickstart.yaml").read_text()
    for old, new in (("rate: 5/s", f"rate: {rate}/s"), ("rules/*", f"{SOURCE}/examples/rules/*"), ("build/data", "$DIR/data")):
        assert old in text, f"quickstart.yaml no longer says {old}"
        text = text.replace(old, new)
    return text


def values(metrics, family, label):
    """{label's value: figure} of a family with one label."""
    found = {re.search(f'{label}="([^"]*)"', series)[1]: value for series, value in metrics.items() if series.startswith(family + "{")}
    assert found, f"no {family} on the page"
    return found


def TheDemoFillsACleanPageWithEveryKind(program, path, stack):
    daemon = running(stack, program, path, quickstart(500))

    # Ten minutes of the demo's own pace.
    def seen():
        return values(daemon.metrics(), "sagewatch_events_by_detail_type_total", "detail_type")
    wait_for(lambda: sum(seen().values()) >= 3000, "3,000 events", 60)
    unseen = {name for name, value in seen().items() if value == 0} - {"other"}  # counts what has no name of SageMaker's
    assert not unseen, f"never seen: {unseen}"
    assert "SageMaker Inference Component State Change" in seen(), "the detail-type that nobody knows"
    # Of some kinds the fleet has one at a time, and for a moment none.
    never_kept = set(values(daemon.metrics(), "sagewatch_resources", "kind"))

    def all_were_kept():
        never_kept.difference_update([kind for kind, value in values(daemon.metrics(), "sagewatch_resources", "kind").items() if value])
        return not never_kept
    try:
        wait_for(all_were_kept, "a resource of every kind", 60)
    except AssertionError:
        raise AssertionError(f"no resource of {sorted(never_kept)}") from None
    metrics = daemon.metrics()
    for series, value in metrics.items():
        if series.startswith(("sagewatch_events_incomplete_total", "sagewatch_events_rejected_total", "sagewatch_series_refused_total",
                              "sagewatch_resource_evictions_total")):
            assert value == 0, f"{series} {value}"
    page = daemon.get("/metrics")[1]
    done = subprocess.run([SOURCE / "build/tools/usr/bin/promtool", "check", "metrics"], input=page, capture_output=True)
    assert done.returncode == 0 and not done.stdout and not done.stderr, done.stderr.decode()
    page = daemon.get("/metrics", headers={"Accept": "application/openmetrics-text; version=1.0.0"})[1]
    done = subprocess.run(["/usr/bin/python3", SOURCE / "tests/openmetrics_check.py"], input=page, capture_output=True)
    assert done.returncode == 0, done.stderr.decode() + done.stdout.decode()


def TheDemoMeetsEveryRuleOfTheExamples(program, path, stack):
    daemon = running(stack, program, path, quickstart(500))
    rules = set(re.findall(r"^  ([a-z-]+):\n    description", quickstart(500), re.M))
    rules |= {"endpoint-rolled-back", "node-unhealthy", "EndpointLeftService", "PipelineFailed", "ModelPackageApproved",
              "TuningJobFailed", "OfflineStoreBlocked", "LabelingJobDone"}
    wait_for(lambda: sum(values(daemon.metrics(), "sagewatch_events_by_detail_type_total", "detail_type").values()) >= 3000, "3,000 events", 60)

    def unmet():
        matched = values(daemon.metrics(), "sagewatch_rule_matches_total", "rule")
        return sorted(rule for rule in rules if not matched.get(rule))
    assert not unmet(), f"without a match: {unmet()}"
    wait_for(lambda: file_lines(f"{path}/data/matches.jsonl"), "a delivery")


def TheDemoGoesOnAfterItWasKilled(program, path, stack):
    daemon = running(stack, program, path, quickstart(500))

    def events():
        return sum(values(daemon.metrics(), "sagewatch_events_by_detail_type_total", "detail_type").values())

    def finished():
        return sum(value for series, value in daemon.metrics().items() if series.startswith("sagemaker_jobs_finished_total"))
    wait_for(lambda: events() >= 1000 and finished() >= 50, "1,000 events", 60)
    before = finished()
    daemon.kill()
    daemon.start()
    assert finished() >= before, "what was known is still there"
    wait_for(lambda: events() >= 1000 and finished() >= before + 50, "1,000 more", 60)
    metrics = daemon.metrics()
    assert not [series for series, value in metrics.items() if series.startswith("sagewatch_events_incomplete_total") and value]
    # The names of endpoints and nodes are the same as before, so there are not more of them.
    resources = values(metrics, "sagewatch_resources", "kind")
    assert resources["endpoint"] <= 5 and resources["hyperpod_node"] == 4, resources


def TheEventsOfTheExamplesMeetARuleEach(program, path, stack):
    text = re.sub(r"sources:\n(?:  .*\n)+", "", quickstart(5))
    assert "demo" not in text
    daemon = running(stack, program, path, text)
    entries = f"file://{SOURCE}/examples/put-events-kinds.json"
    done = subprocess.run(["/usr/bin/aws", "--no-sign-request", "--endpoint-url", daemon.server, "events", "put-events", "--entries", entries],
                          capture_output=True, text=True, timeout=120,
                          env={"PATH": "/usr/bin:/bin", "HOME": path, "AWS_DEFAULT_REGION": "us-east-1"})
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    assert answer["FailedEntryCount"] == 0 and len(answer["Entries"]) == 7, answer
    wanted = {entry["EventId"] for entry in answer["Entries"]}
    wait_for(lambda: {line["id"] for line in file_lines(f"{path}/data/matches.jsonl")} == wanted, "each of the seven")
    assert not [series for series, value in daemon.metrics().items() if series.startswith("sagewatch_events_incomplete_total") and value]


main([TheDemoFillsACleanPageWithEveryKind, TheDemoMeetsEveryRuleOfTheExamples, TheDemoGoesOnAfterItWasKilled,
      TheEventsOfTheExamplesMeetARuleEach])
