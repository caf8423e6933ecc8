# SPDX-License-Identifier: GPL-2.0
"""The KUnit suites by the kernel's own kunit.py, at each step that brings or changes one and at the end of each folder.

At every step it would take an hour. One kernel has all .kunitconfig files that the series has brought up to the step.
"""
import os
import re
import sys

import cache
import kbuild
import procs
from git import Error

VERSION = 1  # of what is run and how, for what is remembered
SECONDS = 300  # for all suites together
REPORT = re.compile(r"\b(WARNING: |BUG: |INFO: possible|KASAN|UBSAN|Oops|general protection|Kernel panic)")


def verdict(code, said, log):
    """(findings, note) of kunit.py's status and output and of the kernel's own log."""
    total = re.findall(r"Ran (\d+) tests: (.*)", said)
    counts = {k: int(n) for k, n in re.findall(r"(\w+): (\d+)", total[-1][1])} if total else {}
    bad = [f"kernel log: {x}" for x in log.splitlines() if REPORT.search(x)]
    if code or not total or int(total[-1][0]) == 0 or counts.get("passed", 0) != int(total[-1][0]):
        failed = [x for x in said.splitlines() if re.search(r"\[(FAILED|SKIPPED|ERROR)\]|error:|ERROR", x)]
        bad += failed[:20] or said.splitlines()[-20:]
        bad.append(f"kunit.py: status {code}, {total[-1][1] if total else 'no test ran'}")
    return bad, f"{total[-1][0]} cases" if total else ""


class Kunit(kbuild.Kbuild):
    """Stands beside the configurations: the same steps, the same source."""
    covers = False  # it is not what says that a file is compiled

    def __init__(self, git, steps, say, source):
        super().__init__(git, steps, "um", say, source)
        self.name, self.out = "kunit", kbuild.GATE / "kunit"
        self.const = cache.key(self.const, "kunit", VERSION)

    def configs(self, step):
        return sorted(x for x in step.blobs if os.path.basename(x) == ".kunitconfig")

    def missing(self):
        return []  # kunit.py itself compares

    def matters(self, path):
        return path.endswith((".c", ".h", ".S", ".kunitconfig")) or os.path.basename(path).startswith(
            ("Makefile", "Kbuild", "Kconfig"))

    def wants(self, step):
        """Whether the suites run at a step."""
        after = self.steps[step.number + 1:step.number + 2]
        return bool(self.configs(step)) and (not after or after[0].patch.folder != step.patch.folder
                                             or any("kunit" in x or "/tests/" in x for x in step.changed))

    def recall(self, step):
        old = cache.get("kunit", self.key(step))
        if old and all(step.blobs.get(x) == b for x, b in old["needs"].items()):
            return [], old["notes"] + ["unchanged"]
        return None

    def kunit(self, command, *options):
        code, out, log = procs.run([sys.executable, "-B", "tools/testing/kunit/kunit.py", command,
                                    f"--build_dir={self.out}", *options], cwd=self.source,
                                   env=kbuild.environment(NO_COLOR="1"))
        return code, re.sub(r"\x1b\[[0-9;]*m|\r", "", out + log)

    def compile(self, step):
        self.out.mkdir(parents=True, exist_ok=True)
        if not self.index:
            self.scan()
        if self.at is None:
            self.at = self.stood() or {}
        changed = self.changed(step)
        self.stand({**self.at, **dict.fromkeys(changed, "unknown")})  # until it is built
        self.stale(changed)
        binary = self.out / "linux"
        passed = self.out / "passed"  # names the kernel that did, whichever run of the gate built it
        configs = [f"--kunitconfig={x}" for x in self.configs(step)]
        for command, options in (("config", configs), ("build", [*configs, "--jobs=2"])):
            code, said = self.kunit(command, *options)
            if code:
                return [*said.splitlines()[-30:], f"kunit.py {command}: status {code}"], []
        if not binary.is_file():
            raise Error("kunit.py build: no kernel")
        self.scan()
        self.stand(step.blobs)
        linked = {x for _, deps in self.index.values() for x in deps}
        needs = {x: b for x, b in step.blobs.items() if x in linked or (self.matters(x) and not x.endswith((".c", ".h")))}
        note = "links nothing of it"
        this = str(binary.stat().st_mtime_ns)
        if not passed.is_file() or passed.read_text() != this or any(x in needs for x in step.changed):
            log = self.out / "test.log"
            log.unlink(missing_ok=True)
            code, said = self.kunit("exec", f"--timeout={SECONDS}")
            bad, note = verdict(code, said, log.read_text(errors="replace") if log.is_file() else "no log: WARNING: ")
            if bad:
                return bad, []
            passed.write_text(this)
        cache.put("kunit", self.key(step), {"needs": needs, "notes": [note]})
        return [], [note]
