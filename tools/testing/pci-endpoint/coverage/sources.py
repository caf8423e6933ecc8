# SPDX-License-Identifier: GPL-2.0
"""Which files of the kernel the coverage is about, and which objects count for it.

The one place for the rule. "New" are the repository's own kernel files below drivers/ and include/, except what is a test
itself: KUnit suites with their fakes (any directory "tests") and the test-only modules of drivers/misc. "Edited" are
Linux's files that patches touch; only the lines that the patches add count.
"""
import os
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[4]
TOP = ("drivers", "include")
TESTS = ("drivers/misc/",)
# Linux's own CFLAGS_GCOV, and: nothing is optimized before the counters are put in. Otherwise a function that is inlined
# has counters in each of its callers, and a "return -EINVAL" is no more than a constant at the end of another line.
FLAGS = ("-fprofile-arcs -ftest-coverage -fno-tree-loop-im -fprofile-update=prefer-atomic"
         " -fno-early-inlining -fdisable-tree-early_optimizations")


def is_test(path):
    return path.startswith(TESTS) or "/tests/" in path


def own(tops=TOP):
    """All C files of the repository below these directories, tests among them."""
    found = []
    for top in tops:
        for where, _, files in os.walk(ROOT / top):
            found += [os.path.relpath(os.path.join(where, f), ROOT) for f in files if f.endswith((".c", ".h"))]
    return sorted(found)


def new():
    return [f for f in own() if not is_test(f)]


def git(tree, *args):
    return subprocess.run(["git", "-C", str(tree), *args], capture_output=True, text=True, check=True).stdout


def added(tree):
    """{file of Linux: numbers of the lines that patches added} of the tree, as it lies there."""
    ours, found, file, at = set(own()), {}, "", 0
    diff = git(tree, "diff", "-U0", "--no-ext-diff", "--diff-filter=MR", "base", "--", *TOP)
    for line in diff.splitlines():
        if line.startswith("+++ b/"):
            file = line[6:]
        elif line.startswith("@@"):
            at = int(line.split()[2].partition(",")[0])
        elif line.startswith("+"):
            if file.endswith((".c", ".h")) and file not in ours and not is_test(file):
                found.setdefault(file, set()).add(at)
            at += 1
    return found


def objects(tree):
    """Names (without directory, which Kbuild leaves out) of the objects that get counters. The suites too: some of them
    include the file that they test."""
    files = [f for f in [*own(), *added(tree)] if f.endswith(".c")]
    return sorted({os.path.basename(f)[:-2] + ".o" for f in files})
