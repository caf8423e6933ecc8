# SPDX-License-Identifier: GPL-2.0
"""The command: choose, play, print."""

import argparse
import concurrent.futures
import os
import signal
import sys
import threading

from . import ktap, scenario as scenarios
from .guard import Guard
from .paths import FLAVOURS, Paths, SetupError, tool
from .play import Play

ABOUT = """Boot two kernels, endpoint and host, with the emulated link between them, play
scenarios on both sides in step and print the results as KTAP."""


def parser():
    p = argparse.ArgumentParser(prog="run", description=ABOUT)
    p.add_argument("names", nargs="*", metavar="scenario", help="scenarios to play, all of them by default")
    p.add_argument("--list", action="store_true", help="list the scenarios and stop")
    p.add_argument("--group", action="append", default=[], help="the scenarios of a group (directory below "
                   "scenarios/; may be repeated)")
    p.add_argument("--profile", action="append", help="only on this board profile (may be repeated)")
    p.add_argument("--flavour", action="append", help="kernels to use: %s (may be repeated), the first "
                   "by default" % " ".join(FLAVOURS))
    p.add_argument("--full", action="store_true", help="everything: long scenarios, no short form on sanitize")
    p.add_argument("--repeat", type=int, metavar="N", help="play each N times; deterministic ones must count "
                   "the same transactions each time")
    p.add_argument("--jobs", type=int, default=1, metavar="N", help="pairs at once (default 1)")
    p.add_argument("--slow", type=float, default=1.0, metavar="X", help="multiply all time limits by X")
    p.add_argument("--trace", action="store_true", help="write the link transactions to trace.txt and trace.json")
    p.add_argument("--keep", action="store_true", help="keep the files of each run (device tree, scripts, "
                   "shared files) beside its logs")
    p.add_argument("--build", metavar="DIR", help="build directory (default: build/ of the tree)")
    p.add_argument("--scenarios", metavar="DIR", help="other scenarios than those beside this program")
    p.add_argument("-v", "--verbose", action="store_true", help="show the steps and their output")
    return p


class Plan:
    """One line of the KTAP plan: a scenario on a profile and a flavour."""

    def __init__(self, scenario, profile, flavour, repeat):
        self.scenario, self.profile, self.flavour, self.repeat = scenario, profile, flavour, repeat
        self.id = "%s.%s.%s" % (scenario.name, profile, flavour)


def plan(args, paths):
    """What to play, in order."""
    for profile in args.profile or ():
        paths.check_profile(profile)
    flavours = args.flavour or [FLAVOURS[0]]
    for flavour in flavours:
        paths.kernel(flavour)
    chosen = scenarios.choose(paths, args.names, args.group)
    found = []
    for flavour in flavours:
        for s in chosen:
            if not s.plays_on(flavour):
                continue
            if not args.names and not args.full:
                if s.yes("full"):
                    continue
            for profile in s.words("profiles"):
                paths.check_profile(profile)
                if flavour == "sanitize" and not (args.names or args.full or s.in_short(profile)):
                    continue
                if args.profile and profile not in args.profile:
                    continue
                repeat = args.repeat or (3 if s.yes("deterministic") and flavour == "fast"
                                         else int(s.head["repeat"]))
                found.append(Plan(s, profile, flavour, repeat))
    if not found:
        raise SetupError("no scenario is left: %s is not for profile %s on kernel %s"
                         % (" ".join(s.name for s in chosen), " ".join(args.profile or ["any"]),
                            " ".join(flavours)))
    if any(f.scenario.words("stock") for f in found):
        paths.kernel("stock")
    for name in sorted({n for f in found for n in f.scenario.words("programs")}):
        paths.program(name)
    if any(f.scenario.yes("emulator") for f in found):
        paths.emulator()
        tool("dtc", "device-tree-compiler")
    return found


def play(guard, paths, item, args, stop):
    """All repetitions of one planned item, as one result."""
    runs, counters = [], []
    for n in range(item.repeat):
        if stop.is_set():
            break
        name = item.id if item.repeat == 1 else "%s.%d" % (item.id, n + 1)
        one = Play(guard, paths, item.scenario, item.profile, item.flavour, args, os.path.join(paths.logs, name))
        runs.append(one.run())
        counters.append(one.counters)
        if runs[-1].status == ktap.FAIL:
            break
    if item.repeat == 1:
        return runs[0] if runs else ktap.Result(item.id, ktap.FAIL, "interrupted")
    result = ktap.Result(item.id)
    for n, run in enumerate(runs, 1):
        run.name = "run %d" % n
        result.add(run)
    if item.scenario.yes("deterministic") and result.status != ktap.FAIL:
        same = result.add(ktap.Result("same transaction counters in %d runs" % len(runs)))
        for n, text in enumerate(counters[1:], 2):
            if text != counters[0]:
                same.fail("run %d differs from run 1" % n, difference(counters[0], text))
    return result


def difference(a, b):
    first, second = (a or "").splitlines(), (b or "").splitlines()
    return ["- " + x for x in first if x not in second][:20] + ["+ " + x for x in second if x not in first][:20]


def interrupt(signum, _frame):
    raise KeyboardInterrupt(signal.Signals(signum).name)


def main(argv=None):
    args = parser().parse_args(argv)
    sys.stdout.reconfigure(errors="replace")
    guard = None
    try:
        paths = Paths(args.build, args.scenarios)
        if args.list:
            for s in scenarios.choose(paths, args.names, args.group):
                print("%-10s %-24s %-32s %s" % (s.group, s.name, s.head["profiles"], s.head["title"]))
            return 0
        if args.jobs < 1 or args.slow <= 0 or (args.repeat is not None and args.repeat < 1):
            raise SetupError("--jobs, --repeat and --slow must be positive")
        items = plan(args, paths)
        guard = Guard()
    except SetupError as e:
        print("run: %s" % e, file=sys.stderr)
        return 2

    lock = threading.Lock()

    def say(text):
        with lock:
            print("\n".join("# " + part for part in text.rstrip().splitlines()), flush=True)

    args.say = say
    for sig in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
        signal.signal(sig, interrupt)
    stop = threading.Event()
    results = []
    pool = concurrent.futures.ThreadPoolExecutor(args.jobs)
    try:
        print("KTAP version 1\n1..%d" % len(items), flush=True)
        futures = [pool.submit(play, guard, paths, item, args, stop) for item in items]
        for n, future in enumerate(futures, 1):
            result = future.result()
            results.append(result)
            with lock:
                print("\n".join(ktap.lines(result, n)), flush=True)
        print(ktap.totals_line(results), flush=True)
    except KeyboardInterrupt as e:
        print("# interrupted by %s, ending the kernels" % e, flush=True)
        return 130
    except BrokenPipeError:
        # nobody reads on; keep the interpreter from trying once more at its end
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    finally:
        stop.set()
        for sig in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
            signal.signal(sig, signal.SIG_IGN)
        pool.shutdown(wait=False, cancel_futures=True)
        guard.stop()
        pool.shutdown(wait=True)
        guard.close()
    return 1 if any(r.status == ktap.FAIL for r in results) else 0
