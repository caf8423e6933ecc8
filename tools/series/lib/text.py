# SPDX-License-Identifier: GPL-2.0
"""The checks that read a mail: checkpatch (which asks spdxcheck about licences), and MAINTAINERS.

Each mail has a run of checkpatch to itself: of several it says some things only about the first.
"""
import functools
import re
import subprocess
import sys
import tempfile

import cache
import procs
from git import Error

WRONG = "SPDX-License-Identifier: No-Such-Licence"


class Text:
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

    def checkpatch(self, step):
        def run():
            if self.no_spdx:
                raise Error(self.no_spdx[0])
            with tempfile.NamedTemporaryFile(suffix=".patch") as mail:
                mail.write(step.mail)
                mail.flush()
                code, out, log = procs.run(["perl", "scripts/checkpatch.pl", "--strict", "--no-summary", "--show-types", "-q",
                                            mail.name], cwd=self.source.at(self.tip), env=procs.environment())
                said = (out + log).replace(mail.name, "mail").strip()
                if code not in (0, 1) or (code and not said):
                    raise Error(f"checkpatch: status {code}")
                return re.split(r"\n\n(?=[A-Z]+:\w+:)", said) if code else []
        # a mail of the same patch has another commit id in its first line, and another Message-ID each second
        body = re.sub(rb"(?mi)\AFrom .*\n|^Message-ID:.*\n", b"", step.mail)
        bad = []
        for entry in cache.remembered("checkpatch", cache.key(self.tool, "entries", body), run):
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
