# SPDX-License-Identifier: GPL-2.0
"""Results: a tree that is printed as KTAP, and what guests print in TAP."""

import re

OK, FAIL, SKIP = "pass", "fail", "skip"
LINE = re.compile(r"^\s*(not )?ok\s+(?:(\d+)\s*(?:-\s*)?|-\s+)(.*?)"
                  r"(?:\s*#\s*(SKIP|XFAIL|TODO|TIMEOUT|error)\b[\s:]*(.*))?$", re.I)
PLAN = re.compile(r"^\s*1\.\.(\d+)(?:\s*#\s*SKIP\s*(.*))?$", re.I)


class Result:
    """One test, with the tests it consists of."""

    def __init__(self, name, status=OK, reason=""):
        self.name = name
        self.own = status
        self.reason = reason
        self.notes = []
        self.children = []

    @property
    def status(self):
        """Failed if anything in it failed, skipped if everything was."""
        states = [c.status for c in self.children]
        if self.own == FAIL or FAIL in states:
            return FAIL
        if self.own == SKIP or (states and all(s == SKIP for s in states)):
            return SKIP
        return OK

    def fail(self, reason, notes=()):
        if self.own != FAIL:
            self.own, self.reason = FAIL, reason
        else:
            self.notes.append(reason)
        self.notes += notes

    def skip(self, reason):
        if self.own == OK:
            self.own, self.reason = SKIP, reason

    def add(self, child):
        self.children.append(child)
        return child

    def leaves(self):
        """The tests that count: those that consist of no others."""
        if not self.children:
            yield self
        elif self.own == FAIL and all(c.status != FAIL for c in self.children):
            yield self      # every part passed but not the whole
        for c in self.children:
            yield from c.leaves()


def clean(text):
    """A description: one line, no directive character."""
    return " ".join(text.replace("#", "_").split())


def lines(result, number, depth=0):
    """KTAP of one result with its children first."""
    pad = "    " * depth
    if result.children:
        yield pad + "    KTAP version 1"
        yield pad + "    # Subtest: " + clean(result.name)
        yield pad + "    1..%d" % len(result.children)
        for n, child in enumerate(result.children, 1):
            yield from lines(child, n, depth + 1)
    for note in result.notes:
        yield from (pad + "# " + part for part in note.splitlines())
    status = result.status
    if status == FAIL and result.reason:
        yield pad + "# " + " ".join(result.reason.split())
    yield "%s%s %d %s%s" % (pad, "not ok" if status == FAIL else "ok", number, clean(result.name),
                            " # SKIP " + " ".join(result.reason.split()) if status == SKIP else "")


def totals(results):
    """Counts of (pass, fail, skip) over all leaves."""
    states = [leaf.status for r in results for leaf in r.leaves()]
    return tuple(states.count(s) for s in (OK, FAIL, SKIP))


def totals_line(results):
    return "# Totals: pass:%d fail:%d xfail:0 xpass:0 skip:%d error:0" % totals(results)


def parse(text):
    """Take the TAP out of a program's output: a list of results, empty if there is none.

    A plan that is not kept is a failure of its own, so is 'Bail out!'.
    """
    found, planned, notes = [], None, []
    for line in text.splitlines():
        plan = PLAN.match(line)
        match = LINE.match(line)
        if plan:
            planned = (planned or 0) + int(plan.group(1))
            if plan.group(2):
                found.append(Result("all", SKIP, plan.group(2)))
                planned += 1
        elif line.startswith("Bail out!"):
            found.append(Result("bail out", FAIL, line))
            planned = None
        elif match:
            state = FAIL if match.group(1) else OK
            directive = (match.group(4) or "").upper()
            if directive == "SKIP":
                state = SKIP
            elif directive in ("XFAIL", "TODO"):
                state = OK
            result = Result(match.group(3) or "test %s" % match.group(2), state, match.group(5) or "")
            if state == FAIL:
                result.notes = notes[-12:]
            found.append(result)
            notes = []
        elif line.strip().startswith("#") and "RUN " not in line:
            notes.append(line.strip().lstrip("# "))
    if planned is not None and planned != len(found):
        found.append(Result("plan", FAIL, "planned %d tests, saw %d" % (planned, len(found))))
    return found
