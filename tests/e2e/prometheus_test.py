#!/usr/bin/env python3
"""A real Prometheus scrapes a real daemon whose fleet is of every kind, and runs every query that docs/metrics.md shows:
an error, or an empty answer, fails. This is what finds a renamed metric or a join on labels that do not exist."""
import json
import math
import re
import socket
import subprocess
import urllib.error
import urllib.parse
import urllib.request

from fleet_events import arn, event, iso, training, wave
from rig import SOURCE, main, receiving, running, wait_for

TOOLS = SOURCE / "build/tools/usr/bin"
CONFIG = """
data_dir: $DIR/data
resources: { max: 1500, tags: [team] }
metrics: { series_max: 600, human_loops: true }
deadlines: { in-trouble: { stuck: { kind: endpoint, status: [Failed, InService], longer_than: 1s } } }
sources: { yesterday: { type: file, path: $DIR/yesterday.ndjson } }
targets:
  audit: { type: file, path: $DIR/audit.jsonl }
  refusing: { type: webhook, url: "URL/refusing" }
  down: { type: webhook, url: "URL/down", retry: { base: 50ms, cap: 100ms } }
rules:
  failed: { pattern: { source: [aws.sagemaker], detail: { TrainingJobStatus: [Failed] } }, targets: [refusing] }
  jobs: { pattern: { source: [aws.sagemaker], detail-type: [SageMaker Training Job State Change] }, targets: [audit, down] }
"""
# No source of this version hears of one event twice from its transport.
WITHOUT_SOURCE = {"sum by (source) (rate(sagewatch_events_redelivered_total[5m]))"}
# True only while the machine, the disk or a follower is in trouble, or for a moment: these have to be valid, and may be
# empty.
CONDITIONAL = {
    "increase(sagewatch_deadlines_missed_total[1h]) > 0",
    "sagewatch_deadlines_waiting > 0",
    "increase(sagewatch_followers_dropped_total[15m]) > 0",
    "process_open_fds / process_max_fds > 0.8",
    "increase(sagewatch_journal_errors_total[15m]) > 0",
    "sagewatch_journal_corrupt_bytes_total > 0",
    "sagewatch_queue_entries / sagewatch_queue_limit > 0.8",
    "sagewatch_target_oldest_owed_age_seconds > 600",
}


def documented_queries():
    """The last column of every table of metrics, and the promql blocks."""
    text = (SOURCE / "docs/metrics.md").read_text()
    queries = re.findall(r"^\| `[a-z0-9_]+` \|.*\| `((?:[^`]|\\\|)+)` \|$", text, re.M)
    rows = re.findall(r"^\| `[a-z0-9_]+` \| (?:gauge|counter|histogram) ", text, re.M)
    assert len(queries) == len(rows) > 100, f"{len(rows)} rows of metrics, but {len(queries)} with a query"
    blocks = re.findall(r"```promql\n(.*?)```", text, re.S)
    assert blocks, "docs/metrics.md has a promql block"
    return [query.replace("\\|", "|") for query in queries] + blocks


