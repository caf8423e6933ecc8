# SPDX-License-Identifier: GPL-2.0
"""The builds of the gate: commit after commit, in all configurations."""
import os
from concurrent.futures import ThreadPoolExecutor

import report
import tree
from git import Error


def wants(builder, step):
    """Whether something is built at a step: in a configuration always."""
    return not hasattr(builder, "wants") or builder.wants(step)


class Walk:
    """The commits in order, each compiled in all configurations at the same time."""

    def __init__(self, git, tap, source, all_steps, builders):
        self.tap, self.source, self.steps = tap, source, all_steps
        self.base = git.ref(tree.BASE)
        self.builders = builders
        self.broken = {}  # builder: why the base does not compile there
        self.covered = set()  # source files that were compiled somewhere
        self.pool = ThreadPoolExecutor(os.cpu_count() or 1)

    def begin(self, builders):
        """Have the base where it is missing."""
        fresh = [b for b in builders if b not in self.broken and not b.ready()]
        if fresh:
            self.source.at(self.base)
        for b, why in zip(fresh, self.pool.map(lambda b: report.guard(b.start), fresh)):
            if why:
                self.broken[b] = why

    def compile(self, builder, step):
        if builder in self.broken:
            return self.broken[builder], []
        try:
            return builder.compile(step)
        except (Error, OSError, RuntimeError) as e:
            return str(e).splitlines() or ["failed"], []

    def step(self, step):
        builders = [b for b in self.builders if wants(b, step)]
        found = {b: b.recall(step) for b in builders}
        todo = [b for b in builders if not found[b]]
        if todo:
            self.begin(todo)
            self.source.at(step.commit)
            found.update(zip(todo, self.pool.map(lambda b: self.compile(b, step), todo)))
        for b in builders:
            findings, notes = found[b]
            outside = {x.split(":")[0] for x in notes if x.endswith("not in this configuration")}
            covers = getattr(b, "covers", True)
            if covers:
                self.covered.update(x for x in step.sources(".c") if x not in outside)
            short = [x for x in notes if not x.endswith("not in this configuration")]
            self.tap.test(f"{step.name} {b.name}{' build' if covers else ''}", findings, short)

    def run(self, wanted):
        progress = report.Progress("builds, patches", len(wanted))
        for step in wanted:
            self.step(step)
            progress.step()
        if wanted[-1] is self.steps[-1]:
            for b in self.builders:
                self.tap.test(f"{b.name} configuration has all that it asks for", b.missing())
