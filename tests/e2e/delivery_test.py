#!/usr/bin/env python3
"""Targets that are slow, failing, hanging, talkative or gone: what is owed is delivered or becomes a dead letter."""
import json
import threading

from rig import file_lines, main, receiving, running, training_event, wait_for


def config(targets, rule_targets):
    lines = "\n".join(f"  {name}: {text}" for name, text in targets.items())
    return f"""
data_dir: $DIR/data
targets:
{lines}
rules:
  failed:
    pattern: {{ source: [aws.sagemaker], detail: {{ TrainingJobStatus: [Failed] }} }}
    targets: [{", ".join(rule_targets)}]
"""


QUICK = "base: 10ms, cap: 100ms"


def hook(receiver, retry=QUICK, send="timeout: 1s"):
    return f'{{ type: webhook, url: "{receiver.url}", retry: {{ {retry} }}, send: {{ {send} }} }}'


def AWebhookGetsTheEventAndAStableDeliveryId(program, path, stack):
    answers = iter([503, 503, 200])
    receiver = receiving(stack, lambda request: (next(answers, 200), {}, b""))
    daemon = running(stack, program, path, config({"pager": hook(receiver)}, ["pager"]))
    daemon.post_events([training_event("one")])
    wait_for(lambda: len(receiver.requests) >= 3, "two refusals and a success")
    assert {request["headers"]["sagewatch-delivery-id"] for request in receiver.requests}.__len__() == 1
    assert receiver.bodies()[0] == training_event("one")
    assert receiver.requests[0]["headers"]["content-type"].startswith("application/json")
    wait_for(lambda: daemon.metrics()['sagewatch_target_deliveries_total{outcome="delivered",target="pager"}'] == 1, "the count")
    assert daemon.metrics()['sagewatch_target_attempts_total{class="retriable",target="pager"}'] == 2


def APermanentRefusalIsADeadLetterThatCanBeRedriven(program, path, stack):
    answer = [400]
    receiver = receiving(stack, lambda request: (answer[0], {}, b"no such channel"))
    daemon = running(stack, program, path, config({"pager": hook(receiver)}, ["pager"]))
    daemon.post_events([training_event("lost"), training_event("lost2")])
    def letters():
        return json.loads(daemon.run("dead-letters", "list", "--json", "--server", daemon.server))["dead_letters"]
    wait_for(lambda: len(letters()) == 2, "two dead letters")
    assert len(receiver.requests) == 2, "a permanent refusal was tried again"
    letter = letters()[0]
    shown = json.loads(daemon.run("dead-letters", "show", letter["deliveryId"], "--json", "--server", daemon.server))
    assert shown["event"]["id"].startswith("id-lost") and shown["reason"] == "permanent", shown
    assert shown["classicAttributes"]["RULE_ARN"].endswith("rule/failed"), shown
    daemon.kill()  # dead letters survive
    daemon.start()
    assert len(letters()) == 2
    answer[0] = 200
    for query, told in (("taget=other", 'no parameter "taget"; did you mean target? allowed: id, target'),
                        ("id=", "id is empty"), ("target=other&target=pager", "target stands there twice")):
        status, body, _ = daemon.request("POST", f"/api/v1/dead-letters/redrive?{query}", check=False)
        assert status == 400 and told in json.loads(body)["error"], (query, status, body)
    for words in (["--target", ""], [""]):
        assert "is empty" in daemon.run("dead-letters", "redrive", *words, "--server", daemon.server, code=2)
    assert len(letters()) == 2 and not any(letter["redriven"] for letter in letters()), "a mistyped redrive redrove"
    daemon.run("dead-letters", "redrive", "--target", "pager", "--server", daemon.server)
    wait_for(lambda: letters() == [] and len(receiver.requests) == 4, "both redriven")
    daemon.kill()
    daemon.start()
    assert letters() == [], "a redriven dead letter came back after a crash"


def ExhaustedRetriesEndInOneDeadLetter(program, path, stack):
    receiver = receiving(stack, lambda request: (500, {}, b""))
    daemon = running(stack, program, path, config({"pager": hook(receiver, QUICK + ", max_attempts: 3")}, ["pager"]))
    daemon.post_events([training_event("doomed")])
    letters = wait_for(lambda: daemon.get_json("/api/v1/dead-letters")["dead_letters"], "the dead letter")
    assert len(letters) == 1 and letters[0]["retryAttempts"] == 3, letters
    assert letters[0]["exhaustedRetryCondition"] == "MaximumRetryAttempts", letters
    assert len(receiver.requests) == 4


