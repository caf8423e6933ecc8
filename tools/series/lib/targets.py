# SPDX-License-Identifier: GPL-2.0
"""What to tell make, so that it compiles some source files: directories, as far as they are configured."""
import os
import re

WIDE = ("lib", "net/core")  # many objects that have nothing to do with each other: these are named one by one


class Targets:
    def __init__(self, source, out, karch):
        self.source, self.out, self.karch = source, out, karch

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
            known[folder] = not top or self.listed(top, on, known) and self.leads(top, f"{child}/", on)
        return known[folder]

    def leads(self, folder, child, on):
        """Whether the Makefile of a directory names a directory or an object, and the option for it is on."""
        file = next((x for x in (self.source / folder / "Kbuild", self.source / folder / "Makefile") if x.is_file()), None)
        text = file.read_text(errors="replace").replace("\\\n", " ") if file else ""
        for line in text.splitlines():
            rule = re.match(r"(?:obj|lib)-(\S+)\s*[+:]?=(.*)", line)
            if rule and child in rule[2].split() and (rule[1] in "ym" or re.sub(r"\W", "", rule[1]) in on):
                return True
        return False

    def of(self, files):
        """Arguments of make for the objects of these source files: their directories."""
        wide = {x for x in files if os.path.dirname(x) in WIDE}
        need = {os.path.dirname(x) for x in files - wide}
        on = self.on() if wide else ()
        alone = [re.sub(r"\.[cS]$", ".o", x) for x in sorted(wide) if x.endswith((".c", ".S"))]
        return ([f"{x}/" for x in sorted(need) if not any(x.startswith(f"{y}/") for y in need)]
                + [x for x in alone if self.leads(os.path.dirname(x), os.path.basename(x), on)])

    def enabled(self, folder):
        """Whether anything was compiled in or above it: make would compile a directory that is not configured."""
        while folder.count("/") > 0:
            if (self.out / folder / "built-in.a").is_file():
                return True
            folder = os.path.dirname(folder)
        return folder in WIDE
