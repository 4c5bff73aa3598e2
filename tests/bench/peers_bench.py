#!/usr/bin/env python3
"""sagewatch beside event-ruler, the published engine of EventBridge's patterns: the same rules and events for both, one
after the other, one thread each, CPU time of that thread. Ends with 1 if they count different matches.

  peers_bench.py DIRECTORY-OF-PROGRAMS DIRECTORY-OF-CORPORA [--short] [--long]

--long also asks both for 100,000 rules, which takes event-ruler many minutes. Builds tests/bench/peers with Maven."""
import argparse
import json
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
from corpus_files import Corpus, machine, short, table  # noqa: E402

words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
words.add_argument("programs", type=Path)
words.add_argument("corpora", type=Path)
words.add_argument("--short", action="store_true", help="at most 1,000 rules, 2,000 events, less time")
words.add_argument("--long", action="store_true", help="100,000 rules, too")
told = words.parse_args()
EVENTS, SECONDS = (2_000, 2) if told.short else (20_000, 10)
CORPUS = Corpus(told.programs / "make_corpus", told.corpora)
JARS = HERE.parents[1] / "build/bench/peers"


def output(what, command):
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"{what}: exit {done.returncode}\n{(done.stdout + done.stderr)[-3000:]}")
    return done.stdout


def sagewatch(rules, events):
    return json.loads(output("sagewatch bench", [told.programs / "sagewatch", "bench", "--rules", rules, "--events", events,
                                                 "--seconds", SECONDS, "-o", "json"]))


def event_ruler(rules, events):
    return json.loads(output("event-ruler", ["java", "-Xmx4g", "-cp", f"{JARS}/classes:{JARS}/dependency/*", "EventRulerBench", rules, events, SECONDS]))


output("Maven", ["mvn", "-q", "-B", "-f", HERE / "peers/pom.xml", "package", "dependency:copy-dependencies"])
counts = [10, 100, 1_000] + ([] if told.short else [10_000]) + ([100_000] if told.long else [])
workloads = [("sagemaker", "mixed", count) for count in counts]
workloads += [(world, kind, 1_000) for world, kind in (("sagemaker", "unseen"), ("lots", "mixed"), ("lots", "unseen"))]

print(f"Measured on {machine()}; {EVENTS:,} events, {SECONDS} s of CPU time a figure; speed 1.0 is simdjson's DOM parse in the same run.", flush=True)
rows, differing = [], []
for world, kind, count in workloads:
    rules, events = CORPUS.rules(world, kind, count), CORPUS.events(world, EVENTS)
    ours, theirs = sagewatch(rules, events), event_ruler(rules, events)
    if ours["matches"] != theirs["matches"]:
        differing.append(f"{rules.name} over {events.name}: sagewatch counts {ours['matches']:,} matches, event-ruler {theirs['matches']:,}")
    rows.append((f"{world}, {kind}", f"{count:,}", f"{ours['ratio']:.3f}", f"{theirs['events_per_s'] / ours['parse_events_per_s']:.5f}",
                 short(ours["events_per_s"]), short(theirs["events_per_s"]), f"{ours['events_per_s'] / theirs['events_per_s']:,.1f}",
                 f"{short(ours['build_s'])} / {short(theirs['build_s'])}", f"{ours['matches']:,}", f"{theirs['matches']:,}"))
table("sagewatch (text known to be valid) beside event-ruler 2.1.0, on the same rules and events:",
      ("corpus, rules", "rules", "sagewatch", "event-ruler", "events/s", "events/s", "times", "build, s", "matches", "matches"), rows,
      "Each second of a pair is event-ruler's.")
if differing:
    sys.exit("The engines count different matches:\n" + "\n".join(differing))
