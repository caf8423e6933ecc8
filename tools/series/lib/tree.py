# SPDX-License-Identifier: GPL-2.0
"""build/linux: a git repository with Linux on branch base and the series on branch main."""
import fcntl
import hashlib
import json
import os
import subprocess
import sys
import time
from pathlib import Path

import store
from git import SETTINGS, Error, Git

BUILD = store.ROOT / "build"
TREE = BUILD / "linux"
STATE = TREE / ".git" / "series.json"
MAIN, BASE, MADE = "refs/heads/main", "refs/heads/base", "refs/series/assembled"


def say(text):
    print(text, file=sys.stderr, flush=True)


def lock():
    """One at a time; held until the process ends."""
    BUILD.mkdir(exist_ok=True)
    file = open(BUILD / "series.lock", "w")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        say("waiting for another run of make tree, refresh, import or patch-gate")
        fcntl.flock(file, fcntl.LOCK_EX)
    return file


def state():
    try:
        return json.loads(STATE.read_text())
    except (OSError, ValueError):
        return {}


def remember(**values):
    new = STATE.with_suffix(".new")
    new.write_text(json.dumps({**state(), **values}, indent=1) + "\n")
    new.rename(STATE)


def wanted_source():
    """What build/linux should be made of: (identity, path or None for the pinned package)."""
    given = os.environ.get("LINUX")
    if not given:
        return "debian " + store.pin()["LINUX_VERSION"], None
    path = Path(given).resolve()
    if path.is_file():
        s = path.stat()
        return f"file {path} {s.st_size} {s.st_mtime_ns}", path
    if not (path / "Makefile").is_file() or not (path / "MAINTAINERS").is_file():
        raise Error(f"LINUX={given} is neither a tarball nor a Linux source tree")
    head = Git(path).ref("HEAD^{commit}") if (path / ".git").exists() else None
    return f"tree {path} {head or ''}".strip(), path


def unpack(path, into):
    """Unpack a tarball, or copy a tree (of a git tree: what HEAD has)."""
    into.mkdir(parents=True)
    if path.is_file():
        make = ["tar", "-x", "--strip-components=1", "-f", str(path), "-C", str(into)]
        if subprocess.run(make).returncode:
            raise Error(f"cannot unpack {path}")
        return
    give = (["git", "-C", str(path), "archive", "HEAD"] if (path / ".git").exists()
            else ["tar", "-c", "--exclude=./.git", "-C", str(path), "."])
    with subprocess.Popen(give, stdout=subprocess.PIPE) as p:
        bad = subprocess.run(["tar", "-x", "-C", str(into)], stdin=p.stdout).returncode
    if bad or p.returncode:
        raise Error(f"cannot copy {path}")


def version(source):
    """The kernel's own version, from its Makefile."""
    text = (source / "Makefile").read_text()
    part = {k: v for k, _, v in (x.partition(" = ") for x in text.splitlines()[:12])}
    return ".".join(part.get(k, "0") for k in ("VERSION", "PATCHLEVEL", "SUBLEVEL"))


def import_base(identity, path):
    """Commit Linux as one commit on branch base; the first time this creates build/linux."""
    if path is None:
        p = subprocess.run([store.ROOT / "tools/series/get-linux"], stdout=subprocess.PIPE)
        if p.returncode:
            raise Error("no Linux source (see above)")
        path = Path(p.stdout.decode().strip())
    fresh = BUILD / "linux.new"
    subprocess.run(["rm", "-rf", str(fresh)], check=True)
    start = time.monotonic()
    say(f"unpacking {path.name} (about half a minute)")
    unpack(path, fresh)
    say("committing it to git (about a minute)")
    first = not TREE.exists()
    if first:
        Git(fresh).bytes("init", "-q", "-b", "main")
        git = Git(fresh)
        for key, value in SETTINGS.items():
            git.bytes("config", key, value)
    else:
        git = Git(fresh, index=BUILD / "linux.index", git_dir=TREE / ".git")
    # everything into one pack: 96000 loose files would take twice as long
    git.bytes("-c", "core.bigFileThreshold=1", "-c", "core.compression=1", "add", "-A", "-f", ".")
    name = version(fresh)
    base = git.out("commit-tree", git.out("write-tree"), "-m", f"Linux {name}")
    git.bytes("update-ref", BASE, base)
    if first:
        git.bytes("update-ref", MAIN, base)
        git.bytes("update-ref", MADE, base)
        fresh.rename(TREE)
    else:
        subprocess.run(["rm", "-rf", str(fresh), str(BUILD / "linux.index")], check=True)
    remember(source=identity, version=name, digest=None)
    say(f"build/linux: base is Linux {name} ({time.monotonic() - start:.0f} s)")


def pinned(git):
    """Whether base is exactly the source that linux.mk names."""
    return git.ref("refs/heads/base^{tree}") == store.pin().get("LINUX_TREE")


def sums(git, patches):
    """The text of linux.sha256 for base: every file of it that the series touches."""
    paths = sorted({x for p in patches for x in p.edited()})
    lines = ""
    for path in paths:
        blob = git.ref(f"{BASE}:{path}")
        if blob:
            lines += f"{hashlib.sha256(git.bytes('cat-file', 'blob', blob)).hexdigest()}  {path}\n"
    return lines


def report_base(git, patches):
    """Name the touched files in which base is not what the patches were written for."""
    file = store.ROOT / "linux.sha256"
    want = dict(reversed(x.split("  ", 1)) for x in file.read_text().splitlines()) if file.exists() else {}
    have = dict(reversed(x.split("  ", 1)) for x in sums(git, patches).splitlines())
    if not pinned(git):
        say(f"note: Linux {state().get('version')} here is not the pinned {store.pin()['LINUX_VERSION']}")
    for path in sorted(have):
        if path not in want:
            say(f"note: linux.sha256 does not have {path} yet (make refresh adds it)")
        elif want[path] != have[path]:
            say(f"note: {path} is not what the patches were made for")


def edits(git):
    """What a person did in build/linux since it was assembled, or an empty string."""
    head = git.run("symbolic-ref", "-q", "HEAD").stdout.decode().strip()
    if head != MAIN:
        return f"build/linux is on {head or 'no branch'}, not on main (a rebase under way?)"
    dirty = git.out("status", "--porcelain", "--untracked-files=no")
    if dirty:
        return "build/linux has edits that are not committed:\n  " + "\n  ".join(dirty.splitlines()[:10])
    mine = git.out("log", "--format=%h %s", f"{MADE}..{MAIN}")
    if git.ref(MAIN) != git.ref(MADE):
        return ("build/linux has commits that are not in the series:\n  "
                + "\n  ".join(mine.splitlines()[:10] or ["(some were taken away)"]))
    return ""


def move(git, tip):
    """Check out tip: only files that differ are written, all others keep their time stamps."""
    git.bytes("update-index", "-q", "--refresh")
    git.bytes("read-tree", "-m", "-u", MAIN, tip)
    git.bytes("update-ref", "-m", "assemble", MAIN, tip)
    git.bytes("update-ref", MADE, tip)


def open_tree():
    if not (TREE / ".git").exists():
        raise Error("there is no build/linux yet: make tree")
    git = Git(TREE)
    if not git.ref(BASE) or not git.ref(MADE):
        raise Error(f"{TREE} was not made by make tree: move it away")
    return git


def main(function):
    """Run a command; an Error is one clear message and exit status 1."""
    try:
        held = lock()
        function()
        held.close()
    except Error as e:
        say(f"{Path(sys.argv[0]).name}: {e}")
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)
