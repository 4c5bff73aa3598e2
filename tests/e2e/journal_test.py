#!/usr/bin/env python3
"""A damaged journal: what a start still needs and cannot read it refuses or tells, and what is only being written is
nobody's damage."""
import json
import os
import shutil
import threading

from rig import FAILED_RULE, Daemon, file_lines, main, receiving, running, training_event, wait_for

CONFIG = """
data_dir: $DIR/data
journal: { segment_size: 1MiB, max_bytes: 64MiB, ballast: 0B, on_corruption: %s }
targets: { hook: { type: webhook, url: "%s", retry: { base: 100ms, cap: 100ms } } }
""" + FAILED_RULE % "hook"
EXIT_DISK = 74


def segments(path):
    directory = f"{path}/data/journal"
    return [f"{directory}/{name}" for name in sorted(os.listdir(directory)) if name.endswith(".seg")]


def flip(file, offset):
    with open(file, "r+b") as bytes_:
        bytes_.seek(offset)
        byte = bytes_.read(1)[0]
        bytes_.seek(offset)
        bytes_.write(bytes([byte ^ 4]))


def end_of_bytes(file):
    with open(file, "rb") as bytes_:
        return len(bytes_.read().rstrip(b"\0"))


def refused(daemon):
    """Why a start was refused."""
    daemon.start(ready=False)
    assert daemon.process.wait(timeout=60) == EXIT_DISK, "\n".join(daemon.log)
    daemon.reader.join()
    return "\n".join(daemon.log)


def told(daemon, code):
    return [line for line in daemon.log if code in line]


def owes_nothing(daemon):
    return daemon.metrics()['sagewatch_target_owed_deliveries{target="hook"}'] == 0


def DamageOfWhatIsOwedRefusesTheStartAndDamageOfTheRestDoesNot(program, path, stack):
    hook = receiving(stack, lambda request: (503, {}, b"not now"))
    daemon = running(stack, program, path, CONFIG % ("refuse", hook.url))
    for n in range(60):
        daemon.post_events([training_event(f"d{n}-{m}", pad="x" * 2000) for m in range(20)])
    daemon.kill()
    first = segments(path)[0]
    assert len(segments(path)) > 2, segments(path)
    shutil.copy(first, f"{path}/backup")
    flip(first, 200_000)
    why = refused(daemon)
    assert first in why and "on_corruption: refuse" in why and "still needed" in why, why
    shutil.move(first, f"{path}/moved")
    why = refused(daemon)
    assert "positions 0 up to" in why and "are no longer there" in why, why
    shutil.copy(f"{path}/backup", first)
    hook.behave = lambda request: (200, {}, b"")
    daemon.start()
    wanted = {f"id-d{n}-{m}" for n in range(60) for m in range(20)}
    wait_for(lambda: wanted <= set(hook.ids()), "everything that was owed", 60, 0.2)
    wait_for(lambda: owes_nothing(daemon), "nothing is owed")
    daemon.kill()
    flip(first, 200_000)
    daemon.start()


def AnEndThatTheStoreHasAppliedIsNoTornTail(program, path, stack):
    hook = receiving(stack)
    daemon = running(stack, program, path, CONFIG % ("refuse", hook.url))
    wait_for(lambda: os.path.getsize(segments(path)[0]) if segments(path) else 0, "the checkpoint of the start")
    daemon.post_events([training_event("before")])
    daemon.post_events([training_event("hit")])
    wait_for(lambda: len(hook.requests) == 2 and owes_nothing(daemon), "both are delivered, so they are applied")
    daemon.kill()
    newest = segments(path)[-1]
    flip(newest, end_of_bytes(newest) - 100)
    why = refused(daemon)
    assert newest in why and "positions 1 up to 2" in why, why
    daemon.write_config(CONFIG % ("quarantine", hook.url))
    daemon.start()
    assert told(daemon, "SW4205") and not told(daemon, "SW4204") and not told(daemon, "SW4002"), daemon.log
    assert daemon.metrics()["sagewatch_journal_corrupt_bytes_total"] > 0
    daemon.post_events([training_event("after")])
    wait_for(lambda: "id-after" in hook.ids() and owes_nothing(daemon), "the next event")
    ids = [request["headers"]["sagewatch-delivery-id"] for request in hook.requests]
    assert len(set(ids)) == 3, f"a delivery has the id of one that was lost: {ids}"
    daemon.kill()
    daemon.write_config(CONFIG % ("refuse", hook.url))
    daemon.start()


def VerifyBesideADaemonThatWritesFindsNothing(program, path, stack):
    hook = receiving(stack)
    daemon = running(stack, program, path, (CONFIG % ("quarantine", hook.url)).replace("[Failed]", "[Nobody]"))
    ending = threading.Event()
    stack.callback(ending.set)

    def load(number):
        n = 0
        while not ending.is_set():
            n += 1
            daemon.post_events([training_event(f"v{number}-{n}-{m}", pad="x" * 500) for m in range(20)], check=False)
    threads = [threading.Thread(target=load, args=(number,), daemon=True) for number in range(3)]
    for thread in threads:
        thread.start()
    for _ in range(25):
        found = json.loads(daemon.run("journal", "verify", "--data-dir", f"{path}/data", "--json"))
        assert not any(segment["damage"] for segment in found["segments"]), found
    ending.set()
    for thread in threads:
        thread.join()


main([DamageOfWhatIsOwedRefusesTheStartAndDamageOfTheRestDoesNot, AnEndThatTheStoreHasAppliedIsNoTornTail,
      VerifyBesideADaemonThatWritesFindsNothing])