def AnOutageOfAWebhookIsToldOnceAndSoIsItsEndAndNoSecretIsShown(program, path, stack):
    down = receiving(stack)
    port, url = down.server.server_port, f"{down.url}?token=s3cr3t"
    down.close()
    daemon = running(stack, program, path, config({
        "pager": f'{{ type: webhook, url: "{url}", headers: {{ Authorization: "Bearer s3cr3t" }}, retry: {{ {QUICK} }} }}'}, ["pager"]))
    def told(code):
        return [line for line in daemon.log if f"{code}" in line]
    daemon.post_events([training_event(f"o{n}") for n in range(5)])
    wait_for(lambda: daemon.metrics()['sagewatch_target_attempts_total{class="retriable",target="pager"}'] >= 3, "some attempts")
    assert len(told("SW5002")) == 1 and told("SW5003") == [], daemon.log
    for part in ("warn", "target pager fails: no answer from http://127.0.0.1:", "of rule failed is tried again in"):
        assert part in told("SW5002")[0], told("SW5002")
    answers = iter([503])  # it comes up slowly
    up = receiving(stack, lambda request: (next(answers, 200), {}, b"s3cr3t of the warm-up"), port=port)
    wait_for(lambda: set(up.ids()) == {f"id-o{n}" for n in range(5)}, "all five")
    wait_for(lambda: told("SW5003"), "the line of the recovery")
    assert len(told("SW5002")) == 1 and len(told("SW5003")) == 1, daemon.log
    assert "target pager delivers again, " in told("SW5003")[0] and "dead letters: 0" in told("SW5003")[0], told("SW5003")
    assert "s3cr3t" not in "\n".join(daemon.log), daemon.log


def AHangingAndADeadTargetSlowNobody(program, path, stack):
    release = threading.Event()
    stack.callback(release.set)
    def hang(request):
        release.wait(60)
        return 200, {}, b""
    hanging, fine = receiving(stack, hang), receiving(stack)
    daemon = running(stack, program, path, config({
        "hanging": hook(hanging, send="timeout: 30s"), "fine": hook(fine), "audit": "{ type: file, path: $DIR/audit.jsonl }",
        "dead": '{ type: webhook, url: "http://127.0.0.1:1/none" }'}, ["hanging", "fine", "audit", "dead"]))
    for batch in range(10):
        daemon.post_events([training_event(f"job-{batch}-{n}") for n in range(50)])
    wait_for(lambda: len(set(fine.ids())) == 500 and len(file_lines(f"{path}/audit.jsonl")) == 500, "500 at both good targets")
    metrics = daemon.metrics()
    assert metrics['sagewatch_target_owed_deliveries{target="hanging"}'] == 500
    assert metrics['sagewatch_target_owed_deliveries{target="dead"}'] == 500
    assert daemon.get("/-/ready")[0] == 200, "a target that is down must not make the node unready"


def AHugeAnswerARedirectAndALateRetryAfterAreClassified(program, path, stack):
    huge = receiving(stack, lambda request: (200, {}, b"x" * 3_000_000))
    elsewhere = receiving(stack)
    redirect = receiving(stack, lambda request: (302, {"Location": elsewhere.url}, b""))
    metadata = '{ type: webhook, url: "http://169.254.169.254/latest/meta-data" }'
    daemon = running(stack, program, path, config(
        {"huge": hook(huge), "redirect": hook(redirect), "metadata": metadata}, ["huge", "redirect", "metadata"]))
    daemon.post_events([training_event("x")])
    letters = wait_for(lambda: len(found := daemon.get_json("/api/v1/dead-letters")["dead_letters"]) == 2 and found, "two dead letters")
    assert {letter["target"] for letter in letters} == {"redirect", "metadata"}, letters
    wait_for(lambda: daemon.metrics()['sagewatch_target_deliveries_total{outcome="delivered",target="huge"}'] == 1, "the huge answer counts by its status")
    assert elsewhere.requests == [], "a redirect was followed"


def ATargetRemovedByAReloadLeavesDeadLetters(program, path, stack):
    receiver = receiving(stack, lambda request: (503, {}, b""))
    both = {"pager": hook(receiver, "base: 60s, cap: 60s"), "audit": "{ type: file, path: $DIR/audit.jsonl }"}
    daemon = running(stack, program, path, config(both, ["pager", "audit"]))
    daemon.post_events([training_event(f"r{n}") for n in range(5)])
    wait_for(lambda: len(file_lines(f"{path}/audit.jsonl")) == 5 and receiver.requests, "the first attempts")
    del both["pager"]
    daemon.write_config(config(both, ["audit"]))
    status, text, _ = daemon.request("POST", "/-/reload")
    letters = wait_for(lambda: len(found := daemon.get_json("/api/v1/dead-letters")["dead_letters"]) == 5 and found, "five dead letters")
    assert {letter["reason"] for letter in letters} == {"target_removed"}, letters
    assert b"pager" in text and b"5" in text, text


def WhatIsOwedSurvivesSigtermAndIsDeliveredAfterwards(program, path, stack):
    up = threading.Event()
    receiver = receiving(stack, lambda request: (200 if up.is_set() else 503, {}, b""))
    daemon = running(stack, program, path, config({"pager": hook(receiver)}, ["pager"]))
    daemon.post_events([training_event(f"s{n}") for n in range(20)])
    wait_for(lambda: receiver.requests, "an attempt")
    assert daemon.stop() == 0
    up.set()
    receiver.requests.clear()
    daemon.start()
    wait_for(lambda: set(receiver.ids()) == {f"id-s{n}" for n in range(20)}, "all twenty after the restart")


main([AWebhookGetsTheEventAndAStableDeliveryId, APermanentRefusalIsADeadLetterThatCanBeRedriven, ExhaustedRetriesEndInOneDeadLetter,
      AnOutageOfAWebhookIsToldOnceAndSoIsItsEndAndNoSecretIsShown, AHangingAndADeadTargetSlowNobody, AHugeAnswerARedirectAndALateRetryAfterAreClassified, ATargetRemovedByAReloadLeavesDeadLetters,
      WhatIsOwedSurvivesSigtermAndIsDeliveredAfterwards])
