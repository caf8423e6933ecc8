# SPDX-License-Identifier: GPL-2.0
"""Compiles what a step changes, and all users of headers it changes, with W=1, step by step.

All configurations share one source, in which the commits are checked out one after the other; each has an output
directory, and make builds only what differs. What was found is remembered with the content of every file of the
series that the objects depend on: as long as these are the same, a step is not built again, whatever changed elsewhere
in the series. sparse reads what the series touches; that a symbol is defined where it is used is seen from nm.
"""
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections import Counter

import cache
import includes
import procs
import store
import symbols
import tree
from targets import Targets

VERSION = 1  # of what is built and how, for what is remembered: raise it when that changes
HERE = store.ROOT / "tools/series/gate"
GATE = tree.BUILD / "gate"
ARCH = {"um": ("um", ""), "x86_64": ("x86_64", ""), "arm64": ("arm64", "aarch64-linux-gnu-"), "i386": ("i386", "")}
CCACHE = "/usr/lib/ccache"  # Debian's: compilers of the same name; used where it is there
PLACE = re.compile(r"^(?P<file>[\w./+,-]+):(?P<line>\d+)(?::\d+)*:? (?P<text>.*)$")


def environment(**more):
    """For make: nothing of the make that called us."""
    env = {k: v for k, v in os.environ.items() if k not in ("MAKEFLAGS", "MAKELEVEL", "MFLAGS")}
    if os.path.isdir(CCACHE):
        env.update(PATH=f"{CCACHE}:{env['PATH']}", CCACHE_BASEDIR=str(tree.BUILD), CCACHE_NOHASHDIR="1")
    return {**env, "LC_ALL": "C", **more}


def run(command, **kwargs):
    """(status, output, seconds of CPU) of a command that ends when this program does."""
    p = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL,
                         text=True, errors="replace", start_new_session=True, **kwargs)
    try:
        text = p.stdout.read()
        _, status, used = os.wait4(p.pid, 0)
        p.returncode = os.waitstatus_to_exitcode(status)
    except BaseException:
        os.killpg(p.pid, signal.SIGTERM)
        raise
    finally:
        p.stdout.close()
    return p.returncode, text, used.ru_utime + used.ru_stime


