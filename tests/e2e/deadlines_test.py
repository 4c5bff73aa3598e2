#!/usr/bin/env python3
"""What did not happen is told: a status that lasts, an event that does not come; each once, whatever dies when."""
import json
import shutil
import subprocess
import time

from rig import SOURCE, file_lines, main, running, training_event, wait_for

CONFIG = """
data_dir: $DIR/data
targets: { audit: { type: file, path: $DIR/audit.jsonl } }
rules:
  deadlines:
    pattern: { source: [sagewatch] }
    targets: [audit]
"""
STUCK = """
deadlines:
  training-stuck:
    stuck: { kind: training_job, status: [InProgress, Stopping], name: "s*", longer_than: 2s }
"""
HEARTBEAT = """
  heartbeat:
    missing: { pattern: { source: [my.heartbeat] }, every: 2s }
"""


def job(name, status, secondary="Training"):
    return training_event(name, status, SecondaryStatus=secondary, LastModifiedTime=int(time.time() * 1000))


def heartbeat():
    return {"source": "my.heartbeat", "detail-type": "Heartbeat", "detail": {}}


def told(path, detail_type=None):
    """What the file target holds of ours, without the deadlines that came and went."""
    events = [event for event in file_lines(f"{path}/audit.jsonl") if "Configuration" not in event["detail-type"]]
    return [event for event in events if detail_type in (None, event["detail-type"])]


def in_journal(daemon, detail_type):
    """The ids of our events that the journal holds: what was told, however often a target heard of it."""
    dump = daemon.run("journal", "dump", "--data-dir", f"{daemon.directory}/data")
    return [json.loads(line)["event"]["id"] for line in dump.splitlines()
            if f'"{detail_type}"' in line and line.startswith("{")]


def looks(daemon):
    return daemon.metrics()["sagewatch_deadline_look_duration_seconds_count"]


def look_twice(daemon):
    """Time for a mistake to show: two whole looks from now on."""
    before = looks(daemon)
    wait_for(lambda: looks(daemon) >= before + 3, "further looks")


def AStuckJobIsToldOnceAndItsRecoveryToo(program, path, stack):
    daemon = running(stack, program, path, CONFIG + STUCK)
    daemon.post_events([job("s1", "InProgress"), job("other", "InProgress"), job("s2", "Completed", "Completed")])
    stuck = wait_for(lambda: told(path), "the job is stuck")[0]
    assert stuck["source"] == "sagewatch" and stuck["detail-type"] == "Sagewatch Resource Stuck", stuck
    assert stuck["resources"] == ["arn:aws:sagemaker:us-east-1:000000000000:training-job/s1"], stuck
    detail = stuck["detail"]
    assert (detail["deadline"], detail["kind"], detail["name"], detail["status"], detail["secondary_status"]) == (
        "training-stuck", "training_job", "s1", "InProgress", "Training"), detail
    assert detail["count"] == 1 and detail["seconds"] >= 2 and detail["longer_than"] == "2s", detail
    look_twice(daemon)
    assert len(told(path)) == 1, told(path)
    assert daemon.metrics()['sagewatch_deadlines_overdue{deadline="training-stuck"}'] == 1
    daemon.post_events([job("s1", "Completed", "Completed")])
    recovered = wait_for(lambda: told(path, "Sagewatch Resource Recovered"), "the job moved on")[0]
    assert recovered["detail"]["status"] == "Completed" and recovered["detail"]["reason"] == "changed", recovered
    assert recovered["detail"]["since"] == detail["since"], recovered
    look_twice(daemon)
    assert len(told(path)) == 2, told(path)
    metrics = daemon.metrics()
    assert metrics['sagewatch_deadlines_overdue{deadline="training-stuck"}'] == 0
    assert metrics['sagewatch_deadlines_missed_total{deadline="training-stuck"}'] == 1
    assert metrics['sagewatch_deadlines_recovered_total{deadline="training-stuck"}'] == 1


