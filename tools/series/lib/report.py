# SPDX-License-Identifier: GPL-2.0
"""What the gate prints: KTAP on stdout, progress on stderr."""
import sys
import threading
import time

from git import Error

SHOWN = 60  # lines of a finding
PERIOD = 20  # seconds between lines about progress


def say(line):
    print(line, file=sys.stderr, flush=True)


class Tap:
    def __init__(self, plan):
        self.n = self.bad = 0
        self.lock = threading.Lock()
        print(f"KTAP version 1\n1..{plan}", flush=True)

    def test(self, name, findings=(), notes=()):
        findings = list(findings)
        with self.lock:
            self.n += 1
            self.bad += bool(findings)
            for line in findings[:SHOWN]:
                print(f"# {line}")
            if len(findings) > SHOWN:
                print(f"# and {len(findings) - SHOWN} more lines")
            tail = f" ({', '.join(notes)})" if notes else ""
            print(f"{'not ok' if findings else 'ok'} {self.n} {name}{tail}", flush=True)


class Progress:
    """Says how far something is, now and then and at its end."""

    def __init__(self, what, total):
        self.what, self.total, self.n = what, total, 0
        self.start = self.last = time.monotonic()

    def step(self):
        self.n += 1
        now = time.monotonic()
        if now - self.last > PERIOD or self.n == self.total:
            self.last = now
            say(f"{self.what}: {self.n} of {self.total}, {now - self.start:.0f} s")


def guard(check, *args):
    """A check that cannot run has failed."""
    try:
        return check(*args) or []
    except (Error, OSError, RuntimeError) as e:
        return str(e).splitlines() or ["failed"]
