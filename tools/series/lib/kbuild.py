# SPDX-License-Identifier: GPL-2.0
"""Compiles what a step changes, and all users of headers it changes, with W=1, step by step.

All configurations share one source, in which the commits are checked out one after the other; each has an output
directory, and make builds only what differs. What was found is remembered with the content of every file of the
series that the objects depend on: as long as these are the same, a step is not built again, whatever changed elsewhere
in the series. sparse reads what the series touches; that a symbol is defined where it is used is seen from nm. Linux
itself is not compiled first: where a step leaves a question, what it is about is compiled without the series, see known.py.
"""
import functools
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass

import cache
import procs
import store
import symbols
import tree
from known import Known
from linux import Linux
from targets import Targets

VERSION = 2  # of what is built and how, for what is remembered: raise it when that changes
HERE = store.ROOT / "tools/series/gate"
GATE = tree.BUILD / "gate"
ARCH = {"um": ("um", ""), "x86_64": ("x86_64", ""), "arm64": ("arm64", "aarch64-linux-gnu-"), "i386": ("i386", "")}
CCACHE = "/usr/lib/ccache"  # Debian's: compilers of the same name; used where it is there
PLACE = re.compile(r"^(?P<file>[\w./+,-]+):(?P<line>\d+)(?::\d+)*:? (?P<text>.*)$")


@functools.cache
def probes():
    """Where gate/cc remembers which options the compilers have."""
    said = [procs.version(f"{cross}{x}", "--version") for x in ("gcc", "as") for cross in sorted({cross for _, cross in ARCH.values()})]
    folder = GATE / "probes" / cache.key(*said)[:16]
    folder.mkdir(parents=True, exist_ok=True)
    return str(folder)


def environment(**more):
    """For make: nothing of the make that called us."""
    env = procs.environment(SERIES_PROBES=probes())
    if os.path.isdir(CCACHE):
        env.update(PATH=f"{CCACHE}:{env['PATH']}", CCACHE_BASEDIR=str(tree.BUILD), CCACHE_NOHASHDIR="1")
    return {**env, "PATH": f"{HERE}/cc:{env['PATH']}", **more}


def run(command, **kwargs):
    """(status, output) of a command that ends when this program does."""
    p = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL,
                         text=True, errors="replace", start_new_session=True, **kwargs)
    try:
        text = p.stdout.read()
        p.wait()
    except BaseException:
        os.killpg(p.pid, signal.SIGTERM)
        raise
    finally:
        p.stdout.close()
    return p.returncode, text


@dataclass
class Case:
    """What a build of a step has said."""
    step: object
    code: int
    text: str
    built: dict  # {object: files of the series that it needs}
    warnings: Counter
    wanted: dict  # {symbol: object} of what nothing defines