def AStayThatBeginsAnewIsToldAnew(program, path, stack):
    daemon = running(stack, program, path, CONFIG + STUCK)
    daemon.post_events([job("s1", "InProgress")])
    wait_for(lambda: len(told(path)) == 1, "the first stay")
    daemon.post_events([job("s1", "InProgress", "Uploading")])
    look_twice(daemon)
    assert len(told(path)) == 1, "another secondary status is the same stay"
    daemon.post_events([job("s1", "Stopping")])
    wait_for(lambda: len(told(path)) == 2, "the first stay ends")
    daemon.post_events([job("s1", "InProgress")])
    wait_for(lambda: [event["detail-type"].split()[-1] for event in told(path)] == ["Stuck", "Recovered", "Stuck"],
             "the first stay ends, the second lasts too long")
    first, _, second = told(path)
    assert first["id"] != second["id"] and first["detail"]["since"] < second["detail"]["since"]


def SilenceIsToldOnceAndItsEndToo(program, path, stack):
    daemon = running(stack, program, path, CONFIG + "deadlines:" + HEARTBEAT)
    missing = wait_for(lambda: told(path), "nothing came")[0]
    assert missing["detail-type"] == "Sagewatch Event Missing" and missing["detail"]["every"] == "2s", missing
    assert missing["resources"] == ["arn:aws:sagewatch:us-east-1:000000000000:deadline/heartbeat"], missing
    look_twice(daemon)
    assert len(told(path)) == 1, told(path)
    daemon.post_events([heartbeat()])
    recovered = wait_for(lambda: told(path, "Sagewatch Event Recovered"), "it came")[0]
    assert recovered["detail"]["since"] == missing["detail"]["since"], recovered
    # An event of another source is none, and ours are none either.
    daemon.post_events([training_event("x")])
    again = wait_for(lambda: told(path, "Sagewatch Event Missing")[1:], "and stays away again")[0]
    assert again["id"] != missing["id"] and again["detail"]["since"] > missing["detail"]["since"], again


def EachOccurrenceIsToldOnceAcrossKillsAtAnyMoment(program, path, stack):
    daemon = running(stack, program, path, CONFIG + STUCK + HEARTBEAT)
    daemon.post_events([job(f"s{n}", "InProgress") for n in range(50)] + [heartbeat()])
    for pause in (0.3, 0.9, 1.5, 1.9, 2.0, 2.1, 2.2, 2.3):  # before, while and after it is told
        time.sleep(pause)
        daemon.kill()
        daemon.start()
    wait_for(lambda: len({event["id"] for event in told(path)}) == 51, "50 jobs and the heartbeat, by their ids", 60)
    daemon.kill()
    daemon.start()
    wait_for(lambda: looks(daemon) >= 5, "looks after the last start")
    assert len({event["id"] for event in told(path)}) == 51, told(path)
    for detail_type, count in (("Sagewatch Resource Stuck", 50), ("Sagewatch Event Missing", 1)):
        ids = in_journal(daemon, detail_type)
        assert len(ids) == count and len(set(ids)) == count, (detail_type, len(ids), len(set(ids)))
    daemon.post_events([job(f"s{n}", "Stopped", "Stopped") for n in range(50)])
    daemon.kill()
    daemon.start()
    wait_for(lambda: len({e["id"] for e in told(path, "Sagewatch Resource Recovered")}) == 50, "all recovered")
    wait_for(lambda: looks(daemon) >= 5, "looks after the last start")
    assert len(in_journal(daemon, "Sagewatch Resource Recovered")) == 50


def LosingTheStoreTellsNothingAgain(program, path, stack):
    daemon = running(stack, program, path, CONFIG + STUCK + HEARTBEAT)
    daemon.post_events([job("s1", "InProgress"), heartbeat()])
    wait_for(lambda: len(told(path)) == 2, "the job and the heartbeat")
    daemon.kill()
    shutil.rmtree(f"{path}/data/store")
    daemon.start()
    wait_for(lambda: looks(daemon) >= 5, "looks after the start")
    for detail_type in ("Sagewatch Resource Stuck", "Sagewatch Event Missing", "Sagewatch Deadline Configuration Change"):
        ids = in_journal(daemon, detail_type)
        assert len(ids) == (2 if "Configuration" in detail_type else 1), (detail_type, ids)


