# SPDX-License-Identifier: GPL-2.0
"""Counters of many runs, as GCC wrote them, made one: merged with gcov-tool, read with gcov (both are part of GCC)."""
import gzip
import json
import os
import shutil
import subprocess
from pathlib import Path


class Fail(Exception):
    pass


class Counts:
    """Of one source file: runs of each line, and of each way out of its branches."""

    def __init__(self):
        self.lines = {}
        self.branches = {}

    def add(self, line, count, branches):
        self.lines[line] = self.lines.get(line, 0) + count
        if branches:
            have = self.branches.setdefault(line, [0] * len(branches))
            if len(have) == len(branches):
                self.branches[line] = [a + b for a, b in zip(have, branches)]
            else:   # another copy of the line, compiled differently: its ways are ways of their own
                have += branches


def run(*command, **options):
    p = subprocess.run(command, capture_output=True, **options)
    if p.returncode:
        raise Fail(f"{' '.join(map(str, command))[:300]}:\n{p.stderr.decode(errors='replace').strip()}")
    return p.stdout


def left(run_dirs, name):
    """What the guests of these runs left: of each the directory in which the kernel was built, with .gcda files."""
    return sorted(d for top in run_dirs for d in Path(top).rglob(name) if d.is_dir())


def merge(directories, work):
    """One directory with the sums; gcov-tool takes two at a time, so pairs, then pairs of pairs."""
    number = 0
    while len(directories) > 1:
        following = directories[len(directories) // 2 * 2:]
        for a, b in zip(directories[::2], directories[1::2]):
            number += 1
            following.append(work / f"merged{number}")
            run("gcov-tool", "merge", a, b, "-o", following[-1])
            for done in (a, b):
                if done.parent == work:
                    shutil.rmtree(done)
        directories = following
    return directories[0]


def read(data, notes, work, result, wanted):
    """Add what gcov says of one object about the wanted source files."""
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    for file in (data, notes):
        shutil.copyfile(file, work / file.name)
    run("gcov", "--json-format", "--branch-probabilities", "--object-directory", ".", data.name, cwd=work)
    for file in work.glob("*.gcov.json.gz"):
        with gzip.open(file) as f:
            report = json.load(f)
        cwd = report["current_working_directory"]
        for source in report["files"]:
            # the tree lies beside the kernel that is made of it
            path = os.path.relpath(os.path.normpath(os.path.join(cwd, source["file"])), os.path.dirname(cwd))
            path = path.partition("/")[2]
            if path in wanted:
                counts = result.setdefault(path, Counts())
                for line in source["lines"]:    # once for each function that has code of it
                    counts.add(line["line_number"], line["count"],
                               [b["count"] for b in line["branches"] if not b["throw"]])


def collect(run_dirs, kernel, work, wanted):
    """{source file: Counts} of all runs."""
    for program in ("gcov-tool", "gcov"):
        if not shutil.which(program):
            raise Fail(f"{program} is missing (it comes with GCC)")
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    found = left(run_dirs, kernel.name)
    if not found:
        raise Fail("no run has left counters")
    top = merge(found, work)
    result = {}
    for data in sorted(top.rglob("*.gcda")):
        notes = kernel / data.relative_to(top).with_suffix(".gcno")
        if not notes.is_file():
            raise Fail(f"{notes} is missing: counters of an object that this kernel does not have")
        read(data, notes, work / "gcov", result, wanted)
    shutil.rmtree(work)
    return result


def write_info(path, counts, root):
    """lcov's format, which genhtml takes."""
    with open(path, "w", encoding="utf-8") as f:
        for file, c in sorted(counts.items()):
            f.write(f"TN:\nSF:{root / file}\n")
            ways = [(line, n, x) for line, b in sorted(c.branches.items()) for n, x in enumerate(b)]
            # a line that never ran has no branches that could
            f.writelines(f"BRDA:{line},0,{n},{x if c.lines.get(line) else '-'}\n" for line, n, x in ways)
            f.write(f"BRF:{len(ways)}\nBRH:{sum(x > 0 for _, _, x in ways)}\n")
            f.writelines(f"DA:{line},{n}\n" for line, n in sorted(c.lines.items()))
            f.write(f"LF:{len(c.lines)}\nLH:{sum(n > 0 for n in c.lines.values())}\nend_of_record\n")


def read_info(path, root):
    """{file below root: Counts}"""
    result, now = {}, None
    with open(path, encoding="utf-8") as f:
        for number, line in enumerate(f, 1):
            key, _, value = line.strip().partition(":")
            try:
                if key == "SF":
                    now = result.setdefault(os.path.relpath(value, root), Counts())
                elif key == "DA":
                    at, count = value.split(",")[:2]
                    now.lines[int(at)] = now.lines.get(int(at), 0) + int(count)
                elif key == "BRDA":
                    at, _, _, count = value.split(",")
                    now.branches.setdefault(int(at), []).append(0 if count == "-" else int(count))
            except (ValueError, AttributeError):
                raise Fail(f"{path}:{number}: not a line of a tracefile: {line.strip()}") from None
    return result
