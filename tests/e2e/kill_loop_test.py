#!/usr/bin/env python3
"""kill -9 at any moment loses nothing that was acknowledged: an oracle that knows every acknowledged event and its
bytes, against what arrived at every matching target. 10 kills; 100 with SAGEWATCH_LONG set."""
import hashlib
import http.client
import json
import os
import random
import threading
import time

from rig import FAILED_RULE, Daemon, file_lines, main, receiving, training_event, wait_for

KILLS = 100 if os.environ.get("SAGEWATCH_LONG") else 10
EVENTS_PER_REQUEST = 50


class Load(threading.Thread):
    """Sends events without a pause, remembers what was acknowledged; a lost connection acknowledges nothing."""

    def __init__(self, daemon, number):
        super().__init__(daemon=True)
        self.target, self.number, self.sent, self.acknowledged, self.ending = daemon, number, 0, {}, False

    def batch(self):
        lines, digests = [], {}
        for _ in range(EVENTS_PER_REQUEST):
            self.sent += 1
            name = f"job-{self.number}-{self.sent}"
            lines.append(json.dumps(training_event(name, pad="x" * random.randrange(400))).encode())
            digests[f"id-{name}"] = hashlib.sha256(lines[-1]).hexdigest()
        return lines, digests

    def run(self):
        connection = None
        while not self.ending:
            lines, digests = self.batch()
            try:
                if connection is None:
                    connection = http.client.HTTPConnection("127.0.0.1", self.target.port, timeout=10)
                connection.request("POST", "/api/v1/events", b"\n".join(lines))
                answer = connection.getresponse()
                text = answer.read()
                if answer.status == 200 and json.loads(text)["accepted"] == len(lines):
                    self.acknowledged.update(digests)
            except (OSError, http.client.HTTPException, TypeError):
                connection = None
                time.sleep(0.01)


def NothingAcknowledgedIsLostByKilling(program, path, stack):
    seed = int(os.environ.get("SAGEWATCH_SEED", random.randrange(1 << 30)))
    print(f"seed {seed}, {KILLS} kills", flush=True)
    random.seed(seed)
    hook = receiving(stack)
    config = f"""
data_dir: $DIR/data
journal: {{ segment_size: 4MiB }}
targets:
  first: {{ type: file, path: $DIR/first.jsonl }}
  second: {{ type: file, path: $DIR/second.jsonl }}
  hook: {{ type: webhook, url: "{hook.url}" }}
rules:
  failed:
    pattern: {{ source: [aws.sagemaker], detail: {{ TrainingJobStatus: [Failed] }} }}
    targets: [first, second]
  some:
    pattern: {{ detail: {{ TrainingJobName: [{{ suffix: "00" }}] }} }}
    targets: [hook]
"""
    daemon = Daemon(program, path, config)
    stack.callback(lambda: daemon.process.poll() is None and daemon.kill())
    loads = []
    for kill in range(KILLS):
        begin = time.monotonic()
        daemon.start()
        assert time.monotonic() - begin < 60, "a restart took more than a minute"
        if not loads:
            loads = [Load(daemon, number) for number in range(3)]
            for load in loads:
                load.start()
        time.sleep(random.uniform(0.2, 2.0))
        daemon.kill()
    for load in loads:
        load.ending = True
    for load in loads:
        load.join()
    daemon.start()

    acknowledged = {event: digest for load in loads for event, digest in load.acknowledged.items()}
    issued = {f"id-job-{load.number}-{n}" for load in loads for n in range(1, load.sent + 1)}
    assert len(acknowledged) > 1000, "the load never got going"
    for name in ("first", "second"):
        def seen(name=name):
            return {line["id"] for line in file_lines(f"{path}/{name}.jsonl")}
        wait_for(lambda: acknowledged.keys() <= seen(), f"every acknowledged event at {name}: {len(acknowledged.keys() - seen())} are missing", 120, 0.5)
        assert seen() <= issued, "an event arrived that nobody sent"
    hooked = {event for event in acknowledged if event.endswith("00")}
    wait_for(lambda: hooked <= set(hook.ids()), "every acknowledged event at the webhook", 120, 0.5)

    altered = duplicates = 0
    seen = set()
    with open(f"{path}/first.jsonl", "rb") as lines:
        for line in lines:
            event = json.loads(line)["id"]
            duplicates += event in seen
            seen.add(event)
            altered += event in acknowledged and hashlib.sha256(line.rstrip(b"\n")).hexdigest() != acknowledged[event]
    assert altered == 0, f"{altered} events arrived with other bytes"
    assert daemon.stop() == 0
    daemon.run("journal", "verify", "--data-dir", f"{path}/data")
    print(f"{len(acknowledged)} acknowledged, 0 lost, {duplicates} delivered twice to a file, {len(hooked)} by webhook", flush=True)


main([NothingAcknowledgedIsLostByKilling])
