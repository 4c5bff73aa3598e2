#!/usr/bin/env python3
"""The whole daemon, measured from outside: events per second, CPU per event, latency, memory. Each figure is of one run
on this machine; compare runs on one machine only.   daemon_bench.py DIRECTORY-OF-PROGRAMS"""
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "e2e"))
from rig import Daemon, training_event, wait_for  # noqa: E402

BIN = Path(sys.argv[1]).resolve()
PROGRAM = str(BIN / "sagewatch")
TICK = os.sysconf("SC_CLK_TCK")
RULES = "rules:\n" + "".join(
    f"  rule-{n}:\n    pattern: {{ source: [aws.sagemaker], detail: {{ TrainingJobStatus: [Failed], TrainingJobName: [{{ suffix: \"{n}\" }}] }} }}\n"
    f"    targets: [audit]\n" for n in range(10))


def cpu(process):
    with open(f"/proc/{process.pid}/stat") as stat:
        fields = stat.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICK


def threads(process):
    """CPU seconds by thread name."""
    found = {}
    for task in Path(f"/proc/{process.pid}/task").iterdir():
        fields = (task / "stat").read_text()
        name, rest = fields[fields.index("(") + 1:fields.rindex(")")], fields.rsplit(")", 1)[1].split()
        found[name] = found.get(name, 0) + (int(rest[11]) + int(rest[12])) / TICK
    return {name: round(seconds, 2) for name, seconds in sorted(found.items(), key=lambda item: -item[1]) if seconds >= 0.05}


def resident(process):
    with open(f"/proc/{process.pid}/status") as status:
        return next(int(line.split()[1]) / 1024 for line in status if line.startswith("VmRSS"))


def corpus(path, events, resources, failed_every=100):
    """Training jobs that go through their states; one event in `failed_every` is a failure that one of the rules matches."""
    with open(path, "w") as out:
        for n in range(events):
            job = n % resources
            failed = n % failed_every == 0
            event = training_event(f"job-{job}", "Failed" if failed else "InProgress", f"{n:036}",
                                   LastModifiedTime=1790000000000 + n, HyperParameters={"pad": "x" * 420},
                                   ResourceConfig={"InstanceType": "ml.p4d.24xlarge", "InstanceCount": 2})
            event["detail"]["SecondaryStatus"] = "Failed" if failed else ("Starting", "Downloading", "Training")[n // resources % 3]
            out.write(json.dumps(event, separators=(",", ":")) + "\n")


def file_source(directory, events=1_000_000):
    feed = f"{directory}/feed.jsonl"
    corpus(feed, events, 10_000)
    daemon = Daemon(PROGRAM, directory, f"data_dir: $DIR/data\nsources: {{ feed: {{ type: file, path: {feed} }} }}\n"
                                        f"targets: {{ audit: {{ type: file, path: $DIR/audit.jsonl }} }}\n{RULES}")
    daemon.start(ready=False)
    daemon.wait_ready()
    begin, used = time.monotonic(), cpu(daemon.process)
    already = daemon.metrics().get('sagewatch_events_by_detail_type_total{detail_type="SageMaker Training Job State Change"}', 0)
    counted = lambda: daemon.metrics().get('sagewatch_events_by_detail_type_total{detail_type="SageMaker Training Job State Change"}', 0)
    wait_for(lambda: counted() >= events, "all events applied", 300, 0.2)
    took, used = time.monotonic() - begin, cpu(daemon.process) - used
    done = events - already
    bytes_each = os.path.getsize(feed) / events
    print(f"file source, durable, one shard: {done / took:,.0f} events/s of {bytes_each:.0f} bytes, {used / done * 1e6:.2f} µs CPU an event, "
          f"resident {resident(daemon.process):.0f} MB\n  CPU by thread (s): {threads(daemon.process)}")
    daemon.stop()


def http(directory):
    daemon = Daemon(PROGRAM, directory, f"data_dir: $DIR/data\ntargets: {{ audit: {{ type: file, path: $DIR/audit.jsonl }} }}\n{RULES}").start()
    for connections in (1, 8, 32):
        used = cpu(daemon.process)
        load = json.loads(subprocess.run([BIN / "http_load", str(daemon.port), str(connections), "5"], capture_output=True, check=True).stdout)
        used = cpu(daemon.process) - used
        print(f"PutEvents, 10 entries a call, {connections} connections: {load['events_per_s']:,} events/s, p50 {load['p50_ms']} ms, "
              f"p99 {load['p99_ms']} ms, {used / load['events'] * 1e6:.2f} µs CPU an event, {load['refused']} calls refused")
    daemon.stop()


def memory(directory, resources=100_000):
    feed = f"{directory}/feed.jsonl"
    corpus(feed, resources, resources, failed_every=10**9)
    daemon = Daemon(PROGRAM, directory, f"data_dir: $DIR/data\nsources: {{ feed: {{ type: file, path: {feed} }} }}\n").start()
    known = lambda: daemon.metrics().get('sagewatch_resources{kind="training_job"}', 0)
    wait_for(lambda: known() == resources, f"{resources} resources known", 120, 0.2)
    fresh = resident(daemon.process)
    daemon.stop()
    daemon.start()
    wait_for(lambda: known() == resources, "known again", 120)
    print(f"{resources:,} resources: resident {fresh:.0f} MB after taking them in and a scrape, {resident(daemon.process):.0f} MB after a restart")
    daemon.stop()


for part in (file_source, http, memory):
    with tempfile.TemporaryDirectory(prefix="sagewatch-bench-") as directory:
        part(directory)
