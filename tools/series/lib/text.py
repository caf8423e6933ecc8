# SPDX-License-Identifier: GPL-2.0
"""The checks that read: checkpatch, kernel-doc, get_maintainer. Each returns the findings as lines."""
import functools
import os
import re
import subprocess
import sys
import tempfile
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import cache
import store
from git import Error

EXCEPTIONS = store.ROOT / "tools/series/gate/exceptions"


def exceptions():
    """[(type, pattern)] of the checked-in list; each line of it has a reason."""
    found = []
    for n, line in enumerate(EXCEPTIONS.read_text().splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        rule, gap, why = line.partition(" -- ")
        kind, _, pattern = rule.strip().partition(" ")
        if not gap or len(why.split()) < 3:
            raise Error(f"{EXCEPTIONS.name}:{n}: 'TYPE [PATTERN] -- reason'")
        found.append((kind, pattern.strip()))
    return found


class Text:
    def __init__(self, git, source, tip):
        self.git, self.source, self.tip = git, source, tip
        self.allowed = exceptions()
        self.used = set()
        self.checkpatch_tool = self.tool("scripts/checkpatch.pl", "scripts/spelling.txt", "scripts/const_structs.checkpatch")
        self.kdoc_tool = self.tool("tools/lib/python/kdoc", "tools/docs/kernel-doc")

    def tool(self, *paths):
        """What stands for a tool of the kernel and its interpreter."""
        return cache.key(self.git.out("ls-tree", self.tip, "--", *paths), sys.version)

    def checkpatch(self, step):
        def run():
            with tempfile.NamedTemporaryFile(suffix=".patch") as mail:
                mail.write(step.mail)
                mail.flush()
                p = subprocess.run(["perl", "scripts/checkpatch.pl", "--strict", "--no-summary", "--show-types", "-q",
                                    mail.name], cwd=self.source.at(self.tip), capture_output=True, text=True, errors="replace")
                said = (p.stdout + p.stderr).replace(mail.name, "mail").strip()
                return re.split(r"\n\n(?=[A-Z]+:\w+:)", said) if p.returncode else []
        # a mail of the same patch has another commit id in its first line, and with the time of day in its second
        body = re.sub(rb"\AFrom .*\n(Message-Id: .*\n)?", b"", step.mail)
        bad = []
        for entry in cache.remembered("checkpatch", cache.key(self.checkpatch_tool, "entries", body), run):
            rule = self.excused(entry)
            if rule:
                self.used.add(rule)
            elif entry.strip():
                bad += entry.splitlines()
        return bad

    def excused(self, entry):
        m = re.match(r"(?:ERROR|WARNING|CHECK):(\w+):", entry)
        return m and next((r for r in self.allowed if r[0] == m[1] and re.search(r[1], entry)), None)

    def read_comments(self, steps):
        """Have kernel-doc's messages about every version of every file: many files a run, it takes long to start."""
        want = {}
        for step in steps:
            for path in step.sources(".c", ".h"):
                for blob in filter(None, (step.blobs[path], step.before.get(path))):
                    if cache.get("kernel-doc", self.comment_key(path, blob)) is None:
                        want[(path, blob)] = []
        todo = sorted(want)
        with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
            list(pool.map(lambda n: self.comments(todo[n:n + 40]), range(0, len(todo), 40)))

    def comment_key(self, path, blob):
        return cache.key(self.kdoc_tool, path, blob)

    def comments(self, versions):
        """kernel-doc's messages about some [(path, blob)], without line numbers, into the cache."""
        found = {x: [] for x in versions}
        with tempfile.TemporaryDirectory() as top:
            for path, blob in versions:
                file = Path(top) / blob / path
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_bytes(self.git.bytes("cat-file", "blob", blob))
            p = subprocess.run([sys.executable, "-B", str(self.source.at(self.tip) / "tools/docs/kernel-doc"), "-none", "-Wall",
                                *(f"{blob}/{path}" for path, blob in versions)],
                               cwd=top, capture_output=True, text=True, errors="replace")
            for line in filter(str.strip, (p.stdout + p.stderr).splitlines()):
                m = re.search(r"\b([0-9a-f]{40})/([^\s:]+)", line)
                if not m or (m[2], m[1]) not in found:
                    raise Error(f"kernel-doc: {line}")
                found[(m[2], m[1])].append(re.sub(r":\d+\b", "", line.replace(f"{m[1]}/", "")))
            if p.returncode and not any(found.values()):
                raise Error(f"kernel-doc: status {p.returncode}")
        for (path, blob), lines in found.items():
            cache.put("kernel-doc", self.comment_key(path, blob), lines)

    def said(self, path, blob):
        lines = cache.get("kernel-doc", self.comment_key(path, blob))
        if lines is None:
            raise Error(f"kernel-doc did not read {path}")
        return Counter(lines)

    def kernel_doc(self, step):
        bad = []
        for path in step.sources(".c", ".h"):
            new = self.said(path, step.blobs[path])
            if path in step.before:
                new -= self.said(path, step.before[path])
            bad += new.elements()
        return bad

    def maintainers(self, step):
        """New files that no entry of MAINTAINERS covers at this patch, THE REST left out."""
        new = [f.path for f in step.patch.new]
        if not new:
            return []
        patterns = []
        text = self.git.bytes("cat-file", "blob", f"{step.commit}:MAINTAINERS").decode()
        for section in text.partition("\nTHE REST\n")[0].split("\n\n"):
            if re.search(r"^[ML]:", section, re.M):
                patterns += re.findall(r"^F:\s*(\S+)$", section, re.M)
        return [f"{path}: nobody maintains it" for path in new if not any(covers(x, path) for x in patterns)]


@functools.lru_cache(None)
def rule(pattern):
    """An F: line as a regular expression, by what MAINTAINERS itself says about it: * stops at a slash."""
    text = "".join({"*": "[^/]*", "?": "[^/]"}.get(x, re.escape(x)) for x in pattern)
    if not pattern.endswith("/"):
        text += "$" if "." in pattern.split("/")[-1] else "(/|$)"
    return re.compile(text)


def covers(pattern, path):
    """Whether an F: line is about a file."""
    plain = re.match(r"[^*?]*", pattern)[0]
    return path.startswith(plain) and bool(rule(pattern).match(path))
