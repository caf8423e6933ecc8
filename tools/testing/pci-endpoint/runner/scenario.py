# SPDX-License-Identifier: GPL-2.0
"""Scenario files: parse and choose. scenarios/README.md describes the format."""

import os
import re

from .paths import FLAVOURS, SetupError

SUFFIX = ".scn"
HEADER = re.compile(r"^#\s*([a-z-]+):\s*(.*)$")
HEREDOC = re.compile(r"<<\s*([A-Za-z_]+)$")
GUESTS = ("ep", "rc")
# verb: (needs an argument, allowed arguments or None for free text)
VERBS = {
    "ep": (True, None), "rc": (True, None), "both": (True, None), "emu": (True, None), "host": (True, None),
    "check": (True, None), "wait": (False, ()), "boot": (True, GUESTS), "reboot": (True, GUESTS),
    "poweroff": (True, GUESTS), "kill": (True, GUESTS + ("emu",)),
}
DEFAULTS = {
    "title": "", "profiles": "generic", "flavours": "fast sanitize", "stock": "", "timeout": "60", "short": "no", "full": "no",
    "deterministic": "no", "boot": "ep rc", "emulator": "yes", "emulator-options": "", "kernel-options": "",
    "allow": "", "programs": "", "repeat": "1",
}


class StepLine:
    """One line of a scenario."""

    def __init__(self, number, verb, text):
        self.number = number
        self.verb = verb
        self.text = text
        self.background = False
        self.expect_fail = False
        self.within = None


class Scenario:
    """Headers and steps."""

    def __init__(self, path):
        self.path = path
        self.name = os.path.basename(path)[:-len(SUFFIX)]
        self.group = os.path.basename(os.path.dirname(path))
        self.head = dict(DEFAULTS)
        self.allow = []
        self.steps = []
        with open(path) as f:
            self._parse(f.read().splitlines())
        if not self.head["title"]:
            raise self.error(1, "no '# title:' line")
        if self.head["short"] not in ("yes", "no") and (
                not self.words("short") or set(self.words("short")) - set(self.words("profiles"))):
            raise self.error(1, "short: yes, no or some of the profiles (%s), not '%s'"
                             % (self.head["profiles"], self.head["short"]))

    def error(self, number, text):
        return SetupError("%s:%d: %s" % (self.path, number, text))

    def yes(self, key):
        return self.head[key] == "yes"

    def words(self, key):
        return self.head[key].split()

    def in_short(self, profile):
        """Whether the short form on sanitizer kernels has it on this board."""
        return self.yes("short") or profile in self.words("short")

    def plays_on(self, flavour):
        """Kernels with counters play what others do: what is reached counts, whatever kernel it was made for."""
        others = {"fast", "sanitize"} if flavour == "coverage" else set()
        return bool((others | {flavour}) & set(self.words("flavours")))

    def checks(self):
        return [s.text for s in self.steps if s.verb == "check"]

    def _parse(self, text):
        number = 0
        while number < len(text):
            line = text[number].strip()
            number += 1
            if line.startswith("#"):
                match = HEADER.match(line)
                if match and not self.steps:
                    self._header(number, match.group(1), match.group(2).strip())
            elif line:
                step = self._step(number, line)
                here = HEREDOC.search(step.text)
                if here and step.verb in GUESTS + ("both", "host"):
                    body = []
                    while number < len(text) and text[number].strip() != here.group(1):
                        body.append(text[number])
                        number += 1
                    if number == len(text):
                        raise self.error(step.number, "no '%s' line" % here.group(1))
                    number += 1
                    before = step.text[:here.start()].strip()
                    step.text = "\n".join(body)
                    if before:
                        step.text = "%s <<'%s'\n%s\n%s" % (before, here.group(1), step.text, here.group(1))
                self.steps.append(step)

    def _header(self, number, key, value):
        if key not in self.head:
            raise self.error(number, "unknown header '%s', one of: %s" % (key, " ".join(sorted(self.head))))
        if key == "allow":
            try:
                re.compile(value)
            except re.error as e:
                raise self.error(number, "allow: %s" % e) from None
            self.allow.append(value)
        if DEFAULTS[key] in ("yes", "no") and key != "short" and value not in ("yes", "no"):
            raise self.error(number, "%s: '%s' is neither yes nor no" % (key, value))
        if key in ("timeout", "repeat") and not value.isdigit():
            raise self.error(number, "%s: '%s' is not a number" % (key, value))
        if key == "flavours" and set(value.split()) - set(FLAVOURS):
            raise self.error(number, "flavours: %s, not '%s'" % (" ".join(FLAVOURS), value))
        if key == "stock" and set(value.split()) - set(GUESTS):
            raise self.error(number, "stock: ep or rc, not '%s'" % value)
        if key == "boot" and set(value.split()) - set(GUESTS + ("none",)):
            raise self.error(number, "boot: ep, rc or none, not '%s'" % value)
        self.head[key] = value

    def _step(self, number, line):
        step = StepLine(number, "", "")
        while True:
            word, _, rest = line.partition(" ")
            rest = rest.strip()
            if word == "expect-fail":
                step.expect_fail = True
            elif word == "within":
                word, _, rest = rest.partition(" ")
                if not word.isdigit():
                    raise self.error(number, "within: '%s' is no number of seconds" % word)
                step.within = int(word)
            else:
                break
            line = rest.strip()
        if word.endswith("&"):
            step.background = True
            word = word[:-1]
        if word not in VERBS:
            raise self.error(number, "unknown step '%s', one of: %s" % (word, " ".join(sorted(VERBS))))
        if step.background and word not in GUESTS:
            raise self.error(number, "only 'ep&' and 'rc&' run in the background")
        needs, allowed = VERBS[word]
        if needs and not rest:
            raise self.error(number, "'%s' needs something to do" % word)
        if allowed is not None and rest and rest not in allowed:
            raise self.error(number, "%s: '%s' is not one of: %s" % (word, rest, " ".join(allowed)))
        step.verb, step.text = word, rest
        return step


def load_all(paths):
    """All scenarios by name, in the order of groups and names."""
    found = {}
    for top, dirs, files in os.walk(paths.scenarios):
        dirs.sort()
        for name in sorted(files):
            if name.endswith(SUFFIX):
                scenario = Scenario(os.path.join(top, name))
                if scenario.name in found:
                    raise SetupError("two scenarios '%s': %s and %s"
                                     % (scenario.name, found[scenario.name].path, scenario.path))
                found[scenario.name] = scenario
    return found


def choose(paths, names=(), groups=()):
    """The scenarios that are asked for; all without names or groups."""
    every = load_all(paths)
    if names:
        for name in names:
            if name not in every:
                raise SetupError("unknown scenario '%s', one of: %s" % (name, " ".join(every)))
        return [every[n] for n in names]
    if groups:
        known = {s.group for s in every.values()}
        unknown = set(groups) - known
        if unknown:
            raise SetupError("unknown group '%s', one of: %s" % (min(unknown), " ".join(sorted(known))))
        return [s for s in every.values() if s.group in groups]
    return list(every.values())
