#!/usr/bin/env python3
"""The whole daemon, measured from outside: events per second, CPU per event, latency, memory. Each figure is of one run
on this machine; compare runs on one machine only.

  daemon_bench.py DIRECTORY-OF-PROGRAMS [--short] [file|http|memory]...

SAGEWATCH_BENCH_PERF=FILE has `perf record` watch the daemon while the file source is read (`perf report -i FILE`)."""
import contextlib
import json
import os
import subprocess
import sys
import tempfile
import time
from datetime import datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "e2e"))
from rig import running, training_event, wait_for  # noqa: E402

SHORT = "--short" in sys.argv
BIN, *WANTED = [word for word in sys.argv[1:] if word != "--short"]
BIN = Path(BIN).resolve()
PROGRAM = str(BIN / "sagewatch")
BEGIN_MS = 1790000000000  # when the first event of a corpus happens
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


def corpus(path, events, resources, failures=True, first=0):
    """Training jobs that go through their states; one event in a hundred is a failure that one of the rules matches."""
    holes = training_event("job-@JOB@", "@STATUS@", "@ID@", SecondaryStatus="@SECONDARY@", LastModifiedTime="@TIME@",
                           HyperParameters={"pad": "x" * 420}, ResourceConfig={"InstanceType": "ml.p4d.24xlarge", "InstanceCount": 2})
    text = json.dumps(holes, separators=(",", ":")).replace("%", "%%").replace('"@TIME@"', "%(time)d")
    for hole in ("JOB", "STATUS", "ID", "SECONDARY"):
        text = text.replace(f"@{hole}@", f"%({hole.lower()})s")
    text += "\n"
    with open(path, "w") as out:
        for n in range(first, first + events):
            failed = failures and n % 100 == n // 100 % 10
            out.write(text % {"job": n % resources, "id": f"{n:036}", "time": BEGIN_MS + n, "status": "Failed" if failed else "InProgress",
                              "secondary": "Failed" if failed else ("Starting", "Downloading", "Training")[n // resources % 3]})


def is_applied(daemon, event, resources):
    """Whether this event of a corpus, or a later one of its job, is applied; not for jobs that fail, which do so with their first.
    Metrics would tell it, too, but a page costs as much as thousands of events."""
    arn = training_event(f"job-{event % resources}")["detail"]["TrainingJobArn"]
    status, text, _ = daemon.get(f"/api/v1/resources/{arn}/history", check=False)
    return status == 200 and datetime.fromisoformat(json.loads(text)["history"][-1]["time"]).timestamp() * 1000 > BEGIN_MS + event - 0.5


def file_source(directory, stack, events=400_000 if SHORT else 1_000_000, jobs=10_000):
    """All of a file that appears when the daemon has settled, and each job has as long a history as is kept. The source runs far
    ahead of the shard, so between any two looks on the way one does the work of more events than the other."""
    warm, hidden, feed = (f"{directory}/{name}" for name in ("warm.jsonl", "hidden", "feed.jsonl"))
    before = 15 * jobs
    corpus(warm, before, jobs)
    corpus(hidden, events, jobs, first=before)
    sources = f"sources: {{ warm: {{ type: file, path: {warm} }}, feed: {{ type: file, path: {feed} }} }}\n"
    daemon = running(stack, PROGRAM, directory, f"data_dir: $DIR/data\n{sources}{TARGETS}{RULES}")

    def settled(done):
        wait_for(lambda: daemon.metrics().get(COUNTER, 0) >= done, f"{done} events applied", 300, 0.5)
        wait_for(lambda: Path(f"{directory}/audit.jsonl").read_bytes().count(b"\n") >= done // 100, "all matches delivered", 60)

    settled(before)
    time.sleep(1)  # RocksDB flushes in the background, and the daemon keeps a page for a moment
    perf = os.environ.get("SAGEWATCH_BENCH_PERF")
    if perf:
        perf = subprocess.Popen(["perf", "record", "-q", "--call-graph", "dwarf,16384", "-F", "199", "-p", str(daemon.process.pid), "-o", perf])
    used, of_threads = cpu(daemon.process), threads(daemon.process)
    os.rename(hidden, feed)
    wait_for(lambda: is_applied(daemon, before + 1, jobs), "the first events", 60, 0.002)
    begin = time.monotonic()
    wait_for(lambda: is_applied(daemon, before + events - 1, jobs), f"{events} events applied", 300)
    seconds = time.monotonic() - begin
    used = cpu(daemon.process) - used
    by_thread = {name: (now - of_threads.get(name, 0)) / events * 1e6 for name, now in threads(daemon.process).items()}
    if perf:
        perf.terminate()
        perf.wait()
    print(f"file source, durable, {os.path.getsize(feed) / events:.0f} bytes an event: {events / seconds:,.0f} events/s, "
          f"{used / events * 1e6:.2f} µs CPU an event, resident {resident(daemon.process):.0f} MB\n  of it: "
          + ", ".join(f"{name} {micros:.2f}" for name, micros in sorted(by_thread.items(), key=lambda item: -item[1]) if micros >= 0.01), flush=True)
    settled(before + events)
    daemon.stop()


def http(directory, stack):
    daemon = running(stack, PROGRAM, directory, f"data_dir: $DIR/data\n{TARGETS}{RULES}")
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


def memory(directory, stack, resources=100_000):
    feed = f"{directory}/feed.jsonl"
    corpus(feed, resources, resources, failures=False)
    daemon = running(stack, PROGRAM, directory, f"data_dir: $DIR/data\nsources: {{ feed: {{ type: file, path: {feed} }} }}\n")

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
        with tempfile.TemporaryDirectory(prefix="sagewatch-bench-") as directory, contextlib.ExitStack() as stack:
            part(directory, stack)
