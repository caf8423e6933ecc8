# SPDX-License-Identifier: GPL-2.0
"""The steps of the series: each commit with what it changes and how the touched files stand after it."""
import contextlib
import os
import re
import subprocess
import threading
from dataclasses import dataclass

import mails
import store
import tree
from git import Error, Git
from patch import touched


@dataclass
class Step:
    number: int
    name: str  # folder/0001
    patch: object
    commit: str
    parent: str
    changed: list  # paths
    blobs: dict  # {path: blob} of all files that the series touches, after this step
    before: dict  # the same in front of it
    mail: bytes = b""

    def sources(self, *endings):
        return [x for x in self.changed if x.endswith(endings) and self.blobs.get(x)]


def load(git):
    """[Step] of the assembled series; mails as they go out, without cover letters."""
    pairs = mails.series(git)
    raw = git.out("log", "--reverse", "--raw", "--no-renames", "--no-abbrev", "-z", "--format=%x01%H",
                  f"{tree.BASE}..{tree.MADE}")
    deltas = {}
    for part in raw.split("\1")[1:]:
        words = [x.strip("\n") for x in part.split("\0") if x.strip("\n")]
        deltas[words[0]] = {path: info.split()[3] for info, path in zip(words[1::2], words[2::2])}
    touched = sorted({path for delta in deltas.values() for path in delta})
    listed = git.out("--literal-pathspecs", "ls-tree", "-r", "-z", tree.BASE, "--", *touched).split("\0")[:-1]
    blobs = {line.split("\t")[1]: line.split()[2] for line in listed}
    made = mails.commits(pairs)
    found, parent, count = [], git.ref(tree.BASE), {}
    for n, ((patch, commit), mailed) in enumerate(zip(pairs, made)):
        delta = deltas[commit]
        after = {**blobs, **{path: blob for path, blob in delta.items()}}
        after = {path: blob for path, blob in after.items() if set(blob) != {"0"}}
        count[patch.folder] = count.get(patch.folder, 0) + 1
        found.append(Step(n, f"{patch.folder}/{count[patch.folder]:04d}", patch, commit, parent, sorted(delta), after,
                          blobs, git.bytes(*mails.FORMAT, "--stdout", "-1", mailed)))
        blobs, parent = after, commit
    return found


class Source:
    """A worktree of build/linux's repository; only files that differ are written when it moves."""

    def __init__(self, git, path):
        self.git, self.path, self.commit, self.lock = git, path, None, threading.Lock()

    def at(self, commit):
        """Have this commit there."""
        with self.lock:
            if commit == self.commit:
                return self.path
            if not (self.path / ".git").exists():
                subprocess.run(["rm", "-rf", str(self.path)], check=True)
                self.git.bytes("worktree", "prune")
                self.git.bytes("worktree", "add", "-q", "--detach", str(self.path), commit)
            Git(self.path).bytes("checkout", "-q", "--detach", "--force", commit)
            self.commit = commit
            return self.path

    @contextlib.contextmanager
    def visit(self, commit):
        """Have another commit there for a while; the files get their time stamps back, so that nothing is compiled again."""
        home = self.commit
        names = self.git.out("diff", "--name-only", "--no-renames", "-z", home, commit).split("\0")[:-1]
        times = {self.path / x: (self.path / x).stat() for x in names if (self.path / x).is_file()}
        self.at(commit)
        try:
            yield
        finally:
            self.at(home)
            for file, was in times.items():
                os.utime(file, ns=(was.st_atime_ns, was.st_mtime_ns))
            # git would take them for changed, and write them again when it moves next
            Git(self.path).bytes("update-index", "-q", "--refresh")


def outside(steps):
    """Kernel files of the repository that no patch brings."""
    tops = ("arch", "block", "drivers", "fs", "include", "kernel", "lib", "mm", "net", "Documentation")
    p = subprocess.run(["git", "ls-files", "-z", "--", *tops], cwd=store.ROOT, capture_output=True, text=True)
    if p.returncode:
        raise Error(p.stderr.strip())
    mine = {f.path for s in steps for f in s.patch.new}
    return sorted(set(filter(None, p.stdout.split("\0"))) - mine)


def hunks(step):
    """What is wrong with the files that a mail touches, as lines."""
    text = step.mail.decode()
    mailed = touched(text)
    new = re.findall(r"^diff --git a/(.*) b/\1\nnew file mode ", text, re.M)
    bad = [f"{x}: in the mail, neither edited by the patch nor listed in series"
           for x in mailed if x not in step.patch.edited() and x not in {f.path for f in step.patch.new}]
    bad += [f"{f.path}: listed as new in series, not new in the mail" for f in step.patch.new if f.path not in new]
    return bad + [f"{x}: in the patch, not in the mail" for x in step.patch.edited() if x not in mailed]
