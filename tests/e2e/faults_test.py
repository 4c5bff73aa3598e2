#!/usr/bin/env python3
"""The disk fills, the clients are hostile, the signals come twice."""
import json
import os
import signal
import socket
import subprocess
import threading
import time

from rig import FAILED_RULE, Daemon, file_lines, main, receiving, running, training_event, wait_for

CONFIG = """
data_dir: $DIR/data
journal: { segment_size: 1MiB, max_bytes: 64MiB, ballast: 4MiB }
targets: { audit: { type: file, path: $DIR/audit.jsonl } }
""" + FAILED_RULE % "audit"


def small_disk(stack, path, megabytes):
    """A tmpfs at `path`/disk, or None where mounting is not allowed."""
    mount = f"{path}/disk"
    os.mkdir(mount)
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", mount], capture_output=True)
    if done.returncode != 0:
        return None
    stack.callback(lambda: subprocess.run(["umount", "-l", mount], capture_output=True))
    return mount


def AFullDiskRefusesAndLosesNothingAndGoesOnWhenThereIsRoom(program, path, stack):
    mount = small_disk(stack, path, 96)
    if mount is None:
        return print("        mounting is not allowed here: the fault tests of the journal cover it on a fake disk")
    daemon = running(stack, program, path, CONFIG.replace("$DIR/data", f"{mount}/data"))
    filler = f"{mount}/filler"
    with open(filler, "wb", buffering=0) as out:
        try:
            while True:
                out.write(b"x" * 65536)
        except OSError:
            pass
    acknowledged, refused = [], 0
    for n in range(3000):
        status, text, headers = daemon.post_events([training_event(f"d{n}-{m}", pad="x" * 900) for m in range(20)], check=False)
        assert status in (200, 500, 503), status
        if status == 200:
            acknowledged += [f"id-d{n}-{m}" for m in range(20)]
        else:
            refused += 1
            ready, reasons, _ = daemon.get("/-/ready", check=False)
            assert ready == 503 and json.loads(reasons)["reasons"][0]["reason"] == "disk", (ready, reasons)
            if refused > 5:
                break
    assert refused, "a full disk never refused anything"
    assert daemon.process.poll() is None, "the daemon ended: " + "\n".join(daemon.log[-5:])
    os.unlink(filler)
    def accepted():
        return daemon.post_events([training_event("after")], check=False)[0] == 200
    wait_for(accepted, "accepting again when there is room", 30, 0.2)
    assert daemon.get("/-/ready")[0] == 200, "what accepts is ready"
    wanted = set(acknowledged) | {"id-after"}
    wait_for(lambda: wanted <= {line["id"] for line in file_lines(f"{path}/audit.jsonl")}, "everything acknowledged", 60)
    print(f"        {len(acknowledged)} acknowledged on the filling disk, {refused} calls refused, 0 lost")


def HostileClientsGetTheirRefusalsAndAnHonestOneIsServed(program, path, stack):
    daemon = running(stack, program, path, CONFIG + "http: { limits: { header_timeout: 1s } }\n")
    def raw(data, wait=5):
        with socket.create_connection(("127.0.0.1", daemon.port), timeout=wait) as connection:
            connection.sendall(data)
            answer = b""
            try:
                while chunk := connection.recv(65536):
                    answer += chunk
            except OSError:
                pass
            return answer
    slow = [socket.create_connection(("127.0.0.1", daemon.port)) for _ in range(50)]
    for connection in slow:
        connection.sendall(b"POST /api/v1/events HT")
    post = b"POST /api/v1/events HTTP/1.1\r\nHost: 127.0.0.1\r\n"
    assert b" 413 " in raw(post + b"Content-Length: 99999999999\r\n\r\n")
    assert b" 400 " in raw(post + b"Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\nabc")
    assert b" 431 " in raw(post + b"X: " + b"y" * 100_000 + b"\r\n\r\n")
    assert b" 403 " in raw(b"GET /metrics HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n")
    assert b" 403 " in raw(b"POST /-/reload HTTP/1.1\r\nHost: 127.0.0.1\r\nOrigin: http://evil.example\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
    assert b" 400 " in raw(b"\x16\x03\x01 this is TLS\r\n\r\n")
    deep = b"[" * 100_000
    assert daemon.request("POST", "/api/v1/events", deep, check=False)[0] == 400
    assert daemon.request("POST", "/api/v1/events", b"\x00" * 1000, check=False)[0] == 400
    import gzip
    bomb = gzip.compress(b"0" * 200_000_000)
    assert daemon.request("POST", "/api/v1/events", bomb, {"Content-Encoding": "gzip"}, check=False)[0] in (400, 413)
    daemon.post_events([training_event("honest")])
    wait_for(lambda: [line["id"] for line in file_lines(f"{path}/audit.jsonl")] == ["id-honest"], "the honest event")
    with open(f"/proc/{daemon.process.pid}/status") as status:
        resident = next(int(line.split()[1]) for line in status if line.startswith("VmHWM"))
    assert resident < 300_000, f"{resident} kB resident at the most"
    for connection in slow:
        connection.close()


def ASecondSignalEndsAStopThatHangs(program, path, stack):
    release = threading.Event()
    stack.callback(release.set)
    def hang(request):
        release.wait(60)
        return 200, {}, b""
    hook = receiving(stack, hang)
    config = CONFIG.replace("[audit]", "[hook]").replace("targets: {", 'targets: { hook: { type: webhook, url: "%s" },' % hook.url)
    daemon = running(stack, program, path, config)
    daemon.post_events([training_event("hangs")])
    wait_for(lambda: hook.requests, "the attempt")
    daemon.process.send_signal(signal.SIGTERM)
    wait_for(lambda: any("stopping" in line for line in daemon.log), "the stop is told")
    assert daemon.process.poll() is None
    daemon.process.send_signal(signal.SIGTERM)
    daemon.process.wait(timeout=20)
    release.set()
    hook.behave = lambda request: (200, {}, b"")
    daemon.start()
    wait_for(lambda: len(hook.requests) >= 2, "the delivery, still owed")


def GarbageInTheDataDirectoryIsSetAsideAndNothingElseIsTouched(program, path, stack):
    daemon = running(stack, program, path, CONFIG)
    daemon.post_events([training_event(f"g{n}") for n in range(100)])
    wait_for(lambda: len(file_lines(f"{path}/audit.jsonl")) == 100, "all")
    assert daemon.stop() == 0
    store = f"{path}/data/store"
    manifest = next(name for name in os.listdir(store) if name.startswith("MANIFEST"))
    with open(f"{store}/{manifest}", "r+b") as file:
        file.write(os.urandom(500))
    with open(f"{path}/data/journal/notes.txt", "w") as out:
        out.write("not a segment")
    daemon.start()
    wait_for(lambda: 'job_name="g99"' in daemon.get("/metrics")[1].decode(), "the states, rebuilt")
    assert any(name.startswith("store.damaged-") for name in os.listdir(f"{path}/data")), os.listdir(f"{path}/data")
    assert os.path.exists(f"{path}/data/journal/notes.txt") or any("notes" in name for _, _, names in os.walk(f"{path}/data") for name in names)
    assert len(file_lines(f"{path}/audit.jsonl")) == 100, "the rebuild delivered something again although a checkpoint stood behind it"


main([AFullDiskRefusesAndLosesNothingAndGoesOnWhenThereIsRoom, HostileClientsGetTheirRefusalsAndAnHonestOneIsServed,
      ASecondSignalEndsAStopThatHangs, GarbageInTheDataDirectoryIsSetAsideAndNothingElseIsTouched])
