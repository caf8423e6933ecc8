# SPDX-License-Identifier: GPL-2.0
"""What the compilers say about sources of Linux itself, so that it is not held against the series.

Only what there is a question about is compiled: a warning at a step, or a symbol that nothing seems to define. It has
an output directory of its own; the source has to be at the base. A symbol that a source of Linux uses is taken for one
that is there, whoever uses it.
"""
import subprocess
from collections import Counter

import cache
import symbols

VERSION = 1  # of what is remembered


class Known:
    def __init__(self, builder):
        self.builder = builder
        self.out = builder.out.with_name(f"{builder.out.name}-linux")
        self.sources, self.warnings, self.wanted = set(), Counter(), set()
        self.key = cache.key(builder.const, VERSION)
        self.add(cache.get("known", self.key) or {"sources": [], "warnings": [], "wanted": []})

    def add(self, said):
        self.sources |= set(said["sources"])
        self.warnings += Counter(map(tuple, said["warnings"]))
        self.wanted |= set(said["wanted"])

    def learn(self, sources):
        """Compile some sources."""
        objects = sorted(f"{x[:-2]}.o" for x in sources)
        subprocess.run(["rm", "-rf", str(self.out)], check=True)
        self.out.mkdir(parents=True)
        (self.out / ".config").write_text(self.builder.configuration(None))
        code, text = self.builder.make(*objects, out=self.out)
        said = self.builder.warnings(text)
        # a source that is not configured there has no rule, and nothing to say
        if code and any(file and "error" in what.split(":")[0] for file, what in said):
            raise RuntimeError("\n".join(["Linux itself does not compile:", *text.splitlines()[-20:]]))
        self.add({"sources": sources, "warnings": said,
                  "wanted": symbols.read(self.out, self.builder.cross, objects)[1]})
        cache.put("known", self.key, {"sources": sorted(self.sources), "warnings": list(self.warnings.elements()),
                                      "wanted": sorted(self.wanted)})