class Kbuild:
    def __init__(self, git, steps, name, say, source):
        self.git, self.steps, self.name, self.say = git, steps, name, say
        self.arch, _, self.variant = name.partition("-")
        self.karch, self.cross = ARCH[self.arch]
        self.out = GATE / name
        self.source = source.path
        self.fragments = [HERE / "common.config", HERE / f"{self.arch}.config"]
        if self.variant:
            self.fragments.append(HERE / f"{self.variant}.config")
            self.fragments += [x for x in (HERE / f"{name}.config",) if x.is_file()]
        # make names the source by a relative path when it lies beside the output
        self.prefix = rf"(?:{re.escape(str(self.source))}|\.\./{re.escape(self.source.name)})/"
        self.config = None  # of the output directory
        self.index = {}  # {.cmd file: (time, files of the series that the object needs)}
        self.touched = set(steps[-1].blobs) | {x for s in steps for x in s.changed}
        self.targets = Targets(self.source, self.out, self.karch, self.touched)
        scripts = [HERE / "sparse", HERE / "no-kernel-doc", HERE / "cc/gcc", *self.fragments]
        mine = sorted(x for x in self.touched if x.endswith(".c"))
        self.const = cache.key(git.ref(f"{tree.BASE}^{{tree}}"), name, VERSION, sorted(self.touched & set(steps[0].before)),
                               *(x.read_bytes() for x in scripts),
                               (store.ROOT / "Kconfig").read_bytes() if self.karch == "um" else b"",
                               procs.version(self.cross + "gcc", "--version"), procs.version("sparse", "--version"))
        self.files = "".join(f"{x}\n" for x in mine)  # what sparse reads
        self.linux = Linux(git, source, steps)
        self.known = None  # what Linux itself says
        self.resolved = set()  # symbols that it has
        self.tried = set()  # users of headers that were looked for with this configuration
        self.trying = set()  # those that make is told about
        self.unjudged = {}  # {step name: objects} that have no good verdict yet
        self.asked, self.open = set(), {}  # sources that known lacks; {step name: Case} of who asks
        self.reads = set()  # files that the objects depend on that the last scan found new
        self.at = None  # {path: blob} that the output directory was compiled from, of what the series touches

    # configuration

    def config_key(self, step):
        kconfig = {x: b for x, b in (step.blobs if step else self.steps[0].before).items()
                   if os.path.basename(x).startswith("Kconfig") and self.targets.here_too(x)}
        return cache.key(self.const, kconfig)

    def configuration(self, step):
        """The configuration of a step, or of Linux without the series, which the source is at."""
        def make():
            scratch = GATE / f"config-{self.name}"
            scratch.mkdir(parents=True, exist_ok=True)
            want = scratch / "requested.config"
            want.write_text("".join(x.read_text() for x in self.fragments))
            code, text = self.make("allnoconfig", out=scratch, env={"KCONFIG_ALLCONFIG": str(want)})
            if code:
                raise RuntimeError(f"allnoconfig: {text[-1000:]}")
            return (scratch / ".config").read_text()
        return cache.remembered("config", self.config_key(step), make)

    def configure(self, step):
        """Have the configuration of this step, the file is only written when it changes."""
        key = self.config_key(step)
        if key == self.config:
            return
        old, text = self.out / ".config", self.configuration(step)
        if not old.is_file() or old.read_text() != text:
            old.write_text(text)
        self.config = key
        self.tried = set()

    def missing(self):
        """What the fragments ask for and the whole series does not have."""
        text = cache.get("config", self.config_key(self.steps[-1])) or ""
        asked = {}
        for fragment in self.fragments:
            asked.update(re.findall(r"^(CONFIG_\w+)=(\S+)$", fragment.read_text(), re.M))
        have = dict(re.findall(r"^(CONFIG_\w+)=(\S+)$", text, re.M))
        return [f"{k}={v} is asked for, it is {have.get(k, 'n')}" for k, v in asked.items() if have.get(k, "n") != v]

    # make

    def make(self, *targets, out=None, env=None):
        command = ["make", "-s", "-k", "-C", str(self.source), f"O={out or self.out}", f"ARCH={self.karch}",
                   f"CROSS_COMPILE={self.cross}", "W=1", "C=1", f"CHECK={HERE}/sparse", "CF=-D__CHECK_ENDIAN__",
                   f"PYTHON3={sys.executable}", f"KERNELDOC={HERE}/no-kernel-doc", f"-j{os.cpu_count() or 1}", "--output-sync",
                   *targets]
        if self.karch == "um":
            command.append(f"KBUILD_KCONFIG={store.ROOT / 'Kconfig'}")
        (self.out / "series-files").write_text(self.files)
        status, text = run(command, env=environment(SERIES_FILES=str(self.out / "series-files"),
                                                    SERIES_SOURCE=str(self.source), **(env or {})))
        return status, re.sub(self.prefix, "", text)

    def scan(self, since=None):
        """Read the .cmd files again that are new; returns objects made after since."""
        fresh, self.reads = {}, set()
        for top, dirs, files in os.walk(self.out):
            if top == str(self.out):
                dirs[:] = [d for d in dirs if d not in ("include", "scripts", "source", "usr")]
            dirs[:] = [d for d in dirs if d != "tools"]  # programs for this machine
            for name in files:
                if not name.endswith(".o.cmd"):
                    continue
                path = os.path.join(top, name)
                when = os.stat(path).st_mtime_ns
                if path not in self.index or self.index[path][0] != when:
                    with open(path, errors="replace") as f:
                        words = re.findall(rf"\s{self.prefix}(\S+)", f.read())
                    self.index[path] = when, self.touched.intersection(words)
                    self.reads.update(words)
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

    # what is there already

    def begin(self):
        """Go on from what an earlier run has compiled, or from nothing."""
        if self.known is not None:
            return
        self.at = self.stood()
        if self.at is None:
            self.say(f"{self.name}: compiling from the beginning")
            subprocess.run(["rm", "-rf", str(self.out)], check=True)
            self.out.mkdir(parents=True)
            self.stand(self.steps[0].before)
        self.scan()
        self.known = Known(self)

    def stood(self):
        """What the output directory was compiled from when a run of the gate ended, or None."""
        try:
            said = json.loads((self.out / "stands.json").read_text())
        except (OSError, ValueError):
            return None
        if said["const"] != self.const:
            return None
        for name in set().union(*said.get("unjudged", {}).values()):  # make would say nothing about them again
            (self.out / name).unlink(missing_ok=True)
        return said["files"]

    def stand(self, blobs):
        """Remember what the output directory is compiled from, for later runs too."""
        self.at = dict(blobs)
        new = self.out / "stands.new"
        new.write_text(json.dumps({"const": self.const, "files": self.at, "unjudged": self.unjudged}))
        new.rename(self.out / "stands.json")

    # what to compile

    def folders(self, changed):
        """Targets for the objects that depend on these files, and for what else is in their directories."""
        files = {self.origin(self.object(cmd)) for cmd, (_, deps) in self.index.items() if deps.intersection(changed)}
        files |= {x for x in changed if re.search(r"\.[cS]$|Makefile$|Kbuild$", x) and self.targets.here_too(x)}
        folders = {x: (self.source / x).is_dir() and self.targets.enabled(x) for x in set(map(os.path.dirname, files))}
        return self.targets.of({x for x in files if folders[os.path.dirname(x)]} | self.unseen(changed))

    def unseen(self, changed):
        """Users of headers that were never compiled here: what they depend on is not known from make."""
        users = self.linux.users()
        found = set().union(*(users.get(x, ()) for x in changed if self.targets.here_too(x))) - self.tried
        there = {self.object(cmd)[:-2] for cmd in self.index}
        on, listed = self.targets.on(), {}
        new = {x for x in found if x[:-2] not in there and self.targets.here_too(x)
               and self.targets.listed(os.path.dirname(x), on, listed)}
        self.trying = new  # what make does not compile of it is not configured
        return new

    def origin(self, name):
        """The source of an object."""
        return f"{name[:-2]}.S" if (self.source / f"{name[:-2]}.S").is_file() else f"{name[:-2]}.c"

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

    def unresolved(self, built):
        """{symbol: object} of what the objects of a step use, and what neither an object nor Linux has: no link."""
        _, wanted = symbols.read(self.out, self.cross, built)
        new = set(wanted) - self.resolved
        if new:
            # not what an earlier run left of a later step
            there = [x for x in map(self.object, self.index)
                     if any((self.source / x).with_suffix(y).is_file() for y in (".c", ".S"))]
            new -= symbols.read(self.out, self.cross, there)[0]
        if new:
            self.resolved |= self.linux.exported()
            new -= self.resolved
        if new:
            self.resolved |= self.linux.mentioned(new, self.reads)
            new -= self.resolved
        return {x: wanted[x] for x in new}

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
        """(findings, notes) of a step that the source is at, or None if that depends on what learn() finds."""
        self.begin()
        self.configure(step)
        changed = self.changed(step)
        self.stand({**self.at, **dict.fromkeys(changed, "unknown")})  # until make has ended well
        self.stale(step.changed)
        since = time.time_ns() - 1
        folders = self.folders(changed)
        code, text = self.make(*folders) if folders else (0, "")
        built = self.scan(since)
        self.unjudged[step.name] = sorted(built)
        if not code:
            self.tried |= self.trying
            self.stand(step.blobs)
        case = Case(step, code, text, built, Counter(self.warnings(text)), self.unresolved(built))
        questions = set() if code else self.questions(case)
        if questions:
            self.asked |= questions
            self.open[step.name] = case
            return None
        return self.judge(case)

    def held_against(self, case):
        """([(file, warning)], [symbol]) of what Linux itself does not say, as far as it is known."""
        new = case.warnings - self.known.warnings
        # how often a header is warned about depends on how many include it
        new = [x for x in new.elements() if x[0].endswith((".c", ".S")) or x not in self.known.warnings]
        return new, sorted(set(case.wanted) - self.known.wanted)

    def questions(self, case):
        """Sources of Linux that could be the reason for what a step says."""
        warnings, names = self.held_against(case)
        found = {x for x, _ in warnings if x.endswith((".c", ".S"))} | {self.origin(case.wanted[x]) for x in names}
        for text in (text for x, text in warnings if not x.endswith((".c", ".S"))):  # in a header: of any source
            sources = set(map(self.origin, case.built))
            # of gcc, or of sparse, which reads what the series touches and what is generated
            found |= {x for x in sources if "[-W" in text or x in self.touched or not (self.source / x).is_file()}
        before = self.steps[0].before
        return {x for x in found if (x in before if x in self.touched else (self.source / x).is_file() or (self.out / x).is_file())
                } - self.known.sources

    def learn(self):
        """With the source at the base: have what was asked about."""
        self.say(f"{self.name}: {len(self.asked)} sources without the series")
        self.known.learn(self.asked)

    def settle(self, step):
        """(findings, notes) of a step about which learn() was needed."""
        return self.judge(self.open.pop(step.name))

    def judge(self, case):
        step, built = case.step, case.built
        warnings, names = self.held_against(case)
        bad = [": ".join(filter(None, x)) for x in warnings] + [f"{case.wanted[x]}: nothing defines {x}" for x in names]
        if bad or case.code:
            lines = [x for x in case.text.splitlines() if x.strip()]
            log = tree.BUILD / "logs" / f"gate-{self.name}-{step.name.replace('/', '-')}.log"
            log.parent.mkdir(exist_ok=True)
            log.write_text(case.text)
            return (bad or lines[:20]) + [f"log in {log}"], []
        notes = [f"{x}: not in this configuration" for x in step.sources(".c") if x[:-2] + ".o" not in built]
        needs = {x: step.blobs.get(x) for deps in built.values() for x in deps}
        needs.update({x: b for x, b in step.blobs.items() if os.path.basename(x) in ("Makefile", "Kbuild")
                      and any(o.startswith(os.path.dirname(x) + "/") for o in built)})
        notes.insert(0, f"{len(built)} objects")
        self.unjudged.pop(step.name, None)
        self.stand(self.at)
        cache.put(f"build-{self.name}", self.key(step),
                  {"config": cache.key(cache.get("config", self.config_key(step))), "needs": needs, "notes": notes,
                   "built": sorted(built)})
        return [], notes
