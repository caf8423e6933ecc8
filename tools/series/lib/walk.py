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
        self.open = []  # (step, builder) where the builder has to see Linux without the series first
        self.covered = set()  # source files that were compiled somewhere
        self.pool = ThreadPoolExecutor(os.cpu_count() or 1)

    @staticmethod
    def attempt(ask, step):
        """What a builder says, where an error is a finding."""
        try:
            return ask(step)
        except (Error, OSError, RuntimeError) as e:
            return str(e).splitlines() or ["failed"], []

    def step(self, step):
        builders = [b for b in self.builders if wants(b, step)]
        found = {b: b.recall(step) for b in builders}
        todo = [b for b in builders if not found[b]]
        if todo:
            self.source.at(step.commit)
            found.update(zip(todo, self.pool.map(lambda b: self.attempt(b.compile, step), todo)))
        for b in builders:
            if found[b]:
                self.tell(step, b, *found[b])
            else:
                self.open.append((step, b))

    def settle(self):
        """Answer what was left open: once for all steps, since the source has to be at the base for it."""
        askers = list(dict.fromkeys(b for _, b in self.open))
        why = {}
        if askers:
            with self.source.visit(self.base):
                why = dict(zip(askers, self.pool.map(lambda b: report.guard(b.learn), askers)))
        for step, b in self.open:
            self.tell(step, b, *((why[b], []) if why[b] else self.attempt(b.settle, step)))
        self.open = []

    def tell(self, step, builder, findings, notes):
        outside = {x.split(":")[0] for x in notes if x.endswith("not in this configuration")}
        covers = getattr(builder, "covers", True)
        if covers:
            self.covered.update(x for x in step.sources(".c") if x not in outside)
        short = [x for x in notes if not x.endswith("not in this configuration")]
        self.tap.test(f"{step.name} {builder.name}{' build' if covers else ''}", findings, short)

    def run(self, wanted):
        progress = report.Progress("builds, patches", len(wanted))
        for step in wanted:
            self.step(step)
            progress.step()
        self.settle()
        if wanted[-1] is self.steps[-1]:
            for b in self.builders:
                self.tap.test(f"{b.name} configuration has all that it asks for", b.missing())
