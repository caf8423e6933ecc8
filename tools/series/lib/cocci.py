# SPDX-License-Identifier: GPL-2.0
"""The semantic patches of scripts/coccinelle in report mode, as make coccicheck runs them, on what a step changes.

coccicheck itself starts a process per file and rule; here a rule sees the files of all steps in one run. The long form
reads every version of a file, the short one a file as the series leaves it, at the last step that touches it. What is
compared with it is the version before, or that of Linux; functions that both have are left out.
"""
import hashlib
import os
import re
import tempfile
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from pathlib import Path

import cache
import functions
import procs
import report
from git import Error

PLACE = re.compile(r"([0-9a-f]{40})/([^\s:]+):(\d+)(?::[\d-]+)?:? ?(.*)")
# Rules with parts in OCaml, which would want its compiler here: one is about the tables of a single driver, what the
# other finds (0 for a null pointer) sparse finds as well.
OCAML = re.compile(r"^@.*\bscript:ocaml\b|^@\s*(?:initialize|finalize):ocaml\b", re.M)


class Cocci:
    what = "coccinelle"

    def __init__(self, git, source, all_steps, exceptions, full):
        self.git, self.source, self.steps, self.exceptions, self.full = git, source, all_steps, exceptions, full
        self.tip = tip = all_steps[-1].commit
        rules = git.out("ls-tree", "-r", tip, "--", "scripts/coccinelle")
        self.tool = cache.key(rules, procs.version("spatch", "--version"), "functions")
        self.text = lru_cache(None)(lambda blob: git.bytes("cat-file", "blob", blob).decode(errors="replace"))

    def sides(self, step):
        """[(path, text to compare with or None, text)] of what is read at a step."""
        found = []
        for path in step.sources(".c", ".h"):
            if not self.full and any(path in s.changed for s in self.steps[step.number + 1:]):
                continue
            old, new = (step if self.full else self.steps[0]).before.get(path), self.text(step.blobs[path])
            found.append((path, *(functions.differing(self.text(old), new) if old else (None, new))))
        return found

    def key(self, path, text):
        return cache.key(self.tool, path, text)

    def rules(self, where):
        """[(path, options)] of what reports."""
        found = []
        for path in sorted(where.glob("scripts/coccinelle/**/*.cocci")):
            text = path.read_text(errors="replace")
            if re.search(r"^virtual\b.*\breport\b", text, re.M) and not OCAML.search(text):
                found.append((path, [x for line in re.findall(r"Options:(.*)", text) for x in line.split()]))
        if not found:
            raise Error("scripts/coccinelle has no rule")
        return found

    def read(self, steps):
        """Have what all rules say about both sides of what these steps change."""
        texts = {(path, text) for s in steps for path, *sides in self.sides(s) for text in sides if text}
        todo = {hashlib.sha1(text.encode()).hexdigest(): (path, text) for path, text in sorted(texts)
                if cache.get(self.what, self.key(path, text)) is None}
        if not todo:
            return
        where = self.source.at(self.tip)
        rules = self.rules(where)
        report.say(f"coccinelle: {len(rules)} rules, {len(todo)} versions of files")
        progress = report.Progress("coccinelle, rules", len(rules))
        found = {name: [] for name in todo}
        with tempfile.TemporaryDirectory() as top, ThreadPoolExecutor(os.cpu_count() or 1) as pool:
            for name, (path, text) in todo.items():
                file = Path(top) / name / path
                file.parent.mkdir(parents=True)
                file.write_text(text)
            jobs = [pool.submit(self.run, where, top, *rule) for rule in rules]
            try:
                for job, (path, _) in zip(jobs, rules):
                    self.sort(path.stem, job.result(), todo, found)
                    progress.step()
            except BaseException:
                pool.shutdown(wait=False, cancel_futures=True)
                raise
        for name, lines in found.items():
            cache.put(self.what, self.key(*todo[name]), lines)

    def run(self, where, top, rule, options):
        code, text, log = procs.run(["spatch", "-D", "report", "--no-show-diff", "--very-quiet", "--cocci-file", str(rule),
                                     *options, "--patch", str(where), "--dir", top, "-I", str(where / "include")],
                                    cwd=where, env=procs.environment(GIT_DIR="/dev/null"))  # git grep has no such file
        if code:
            raise Error(f"{rule.name}: spatch ended with status {code}: {log[-1000:]}")
        return text

    def sort(self, rule, text, todo, found):
        """Give what a rule said to the texts that it is about: with the line it points at instead of its number."""
        for line in filter(str.strip, text.splitlines()):
            m = PLACE.search(line)
            if not m or m[1] not in todo or todo[m[1]][0] != m[2]:
                raise Error(f"coccinelle: {rule}: {line}")
            message = re.sub(r"\bline \d+", "line N", m[4])
            found[m[1]].append(f"{m[2]}: {rule}: {message}: {todo[m[1]][1].splitlines()[int(m[3]) - 1].strip()}")

    def said(self, path, text):
        lines = cache.get(self.what, self.key(path, text))
        if lines is None:
            raise Error(f"coccinelle did not read {path}")
        return Counter(lines)

    def check(self, step):
        bad = []
        for path, old, new in self.sides(step):
            bad += (self.said(path, new) - (self.said(path, old) if old else Counter())).elements()
        return [x for x in bad if not self.exceptions.excused(f"coccinelle/{x.split(': ')[1]}", x)]
