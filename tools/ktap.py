# SPDX-License-Identifier: GPL-2.0
"""Counts the results of a KTAP stream, nested or not, and finds what is wrong with the stream itself."""
import re

RESULT = re.compile(r"^( *)(not )?ok\b *(\d+)?(.*)$")
PLAN = re.compile(r"^( *)1\.\.(\d+)(?: *# *SKIP\b.*)?$", re.I)
VERSION = re.compile(r"^( *)K?TAP version \d+$")
SKIP = re.compile(r"# *SKIP\b", re.I)


class Level:
    """The tests at one depth."""

    def __init__(self, indent):
        self.indent = indent
        self.plan = None
        self.seen = 0
        self.failed = 0


class Ktap:
    """A test that consists of others does not count; its parts do."""

    def __init__(self):
        self.passed = self.failed = self.skipped = 0
        self.problems = []
        self.levels = []

    def is_ktap(self, line):
        return bool(RESULT.match(line) or PLAN.match(line) or VERSION.match(line)
                    or line.lstrip().startswith(("# ", "#\n", "Bail out!")))

    def feed(self, line):
        line = line.rstrip("\n").replace("\t", "        ")
        if line.lstrip().startswith("Bail out!"):
            self.problems.append(line.strip())
        elif m := VERSION.match(line):
            self.start(len(m[1]))
        elif m := PLAN.match(line):
            self.plan(len(m[1]), int(m[2]), bool(SKIP.search(line)))
        elif m := RESULT.match(line):
            self.result(len(m[1]), bool(m[2]), m[3], m[4])

    def finish(self):
        self.close(-1)
        if not self.passed + self.failed + self.skipped:
            self.problems.append("no test ran")

    def close(self, indent):
        """End all levels deeper than indent: (tests, failures) of them."""
        seen = failed = 0
        while self.levels and self.levels[-1].indent > indent:
            level = self.levels.pop()
            seen += level.seen
            failed += level.failed
            if level.plan is None and level.seen:
                self.problems.append(f"{level.seen} tests without a plan")
            elif level.plan is not None and level.plan != level.seen:
                self.problems.append(f"planned {level.plan} tests, saw {level.seen}")
        return seen, failed

    def level(self, indent):
        if not self.levels or self.levels[-1].indent != indent:
            self.levels.append(Level(indent))
        return self.levels[-1]

    def start(self, indent):
        """A stream begins; one that ended at the same depth is not its continuation."""
        if any(x.indent == indent and x.seen for x in self.levels):
            self.close(indent - 1)

    def plan(self, indent, count, skip):
        if any(x.indent == indent and x.plan is not None for x in self.levels):
            self.close(indent - 1)
        self.level(indent).plan = count
        if count == 0 and skip:
            self.skipped += 1

    def result(self, indent, bad, number, rest):
        seen, failed = self.close(indent)
        level = self.level(indent)
        level.seen += 1
        if number and int(number) != level.seen:
            self.problems.append(f"test {number} where {level.seen} was due:{rest}")
        level.failed += bad
        if seen and not (bad and not failed):
            if failed and not bad:
                self.problems.append(f"passed although a part failed:{rest}")
        elif bad:
            self.failed += 1
        elif SKIP.search(rest):
            self.skipped += not seen
        else:
            self.passed += 1