class Prometheus:
    """One Prometheus that scrapes `port` each second into a directory of its own, on loopback."""

    def __init__(self, stack, path, port):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.address = "127.0.0.1:%d" % free.getsockname()[1]
        with open(f"{path}/prometheus.yml", "w") as out:
            out.write("global: { scrape_interval: 1s }\nscrape_configs:\n- job_name: sagewatch\n"
                      f"  static_configs: [{{ targets: ['127.0.0.1:{port}'] }}]\n")
        self.log = open(f"{path}/prometheus.log", "w")
        self.process = subprocess.Popen(
            [TOOLS / "prometheus", f"--config.file={path}/prometheus.yml", f"--storage.tsdb.path={path}/tsdb",
             f"--web.listen-address={self.address}"], stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log, cwd=path)
        stack.callback(self.end)
        wait_for(lambda: self.ready(), "Prometheus is ready")

    def end(self):
        self.process.terminate()
        try:
            self.process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.log.close()

    def ready(self):
        assert self.process.poll() is None, f"Prometheus ended with {self.process.returncode}"
        try:
            return urllib.request.urlopen(f"http://{self.address}/-/ready", timeout=5).status == 200
        except OSError:
            return False

    def query(self, text):
        """The values of the answer, NaN left out: [({label: value}, number)]."""
        try:
            url = f"http://{self.address}/api/v1/query?" + urllib.parse.urlencode({"query": text})
            answer = json.load(urllib.request.urlopen(url, timeout=30))
        except urllib.error.HTTPError as refused:
            raise AssertionError(f"{text}\n  {json.load(refused).get('error')}") from None
        values = [(each["metric"], float(each["value"][1])) for each in answer["data"]["result"]]
        return [(labels, value) for labels, value in values if not math.isnan(value)]

    def scrapes(self):
        return sum(value for _, value in self.query("count_over_time(up[10m])"))

    def wait_for_scrapes(self, more):
        enough = self.scrapes() + more
        wait_for(lambda: self.scrapes() >= enough, f"{more} more scrapes")


def model_of(number):
    name = f"old-{number}"
    return event("Model State Change", f"model/{name}", {"ModelName": name, "ModelArn": arn(f"model/{name}"), "CreationTime": 1790000000000})


def incomplete(name):
    return event("Training Job State Change", f"training-job/{name}", {"TrainingJobStatus": "InProgress"})


def crowded(name):
    """An endpoint of more variants than are kept of one resource."""
    variants = [{"VariantName": f"variant-{number}"} for number in range(140)]
    return event("Endpoint State Change", f"endpoint/{name}",
                 {"EndpointName": name, "EndpointStatus": "IN_SERVICE", "ProductionVariants": variants})


def troubled_daemon(program, path, stack):
    """A daemon in which every alert of the document has a reason, but for the conditional ones."""
    hook = receiving(stack, lambda request: (400 if request["path"].endswith("refusing") else 503, {}, b""))
    with open(f"{path}/yesterday.ndjson", "w") as out:
        out.write(json.dumps({**training("long-ago", "Completed"), "time": iso(86400)}) + "\nno event\n")
    return running(stack, program, path, CONFIG.replace("URL", hook.url.rsplit("/", 1)[0]))


def make_trouble(daemon):
    daemon.post_events(wave(2))
    for first in range(0, 1000, 500):
        daemon.post_events([model_of(number) for number in range(2000 + first, 2500 + first)])
    daemon.post_events(wave(2)[:3] + [incomplete("later"), crowded("crowd")])
    daemon.post_events(["{}"], check=False)
    config = daemon.config.read_text()
    daemon.write_config(config + "surprise: 1\n")
    assert daemon.request("POST", "/-/reload", check=False)[0] == 400
    daemon.write_config(config)


def EveryQueryOfTheDocumentAnswersWithSomething(program, path, stack):
    daemon = troubled_daemon(program, path, stack)
    prometheus = Prometheus(stack, path, daemon.port)
    for first in range(0, 2000, 500):
        daemon.post_events([model_of(number) for number in range(first, first + 500)])
    daemon.post_events(wave(1) + [incomplete("sooner")])
    wait_for(lambda: daemon.metrics().get("sagewatch_events_by_detail_type_total{detail_type=\"AWS API Call via CloudTrail\"}") == 2, "the first wave")
    prometheus.wait_for_scrapes(3)
    make_trouble(daemon)
    prometheus.wait_for_scrapes(3)
    empty = set(documented_queries())
    may_be_empty = CONDITIONAL | WITHOUT_SOURCE
    assert may_be_empty <= empty, f"no longer in the document: {may_be_empty - empty}"
    for query in may_be_empty:
        prometheus.query(query)
    empty -= may_be_empty

    def all_answered():
        empty.difference_update([query for query in empty if prometheus.query(query)])
        return not empty
    try:
        wait_for(all_answered, "every query answers", seconds=90, every=1)
    except AssertionError:
        raise AssertionError("these queries answer with nothing:\n  " + "\n  ".join(sorted(empty))) from None
    ThePageIsClean(daemon)
    CountersGoOnAfterARestart(daemon, prometheus)


