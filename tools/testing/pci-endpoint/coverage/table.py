# SPDX-License-Identifier: GPL-2.0
"""Sums of counters, as a table."""
import os


class Sum:
    """Lines and ways out of branches: how many, how many of them were reached."""

    def __init__(self):
        self.lines = self.lines_hit = self.ways = self.ways_hit = self.listed = 0

    def add(self, counts, only=None, listed=()):
        for line, n in counts.lines.items():
            if only is None or line in only:
                self.lines += 1
                self.lines_hit += n > 0
                self.listed += line in listed
        for line, ways in counts.branches.items():
            if only is None or line in only:
                self.ways += len(ways)
                self.ways_hit += sum(n > 0 for n in ways)

    def cells(self):
        return (f"{self.lines_hit}/{self.lines}", percent(self.lines_hit, self.lines),
                f"{self.ways_hit}/{self.ways}", percent(self.ways_hit, self.ways), str(self.listed or "-"))


def percent(part, whole):
    """Rounded down: 100 % means all."""
    return f"{part * 1000 // whole / 10:.1f} %" if whole else "-"


HEAD = ("lines", "", "branches", "", "listed")


def rows(names, sums):
    width = max(map(len, names))
    table = [HEAD, *(s.cells() for s in sums)]
    widths = [max(len(r[n]) for r in table) for n in range(len(HEAD))]
    for name, cells in zip(["", *names], table):
        yield f"{name:{width}}  " + "  ".join(f"{c:>{w}}" for c, w in zip(cells, widths)).rstrip()


def make(new, edited, listed):
    """(text by directory, text by file, Sum of the new files). new: {file: Counts}; edited: {file: (Counts, lines)};
    listed: {file: lines}"""
    files, directories, total, bonus = {}, {}, Sum(), Sum()
    for file, counts in sorted(new.items()):
        for s in (files.setdefault(file, Sum()), directories.setdefault(os.path.dirname(file), Sum()), total):
            s.add(counts, listed=listed.get(file, ()))
    changed = {}
    for file, (counts, lines) in sorted(edited.items()):
        for s in (changed.setdefault(f"{file} (edited)", Sum()), bonus):
            s.add(counts, lines)
    short = {**directories, "new files": total, "lines that patches add to Linux's files": bonus}
    long = {**files, "new files": total, **changed, "lines that patches add to Linux's files": bonus}
    return ["\n".join(rows(list(t), list(t.values()))) for t in (short, long)] + [total]
