# SPDX-License-Identifier: GPL-2.0
"""What the gate asks about the text of Linux itself, without the series.

The work tree is at some step then. git grep is quick there and slow in a commit: what the series touches is read from
the base, everything else from the work tree, which has the same: what differs is what the series touches.
"""
import re

import cache
import includes
import tree
from git import Error, Git

SOURCES = ("*.[chS]",)
WORD = re.compile(r"\b[A-Za-z_]\w+")


class Linux:
    def __init__(self, git, source, steps):
        self.git, self.source = git, source.path
        self.blobs, self.words = steps[0].before, {}
        self.before = sorted(self.blobs)
        self.touched = set(self.before) | {x for s in steps for x in s.changed}
        self.base = git.ref(f"{tree.BASE}^{{tree}}")

    def grep(self, *options, paths):
        """[(file, line)] of what git grep prints with some options."""
        options = ("-I", "--no-color", "--no-line-number", "--full-name", *options)
        there = Git(self.source).run("grep", *options, "--", *paths)
        mine = self.git.run("grep", *options, tree.BASE, "--", *self.before)
        for p in (there, mine):
            if p.returncode not in (0, 1):
                raise Error(f"git grep: {p.stderr.decode(errors='replace').strip() or p.returncode}")
        found = [x.split(":", 1) for x in there.stdout.decode(errors="replace").splitlines()]
        found = [(path, text) for path, text in found if path not in self.touched]
        if not found:
            raise Error(f"git grep found nothing in {self.source}")
        prefix = f"{tree.BASE}:"
        return found + [tuple(x[len(prefix):].split(":", 1)) for x in mine.stdout.decode(errors="replace").splitlines()]

    def exported(self):
        """Symbols that it exports."""
        return set(cache.remembered("exported", self.base, lambda: sorted({re.search(r"\((\w+)", text)[1] for _, text in
                   self.grep("-o", "-E", r"EXPORT_[A-Z_]+\(\w+", paths=SOURCES)})))

    def mentioned(self, names, files):
        """Which of some names are in some files, as it has them: what built-in code uses is not always exported."""
        found = set()
        for path in files:
            if path not in self.words:
                text = ""
                if path not in self.touched:
                    file = self.source / path
                    text = file.read_text(errors="replace") if file.is_file() else ""
                elif path in self.blobs:
                    text = self.git.bytes("cat-file", "blob", self.blobs[path]).decode(errors="replace")
                self.words[path] = set(WORD.findall(text))
            found |= names & self.words[path]
        return found

    def users(self):
        """{header that the series touches: files that include it, directly or through others}"""
        headers = [x for x in self.before if x.endswith(".h")]
        return cache.remembered("users", cache.key(self.base, headers, includes.VERSION), lambda: includes.users(
            self.source, headers, self.grep("-E", includes.LINE, paths=(*SOURCES, *includes.NOT_KERNEL))))
