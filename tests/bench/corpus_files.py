"""Events and rules for benchmarks as files: made by make_corpus when they are missing or older than it."""
import os
import platform
import subprocess
from pathlib import Path


class Corpus:
    def __init__(self, make_corpus, directory):
        self.program, self.directory = str(make_corpus), Path(directory)
        self.directory.mkdir(parents=True, exist_ok=True)

    def _file(self, name, *words):
        path = self.directory / f"{name}.jsonl"
        if not path.exists() or path.stat().st_mtime < os.stat(self.program).st_mtime:
            half = path.with_suffix(".half")
            with open(half, "wb") as out:
                made = subprocess.run([self.program, *map(str, words)], stdout=out, stderr=subprocess.PIPE, text=True)
            assert made.returncode == 0, f"make_corpus {words}: {made.stderr}"
            half.rename(path)
        return path

    def events(self, world, count):
        return self._file(f"{world}.events.{count}", "events", world, count)

    def rules(self, world, kind, count):
        return self._file(f"{world}.{kind}.{count}", "rules", world, kind, count)

    def operators(self):
        """[(name, file of five rules)]"""
        usage = subprocess.run([self.program], capture_output=True, text=True).stderr
        names = next(line for line in usage.splitlines() if "OPERATOR" in line).split("one of: ")[1].rstrip(")").split()
        return [(name, self._file(f"sagemaker.{name}", "rules", "sagemaker", name)) for name in names]

    def worst(self, case, size):
        """(rules, events)"""
        return tuple(self._file(f"worst.{case}.{size}.{what}", "worst", what, case, size) for what in ("rules", "events"))


def machine():
    """What figures depend on, without names."""
    model = platform.machine()
    flags = ""
    with open("/proc/cpuinfo") as lines:
        for line in lines:
            key, _, value = line.partition(":")
            model = value.strip() if key.strip() == "model name" else model
            flags = value if key.strip() in ("flags", "Features") else flags
    known = [name for name, flag in (("AVX2", " avx2"), ("AVX-512", " avx512bw"), ("VBMI2", " avx512_vbmi2")) if flag in flags]
    return f"{os.cpu_count()} cores of {model} ({', '.join(known) or 'no vectors asked for'}), load {os.getloadavg()[0]:.1f}"


def table(title, head, rows, note=""):
    """A Markdown table, printed."""
    print(f"\n{title}\n", flush=True)
    print("| " + " | ".join(head) + " |")
    print("|" + "---|" * len(head))
    for row in rows:
        print("| " + " | ".join(str(cell) for cell in row) + " |")
    if note:
        print(f"\n{note}")
    print(flush=True)


def short(value):
    """Three digits that mean something."""
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"
