#!/usr/bin/env python3
"""How fast rules are matched, printed as Markdown tables: by number of rules, by operator, on a second corpus, with rules
of a shape that nothing was tuned on, with each instruction set, in the worst cases. Every figure is `sagewatch bench`'s:
one thread, CPU time, beside simdjson's DOM parse of the same events in the same run, which is 1.0.

  matcher_bench.py DIRECTORY-OF-PROGRAMS DIRECTORY-OF-CORPORA [--short] [--seconds S] [--events N] [--rules-max N]
                   [mixed|flat|isa|operators|unseen|worst]..."""
import argparse
import json
import os
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from corpus_files import Corpus, machine, short, table  # noqa: E402

words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
words.add_argument("programs", type=Path)
words.add_argument("corpora", type=Path)
words.add_argument("--short", action="store_true", help="fewer events, at most 10,000 rules, less time")
words.add_argument("--seconds", type=float, help="CPU time a figure")
words.add_argument("--events", type=int)
words.add_argument("--rules-max", type=int)
words.add_argument("parts", nargs="*", help="some of the tables only")
told = words.parse_intermixed_args()
SECONDS = told.seconds if told.seconds is not None else 0.5 if told.short else 5
EVENTS = told.events or (10_000 if told.short else 100_000)
RULES = [n for n in (10, 100, 1_000, 10_000, 100_000) if n <= (told.rules_max or (10_000 if told.short else 100_000))]
SAGEWATCH = told.programs / "sagewatch"
CORPUS = Corpus(told.programs / "make_corpus", told.corpora)


def measured(rules, events, isa=None):
    surroundings = {**os.environ, **({"SAGEWATCH_ISA": isa} if isa else {})}
    done = subprocess.run([SAGEWATCH, "bench", "--rules", rules, "--events", events, "--seconds", str(SECONDS), "-o", "json"],
                          capture_output=True, text=True, env=surroundings)
    if done.returncode != 0:
        sys.exit(f"sagewatch bench, {rules.name}: exit {done.returncode}\n{done.stderr}")
    figures = json.loads(done.stdout)
    figures["validating_ratio"] = figures["validating_events_per_s"] / figures["parse_events_per_s"]
    figures["ns"] = 1e9 / figures["events_per_s"]
    return figures


def by_count(world, kind):
    events = CORPUS.events(world, EVENTS)
    for count in RULES:
        yield measured(CORPUS.rules(world, kind, count), events)


HEAD = ("rules", "text known to be valid", "validating", "ns an event", "build, s", "bytes a rule", "matches an event")


def row(figures, name=None):
    return (name or f"{figures['rules']:,}", f"{figures['ratio']:.3f}", f"{figures['validating_ratio']:.3f}", short(figures["ns"]),
            short(figures["build_s"]), short(figures["bytes_per_rule"]), f"{figures['matches'] / figures['events']:.2f}")


def mixed():
    size = CORPUS.events("sagemaker", EVENTS).stat().st_size / EVENTS
    table(f"Mixed rules, {EVENTS:,} SageMaker events of {size:,.0f} bytes; speed against the DOM parse:", HEAD,
          [row(figures) for figures in by_count("sagemaker", "mixed")])


def flat():
    few, many = 1_000, RULES[-1]
    if many <= few:
        return
    events = CORPUS.events("sagemaker", EVENTS)
    first, second = (measured(CORPUS.rules("sagemaker", "mixed", count), events) for count in (few, many))
    table("What a hundred times as many rules cost:" if many == 100 * few else "What more rules cost:",
          (f"ns an event, {few:,} rules", f"{many:,} rules", "times"), [(short(first["ns"]), short(second["ns"]), f"{second['ns'] / first['ns']:.2f}")])


def isa():
    events = CORPUS.events("sagemaker", EVENTS)
    rows = []
    for name, forced in (("as chosen", None), ("plain x86-64", "plain"), ("AVX2", "avx2"), ("AVX-512", "avx512")):
        cells = [measured(CORPUS.rules("sagemaker", "mixed", count), events, forced)["ratio"] for count in (1_000, RULES[-1])]
        rows.append((name, *(f"{cell:.3f}" for cell in cells)))
    table("By instruction set (the program takes the best that the processor has), text known to be valid:",
          ("", "1,000 rules", f"{RULES[-1]:,} rules"), rows)


def operators():
    events = CORPUS.events("sagemaker", EVENTS)
    table("Five rules of one operator alone:", ("operator", *HEAD[1:4], HEAD[-1]),
          [(line := row(measured(rules, events), name))[:4] + line[-1:] for name, rules in CORPUS.operators()])


def unseen():
    for world, kind, title in (("sagemaker", "unseen", "SageMaker events, rules of other shapes on other paths, on which nothing was tuned:"),
                               ("lots", "mixed", "A city's lots, mixed rules:"),
                               ("lots", "unseen", "A city's lots, rules of other shapes:")):
        table(title, HEAD, [row(figures) for figures in by_count(world, kind)])


def worst():
    rows = []
    for case, sizes, what in (("wildcards", (2_500, 5_000, 10_000), "rules with wildcards on one path"),
                              ("arrays", (250, 500, 1_000), "objects in an array, two or three fields a rule in it"),
                              ("fields", (64, 128, 256), "fields a rule, 100 rules"),
                              ("long-patterns", (1_024, 2_048, 4_096), "bytes a pattern, 100 rules")):
        figures = [measured(*CORPUS.worst(case, size)) for size in sizes]
        rows.append((what, " / ".join(f"{size:,}" for size in sizes), " / ".join(short(each["ns"] / 1_000) for each in figures),
                     f"{figures[-1]['ns'] / figures[0]['ns']:.1f}", " / ".join(short(each["build_s"] * 1_000) for each in figures),
                     " / ".join(short(each["matches"] / each["events"]) for each in figures)))
    table("Worst cases in three sizes, each twice the one before:",
          ("what", "sizes", "µs an event", "last / first", "build, ms", "matches an event"), rows,
          "Four times as large may cost four times as much: more than that is a curve.")


PARTS = (mixed, flat, isa, operators, unseen, worst)
unknown = set(told.parts) - {part.__name__ for part in PARTS}
if unknown:
    sys.exit(f"no such table: {', '.join(unknown)}; there are {', '.join(part.__name__ for part in PARTS)}")
print(f"Measured on {machine()}; {SECONDS:g} s of CPU time a figure.")
for part in PARTS:
    if not told.parts or part.__name__ in told.parts:
        part()
