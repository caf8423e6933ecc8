# SPDX-License-Identifier: GPL-2.0
"""The list of lines that no test reaches, and why. Its format is described at its top (coverage/unreached).

A line is known by its file, its function and its text, so that edits elsewhere do not matter; if a function has the same
text more than once, by its number among them, too.
"""
import re
from dataclasses import dataclass

ENTRY = re.compile(r"^(\S+?):(\w+|-)(?:#(\d+))?: (.+)$")
# the start of a definition, at the first column: the name before its first parenthesis is the function's
NAME = re.compile(r"^(?:[A-Za-z_].*?)?\b(\w+)\(")


class Fail(Exception):
    pass


@dataclass(frozen=True)
class Place:
    file: str
    function: str
    text: str
    number: int = 1

    def __str__(self):
        return f"{self.file}:{self.function}{f'#{self.number}' if self.number > 1 else ''}: {self.text}"


def places(file, text):
    """[Place of line 1, 2, ...] of a source file in the kernel's style."""
    lines = text.splitlines()
    functions, start, name = ["-"] * len(lines), 0, "-"
    for n, line in enumerate(lines):
        if m := NAME.match(line):
            start, name = n, m[1]
        if line == "{":
            end = lines.index("}", n) if "}" in lines[n:] else len(lines) - 1
            functions[start:end + 1] = [name] * (end + 1 - start)
    found, seen = [], {}
    for function, line in zip(functions, lines):
        key = (function, " ".join(line.split()))
        seen[key] = seen.get(key, 0) + 1
        found.append(Place(file, *key, seen[key]))
    return found


def read(path):
    """{Place: (line of the list, reason)}"""
    found, reason, last = {}, None, ""
    for number, raw in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        line = raw.strip()
        at = f"{path.name}:{number}"
        if line.startswith("#") or not line:
            pass
        elif raw.startswith("because "):
            reason = line[len("because "):]
        elif raw[0].isspace():
            if last != "because" or reason is None:
                raise Fail(f"{at}: an indented line goes on with a reason: {line}")
            reason += " " + line
        else:
            m = ENTRY.match(line)
            if not m:
                raise Fail(f"{at}: neither 'because REASON' nor 'FILE:FUNCTION: TEXT': {line}")
            if not reason:
                raise Fail(f"{at}: no 'because' before it: {line}")
            place = Place(m[1], m[2], " ".join(m[4].split()), int(m[3] or 1))
            if place in found:
                raise Fail(f"{at}: listed twice: {place}")
            found[place] = (number, reason)
        if line and not line.startswith("#"):
            last = "because" if raw.startswith("because ") or raw[0].isspace() else "entry"
    return found
