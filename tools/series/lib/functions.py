# SPDX-License-Identifier: GPL-2.0
"""Which functions of a C file differ between two versions, by the layout that kernel code has."""
import re
from collections import Counter

FUNCTION = re.compile(r"^\{\n(?P<body>.*?)^\}", re.M | re.S)


def heads_and_bodies(text):
    """[(start of body, end of body, head and body as text)]; the head is what stands above the brace."""
    found = []
    for m in FUNCTION.finditer(text):
        top = max(text.rfind("\n\n", 0, m.start()), text.rfind("\n}", 0, m.start()), 0)
        found.append((m.start("body"), m.end("body"), text[top:m.end()].strip()))
    return found


def emptied(text, same):
    """The text with the bodies of the functions in same left out: as many lines as before."""
    same, out, at = Counter(same), [], 0
    for start, end, whole in heads_and_bodies(text):
        if same[whole] > 0:
            same[whole] -= 1
            out += [text[at:start], "\n" * text.count("\n", start, end)]
            at = end
    return "".join([*out, text[at:]])


def differing(old, new):
    """Both versions with nothing in the functions that they have in common."""
    same = Counter(x[2] for x in heads_and_bodies(old)) & Counter(x[2] for x in heads_and_bodies(new))
    return emptied(old, same), emptied(new, same)