def ThePageIsClean(daemon):
    page = daemon.get("/metrics")[1]
    done = subprocess.run([TOOLS / "promtool", "check", "metrics"], input=page, capture_output=True)
    assert done.returncode == 0 and not done.stdout and not done.stderr, done.stdout.decode() + done.stderr.decode()
    lines = [line.rsplit(b" ", 1)[0] for line in page.split(b"\n") if line and not line.startswith(b"#")]
    assert len(lines) == len(set(lines)), "a series stands twice"
    page = daemon.get("/metrics", headers={"Accept": "application/openmetrics-text; version=1.0.0"})[1]
    families = ["sagemaker_job_status", "sagemaker_pipeline_step_info", "sagemaker_human_loops", "sagemaker_jobs_finished"]
    done = subprocess.run(["/usr/bin/python3", SOURCE / "tests/openmetrics_check.py", *families], input=page, capture_output=True)
    assert done.returncode == 0, done.stderr.decode() + done.stdout.decode()


def CountersGoOnAfterARestart(daemon, prometheus):
    failed = 'sum(increase(sagemaker_jobs_finished_total{job_type="training",status="Failed"}[10m]))'
    before = prometheus.query(failed)[0][1]
    assert 0.9 < before < 2.5, before  # one failure; increase() extrapolates a little
    daemon.listen = f"127.0.0.1:{daemon.port}"
    assert daemon.stop() == 0
    daemon.start()
    daemon.post_events([training("running", "Failed")])
    key = 'sagemaker_jobs_finished_total{account_id="111122223333",region="eu-west-1",job_type="training",status="Failed",reason="Other"}'
    wait_for(lambda: daemon.metrics().get(key) == 1, "the failure is counted")
    prometheus.wait_for_scrapes(3)
    resets = prometheus.query('sum by (__name__) (resets({__name__=~"sagemaker_.*_total|sagemaker_.*_count"}[10m])) > 0')
    assert not resets, f"counters began anew after a restart: {resets}"
    assert prometheus.query(failed)[0][1] > before, "increase() sees the failure after the restart"


def ThePublishedEventsMakeACleanPage(program, path, stack):
    daemon = running(stack, program, path, "data_dir: $DIR/data\nmetrics: { human_loops: true }\n")
    accepted = 0
    for sample in sorted((SOURCE / "events/testdata/samples").glob("*.json")):
        text = json.dumps(json.loads(sample.read_text()))
        accepted += daemon.post_events([text], check=False)[0] == 200
    assert accepted > 25, accepted
    last = 'sagewatch_events_by_detail_type_total{detail_type="SageMaker Transform Job State Change"}'
    wait_for(lambda: daemon.metrics().get(last) == 1, "the last sample is applied")
    ThePageIsClean(daemon)
    page = daemon.metrics()
    place = 'account_id="111122223333",region="us-east-1"'
    for series in ['sagemaker_feature_group_status{%s,feature_group="sample-feature-group",status="Active"}' % place,
                   'sagemaker_image_version_status{account_id="111122223333",region="us-west-2",'
                   'image="a70ff896-c832-4fe8-add6-eba25a0f43e6",version="1",status="Creating"}',
                   'sagemaker_pipeline_step_info{%s,pipeline="myPipeline-123",execution="p4jn9xou8a8s",'
                   'step="myprocessingstep1",step_type="Processing"}' % place,
                   'sagemaker_model_package_stage_status{account_id="111122223333",region="us-east-2",'
                   'model_package_group="versionedmp-p-idy6c3e1fiqj",version="2",stage="Development",status="Approved"}']:
        assert page.get(series) == 1, f"{series}\n" + "\n".join(key for key in page if key.startswith(series.split("{")[0]))


main([ThePublishedEventsMakeACleanPage, EveryQueryOfTheDocumentAnswersWithSomething])
