#!/usr/bin/env python3
"""House rules that a compiler does not check. Run by ctest; prints every offence as file:line: sentence."""
import re
import subprocess
import sys
from pathlib import Path

root = Path(__file__).resolve().parent.parent
levels = {"events": 0, "metrics": 1, "rules": 2, "exporters": 3, "collector": 4}
# Only the edge touches the world.
edge_only = {
    r"#include <(sys/|unistd\.h|fcntl\.h|netdb\.h|arpa/)": "system calls belong to collector/",
    r"#include <(thread|future|condition_variable|fstream|filesystem)>": "threads and files belong to collector/",
    r"\b(steady_clock|system_clock|high_resolution_clock)::now\b": "time comes as an argument or through Clock",
    r"\bstd::(jthread|thread|ifstream|ofstream|random_device)\b": "threads, files and randomness belong to collector/",
}
# Heavy libraries, each known to few files: builds stay fast and a library can be replaced.
only_in = {
    r"#include <boost/(beast|asio)": re.compile(r"collector/http/.*\.cc$"),
    r"#include <rocksdb/": re.compile(r"collector/store/store[a-z_]*\.(cc|h)$"),
    r"#include <yaml-cpp/": re.compile(r"collector/config/yaml[a-z_]*\.cc$"),
    r"#include <curl/": re.compile(r"collector/http/.*\.cc$"),
    r"#include <nlohmann/json\.hpp>": re.compile(r".*\.cc$"),
}
vague = re.compile(r"(utils?|helpers?|managers?|handlers?|common|misc)(_test)?\.(h|cc)$")


def files():
    listed = subprocess.run(["git", "ls-files", "--cached", "--others", "--exclude-standard"], cwd=root, capture_output=True, text=True)
    return [name for name in listed.stdout.splitlines() if (root / name).is_file()]


def check_source(name, offences):
    layer = name.split("/")[0]
    level = levels.get(layer)
    is_test = re.search(r"(_test|_bench|_fuzz)\.cc$", name) or layer == "tests"
    if vague.search(name):
        offences.append(f"{name}:1: a file is named for its noun; this name has no subject")
    for number, line in enumerate((root / name).read_text().splitlines(), 1):
        where = f"{name}:{number}"
        if len(line) > 140:
            offences.append(f"{where}: {len(line)} columns; 120 is the width, 140 the end")
        include = re.match(r'#include "([a-z_]+)/', line)
        if include and level is not None and not is_test and levels.get(include[1], 99) > level:
            offences.append(f"{where}: {layer}/ may not include {include[1]}/: includes point down only")
        if level is not None and level < 4 and not is_test:
            for pattern, reason in edge_only.items():
                if re.search(pattern, line):
                    offences.append(f"{where}: {reason}")
        if layer == "collector" and not is_test and name != "collector/clock.cc" and re.search(r"_clock::now\b", line):
            offences.append(f"{where}: only collector/clock.cc asks the time")
        for pattern, allowed in only_in.items():
            if re.search(pattern, line) and not is_test and not allowed.search(name):
                offences.append(f"{where}: this library is known to {allowed.pattern} alone")


def check_map(names, offences):
    """Every header stands in ARCHITECTURE.md, and everything that stands there exists."""
    architecture = root / "ARCHITECTURE.md"
    if not architecture.exists():
        return offences.append("ARCHITECTURE.md:1: is missing")
    text = architecture.read_text()
    drawn = set(re.findall(r"`([a-z_]+/[a-z_/]+\.h)`", text))
    headers = {name for name in names if name.endswith(".h") and name.split("/")[0] in levels}
    offences += [f"ARCHITECTURE.md:1: does not name {name}" for name in sorted(headers - drawn)]
    offences += [f"ARCHITECTURE.md:1: names {name}, which is not there" for name in sorted(drawn - headers)]
    if len(text.splitlines()) > 200:
        offences.append("ARCHITECTURE.md:200: longer than 200 lines, which nobody reads")


def main():
    names = files()
    offences = []
    for name in names:
        if name.endswith((".h", ".cc")):
            check_source(name, offences)
    check_map(names, offences)
    print("\n".join(offences) or f"{len(names)} files, nothing to complain about")
    return 1 if offences else 0


sys.exit(main())
