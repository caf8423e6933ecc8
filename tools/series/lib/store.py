# SPDX-License-Identifier: GPL-2.0
"""The repository's side: series, patches/, whole new files, linux.mk and linux.sha256."""
import hashlib
import os
import re
from pathlib import Path

import patch
from git import Error
from patch import FOLDERS, NewFile

ROOT = Path(__file__).resolve().parents[3]
HEADER = """\
# Order of the patches; below each, indented, the new files that it brings. The
# tree's own copy of such a file is its only home. Written by make refresh.
"""


def pin():
    """linux.mk as a dictionary."""
    text = (ROOT / "linux.mk").read_text()
    return dict(re.findall(r"^(\w+)\s*:?=\s*(\S+)\s*$", text, re.M))


def entries():
    """series -> [(patch name, [new file, ...])]"""
    found, seen = [], {}
    file = ROOT / "series"
    if not file.exists():
        return found
    for n, line in enumerate(file.read_text().splitlines(), 1):
        word = line.strip()
        if not word or word.startswith("#"):
            continue
        if word in seen:
            raise Error(f"series:{n}: {word} is already in line {seen[word]}")
        seen[word] = n
        if not line[0].isspace():
            if not re.fullmatch(r"[\w-]+/\S+\.patch", word) or word.split("/")[0] not in FOLDERS:
                raise Error(f"series:{n}: '{word}' is not FOLDER/NAME.patch "
                            f"(folders: {', '.join(FOLDERS)})")
            found.append((word, []))
        elif not found:
            raise Error(f"series:{n}: a new file before the first patch")
        else:
            found[-1][1].append(word)
    return found


def load(git):
    """Read the whole series; new files are stored as objects of the assembled tree's git."""
    patches, files = [], []
    listed = entries()
    stray = sorted({str(p.relative_to(ROOT / "patches")) for p in ROOT.glob("patches/*/*.patch")}
                   - {name for name, _ in listed})
    if stray:
        raise Error(f"patches/{stray[0]} is not in the file series")
    for name, new in listed:
        file = ROOT / "patches" / name
        if not file.is_file():
            raise Error(f"series names {name}, but there is no patches/{name}")
        patches.append(patch.parse(name, file.read_text()))
        files += new
    for path in files:
        file = ROOT / path
        if file.is_symlink() or not file.is_file():
            raise Error(f"series names the new file {path}, but it is no file here")
    text = "".join(f"{ROOT / path}\n" for path in files)
    blobs = git.out("hash-object", "-w", "--no-filters", "--stdin-paths", data=text).split()
    made = {path: NewFile(path, mode(path), blob) for path, blob in zip(files, blobs)}
    for p, (_, new) in zip(patches, listed):
        p.new = [made[path] for path in new]
    return patches


def mode(path):
    return "100755" if os.access(ROOT / path, os.X_OK) else "100644"


def digest():
    """One hash over everything that the assembled tree is made of, except Linux."""
    h = hashlib.sha256()
    paths = ["linux.mk", "linux.sha256", "series"]
    for name, new in entries():
        paths += [f"patches/{name}", *new]
    paths += [str(p.relative_to(ROOT)) for p in sorted(ROOT.glob("patches/*/*.patch"))]
    for path in paths:
        file = ROOT / path
        data = file.read_bytes() if file.is_file() else b""
        h.update(f"{path} {len(data)} {mode(path)}\n".encode() + data)
    return h.hexdigest()


def number(patches):
    """Name the patches folder/NNNN-slug.patch in their order."""
    count, last = {}, None
    for p in patches:
        if p.folder != last and p.folder in count:
            raise Error(f"'{p.subject}' is in folder {p.folder}, after commits of {last}: a folder has "
                        "to stay together, move the commit with git rebase -i base")
        last = p.folder
        count[last] = count.get(last, 0) + 1
        p.name = f"{last}/{count[last]:04d}-{p.slug()}.patch"


def same(old, new):
    """Equal but for the function names that git prints behind @@ (they differ between versions)."""
    cut = re.compile(r"^(@@ [^@]*@@).*", re.M)
    return cut.sub(r"\1", old) == cut.sub(r"\1", new)


def put(path, data, modebits=None):
    """Write a file if it would change; say so."""
    file = ROOT / path
    old = file.read_bytes() if file.is_file() else None
    if old == data and (modebits is None or mode(path) == modebits):
        return 0
    print(f"  {'new    ' if old is None else 'changed'} {path}")
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(data)
    if modebits:
        file.chmod(0o755 if modebits == "100755" else 0o644)
    return 1


def save(git, patches, sums):
    """Write patches/, series, new files and (unless sums is None) linux.sha256; count the changes."""
    old = entries()
    lines = HEADER
    changes = 0
    for p in patches:
        lines += p.name + "\n" + "".join(f"    {f.path}\n" for f in p.new)
        file, text = ROOT / "patches" / p.name, p.text()
        if not (file.is_file() and same(file.read_text(), text)):
            changes += put(f"patches/{p.name}", text.encode())
        for f in p.new:
            changes += put(f.path, git.bytes("cat-file", "blob", f.blob), f.mode)
    keep = {f"patches/{p.name}" for p in patches} | {f.path for p in patches for f in p.new}
    for name, new in old:
        for path in [f"patches/{name}", *new]:
            if path not in keep and (ROOT / path).is_file():
                print(f"  removed {path}")
                (ROOT / path).unlink()
                changes += 1
    changes += put("series", lines.encode())
    if sums is not None:
        changes += put("linux.sha256", sums.encode())
    return changes
