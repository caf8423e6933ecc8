# SPDX-License-Identifier: GPL-2.0
"""Whether the symbols that objects use are defined somewhere, seen from nm: nothing is linked."""
import re
import subprocess

import cache
import tree
from git import Error


def read(out, cross, objects):
    """({defined}, {undefined: object}) of some objects, weak ones count as defined."""
    defined, wanted = set(), {}
    there = sorted(x for x in objects if (out / x).is_file())
    p = subprocess.run([f"{cross}nm", "-A", "-P", "-g", *there], cwd=out, capture_output=True, text=True)
    if there and p.returncode:
        raise Error(f"nm: {p.stderr[-1000:]}")
    for line in p.stdout.splitlines():
        where, name, kind = line.split()[:3]
        if kind in "Uu":
            wanted.setdefault(name, where.rstrip(":"))
        else:
            defined.add(name)
    return defined, wanted


def exported(git):
    """What the base exports."""
    base = git.ref(f"{tree.BASE}^{{tree}}")
    return set(cache.remembered("exported", base, lambda: sorted(set(re.findall(r"\((\w+)", git.out(
        "grep", "-I", "-h", "-o", "-E", r"EXPORT_[A-Z_]+\(\w+", tree.BASE, "--", "*.[chS]"))))))


def mentioned(git, names):
    """Which of some names the base has anywhere: not all that built-in code may use is exported or compiled here."""
    def run():
        p = git.run("grep", "-I", "-h", "-o", "-w", "-F", "-f", "-", tree.BASE, "--", "*.[chS]", "*.lds*",
                    data="\n".join(sorted(names)))
        if p.returncode not in (0, 1):
            raise RuntimeError(f"git grep: status {p.returncode}")
        return sorted(set(p.stdout.decode().split()))
    return set(cache.remembered("mentioned", cache.key(git.ref(f"{tree.BASE}^{{tree}}"), sorted(names)), run))
