# SPDX-License-Identifier: GPL-2.0
"""Makes commits without a work tree: an index of only the touched files, then git fast-import.

An index of all 96000 files would cost a second per patch; nothing here writes into the work tree, so
the time stamps of files stay as they are.
"""
import re
import tempfile
from pathlib import Path

from git import DATE, EMAIL, NAME, Error, Git


class Chain:
    """Commits on top of start; only the given paths can be touched."""

    def __init__(self, tree, start, paths):
        self.dir = tempfile.TemporaryDirectory(prefix="series-")
        self.git = Git(tree, index=Path(self.dir.name) / "index")
        self.start = start
        self.paths = sorted(set(paths))
        self.git.bytes("read-tree", "--empty")
        if self.paths:
            listed = self.git.bytes("--literal-pathspecs", "ls-tree", "-r", "-z", start, "--", *self.paths)
            self.git.bytes("update-index", "-z", "--index-info", data=listed)
        self.last = self.state()
        self.commits = []

    def state(self):
        """{path: (mode, blob)} of the index."""
        entries = self.git.out("ls-files", "-s", "-z").split("\0")[:-1]
        found = {}
        for entry in entries:
            info, path = entry.split("\t", 1)
            mode, blob, stage = info.split()
            if stage != "0":
                raise Error(f"{path}: conflict")
            found[path] = (mode, blob)
        return found

    def apply(self, patch, *options):
        """git apply has no fuzz: what does not fit exactly is an error that names file and hunk."""
        if not patch.diff:
            return
        p = self.git.run("apply", "--cached", "--whitespace=nowarn", *options, "-", data=patch.diff)
        if p.returncode == 0:
            return
        text = p.stderr.decode(errors="replace").strip()
        bad = [f"{file}: {patch.hunk(file, line)} does not apply"
               for file, line in re.findall(r"^error: patch failed: (.*):(\d+)$", text, re.M)]
        bad += [f"{file}: there is no such file at this point"
                for file in re.findall(r"^error: (.*): does not exist in index$", text, re.M)]
        raise Error("\n  ".join([f"{patch.name or patch.subject}:", *(bad or text.splitlines())]))

    def put(self, path, mode, blob):
        self.git.bytes("update-index", "--add", "--cacheinfo", f"{mode},{blob},{path}")

    def commit(self, author, message):
        now = self.state()
        changes = [f"D {path}" for path in self.last if path not in now]
        changes += [f"M {m} {b} {path}" for path, (m, b) in now.items() if self.last.get(path) != (m, b)]
        self.last = now
        text = message.encode()
        head = (f"commit refs/series/new\nmark :{len(self.commits) + 1}\nauthor {author} {DATE}\n"
                f"committer {NAME} <{EMAIL}> {DATE}\ndata {len(text)}\n")
        self.commits.append(head.encode() + text + ("\n" + "\n".join(changes) + "\n\n").encode())
        return len(changes)

    def finish(self):
        """Create the commits; returns their ids in order."""
        if not self.commits:
            return []
        marks = Path(self.dir.name) / "marks"
        stream = f"reset refs/series/new\nfrom {self.start}\n\n".encode() + b"".join(self.commits)
        self.git.bytes("fast-import", "--quiet", "--force", f"--export-marks={marks}", data=stream)
        self.git.bytes("update-ref", "-d", "refs/series/new")
        found = dict(line.split() for line in marks.read_text().splitlines())
        return [found[f":{n}"] for n in range(1, len(self.commits) + 1)]


def first_contents(tree, base, patches):
    """{path: blob} that each new file has when it comes in.

    The repository has its last state; patches that edit it later in the series are taken off again.
    """
    home = {}
    for n, p in enumerate(patches):
        for f in p.new:
            if f.path in home:
                raise Error(f"{f.path} comes in with two patches: {patches[home[f.path]].name} and {p.name}")
            home[f.path] = n
    back = Chain(tree, base, home)
    for path in back.last:
        raise Error(f"{patches[home[path]].name}: its new file {path} is in Linux already")
    for p in patches:
        for f in p.new:
            back.put(f.path, f.mode, f.blob)
    for n in range(len(patches) - 1, -1, -1):
        p = patches[n]
        mine = [path for path in p.edited() if path in home]
        for path in mine:
            if home[path] >= n:
                raise Error(f"{p.name}: edits {path}, which comes with {patches[home[path]].name}")
        if mine:
            try:
                back.apply(p, "-R", *(f"--include={path}" for path in mine))
            except Error as e:
                raise Error(f"{e}\n  (backwards: a new file here no longer has what this patch adds to it; "
                            "edit it in build/linux and use make refresh)") from None
    return {path: blob for path, (_, blob) in back.state().items()}


def build(tree, base, patches):
    """Commit every patch on top of base; returns the commits' ids."""
    first = first_contents(tree, base, patches)
    chain = Chain(tree, base, [x for p in patches for x in p.edited()] + list(first))
    for p in patches:
        chain.apply(p)
        for f in p.new:
            chain.put(f.path, f.mode, first[f.path])
        if not chain.commit(p.author, p.message()):
            raise Error(f"{p.name}: changes nothing")
    last = {path: blob for path, (_, blob) in chain.last.items()}
    for p in patches:
        for f in p.new:
            if last.get(f.path) != f.blob:
                raise Error(f"{f.path}: the series does not lead to the file that is here")
    return chain.finish()
