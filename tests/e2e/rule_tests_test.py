#!/usr/bin/env python3
"""`sagewatch test`: what somebody gets who writes tests of rules, and what a CI system reads."""
import os
import shutil
import subprocess
import xml.etree.ElementTree as ET

from rig import SOURCE, main, running, wait_for

CONFIG = """
data_dir: $DIR/data
rules:
  failed: { pattern: { source: [aws.sagemaker], detail: { TrainingJobStatus: [Failed, Stopped] } }, targets: [log] }
  endpoints: { pattern: { detail-type: [{ prefix: SageMaker Endpoint }] }, targets: [log] }
targets: { log: { type: file, path: $DIR/log.jsonl } }
"""
GOOD = """
tests:
  - name: a failed job
    event: { source: aws.sagemaker, detail-type: SageMaker Training Job State Change, detail: { TrainingJobStatus: Failed } }
    expect: { rules: [failed] }
  - name: a completed job
    event: { source: aws.sagemaker, detail-type: SageMaker Training Job State Change, detail: { TrainingJobStatus: Completed } }
    expect: { rules: [] }
"""
BAD = """
  - name: an <endpoint> & "others"
    event_file: endpoint.json
    expect: { rules: [failed] }
"""
ENDPOINT = '{"source": "aws.sagemaker", "detail-type": "SageMaker Endpoint State Change", "detail": {"EndpointStatus": "FAILED"}}\n'


def write(path, name, text):
    os.makedirs(os.path.dirname(f"{path}/{name}"), exist_ok=True)
    with open(f"{path}/{name}", "w") as out:
        out.write(text.replace("$DIR", path))


def tested(program, path, *words, code=0):
    """Standard output and errors of `sagewatch test`, run in `path`."""
    done = subprocess.run([program, "test", *words], capture_output=True, text=True, cwd=path, timeout=60)
    assert done.returncode == code, f"{words}: exit {done.returncode}, not {code}\n{done.stdout}\n{done.stderr}"
    return done.stdout, done.stderr


def prepared(path):
    write(path, "sagewatch.yaml", CONFIG)
    write(path, "tests/good.yaml", "config: ../sagewatch.yaml" + GOOD)
    write(path, "tests/bad.yaml", "config: ../sagewatch.yaml" + GOOD + BAD)
    write(path, "tests/endpoint.json", ENDPOINT)


def TheExamplesTestsPassAndNeedEveryAlternativeOfItsRules(program, path, stack):
    out, err = tested(program, SOURCE, "examples/rules.test.yaml", "--coverage", "--junit", f"{path}/out.xml")
    assert out == """ok   examples/rules.test.yaml: 27 tests passed

coverage of examples/quickstart.yaml: 10 of 10 rules matched, 38 of 38 alternatives decisive
""", out
    assert err == "", err
    suites = ET.parse(f"{path}/out.xml").getroot()
    assert suites.tag == "testsuites" and suites.attrib["tests"] == "27" and suites.attrib["failures"] == "0", suites.attrib
    os.environ["SLACK_PATH"] = "x"
    out, _ = tested(program, SOURCE, "examples/full.yaml")
    assert out == "ok   examples/full.yaml: 2 tests passed\n", out


def AFailureSaysWhichRulesAndWhere(program, path, stack):
    prepared(path)
    out, err = tested(program, path, "tests/bad.yaml", code=1)
    assert out == """FAIL tests/bad.yaml:10:5: an <endpoint> & "others"
  - failed     expected, but it does not match
  + endpoints  matches, but is not expected
  why: sagewatch explain -c sagewatch.yaml --rule failed -e tests/endpoint.json

FAIL tests/bad.yaml: 1 of 3 tests failed
""", out
    assert err == "", err
    # What passes is told on request; run from elsewhere, the same files are found.
    out, _ = tested(program, f"{path}/tests", "-v", "good.yaml")
    assert out == """ok   good.yaml:3:5: a failed job
ok   good.yaml:6:5: a completed job
ok   good.yaml: 2 tests passed
""", out


def SeveralFilesCountTogether(program, path, stack):
    prepared(path)
    out, _ = tested(program, path, "tests/good.yaml", "tests/bad.yaml", "--coverage", code=1)
    assert out.endswith("""
ok   tests/good.yaml: 2 tests passed
FAIL tests/bad.yaml: 1 of 3 tests failed
FAIL 1 of 5 tests failed

coverage of sagewatch.yaml: 1 of 2 rules matched, 2 of 4 alternatives decisive
  rules that matched in no test that expects them:
    endpoints  sagewatch.yaml:5:3
  alternatives that no test needs:
    failed  detail.TrainingJobStatus: "Stopped"
"""), out


def AFilterLeavesTestsOut(program, path, stack):
    prepared(path)
    out, _ = tested(program, path, "tests/bad.yaml", "--run", "job")
    assert out == "ok   tests/bad.yaml: 2 tests passed, 1 left out by --run\n", out
    _, err = tested(program, path, "tests/bad.yaml", "--run", "nothing like it", code=2)
    assert 'no test has "nothing like it" in its name' in err, err


