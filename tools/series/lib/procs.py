# SPDX-License-Identifier: GPL-2.0
"""Runs programs, and ends all of them when this program is told to end."""
import os
import signal
import subprocess
import time
from pathlib import Path


def environment(**more):
    """For make and scripts of the kernel: nothing of the make that called us."""
    env = {k: v for k, v in os.environ.items() if k not in ("MAKEFLAGS", "MAKELEVEL", "MFLAGS")}
    return {**env, "LC_ALL": "C", **more}


def version(*command):
    """What a program says of itself, for what is remembered; empty if it is not there."""
    try:
        return subprocess.run(command, capture_output=True, text=True).stdout
    except OSError:
        return ""


def run(command, **kwargs):
    """(status, stdout, stderr) of a command."""
    p = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, errors="replace", **kwargs)
    return p.returncode, p.stdout, p.stderr


def descendants():
    """Processes that this one started, and those that they started."""
    parent = {}
    for file in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, up = file.read_text(errors="replace").rpartition(")")[2].split()[:2]
        except OSError:
            continue
        if state not in "ZX":
            parent[int(file.parent.name)] = int(up)
    found, todo = set(), {os.getpid()}
    while todo:
        todo = {p for p, up in parent.items() if up in todo} - found
        found |= todo
    return found


def end_all(seconds=8):
    """End them; threads of ours may start others meanwhile, so look until there are none."""
    until, sig = time.monotonic() + seconds, signal.SIGTERM
    quiet = 0
    while quiet < 3:
        found = descendants()
        quiet = 0 if found else quiet + 1
        if time.monotonic() > until:
            sig = signal.SIGKILL
        if time.monotonic() > until + 5:
            return
        for pid in found:
            try:
                os.kill(pid, sig)
            except ProcessLookupError:
                pass
        time.sleep(0.05)
