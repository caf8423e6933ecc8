# SPDX-License-Identifier: GPL-2.0
"""The checked-in lists: which functions are broken, and which mutants do not matter."""
import re

from mutants import File


class Fail(Exception):
    """What the person who called has to put right."""


class Lists:
    """tools/mutate/functions, see its first lines."""

    def __init__(self, path):
        self.path = path
        self.ranges, self.scenarios, self.wanted = {}, [], {}
        file = None
        for number, line in enumerate(path.read_text().splitlines(), 1):
            words = line.split()
            if not words or line.startswith("#"):
                continue
            if line[0].isspace() and file:
                self.wanted[file] += words
            elif words[0] == "range" and len(words) == 4 and words[2].isdigit() and words[3].isdigit():
                self.ranges[words[1]] = (int(words[2]), int(words[3]))
            elif words[0] == "scenario" and len(words) > 1:
                self.scenarios += words[1:]
            elif words[0].endswith(":") and len(words) > 1:
                file = words.pop(0)[:-1]
                if file in self.wanted:
                    raise Fail(f"{path}:{number}: {file} is there twice")
                self.wanted[file] = words
            else:
                raise Fail(f"{path}:{number}: not a line of this list: {line}")
        if not self.wanted:
            raise Fail(f"{path}: no functions")

    def files(self, tree):
        """The files of a tree with their mutants."""
        found = []
        for name, functions in self.wanted.items():
            source = tree / name
            if not source.is_file():
                raise Fail(f"{self.path}: no file {source}")
            found.append(File(name, source.read_text(), None if functions == ["*"] else functions, self.ranges))
            if not found[-1].mutants:
                raise Fail(f"{self.path}: {name}: nothing there to break")
        return found


def read_exceptions(path):
    """{(file, function, change): reason}. One mutant is

        FILE: FUNCTION: ORIGINAL -> MUTANT
            why nobody can notice
    """
    found, key = {}, None
    for number, line in enumerate(path.read_text().splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        if line[0].isspace():
            if not key:
                raise Fail(f"{path}:{number}: a reason without a mutant")
            found[key] = f"{found[key]} {line.strip()}".strip()
            continue
        m = re.match(r"(\S+\.c): (\w+): (.+ -> .+)$", line)
        if not m or m.groups() in found:
            raise Fail(f"{path}:{number}: " + ("is there twice" if m else "not FILE: FUNCTION: ORIGINAL -> MUTANT"))
        key = m.groups()
        found[key] = ""
    for key, reason in found.items():
        if not reason:
            raise Fail(f"{path}: no reason for {': '.join(key)}")
    return found
