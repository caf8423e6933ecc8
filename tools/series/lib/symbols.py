# SPDX-License-Identifier: GPL-2.0
"""The symbols that objects define and use, from nm."""
import subprocess

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
