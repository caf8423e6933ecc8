# SPDX-License-Identifier: GPL-2.0
"""The checks that read a mail: checkpatch (which asks spdxcheck about licences), and MAINTAINERS.

A run of checkpatch has several mails: it asks get_maintainer.pl about each file that it has not met yet, which takes
half of the time of one that has a single mail.
"""
import functools
import os
import re
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import cache
import procs
from git import Error

TOGETHER = 11  # mails a run
NOTE = re.compile(r"^NOTE: (?:For some of the reported defects, checkpatch may|Whitespace errors detected)", re.M)
WRONG = "SPDX-License-Identifier: No-Such-Licence"


class Text:
    what = "checkpatch"

    def __init__(self, git, source, tip, exceptions):
        self.git, self.source, self.tip, self.exceptions = git, source, tip, exceptions
        tools = git.out("ls-tree", tip, "--", "scripts/checkpatch.pl", "scripts/spelling.txt", "scripts/spdxcheck.py",
                        "scripts/const_structs.checkpatch", "LICENSES")
        self.tool = cache.key(tools, sys.version, "spdx")

    @functools.cached_property
    def no_spdx(self):
        """Why checkpatch would not see a licence that does not exist: it takes no answer for a good one."""
        p = subprocess.run(["scripts/spdxcheck.py", "-"], cwd=self.source.at(self.tip), input=WRONG, capture_output=True,
                           text=True, env=procs.environment())
        return [] if "Invalid License ID" in p.stdout else [f"spdxcheck.py does not work: {(p.stdout + p.stderr)[-500:]}"]

    def key(self, step):
        # a mail of the same patch has another commit id in its first line, and another Message-ID each second
        body = re.sub(rb"(?mi)\AFrom .*\n|^Message-ID:.*\n", b"", step.mail)
        return cache.key(self.tool, "entries", body)

    def read(self, steps):
        """Have what checkpatch says about these mails."""
        todo = [s for s in steps if cache.get(self.what, self.key(s)) is None]
        if todo and self.no_spdx:
            raise Error(self.no_spdx[0])
        with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
            list(pool.map(lambda n: self.run(todo[n:n + TOGETHER]), range(0, len(todo), TOGETHER)))

    def run(self, steps):
        with tempfile.TemporaryDirectory() as top:
            files = [Path(top) / f"{n}.patch" for n in range(len(steps))]
            for file, step in zip(files, steps):
                file.write_bytes(step.mail)
            code, out, log = procs.run(["perl", "scripts/checkpatch.pl", "--strict", "--no-summary", "--show-types",
                                        *map(str, files)], cwd=self.source.at(self.tip), env=procs.environment())
        if code not in (0, 1) or log.strip():
            raise Error(f"checkpatch: status {code}: {log.strip()[-1000:]}")
        for file, step in zip(files, steps):
            cache.put(self.what, self.key(step), entries(out, str(file)))

    def checkpatch(self, step):
        found = cache.get(self.what, self.key(step))
        if found is None:
            raise Error(self.no_spdx[0] if self.no_spdx else "checkpatch did not read it")
        bad = []
        for entry in found:
            kind = re.match(r"(?:ERROR|WARNING|CHECK):(\w+):", entry)
            if entry.strip() and not (kind and self.exceptions.excused(kind[1], entry)):
                bad += entry.splitlines()
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


def entries(out, file):
    """What checkpatch said about one of the files of a run, an entry each."""
    verdict = re.search(rf"^{re.escape(file)} has (no obvious style problems|style problems)", out, re.M)
    if not verdict:
        raise Error(f"checkpatch said nothing about {file}: {out[-1000:]}")
    said = re.split(rf"^-+\n{re.escape(file)}\n-+\n", out[:verdict.start()], flags=re.M)[-1]
    said = NOTE.split(said)[0].replace(file, "mail").strip()
    if bool(said) != (verdict[1] == "style problems"):
        raise Error(f"checkpatch: {verdict[0]}, but it said '{said[:1000]}'")
    return re.split(r"\n\n(?=[A-Z]+:\w+:)", said) if said else []


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
