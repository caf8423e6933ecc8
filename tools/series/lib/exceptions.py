# SPDX-License-Identifier: GPL-2.0
"""What tools say and the gate lets pass: the checked-in list, each line of it with a reason."""
import re

import store
from git import Error

LIST = store.ROOT / "tools/series/gate/exceptions"


class Exceptions:
    def __init__(self):
        self.rules = []  # (type, pattern)
        self.used = set()
        for n, line in enumerate(LIST.read_text().splitlines(), 1):
            if not line.strip() or line.startswith("#"):
                continue
            rule, gap, why = line.partition(" -- ")
            kind, _, pattern = rule.strip().partition(" ")
            if not gap or len(why.split()) < 3:
                raise Error(f"{LIST.name}:{n}: 'TYPE [PATTERN] -- reason'")
            try:
                re.compile(pattern)
            except re.error as e:
                raise Error(f"{LIST.name}:{n}: '{pattern.strip()}': {e}") from None
            self.rules.append((kind, pattern.strip()))

    def excused(self, kind, entry):
        """Whether a rule lets an entry of a type pass."""
        rule = next((r for r in self.rules if r[0] == kind and re.search(r[1], entry)), None)
        if rule:
            self.used.add(rule)
        return rule is not None

    def unused(self):
        """Rules that no patch of the whole series needs."""
        return [f"{kind} {pattern}".strip() + ": no patch needs it" for kind, pattern in self.rules
                if (kind, pattern) not in self.used]