def AReloadBeginsEndsAndChangesDeadlines(program, path, stack):
    def operations():
        return [(event["detail"]["deadline"], event["detail"]["operation"]) for event in file_lines(f"{path}/audit.jsonl")
                if event["detail-type"] == "Sagewatch Deadline Configuration Change"]

    daemon = running(stack, program, path, CONFIG)
    daemon.post_events([job("s1", "InProgress")])
    daemon.write_config(CONFIG + STUCK)
    daemon.request("POST", "/-/reload")
    wait_for(lambda: len(told(path)) == 1, "a deadline that is new finds what was stuck before")
    assert operations() == [("training-stuck", "create")], operations()
    daemon.write_config(CONFIG + STUCK.replace("2s", "3s"))
    daemon.request("POST", "/-/reload")
    wait_for(lambda: len(told(path)) == 2, "a deadline that was changed begins anew")
    assert operations()[1:] == [("training-stuck", "update")], operations()
    assert [event["detail-type"] for event in told(path)] == ["Sagewatch Resource Stuck"] * 2
    daemon.write_config(CONFIG)
    daemon.request("POST", "/-/reload")
    wait_for(lambda: operations()[2:] == [("training-stuck", "delete")], "the deadline is removed")
    daemon.post_events([job("s1", "Completed", "Completed"), job("s3", "InProgress")])
    daemon.write_config(CONFIG + STUCK.replace("longer_than: 2s", "longer_than: 1s, region: nowhere"))
    daemon.request("POST", "/-/reload")
    wait_for(lambda: len(operations()) == 4, "another deadline of that name")
    look_twice(daemon)
    assert len(told(path)) == 2, "what was removed tells nothing, not even that it is over"


def ARepeatTellsAgainAndCounts(program, path, stack):
    daemon = running(stack, program, path, CONFIG + STUCK + "    repeat: 1s\n")
    daemon.post_events([job("s1", "InProgress")])
    wait_for(lambda: len(told(path)) >= 3, "told again")
    events = told(path)
    assert [event["detail"]["count"] for event in events] == list(range(1, len(events) + 1)), events
    assert len({event["detail"]["since"] for event in events}) == 1, events
    assert daemon.metrics()['sagewatch_deadlines_missed_total{deadline="training-stuck"}'] == 1


def AnEventThatOnlySaysItIsOursSettlesNothing(program, path, stack):
    daemon = running(stack, program, path, CONFIG + STUCK)
    daemon.post_events([job("s1", "InProgress")])
    stuck = wait_for(lambda: told(path), "the job is stuck")[0]
    forged = dict(stuck, **{"id": "forged", "detail-type": "Sagewatch Resource Recovered"})
    forged["detail"] = {key: value for key, value in stuck["detail"].items() if key != "count"}
    daemon.post_events([forged])
    wait_for(lambda: len(told(path)) == 2, "rules see it")
    look_twice(daemon)
    assert daemon.metrics()['sagewatch_deadlines_overdue{deadline="training-stuck"}'] == 1
    assert len(told(path)) == 2, told(path)


def CheckNamesWhatIsWrongWithADeadline(program, path, stack):
    with open(f"{path}/bad.yaml", "w", encoding="utf-8") as file:
        file.write("deadlines:\n  d:\n    stuck: { kind: training_job, status: InProgres, longer_than: 6h }\n")
    done = subprocess.run([program, "check", f"{path}/bad.yaml"], capture_output=True, text=True, timeout=60)
    text = done.stdout + done.stderr
    example = subprocess.run([program, "check", f"{SOURCE}/examples/deadlines.yaml"], capture_output=True, text=True, timeout=60)
    assert example.returncode == 0 and "warning" not in example.stdout + example.stderr, example.stdout + example.stderr
    assert done.returncode == 78 and "bad.yaml:3:42: error[SW2011]" in text and 'did you mean "InProgress"?' in text, text


if __name__ == "__main__":
    main([AStuckJobIsToldOnceAndItsRecoveryToo, AStayThatBeginsAnewIsToldAnew, SilenceIsToldOnceAndItsEndToo,
          EachOccurrenceIsToldOnceAcrossKillsAtAnyMoment, LosingTheStoreTellsNothingAgain,
          AReloadBeginsEndsAndChangesDeadlines, ARepeatTellsAgainAndCounts, AnEventThatOnlySaysItIsOursSettlesNothing,
          CheckNamesWhatIsWrongWithADeadline])