def AConfigurationMayHoldItsOwnTestsAndTheDaemonRunsNone(program, path, stack):
    write(path, "tests/endpoint.json", ENDPOINT)
    own = CONFIG + GOOD + BAD.replace("endpoint.json", "tests/endpoint.json")
    daemon = running(stack, program, path, own)  # writes sagewatch.yaml, ready in spite of a test that fails
    assert "rules 2" in daemon.run("check", str(daemon.config))
    for words in (["sagewatch.yaml"], ["-c", "sagewatch.yaml"]):
        out, _ = tested(program, path, *words, code=1)
        assert out.endswith("FAIL sagewatch.yaml: 1 of 3 tests failed\n"), out
    daemon.write_config(own.replace("expect: { rules: [failed] }", "expect: { rule: [failed] }"))
    assert 'did you mean "rules"?' in daemon.run("check", str(daemon.config), code=78)
    # Tests may change by a reload like everything that is no setting of the process.
    daemon.write_config(CONFIG + GOOD)
    assert daemon.request("POST", "/-/reload")[0] == 200


def TestsMayBeRunAgainstAnotherConfiguration(program, path, stack):
    prepared(path)
    write(path, "next.yaml", CONFIG.replace("[Failed, Stopped]", "[Stopped]"))
    for words in (["-c", "next.yaml", "tests/good.yaml"], ["tests/good.yaml", "-c", "next.yaml"]):
        out, _ = tested(program, path, *words, code=1)
        assert "- failed  expected, but it does not match" in out and "explain -c next.yaml --rule failed" in out, out


def JunitHoldsFailuresAndSurvivesAnyText(program, path, stack):
    prepared(path)
    tested(program, path, "tests/good.yaml", "tests/bad.yaml", "--junit", "out.xml", code=1)
    suites = ET.parse(f"{path}/out.xml").getroot()
    assert [(s.attrib["name"], s.attrib["tests"], s.attrib["failures"], s.attrib["errors"]) for s in suites] == [
        ("tests/good.yaml", "2", "0", "0"), ("tests/bad.yaml", "3", "1", "0")], ET.tostring(suites)
    failed = [case for case in suites.iter("testcase") if case.find("failure") is not None]
    assert [case.attrib["name"] for case in failed] == ['an <endpoint> & "others"'], failed
    assert failed[0].attrib["file"] == "tests/bad.yaml" and failed[0].attrib["line"] == "10", failed[0].attrib
    assert failed[0].find("failure").attrib["message"] == "failed did not match; endpoints matched"
    assert "explain -c sagewatch.yaml" in failed[0].find("failure").text
    _, err = tested(program, path, "tests/good.yaml", "--junit", "no/such/out.xml", code=2)
    assert "--junit no/such/out.xml: cannot be written" in err, err


def ABrokenFileIsToldWithPlaceAndCureAndRunsNothing(program, path, stack):
    prepared(path)
    write(path, "tests/broken.yaml", "config: ../sagewatch.yaml" + GOOD.replace("[failed]", "[fialed]") + """
  - { name: no file, event_file: none.json, expect: { rules: [] } }
  - { name: no event, event: { source: a, detail: {} }, expect: { rules: [] } }
""")
    out, err = tested(program, path, "tests/good.yaml", "tests/broken.yaml", "--junit", "out.xml", code=78)
    assert out == "", out
    for told in ('tests/broken.yaml:5:23: error[SW2040]: test "a failed job": unknown rule "fialed"', 'did you mean "failed"?',
                 'test "no file": its event cannot be used: tests/none.json cannot be read: No such file or directory',
                 'test "no event": its event cannot be used: "detail-type"', "no test was run\n"):
        assert told in err, (told, err)
    cases = list(ET.parse(f"{path}/out.xml").getroot().iter("testcase"))
    assert len(cases) == 1 and "fialed" in cases[0].find("error").text, cases
    shutil.copy(f"{path}/sagewatch.yaml", f"{path}/untested.yaml")
    assert "SW2042" in tested(program, path, "untested.yaml", code=78)[1]
    assert "SW2001" in tested(program, path, "absent.yaml", code=78)[1]
    write(path, "sagewatch.yaml", CONFIG.replace("[Failed, Stopped]", "[]"))
    err = tested(program, path, "tests/good.yaml", "tests/bad.yaml", code=78)[1]
    assert err.count("Empty arrays are not allowed") == 1, err  # both share that configuration
    assert "name a file of tests" in tested(program, path, code=2)[1]
    tested(program, path, "--frobnicate", code=2)


main([TheExamplesTestsPassAndNeedEveryAlternativeOfItsRules, AFailureSaysWhichRulesAndWhere, SeveralFilesCountTogether,
      AFilterLeavesTestsOut, AConfigurationMayHoldItsOwnTestsAndTheDaemonRunsNone, TestsMayBeRunAgainstAnotherConfiguration,
      JunitHoldsFailuresAndSurvivesAnyText, ABrokenFileIsToldWithPlaceAndCureAndRunsNothing])
