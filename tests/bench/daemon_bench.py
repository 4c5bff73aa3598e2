#!/usr/bin/env python3
"""The whole daemon, measured from outside: events per second, CPU per event, latency, memory. Each figure is of one run
on this machine; compare runs on one machine only.

  daemon_bench.py DIRECTORY-OF-PROGRAMS [--short] [file|http|memory]...

SAGEWATCH_BENCH_PERF=FILE has `perf record` watch the daemon while the file source is read (`perf report -i FILE`)."""
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "e2e"))
from rig import Daemon, training_event, wait_for  # noqa: E402

SHORT = "--short" in sys.argv
BIN, *WANTED = [word for word in sys.argv[1:] if word != "--short"]
BIN = Path(BIN).resolve()
PROGRAM = str(BIN / "sagewatch")
TICK = os.sysconf("SC_CLK_TCK")
COUNTER = 'sagewatch_events_by_detail_type_total{detail_type="SageMaker Training Job State Change"}'
TARGETS = "targets: { audit: { type: file, path: $DIR/audit.jsonl } }\n"
# Failures are one event in a hundred, and each ends in one of the digits.
RULES = "rules:\n" + "".join(
    f"  rule-{n}:\n    pattern: {{ source: [aws.sagemaker], detail: {{ TrainingJobStatus: [Failed], TrainingJobName: [{{ suffix: \"{n}\" }}] }} }}\n"
    f"    targets: [audit]\n" for n in range(10))


def seconds_of(stat):
    fields = stat.rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICK


def cpu(process):
    return seconds_of(Path(f"/proc/{process.pid}/stat").read_text())


def threads(process):
    """CPU seconds by thread name."""
    found = {}
    for task in Path(f"/proc/{process.pid}/task").iterdir():
        stat = (task / "stat").read_text()
        name = stat[stat.index("(") + 1:stat.rindex(")")]
        found[name] = found.get(name, 0) + seconds_of(stat)
    return found


def resident(process, line="VmRSS"):
    with open(f"/proc/{process.pid}/status") as status:
        return next(int(text.split()[1]) / 1024 for text in status if text.startswith(line))


