# SPDX-License-Identifier: GPL-2.0
"""What kernel-doc says about a file at a patch and did not say about it before.

Every version of a file is read once, many in a run, since kernel-doc takes long to start; what was said about it is
remembered with its content.
"""
import os
import re
import sys
import tempfile
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import cache
import procs
from git import Error

TOGETHER = 40  # files a run


class KernelDoc:
    what = "kernel-doc"

    def __init__(self, git, source, tip):
        self.git, self.source, self.tip = git, source, tip
        self.tool = cache.key(git.out("ls-tree", tip, "--", "tools/lib/python/kdoc", "tools/docs/kernel-doc"), sys.version)

    def key(self, path, blob):
        return cache.key(self.tool, path, blob)

    def read(self, steps):
        """Have what is said about the versions after and in front of some steps."""
        todo = sorted({(x, blob) for s in steps for x in s.sources(".c", ".h") for blob in (s.blobs[x], s.before.get(x))
                       if blob and cache.get(self.what, self.key(x, blob)) is None})
        with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
            list(pool.map(lambda n: self.run(todo[n:n + TOGETHER]), range(0, len(todo), TOGETHER)))

    def run(self, versions):
        found = {x: [] for x in versions}
        with tempfile.TemporaryDirectory() as top:
            for path, blob in versions:
                file = Path(top) / blob / path
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_bytes(self.git.bytes("cat-file", "blob", blob))
            code, out, log = procs.run([sys.executable, "-B", str(self.source.at(self.tip) / "tools/docs/kernel-doc"),
                                        "-none", "-Wall", *(f"{blob}/{path}" for path, blob in versions)], cwd=top)
        for line in filter(str.strip, (out + log).splitlines()):
            m = re.search(r"\b([0-9a-f]{40})/([^\s:]+)", line)
            if not m or (m[2], m[1]) not in found:
                raise Error(f"kernel-doc: {line}")
            found[(m[2], m[1])].append(re.sub(r":\d+\b", "", line.replace(f"{m[1]}/", "")))
        if code:  # ended in the middle: what it did not say yet is not nothing
            raise Error(f"kernel-doc: status {code}")
        for (path, blob), lines in found.items():
            cache.put(self.what, self.key(path, blob), lines)

    def said(self, path, blob):
        lines = cache.get(self.what, self.key(path, blob))
        if lines is None:
            raise Error(f"kernel-doc did not read {path}")
        return Counter(lines)

    def new(self, step):
        bad = []
        for path in step.sources(".c", ".h"):
            said = self.said(path, step.blobs[path])
            if step.before.get(path):
                said -= self.said(path, step.before[path])
            bad += said.elements()
        return bad
