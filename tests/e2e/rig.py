"""What the end-to-end tests share: the real program in a directory of its own, receivers that behave as told, and
waiting for facts. Every server is on loopback, every wait has a deadline, every process ends with its test."""
import contextlib
import http.client
import http.server
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import traceback
from pathlib import Path

SOURCE = Path(__file__).resolve().parents[2]


def wait_for(fact, what, seconds=30.0, every=0.02):
    """The first true answer of `fact`; an AssertionError that says what never came."""
    end = time.monotonic() + seconds
    while True:
        answer = fact()
        if answer:
            return answer
        if time.monotonic() > end:
            raise AssertionError(f"after {seconds:.0f} s still not: {what}")
        time.sleep(every)


class Daemon:
    """One sagewatch process over one data directory; may be killed and started again."""

    def __init__(self, program, directory, config, listen="127.0.0.1:0"):
        self.program, self.directory, self.listen = program, Path(directory), listen
        self.config = self.directory / "sagewatch.yaml"
        self.write_config(config)
        self.process, self.port, self.log = None, None, []

    def write_config(self, text):
        self.config.write_text(text.replace("$DIR", str(self.directory)))

    def start(self, ready=True, arguments=()):
        self.log = []
        self.process = subprocess.Popen(
            [self.program, "run", "-c", str(self.config), "--listen", self.listen, "--log-format", "json", *arguments],
            stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True, cwd=self.directory)
        self.reader = threading.Thread(target=self._read, args=(self.process,), daemon=True)
        self.reader.start()
        if ready:
            self.wait_ready()
        return self

    def _read(self, process):
        for line in process.stderr:
            self.log.append(line.rstrip("\n"))

    def wait_ready(self, seconds=60):
        def listening():
            assert self.process.poll() is None, f"the daemon ended with {self.process.returncode}:\n" + "\n".join(self.log[-20:])
            for line in self.log:
                found = re.search(r"listening on [^ ]*:(\d+)", line)
                if found:
                    return int(found[1])
            return None
        self.port = wait_for(listening, "the daemon listens", seconds)
        wait_for(lambda: self.get("/-/ready", check=False)[0] == 200, "the daemon is ready", seconds)

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        self.reader.join()

    def stop(self, seconds=60):
        self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(timeout=seconds)
        self.reader.join()
        return code

    def request(self, method, path, body=None, headers=None, check=True, timeout=30):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        try:
            connection.request(method, path, body=body, headers=headers or {})
            answer = connection.getresponse()
            text = answer.read()
        except OSError:
            if check:
                raise
            return 0, b"", {}
        finally:
            connection.close()
        if check:
            assert answer.status == 200, f"{method} {path}: {answer.status} {text[:500]!r}"
        return answer.status, text, dict(answer.getheaders())

    def get(self, path, **more):
        return self.request("GET", path, **more)

    def get_json(self, path):
        return json.loads(self.get(path)[1])

    def post_events(self, events, **more):
        """One request of newline-delimited events; `events` are dicts or lines."""
        lines = [event if isinstance(event, (str, bytes)) else json.dumps(event) for event in events]
        body = b"\n".join(line if isinstance(line, bytes) else line.encode() for line in lines)
        return self.request("POST", "/api/v1/events", body, {"Content-Type": "application/x-ndjson"}, **more)

    def metrics(self):
        """{'name{labels}': value} of the page."""
        page = self.get("/metrics")[1].decode()
        return {line.rsplit(" ", 1)[0]: float(line.rsplit(" ", 1)[1]) for line in page.splitlines() if line and line[0] != "#"}

    def run(self, *words, code=0, **more):
        """Another command of the program, against this daemon's files; its standard output."""
        done = subprocess.run([self.program, *words], capture_output=True, text=True, cwd=self.directory, timeout=60, **more)
        assert done.returncode == code, f"{words}: exit {done.returncode}, not {code}\n{done.stdout}\n{done.stderr}"
        return done.stdout + done.stderr

    @property
    def server(self):
        return f"http://127.0.0.1:{self.port}"


