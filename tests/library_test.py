#!/usr/bin/env python3
"""rules/ as other programs get it: installed to an empty prefix, found by find_package, used by the example, which must
need nothing of this source tree and none of its compile options. Usage: library_test.py BUILD-DIRECTORY"""
import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path

SOURCE = Path(__file__).resolve().parents[1]
EXAMPLE = SOURCE / "examples/library"
PATTERNS = {
    "failed-jobs": {"source": ["aws.sagemaker"], "detail": {"TrainingJobStatus": ["Failed", {"prefix": "Stop"}]}},
    "all-of-sagemaker": {"source": [{"prefix": "aws.sage"}]},
    "others": {"source": [{"anything-but": "aws.sagemaker"}]},
}
EVENTS = ['{"source":"aws.sagemaker","detail":{"TrainingJobStatus":"Failed"}}', '{"source":"aws.sagemaker"}',
          '{"source":"aws.s3"}', "[]", '{"source":', "{}"]
ANSWERS = ["failed-jobs all-of-sagemaker", "all-of-sagemaker", "others", "! Parameter Event is not valid. Reason: it must be a JSON object"]
OUR_OPTIONS = ("-Werror", "-Wshadow", "_FORTIFY_SOURCE", "_GLIBCXX_ASSERTIONS", "-fstack-", "-fcf-protection", "mold", "-flto")


def run(*words, given=None, code=0):
    done = subprocess.run([str(word) for word in words], input=given, capture_output=True, text=True, timeout=600)
    assert done.returncode == code, f"{words}: exit {done.returncode}\n{done.stdout}{done.stderr}"
    return done.stdout + done.stderr


def check_headers(include, folder):
    """Each installed header compiles alone, in the installed tree alone, under a user's strict warnings."""
    headers = sorted(str(header.relative_to(include)) for header in include.rglob("*.h"))
    assert {"rules/matcher.h", "rules/pattern.h", "rules/rule_set.h", "events/frame.h"} <= set(headers), headers
    for header in headers:
        unit = folder / "header.cc"
        unit.write_text(f'#include "{header}"\n')
        run("g++", "-std=c++20", "-fsyntax-only", "-Wall", "-Wextra", "-Wpedantic", "-Werror", "-I", include, unit)
    return headers


def check_package(prefix):
    for file in prefix.rglob("*.cmake"):
        text = file.read_text()
        assert str(SOURCE) not in text, f"{file.name} names the source tree"
        for option in (*OUR_OPTIONS, "sw_", "prometheus"):
            assert option not in text, f"{file.name} carries {option}"
    assert (prefix / "bin/sagewatch").exists() and (prefix / "share/doc/sagewatch/docs/library.md").exists()


def check_example(prefix, folder):
    build = folder / "example"
    run("cmake", "-S", EXAMPLE, "-B", build, f"-DCMAKE_PREFIX_PATH={prefix}", "-DCMAKE_EXPORT_COMPILE_COMMANDS=ON",
        "-DCMAKE_BUILD_TYPE=Release")
    for command in json.loads((build / "compile_commands.json").read_text()):
        for option in (*OUR_OPTIONS, str(SOURCE) + " "):
            assert option not in command["command"], command["command"]
        assert str(prefix / "include/sagewatch") in command["command"], command["command"]
    run("cmake", "--build", build)
    patterns = folder / "patterns.json"
    patterns.write_text(json.dumps(PATTERNS))
    told = run(build / "which_patterns", patterns, given="\n".join(EVENTS) + "\n").splitlines()
    assert [line.rstrip() for line in told[:4]] == ANSWERS, told
    assert told[4].startswith("! Parameter Event is not valid. Reason: Unexpected end-of-input"), told
    assert told[5].strip() == "" and len(told) == 6, told
    patterns.write_text('{\n"good": {"a": ["x"]},\n"bad": {"detail": {"n": [{"numeric": [">", "5"]}]}}\n}')
    told = run(build / "which_patterns", patterns, given="", code=2)
    assert told == ("line 3: bad: Event pattern is not valid. Reason: Value of > must be numeric (line 1, column 38, "
                    "in detail.n)\n"), told


def check_versions(prefix, folder):
    """Another minor version is refused: before 1.0 it may have other headers."""
    (folder / "CMakeLists.txt").write_text(
        "cmake_minimum_required(VERSION 3.25)\nproject(other LANGUAGES CXX)\nfind_package(sagewatch 0.99 REQUIRED)\n")
    told = run("cmake", "-S", folder, "-B", folder / "other", f"-DCMAKE_PREFIX_PATH={prefix}", code=1)
    assert "compatible with requested" in told, told


def check_document(headers):
    """docs/library.md shows the example as it is, and names exactly the headers that people include by themselves."""
    text = (SOURCE / "docs/library.md").read_text()
    shown = re.findall(r"```cpp\n(.*?)```", text, re.S)
    code = (EXAMPLE / "main.cc").read_text()
    assert shown, "docs/library.md shows no code"
    for part in shown:
        assert part in code, f"docs/library.md shows what examples/library/main.cc does not say:\n{part}"
    (build_file,) = re.findall(r"```cmake\n(.*?)```", text, re.S)
    assert build_file in (EXAMPLE / "CMakeLists.txt").read_text(), build_file
    public = re.search(r"set\(sw_public_headers\n(.*?)\)", (SOURCE / "cmake/library.cmake").read_text(), re.S)[1].split()
    named = re.findall(r"^\| `([a-z_/]+\.h)` \|", text, re.M)
    assert sorted(named) == sorted(public), (named, public)
    assert set(public) <= set(headers), (public, headers)


def main():
    with tempfile.TemporaryDirectory() as temporary:
        folder, prefix = Path(temporary), Path(temporary) / "prefix"
        run("cmake", "--install", sys.argv[1], "--prefix", prefix)
        headers = check_headers(prefix / "include/sagewatch", folder)
        check_package(prefix)
        check_example(prefix, folder)
        check_versions(prefix, folder)
        check_document(headers)
        print(f"ok: {len(headers)} headers, the example and its document")


main()