class Kbuild:
    def __init__(self, git, steps, name, say, source):
        self.git, self.steps, self.name, self.say = git, steps, name, say
        self.arch, _, self.variant = name.partition("-")
        self.karch, self.cross = ARCH[self.arch]
        self.out = GATE / name
        self.source = source.path
        self.targets = Targets(self.source, self.out, self.karch)
        self.fragments = [HERE / "common.config", HERE / f"{self.arch}.config"]
        if self.variant:
            self.fragments.append(HERE / f"{self.variant}.config")
            self.fragments += [x for x in (HERE / f"{name}.config",) if x.is_file()]
        # make names the source by a relative path when it lies beside the output
        self.prefix = rf"(?:{re.escape(str(self.source))}|\.\./{re.escape(self.source.name)})/"
        self.config = None  # of the output directory
        self.index = {}  # {.cmd file: (time, files of the series that the object needs)}
        self.touched = set(steps[-1].blobs) | {x for s in steps for x in s.changed}
        scripts = [HERE / "sparse", *self.fragments]
        mine = sorted(x for x in self.touched if x.endswith(".c"))
        self.const = cache.key(git.ref(f"{tree.BASE}^{{tree}}"), name, VERSION, sorted(self.touched & set(steps[0].before)),
                               *(x.read_bytes() for x in scripts),
                               (store.ROOT / "Kconfig").read_bytes() if self.karch == "um" else b"",
                               procs.version(self.cross + "gcc", "--version"), procs.version("sparse", "--version"))
        self.files = "".join(f"{x}\n" for x in mine)  # what sparse reads
        self.known = None  # what the base says
        self.external = None  # symbols that it uses from elsewhere
        self.cpu = 0  # seconds that make has used
        self.at = None  # {path: blob} that the output directory was compiled from, of what the series touches

    # configuration

    def config_key(self, step):
        kconfig = {x: b for x, b in (step.blobs if step else self.steps[0].before).items()
                   if os.path.basename(x).startswith("Kconfig") and self.targets.here_too(x)}
        return cache.key(self.const, kconfig)

    def configure(self, step):
        """Have the configuration of this step, the file is only written when it changes."""
        key = self.config_key(step)
        if key == self.config:
            return
        want = self.out / "requested.config"
        want.write_text("".join(x.read_text() for x in self.fragments))
        old = self.out / ".config"
        text = cache.get("config", key)
        if text is None:
            scratch = GATE / f"config-{self.name}"
            scratch.mkdir(parents=True, exist_ok=True)
            p = self.make("allnoconfig", out=scratch, env={"KCONFIG_ALLCONFIG": str(want)})
            if p[0]:
                raise RuntimeError(f"allnoconfig: {p[1][-1000:]}")
            text = cache.put("config", key, (scratch / ".config").read_text())
        if not old.is_file() or old.read_text() != text:
            old.write_text(text)
        self.config = key

    def missing(self):
        """What the fragments ask for and the whole series does not have."""
        text = cache.get("config", self.config_key(self.steps[-1])) or ""
        asked = {}
        for fragment in self.fragments:
            asked.update(re.findall(r"^(CONFIG_\w+)=(\S+)$", fragment.read_text(), re.M))
        have = dict(re.findall(r"^(CONFIG_\w+)=(\S+)$", text, re.M))
        return [f"{k}={v} is asked for, it is {have.get(k, 'n')}" for k, v in asked.items() if have.get(k, "n") != v]

    # make

    def make(self, *targets, out=None, env=None, check=True):
        command = ["make", "-s", "-k", "-C", str(self.source), f"O={out or self.out}", f"ARCH={self.karch}",
                   f"CROSS_COMPILE={self.cross}", "W=1", f"C={int(check)}", f"CHECK={HERE}/sparse", "CF=-D__CHECK_ENDIAN__",
                   f"PYTHON3={sys.executable}", f"KERNELDOC={HERE}/no-kernel-doc", "-j1", *targets]
        if self.karch == "um":
            command.append(f"KBUILD_KCONFIG={store.ROOT / 'Kconfig'}")
        (self.out / "series-files").write_text(self.files)
        status, text, used = run(command, env=environment(SERIES_FILES=str(self.out / "series-files"),
                                                          SERIES_SOURCE=str(self.source), **(env or {})))
        self.cpu += used
        return status, re.sub(self.prefix, "", text)

    def scan(self, since=None):
        """Read the .cmd files again that are new; returns objects made after since."""
        fresh = {}
        for top, dirs, files in os.walk(self.out):
            if top == str(self.out):
                dirs[:] = [d for d in dirs if d in ("arch", "drivers", "lib", "crypto", "net", "kernel")]
            for name in files:
                if not name.endswith(".o.cmd"):
                    continue
                path = os.path.join(top, name)
                when = os.stat(path).st_mtime_ns
                if path not in self.index or self.index[path][0] != when:
                    with open(path, errors="replace") as f:
                        words = re.findall(rf"\s{self.prefix}(\S+)", f.read())
                    self.index[path] = when, self.touched.intersection(words)
                if since and when >= since:
                    fresh[self.object(path)] = self.index[path][1]
        return fresh

    def object(self, cmd):
        top, name = os.path.split(os.path.relpath(cmd, self.out))
        return os.path.join(top, name[1:-len(".cmd")])

    def stale(self, paths):
        """Have everything compiled again that depends on some files, whatever their time stamps."""
        for cmd, (_, deps) in self.index.items():
            if deps.intersection(paths):
                (self.out / self.object(cmd)).unlink(missing_ok=True)

    # the base

    def ready(self):
        """Whether the base was compiled before."""
        if self.known is None:
            state = cache.get("base", self.const)
            self.at = self.stood()
            if state is not None and self.at is not None:
                self.known = Counter(map(tuple, state["known"]))
                self.external = set(state["external"])
                self.scan()
        return self.known is not None

    def start(self):
        """The base, which the source is at, compiled; with sparse only where the series makes a difference."""
        start = time.monotonic()
        self.say(f"{self.name}: compiling the base")
        subprocess.run(["rm", "-rf", str(self.out)], check=True)
        self.out.mkdir(parents=True)
        self.configure(None)
        code, text = self.make(*self.users())
        if code:
            bad = [x for x in text.splitlines() if re.search(r"\berror\b|No rule|\*\*\*", x)]
            raise RuntimeError("\n".join([f"{self.name}: the base does not compile:", *bad[:20]]))
        self.scan()
        known = self.warnings(text)
        self.external = set(symbols.read(self.out, self.cross, map(self.object, self.index))[1])
        cache.put("base", self.const, {"known": known, "external": sorted(self.external)})
        self.stand(self.steps[0].before)
        self.known = Counter(known)
        self.say(f"{self.name}: base compiled, {len(self.index)} objects, {time.monotonic() - start:.0f} s, "
                 f"{self.cpu:.0f} s of CPU")

    def stood(self):
        """What the output directory was compiled from when a run of the gate ended, or None."""
        try:
            said = json.loads((self.out / "stands.json").read_text())
        except (OSError, ValueError):
            return None
        return said["files"] if said["const"] == self.const else None

    def stand(self, blobs):
        """Remember what the output directory is compiled from, for later runs too."""
        self.at = dict(blobs)
        new = self.out / "stands.new"
        new.write_text(json.dumps({"const": self.const, "files": self.at}))
        new.rename(self.out / "stands.json")

    def at_base(self):
        """What the series touches of the base and what is compiled of it."""
        return [x for x in self.steps[0].before if re.search(r"\.[chS]$", x) and (self.source / x).is_file()]

    def users(self):
        """Targets for all that the series touches, and for all that includes a header that it touches."""
        mine = self.at_base()
        found = cache.remembered("users", cache.key(self.git.ref(f"{tree.BASE}^{{tree}}"), mine, includes.VERSION),
                                 lambda: includes.users(self.source, mine))
        on, known = self.targets.on(), {}
        return self.targets.of({x for x in found if self.targets.here_too(x)
                             and (x in mine or self.targets.listed(os.path.dirname(x), on, known))})

    def folders(self, changed):
        """Targets for the objects that depend on these files, and for what else is in their directories."""
        files = {self.object(cmd)[:-2] + ".c" for cmd, (_, deps) in self.index.items() if deps.intersection(changed)}
        files |= {x for x in changed if re.search(r"\.[cS]$|Makefile$|Kbuild$", x) and self.targets.here_too(x)
                  and self.targets.enabled(os.path.dirname(x))}
        return self.targets.of({x for x in files if (self.source / os.path.dirname(x)).is_dir()})

    def warnings(self, text):
        """[(file, message)] of everything that make printed, without line numbers."""
        found = []
        for line in text.splitlines():
            m = PLACE.match(line)
            if m and re.match(r"(fatal )?(warning|error)\b", m["text"]):
                found.append((m["file"], m["text"]))
            elif not m and re.search(r"\b(warning|error|undefined)\b|\*\*\*", line, re.I):
                found.append(("", re.sub(r"\d+", "N", line)))
        return found

    # symbols

    def unresolved(self, built):
        """Symbols that the objects of a step use, that no object defines and that the base does not know: no link."""
        _, wanted = symbols.read(self.out, self.cross, built)
        new = set(wanted) - self.external
        if new:
            # not what an earlier run left of a later step
            there = [x for x in map(self.object, self.index)
                     if any((self.source / x).with_suffix(y).is_file() for y in (".c", ".S"))]
            new -= symbols.read(self.out, self.cross, there)[0]
        if new:
            new -= symbols.exported(self.git)
        if new:
            new -= symbols.mentioned(self.git, new)
        return [f"{wanted[x]}: nothing defines {x}" for x in sorted(new)]

    # one step

    def recall(self, step):
        """(findings, notes) of a step if nothing that matters changed since, or None."""
        config = cache.get("config", self.config_key(step))
        old = cache.get(f"build-{self.name}", self.key(step))
        if old and config is not None and old["config"] == cache.key(config) \
                and all(step.blobs.get(x) == b for x, b in old["needs"].items()):
            return [], old["notes"] + ["unchanged"]
        return None

    def key(self, step):
        return cache.key(self.const, {x: step.blobs.get(x) for x in step.changed})

    def changed(self, step):
        """What differs from what was compiled here last, whichever step that was, and what the step itself changes."""
        return sorted({x for x in self.touched if self.at.get(x) != step.blobs.get(x)} | set(step.changed))

    def compile(self, step):
        """(findings, notes) of a step that the source is at."""
        self.configure(step)
        changed = self.changed(step)
        self.stand({**self.at, **dict.fromkeys(changed, "unknown")})  # until make has ended well
        self.stale(step.changed)
        since = time.time_ns() - 1
        folders = self.folders(changed)
        code, text = self.make(*folders) if folders else (0, "")
        built = self.scan(since)
        if not code:
            self.stand(step.blobs)
        bad = list((Counter(self.warnings(text)) - self.known).elements())
        bad += [("", x) for x in self.unresolved(built)]
        if bad or code:
            lines = [x for x in text.splitlines() if x.strip()]
            log = tree.BUILD / "logs" / f"gate-{self.name}-{step.name.replace('/', '-')}.log"
            log.parent.mkdir(exist_ok=True)
            log.write_text(text)
            return ([": ".join(filter(None, x)) for x in bad] or lines[:20]) + [f"log in {log}"], []
        objects = set(built)
        notes = [f"{x}: not in this configuration" for x in step.sources(".c") if x[:-2] + ".o" not in objects]
        needs = {x: step.blobs.get(x) for deps in built.values() for x in deps}
        needs.update({x: b for x, b in step.blobs.items() if os.path.basename(x) in ("Makefile", "Kbuild")
                      and any(o.startswith(os.path.dirname(x) + "/") for o in objects)})
        notes.insert(0, f"{len(objects)} objects")
        cache.put(f"build-{self.name}", self.key(step),
                  {"config": cache.key(cache.get("config", self.config_key(step))), "needs": needs, "notes": notes,
                   "built": sorted(objects)})
        return [], notes