class Receiver:
    """A webhook's other end. `behave(request) -> (status, headers, body)` may also sleep or raise; requests are kept."""

    def __init__(self, behave=lambda request: (200, {}, b"ok"), port=0):
        receiver = self

        class Service(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                request = {"path": self.path, "headers": {k.lower(): v for k, v in self.headers.items()}, "body": body,
                           "at": time.monotonic()}
                with receiver.lock:
                    receiver.requests.append(request)
                try:
                    status, headers, answer = receiver.behave(request)
                    self.send_response(status)
                    for name, value in headers.items():
                        self.send_header(name, value)
                    self.send_header("Content-Length", str(len(answer)))
                    self.end_headers()
                    self.wfile.write(answer)
                except OSError:
                    self.close_connection = True

            do_GET = do_POST

            def log_message(self, *_):
                pass

        self.behave, self.requests, self.lock = behave, [], threading.Lock()

        class Server(http.server.ThreadingHTTPServer):
            daemon_threads = True
            request_queue_size = 256

            def handle_error(self, *_):
                pass

        self.server = Server(("127.0.0.1", port), Service)
        self.url = f"http://127.0.0.1:{self.server.server_port}/hook"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def bodies(self):
        with self.lock:
            return [json.loads(request["body"]) for request in self.requests]

    def ids(self):
        return [body["id"] for body in self.bodies()]

    def close(self):
        self.server.shutdown()
        self.server.server_close()


def training_event(name, status="Failed", event_id=None, **detail):
    arn = f"arn:aws:sagemaker:us-east-1:000000000000:training-job/{name}"
    return {
        "version": "0", "id": event_id or f"id-{name}", "detail-type": "SageMaker Training Job State Change",
        "source": "aws.sagemaker", "account": "000000000000", "time": "2026-11-21T02:16:31Z", "region": "us-east-1",
        "resources": [arn],
        "detail": {"TrainingJobName": name, "TrainingJobArn": arn, "TrainingJobStatus": status, "SecondaryStatus": status,
                   "CreationTime": 1790000000000, "LastModifiedTime": 1790000900000, **detail}}


def file_lines(path):
    """The JSON lines of a file target, so far: a last one that is being written has no end yet."""
    path = Path(path)
    if not path.exists():
        return []
    return [json.loads(line) for line in path.read_bytes().split(b"\n")[:-1] if line]


@contextlib.contextmanager
def directory():
    path = tempfile.mkdtemp(prefix="sagewatch-e2e-")
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)


FAILED_RULE = """
rules:
  failed:
    pattern: { source: [aws.sagemaker], detail: { TrainingJobStatus: [Failed] } }
    targets: [%s]
"""


def main(tests):
    """Runs every function that is named like a sentence; prints what broke; ends with 0 or 1."""
    program = os.path.abspath(sys.argv[1])
    wanted = sys.argv[2:]
    failed = 0
    for test in tests:
        if wanted and test.__name__ not in wanted:
            continue
        begin = time.monotonic()
        try:
            with directory() as path, contextlib.ExitStack() as stack:
                test(program, path, stack)
            print(f"ok      {test.__name__} ({time.monotonic() - begin:.1f} s)", flush=True)
        except Exception:
            failed += 1
            print(f"FAILED  {test.__name__}\n{traceback.format_exc()}", flush=True)
    sys.exit(1 if failed else 0)


def running(stack, program, path, config, **more):
    """A started daemon that ends with the test."""
    daemon = Daemon(program, path, config, **more).start()

    def end():
        if daemon.process.poll() is None:
            daemon.kill()
    stack.callback(end)
    return daemon


def receiving(stack, behave=None, **more):
    receiver = Receiver(behave, **more) if behave else Receiver(**more)
    stack.callback(receiver.close)
    return receiver
