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
# But for advice about memory, which changes nothing that a program could see.
edge_exempt = {("events/base/line_allocator.h", "#include <sys/mman.h>")}
# Heavy libraries, each known to few files: builds stay fast and a library can be replaced.
only_in = {
    # connection.h holds the socket itself; server.cc and connection.cc alone include it.
    r"#include <boost/(beast|asio)": re.compile(r"collector/http/(.*\.cc|connection\.h)$"),
    r"#include <rocksdb/": re.compile(r"collector/store/(store\.cc|database\.(cc|h))$"),
    r"#include <yaml-cpp/": re.compile(r"collector/config/yaml[a-z_]*\.cc$"),
    r"#include <curl/": re.compile(r"collector/http/.*\.cc$"),
    r"#include <nlohmann/json\.hpp>": re.compile(r".*\.cc$"),
}
exempt_from_length = re.compile(r"(_test|_bench)\.cc$|^tests/|case_mapping\.cc$|error_codes\.cc$")  # tests and tables
lines_named, lines_max = 450, 600
unfinished = re.compile(r"\b(TO" + "DO|FIX" + "ME|XX" + r"X)\b")
log_code = re.compile(r'"(SW\d{4})"')
vague = re.compile(r"(utils?|helpers?|managers?|handlers?|common|misc)(_test)?\.(h|cc)$")


def files():
    listed = subprocess.run(["git", "ls-files", "--cached", "--others", "--exclude-standard"], cwd=root, capture_output=True, text=True)
    return [name for name in listed.stdout.splitlines() if (root / name).is_file()]


def check_source(name, offences):
    layer = name.split("/")[0]
    level = levels.get(layer)
    is_test = re.search(r"(_test|_bench|_fuzz)\.cc$|_fixture\.h$", name) or layer == "tests"
    if vague.search(name):
        offences.append(f"{name}:1: a file is named for its noun; this name has no subject")
    lines = (root / name).read_text().splitlines()
    if len(lines) > lines_max and not exempt_from_length.search(name):
        offences.append(f"{name}:{lines_max}: {len(lines)} lines; {lines_max} is the end: find the second noun and give it a file")
    for number, line in enumerate(lines, 1):
        where = f"{name}:{number}"
        # Test data stands as it came, in a raw string; breaking it would only make it harder to read.
        if len(line) > 140 and not (is_test and 'R"(' in line):
            offences.append(f"{where}: {len(line)} columns; 120 is the width, 140 the end")
        include = re.match(r'#include "([a-z_]+)/', line)
        if include and level is not None and not is_test and levels.get(include[1], 99) > level:
            offences.append(f"{where}: {layer}/ may not include {include[1]}/: includes point down only")
        if level is not None and level < 4 and not is_test:
            for pattern, reason in edge_only.items():
                if re.search(pattern, line) and (name, line) not in edge_exempt:
                    offences.append(f"{where}: {reason}")
        if layer == "collector" and not is_test and name != "collector/clock.cc" and re.search(r"_clock::now\b", line):
            offences.append(f"{where}: only collector/clock.cc asks the time")
        for pattern, allowed in only_in.items():
            if re.search(pattern, line) and not is_test and not allowed.search(name):
                offences.append(f"{where}: this library is known to {allowed.pattern} alone")


def check_map(names, offences):
    """Every header stands in ARCHITECTURE.md, and everything that stands there exists. In the list of all headers a
    name without a folder belongs to the one that its item begins with."""
    architecture = root / "ARCHITECTURE.md"
    if not architecture.exists():
        return offences.append("ARCHITECTURE.md:1: is missing")
    text = architecture.read_text()
    drawn = set(re.findall(r"`([a-z_]+/[a-z0-9_/]+\.h)`", text))
    for folder, item in re.findall(r"^- \*\*([a-z_/]+)\*\*((?:.|\n(?!- ))*)", text, re.M):
        drawn |= {f"{folder}/{name}" for name in re.findall(r"`([a-z0-9_]+\.h)`", item)}
    headers = {name for name in names if name.endswith(".h") and name.split("/")[0] in levels}
    offences += [f"ARCHITECTURE.md:1: does not name {name}" for name in sorted(headers - drawn)]
    offences += [f"ARCHITECTURE.md:1: names {name}, which is not there" for name in sorted(drawn - set(names))]
    if len(text.splitlines()) > 200:
        offences.append("ARCHITECTURE.md:200: longer than 200 lines, which nobody reads")


def check_text(name, offences):
    """What holds for every file that people write; samples and fuzzers' inputs stay as they came."""
    if "/testdata/" in name or "/corpus/" in name:
        return
    for number, line in enumerate((root / name).read_text().splitlines(), 1):
        if unfinished.search(line):
            offences.append(f"{name}:{number}: what is missing is built, refused or told in docs/, not marked")
        if line != line.rstrip():
            offences.append(f"{name}:{number}: ends in blanks")


def check_codes(names, offences):
    """Every code that the program can say stands in docs/errors.md, and is said with one meaning: in one place, or in
    several of the same subject. (A unit test compares docs/errors.md with the program's own table.)"""
    told = set(re.findall(r"^## (SW\d{4}):", (root / "docs/errors.md").read_text(), re.M))
    said = {}
    for name in names:
        if re.search(r"\.(cc|h)$", name) and not re.search(r"_(test|bench|fuzz)\.cc$|^tests/|/error_codes\.cc$", name):
            for code in log_code.findall((root / name).read_text()):
                said.setdefault(code, set()).add(name)
    for code in sorted(said.keys() - told):
        offences.append(f"docs/errors.md:1: does not explain {code} ({', '.join(sorted(said[code]))})")
    for code in sorted(told - said.keys()):
        offences.append(f"docs/errors.md:1: explains {code}, which nothing says")
    for code, where in sorted(said.items()):
        if len(where) > 1 and any("/config" not in name for name in where):
            offences.append(f"docs/errors.md:1: {code} is said in {' and '.join(sorted(where))}: two places, two codes")


def check_folders(names, offences):
    for folder in sorted({name.split("/")[0] for name in names if "/" in name and not name.startswith(".")}):
        if f"{folder}/README.md" not in names:
            offences.append(f"{folder}/README.md:1: is missing; it says what belongs here and what does not")


def main():
    names = files()
    offences = []
    long = []
    for name in names:
        if name.endswith((".h", ".cc")):
            check_source(name, offences)
            long += [name] if len((root / name).read_text().splitlines()) > lines_named and not exempt_from_length.search(name) else []
        check_text(name, offences)
    check_map(names, offences)
    check_codes(names, offences)
    check_folders(names, offences)
    if long:
        print(f"longer than {lines_named} lines, think of splitting: {', '.join(long)}")
    print("\n".join(offences) or f"{len(names)} files, nothing to complain about")
    return 1 if offences else 0


sys.exit(main())