def corpus(path, events, resources, failures=True):
    """Training jobs that go through their states; one event in a hundred is a failure that one of the rules matches."""
    holes = training_event("job-@JOB@", "@STATUS@", "@ID@", SecondaryStatus="@SECONDARY@", LastModifiedTime="@TIME@",
                           HyperParameters={"pad": "x" * 420}, ResourceConfig={"InstanceType": "ml.p4d.24xlarge", "InstanceCount": 2})
    text = json.dumps(holes, separators=(",", ":")).replace("%", "%%").replace('"@TIME@"', "%(time)d")
    for hole in ("JOB", "STATUS", "ID", "SECONDARY"):
        text = text.replace(f"@{hole}@", f"%({hole.lower()})s")
    text += "\n"
    with open(path, "w") as out:
        for n in range(events):
            failed = failures and n % 100 == n // 100 % 10
            out.write(text % {"job": n % resources, "id": f"{n:036}", "time": 1790000000000 + n, "status": "Failed" if failed else "InProgress",
                              "secondary": "Failed" if failed else ("Starting", "Downloading", "Training")[n // resources % 3]})


def file_source(directory, events=200_000 if SHORT else 1_000_000):
    """Between two scrapes, the first a little after the start and the last before the end, so that both ends are exact."""
    feed = f"{directory}/feed.jsonl"
    corpus(feed, events, 10_000)
    daemon = Daemon(PROGRAM, directory, f"data_dir: $DIR/data\nsources: {{ feed: {{ type: file, path: {feed} }} }}\n{TARGETS}{RULES}").start()
    perf = os.environ.get("SAGEWATCH_BENCH_PERF")
    if perf:
        perf = subprocess.Popen(["perf", "record", "-q", "--call-graph", "dwarf,16384", "-F", "199", "-p", str(daemon.process.pid), "-o", perf])

    def look():
        done = daemon.metrics().get(COUNTER, 0)
        return done, time.monotonic(), cpu(daemon.process), threads(daemon.process)

    looks = [wait_for(lambda: (look_ := look())[0] and look_, "the first events", 60)]
    while looks[-1][0] < events:
        time.sleep(0.5)
        looks.append(look())
        assert looks[-1][1] - looks[0][1] < 300, f"after 300 s only {looks[-1][0]:.0f} of {events} events are applied"
    if perf:
        perf.terminate()
        perf.wait()
    first, last = looks[0], looks[-2] if len(looks) > 2 else looks[-1]
    done = last[0] - first[0]
    by_thread = {name: (seconds - first[3].get(name, 0)) / done * 1e6 for name, seconds in last[3].items()}
    print(f"file source, durable, {os.path.getsize(feed) / events:.0f} bytes an event: {done / (last[1] - first[1]):,.0f} events/s, "
          f"{(last[2] - first[2]) / done * 1e6:.2f} µs CPU an event, resident {resident(daemon.process):.0f} MB\n  of it: "
          + ", ".join(f"{name} {micros:.2f}" for name, micros in sorted(by_thread.items(), key=lambda item: -item[1]) if micros >= 0.01), flush=True)
    owed = wait_for(lambda: Path(f"{directory}/audit.jsonl").read_bytes().count(b"\n") >= events // 100, "all matches delivered", 60)
    assert owed
    daemon.stop()


def http(directory):
    daemon = Daemon(PROGRAM, directory, f"data_dir: $DIR/data\n{TARGETS}{RULES}").start()
    for connections in (1, 8, 32):
        used, before = cpu(daemon.process), threads(daemon.process)
        load = json.loads(subprocess.run([BIN / "http_load", str(daemon.port), str(connections), "2" if SHORT else "5"],
                                         capture_output=True, check=True).stdout)
        used = cpu(daemon.process) - used
        by_thread = {name: (seconds - before.get(name, 0)) / load["events"] * 1e6 for name, seconds in threads(daemon.process).items()}
        print(f"PutEvents, 10 entries a call, {connections} connections: {load['events_per_s']:,} events/s, p50 {load['p50_ms']} ms, "
              f"p99 {load['p99_ms']} ms, {used / load['events'] * 1e6:.2f} µs CPU an event, {load['refused']} calls refused\n  of it: "
              + ", ".join(f"{name} {micros:.2f}" for name, micros in sorted(by_thread.items(), key=lambda item: -item[1]) if micros >= 0.01), flush=True)
    daemon.stop()


def memory(directory, resources=100_000):
    feed = f"{directory}/feed.jsonl"
    corpus(feed, resources, resources, failures=False)
    daemon = Daemon(PROGRAM, directory, f"data_dir: $DIR/data\nsources: {{ feed: {{ type: file, path: {feed} }} }}\n").start()

    wait_for(lambda: daemon.metrics().get(COUNTER, 0) >= resources, f"{resources} events applied", 120, 0.5)
    size = len(daemon.get("/metrics")[1]) / 1e6
    time.sleep(1)  # the daemon keeps a page for a moment
    fresh = resident(daemon.process)
    daemon.stop()
    daemon.start()
    bare = resident(daemon.process)
    daemon.get("/metrics")
    time.sleep(1)
    print(f"{resources:,} resources, page of {size:.0f} MB: resident {fresh:.0f} MB after taking them in and scrapes, {bare:.0f} MB after a "
          f"restart, {resident(daemon.process):.0f} MB after a scrape then, {resident(daemon.process, 'VmHWM'):.0f} MB while it was made", flush=True)
    daemon.stop()


for part in (file_source, http, memory):
    if not WANTED or any(part.__name__.startswith(word) for word in WANTED):
        with tempfile.TemporaryDirectory(prefix="sagewatch-bench-") as directory:
            part(directory)
