# SPDX-License-Identifier: GPL-2.0
"""make htmldocs of the books whose pages a step touches, before and after it.

It runs on a copy of what sphinx needs of Linux, so that nothing else is rewritten for it. A book is the nearest
directory with an index; links into other books are unknown on both sides. A step that touches no page but a source
that one shows is not looked at here: its comments are the part of kernel-doc.
"""
import os
import re
import shutil
import subprocess
from collections import Counter

import cache
import procs
import tree
from git import Error

TOP = "Documentation/"
NEEDED = ("Makefile", "MAINTAINERS", "scripts", "tools/docs", "tools/lib/python", "tools/net/ynl/pyynl", "arch/x86/Makefile")
HOME = tree.BUILD / "gate/docs"
VERSION = 2  # of what is remembered
SHOWN = re.compile(r"kernel-doc::\s+(\S+)")
WORDS = re.compile(r"\b(WARNING|ERROR|CRITICAL|SEVERE|[Ww]arning|[Ee]rror):? ")


class Docs:
    def __init__(self, git):
        self.git = git
        self.base = git.ref(f"{tree.BASE}^{{tree}}")
        self.ready = False

    def book(self, path, blobs):
        """The directory below Documentation that make htmldocs takes for a page, as of some state."""
        folder = os.path.dirname(path)
        while folder.count("/"):
            index = f"{folder}/index.rst"
            if index in blobs or self.git.ref(f"{tree.BASE}:{index}"):
                return folder[len(TOP):]
            folder = os.path.dirname(folder)
        return None

    def books(self, step):
        pages = [x for x in step.changed if x.startswith(TOP) and x.endswith(".rst")]
        return sorted({self.book(x, step.blobs) or "." for x in pages})

    def named(self):
        """Sources whose kernel-doc the pages of the base show."""
        def make():
            p = self.git.run("grep", "-h", "kernel-doc::", tree.BASE, "--", f"{TOP}*.rst")
            if p.returncode not in (0, 1):
                raise Error(f"git grep: status {p.returncode}")
            return sorted(set(SHOWN.findall(p.stdout.decode())))
        return cache.remembered("shown", cache.key(self.base, VERSION), make)

    def sources(self, blobs):
        """The same, after a step."""
        pages = [self.git.bytes("cat-file", "blob", b).decode() for x, b in blobs.items()
                 if x.startswith(TOP) and x.endswith(".rst")]
        return set(self.named()).union(*map(SHOWN.findall, pages))

    def copy(self):
        """What sphinx needs, of the base."""
        if self.ready:
            return
        shutil.rmtree(HOME, ignore_errors=True)
        HOME.mkdir(parents=True)
        there = set(self.git.out("ls-tree", "-r", "--name-only", tree.BASE).splitlines())
        pack = subprocess.run(["git", "archive", tree.BASE, TOP, *NEEDED, *sorted(there.intersection(self.named()))],
                              cwd=self.git.tree, env=self.git.env, capture_output=True)
        if pack.returncode or subprocess.run(["tar", "-x", "-C", str(HOME)], input=pack.stdout).returncode:
            raise Error(f"git archive: {pack.stderr.decode()}")
        self.ready = True

    def put(self, blobs, touched, sources):
        """Have the state of the touched files, and what pages show that the base does not."""
        blobs = {**{x: f"{tree.BASE}:{x}" for x in sources - touched
                    if not (HOME / x).exists() and self.git.ref(f"{tree.BASE}:{x}")}, **blobs}
        for path in touched | set(blobs):
            file = HOME / path
            if path in blobs and (path.startswith(TOP) or path in sources or path == "MAINTAINERS"):
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_bytes(self.git.bytes("cat-file", "blob", blobs[path]))
            elif path not in blobs:
                file.unlink(missing_ok=True)

    def warnings(self, book, blobs, touched):
        """All that make htmldocs says about a book, without line numbers."""
        sources = self.sources(blobs)

        def make():
            self.copy()
            self.put(blobs, touched, sources)
            # nothing left of the last run: what sphinx remembers of a page it does not say again
            shutil.rmtree(HOME / TOP / "output", ignore_errors=True)
            code, out, log = procs.run(["make", "-s", "-C", str(HOME), "htmldocs", f"SPHINXDIRS={book}", "SPHINXOPTS=-q",
                                        "PYTHON3=python3"], env=procs.environment())
            text = (out + log).replace(f"{HOME}/", "")
            if code or not list((HOME / TOP / "output").rglob("index.html")):
                raise Error(f"make htmldocs SPHINXDIRS={book}: status {code}: {text[-1500:]}")
            return [re.sub(r":\d+:", ":", x) for x in text.splitlines() if WORDS.search(x) and "dot(1)" not in x]
        state = {x: b for x, b in blobs.items() if x.startswith(TOP) or x in sources}
        return Counter(cache.remembered("docs", cache.key(self.base, VERSION, procs.version("sphinx-build", "--version"), book, state),
                                        make))

    def check(self, step):
        """Warnings that a step brings; nothing where it touches no page."""
        bad = []
        for book in self.books(step):
            touched = set(step.blobs) | set(step.before)
            before = self.warnings(book, step.before, touched) if self.there(book, step.before) else Counter()
            bad += (self.warnings(book, step.blobs, touched) - before).elements()
        return bad

    def there(self, book, blobs):
        index = f"{TOP}{book}/index.rst"
        return index in blobs or self.git.ref(f"{tree.BASE}:{index}")
