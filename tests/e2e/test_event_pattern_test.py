#!/usr/bin/env python3
"""TestEventPattern, asked by real clients: the AWS CLI and boto3 read its answers and its refusals as AWS's own."""
import json
import subprocess

from rig import main, running, training_event

CONFIG = "data_dir: $DIR/data\n"
PLACE = ' at [Source: (String)"%s"; line: 1, column: %d]'


def cli(daemon, pattern, event, code=0):
    """`aws events test-event-pattern` with both texts from files, unsigned; what it prints."""
    pattern_file, event_file = daemon.directory / "p.json", daemon.directory / "e.json"
    pattern_file.write_text(pattern)
    event_file.write_text(event)
    environment = {"PATH": "/usr/bin:/bin", "HOME": str(daemon.directory), "AWS_DEFAULT_REGION": "us-east-1"}
    done = subprocess.run(
        ["/usr/bin/aws", "--no-sign-request", "--endpoint-url", daemon.server, "events", "test-event-pattern",
         "--event-pattern", f"file://{pattern_file}", "--event", f"file://{event_file}"],
        capture_output=True, text=True, env=environment, timeout=120)
    assert done.returncode == code, f"{pattern}: exit {done.returncode}\n{done.stdout}{done.stderr}"
    return done.stdout if code == 0 else done.stderr


def boto3(daemon, calls):
    """For each call's arguments: the result, or [code, message] of the error that boto3 raised; and request ids."""
    script = f"""
import boto3, botocore, json, sys
events = boto3.client('events', endpoint_url={daemon.server!r},
                      config=botocore.config.Config(parameter_validation=False))
answers = []
for call in json.load(sys.stdin):
    try:
        answer = events.test_event_pattern(**call)
        answers.append([answer['Result'], len(answer['ResponseMetadata']['RequestId'])])
    except botocore.exceptions.ClientError as error:
        said = error.response['Error']
        typed = type(error).__name__
        answers.append([said['Code'], said['Message'], typed])
print(json.dumps(answers))"""
    environment = {"PATH": "/usr/bin:/bin", "HOME": str(daemon.directory), "AWS_DEFAULT_REGION": "eu-west-1",
                   "AWS_ACCESS_KEY_ID": "any", "AWS_SECRET_ACCESS_KEY": "any", "AWS_MAX_ATTEMPTS": "1"}
    done = subprocess.run(["/usr/bin/python3", "-c", script], input=json.dumps(calls), capture_output=True, text=True,
                          env=environment, timeout=120)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def TheAwsCliPrintsTheVerdict(program, path, stack):
    daemon = running(stack, program, path, CONFIG)
    event = json.dumps(training_event("x"))
    pattern = {"source": ["aws.sagemaker"], "detail": {"TrainingJobStatus": ["Failed", {"prefix": "Stop"}]}}
    assert json.loads(cli(daemon, json.dumps(pattern), event)) == {"Result": True}
    assert json.loads(cli(daemon, json.dumps(pattern, indent=2), event)) == {"Result": True}
    pattern["detail"]["TrainingJobStatus"] = [{"anything-but": "Failed"}]
    assert json.loads(cli(daemon, json.dumps(pattern), event)) == {"Result": False}


def TheAwsCliShowsAwssTextForABadPatternAndABadEvent(program, path, stack):
    daemon = running(stack, program, path, CONFIG)
    told = cli(daemon, "[]", json.dumps(training_event("x")), code=254)
    assert "An error occurred (InvalidEventPatternException) when calling the TestEventPattern operation: " \
           "Event pattern is not valid. Reason: Filter is not an object\n" + PLACE % ("[]", 2) in told, told
    told = cli(daemon, '{"a":["x"]}', '{"source":"s"}', code=254)
    assert "(ValidationException)" in told and "Parameter Event is not valid." in told, told


def Boto3SeesResultsAndTypedErrors(program, path, stack):
    daemon = running(stack, program, path, CONFIG)
    event = json.dumps(training_event("x"))
    bad, long = '{"detail": {"state": "Failed"}}', '{"source":["%s"]}' % ("x" * 4096)
    calls = [{"EventPattern": '{"source":["aws.sagemaker"]}', "Event": event},
             {"EventPattern": '{"source":["aws.s3"]}', "Event": event},
             {"EventPattern": bad, "Event": event},
             {"EventPattern": '{"a":[{"wildcard":"*a*aa*aaa*aaaa*aaaaa*aaaaaa*aaaaaaa*"}]}', "Event": event},
             {"EventPattern": '{"a":["x"]}', "Event": "[1]"},
             {"EventPattern": long, "Event": event},
             {"EventPattern": '{"a":["x"]}'},
             {}]
    matched, unmatched, refused, complex_one, no_event, too_long, lacking, empty = boto3(daemon, calls)
    assert matched == [True, 36] and unmatched == [False, 36], (matched, unmatched)
    place = "\n" + PLACE % (bad, 23)
    assert refused == ["InvalidEventPatternException", 'Event pattern is not valid. Reason: "state" must be an object or an array' + place,
                       "InvalidEventPatternException"], refused
    assert complex_one[0] == "InvalidEventPatternException" and "Rule is too complex" in complex_one[1], complex_one
    assert no_event[:2] == ["ValidationException", "Parameter Event is not valid."], no_event
    assert too_long[0] == "ValidationException" and too_long[1].startswith("1 validation error detected: Value '"), too_long
    assert too_long[1].endswith("at 'eventPattern' failed to satisfy constraint: Member must have length less than or equal to 4096"), too_long
    null = "Value null at '%s' failed to satisfy constraint: Member must not be null"
    assert lacking[:2] == ["ValidationException", "1 validation error detected: " + null % "event"], lacking
    assert empty[:2] == ["ValidationException",
                         f"2 validation errors detected: {null % 'eventPattern'}; {null % 'event'}"], empty


main([TheAwsCliPrintsTheVerdict, TheAwsCliShowsAwssTextForABadPatternAndABadEvent, Boto3SeesResultsAndTypedErrors])
