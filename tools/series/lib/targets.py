# SPDX-License-Identifier: GPL-2.0
"""What to tell make, so that it compiles some source files: directories, as far as they are configured.

A source that only uses a header of the series is named by its object, for what it has beside it is of no interest.
"""
import os
import re

WIDE = ("lib", "net/core")  # many objects that have nothing to do with each other: these are named one by one


class Targets:
    def __init__(self, source, out, karch, mine):
        self.source, self.out, self.karch, self.mine = source, out, karch, mine

    def on(self):
        """Options of the output directory."""
        return set(re.findall(r"^(CONFIG_\w+)=[ym]$", (self.out / ".config").read_text(), re.M))

    def here_too(self, path):
        """Whether a file belongs to this architecture."""
        mine = {"um": ("um", "x86"), "i386": ("x86",), "x86_64": ("x86",)}.get(self.karch, (self.karch,))
        return not path.startswith(("tools/", "samples/", "scripts/", "Documentation/")) and (
            not path.startswith("arch/") or path.split("/")[1] in mine)

    def listed(self, folder, on, known):
        """Whether the Makefiles above a directory lead there with the options that are on."""
        if folder not in known:
            top, child = os.path.split(folder)
            # arch/ has Makefiles of its own kind; of which architecture is known from here_too()
            known[folder] = not top or folder.startswith("arch/") or (
                self.listed(top, on, known) and self.leads(top, f"{child}/", on))
        return known[folder]

    def leads(self, folder, child, on):
        """Whether the Makefile of a directory names a directory or an object, with an option that is on.

        None if that cannot be said: it does not name it, or as a part of something else or with a rule of another kind,
        which for a directory is taken for yes.
        """
        said, odd, word = None, False, re.compile(rf"(?<![\w./-]){re.escape(child)}(?![\w./-])")
        file = next((x for x in (self.source / folder / "Kbuild", self.source / folder / "Makefile") if x.is_file()), None)
        text = file.read_text(errors="replace").replace("\\\n", " ") if file else ""
        for line in text.splitlines():
            if not word.search(line) or line.lstrip().startswith("#"):
                continue
            rule = re.match(r"(?:obj|lib)-(?:([ym])|\$\((CONFIG_\w+)\))\s*[+:]?=", line)
            if rule:
                said = said or bool(rule[1]) or rule[2] in on
            else:
                odd = True
        if odd and not said:
            return True if child.endswith("/") else None
        return said

    def of(self, files):
        """Arguments of make for the objects of these source files."""
        on = self.on()
        need, alone = set(), set()
        for path in files:
            folder, name = os.path.split(path)
            wide = folder in WIDE
            if path.endswith((".c", ".S")) and (wide or path not in self.mine):
                led = self.leads(folder, f"{name[:-2]}.o", on)
                if led:
                    alone.add(path[:-2] + ".o")
                elif led is None and not wide:  # a part of something else
                    need.add(folder)
            elif not wide:
                need.add(folder)
        return ([f"{x}/" for x in sorted(need) if not any(x.startswith(f"{y}/") for y in need)]
                + sorted(x for x in alone if os.path.dirname(x) not in need))

    def enabled(self, folder):
        """Whether a directory is configured: make would compile one that is not."""
        return folder in WIDE or self.listed(folder, self.on(), {})
