# SPDX-License-Identifier: GPL-2.0
"""make demo: the host drives the endpoint's DMA engine, step by step as the HOWTO has it, with every command shown."""

import argparse
import contextlib
import io
import os
import signal
import sys

from . import logscan
from .cli import interrupt
from .guard import Guard
from .guest import GuestError
from .pair import Pair
from .paths import FLAVOURS, Paths, SetupError, tool

ABOUT = """Boot an endpoint and a host, lend the endpoint's DMA read channels to the host through vNTB, move data with
them and, the other way, with the endpoint's own. Every command is printed as it is typed in
Documentation/PCI/endpoint/pci-vntb-dma-howto.rst. Exit status 0 only if both sides saw their data verified."""

# What differs between the boards; the HOWTO explains the numbers.
BOARDS = {
    "rcar-s4": {"mw1": "0xF9000", "dma_bar": "2", "dma_offset": "0xF9000"},
    "rk3588": {"mw1": "0xE0000", "dma_bar": "2", "dma_offset": "0xE0000"},
    "generic": {"mw1": "0x100000", "dma_bar": "3", "dma_offset": None},
}

CREATE = """
modprobe pci_epf_vntb
cd /sys/kernel/config/pci_ep
mkdir functions/pci_epf_vntb/func1
cd functions/pci_epf_vntb/func1
until [ -d pci_epf_vntb.0 ]; do usleep 1000; done
echo 0x1912 > vendorid
echo 0x0030 > deviceid
echo 32 > msi_interrupts
"""
NTB = """
cd /sys/kernel/config/pci_ep/functions/pci_epf_vntb/func1/pci_epf_vntb.0
echo 16 > db_count
echo 128 > spad_count
echo 1 > num_mws
echo {mw1} > mw1
echo 0x1912 > vntb_vid
echo 0x0030 > vntb_pid
echo 0x10 > vbus_number
echo 0 > ctrl_bar
echo 2 > mw1_bar
echo 4 > db_bar
"""
DMA = """
cd /sys/kernel/config/pci_ep/functions/pci_epf_vntb/func1/pci_epf_vntb.0
echo {dma_bar} > dma_bar
echo {dma_offset} > dma_offset
echo 4 > dma_num_chans
"""
BIND = """
cd /sys/kernel/config/pci_ep
ln -s controllers/$(ls controllers) functions/pci_epf_vntb/func1/primary/
echo 1 > controllers/$(ls controllers)/start
cat functions/pci_epf_vntb/func1/pci_epf_vntb.0/dma_status
"""
HOST = """
echo 1 > /sys/bus/pci/rescan
modprobe ntb_hw_epf
modprobe dw-edma-aux
"""
CLIENT = """
modprobe ntb_ep_dma
"""
READY = """
cd /sys/kernel/debug/ntb_ep_dma/*
until grep -q ^1 ready; do usleep 10000; done
cat ready
"""
STATUS = """
cat /sys/kernel/config/pci_ep/functions/pci_epf_vntb/func1/pci_epf_vntb.0/dma_status
"""
INFO = """
cat /sys/kernel/debug/ntb_hw_epf/*/info
"""
RUN = """
cd /sys/kernel/debug/ntb_ep_dma/*
echo len={length} count=4 chans=4 > run
cat result
"""
REMOVE_HOST = """
rmmod ntb_ep_dma
rmmod dw-edma-aux
rmmod ntb_hw_epf
"""
REMOVE = """
rmmod ntb_ep_dma
cd /sys/kernel/config/pci_ep
cat functions/pci_epf_vntb/func1/pci_epf_vntb.0/dma_status
echo 0 > controllers/$(ls controllers)/start
rm functions/pci_epf_vntb/func1/primary/$(ls controllers)
rmdir functions/pci_epf_vntb/func1
"""
PASS = "peer_state: pass"


class Failed(Exception):
    """A command of the demonstration did not do what it had to."""


class Demo:
    """One run, with the values of one board."""

    def __init__(self, pair, values, length):
        self.pair = pair
        self.values = dict(values, length=length)

    def show(self, role, block):
        """Run the lines of a block in one shell, print each as it would be typed, and what it says."""
        lines = block.format(**self.values).strip().splitlines()
        text = "\n".join("cat <<'EOT'\n%s# %s\nEOT\n%s" % (role, line, line) for line in lines)
        guest = self.pair.guests[role]
        step = guest.begin(text)
        ended = guest.wait_step(step, 60 * self.pair.scale)
        out = step.output.decode(errors="replace")
        # waiting loops are typed by nobody
        shown = [line for line in out.splitlines() if "# until " not in line]
        print("\n".join(shown), flush=True)
        if not ended or step.status:
            raise Failed("%s: the last command above %s" % (role, "failed" if ended else "does not end"))
        return out

    def counters(self):
        status, text = self.pair.emulator.ctl(["counters"])
        if status:
            raise Failed("counters: " + text.strip())
        words = [line.split() for line in text.splitlines()]
        return {w[0]: int(w[1]) for w in words if len(w) == 2}

    def run(self, role):
        """One run from one side: (passed, what crossed the link meanwhile)."""
        before = self.counters()
        out = self.show(role, RUN)
        after = self.counters()
        print()
        return PASS in out.splitlines(), {name: after[name] - before[name] for name in after}

    def play(self):
        self.show("ep", CREATE)
        self.show("ep", NTB)
        self.show("ep", DMA)
        self.show("ep", BIND)
        print()
        self.show("rc", HOST)
        print()
        self.show("ep", CLIENT)
        self.show("rc", CLIENT)
        self.show("rc", READY)
        self.show("ep", READY)
        print()
        self.show("rc", INFO)
        self.show("ep", STATUS)
        print()
        passed, crossed = {}, {}
        for role in ("rc", "ep"):
            passed[role], crossed[role] = self.run(role)
        self.show("rc", REMOVE_HOST)
        self.show("ep", REMOVE)
        print()
        table(crossed)
        return passed


def table(crossed):
    """What crossed the link during the two runs: counted by the emulator, not by the kernels."""
    rows = [("posted writes by the host", "down.mwr"), ("reads by the host", "down.mrd"),
            ("posted writes by the endpoint", "up.mwr"), ("reads by the endpoint", "up.mrd"),
            ("MSIs", "up.msi")]
    rows += [("descriptors on %s channel %d" % (word, n), "%s%d.elements" % (name, n))
             for word, name in (("read", "rd"), ("write", "wr")) for n in range(4)]
    rows += [("bytes on %s channel %d" % (word, n), "%s%d.bytes" % (name, n))
             for word, name in (("read", "rd"), ("write", "wr")) for n in range(4)]
    print("%-36s %12s %12s" % ("what crossed the link", "run from rc", "run from ep"))
    for title, name in rows:
        print("%-36s %12d %12d" % (title, crossed["rc"][name], crossed["ep"][name]))
    print(flush=True)


def parser():
    p = argparse.ArgumentParser(prog="demo", description=ABOUT)
    p.add_argument("--profile", default="rcar-s4", help="board: %s (default rcar-s4)" % ", ".join(sorted(BOARDS)))
    p.add_argument("--auto", action="store_true", help="leave dma_offset unset: placed behind the window automatically")
    p.add_argument("--length", default="0x20000", metavar="BYTES", help="bytes on each channel (default 0x20000)")
    p.add_argument("--flavour", default=FLAVOURS[0], help="kernels: fast or sanitize (default fast)")
    p.add_argument("--check", action="store_true", help="all boards and layouts, results as KTAP")
    p.add_argument("--trace", action="store_true", help="write the link transactions to trace.txt and trace.json")
    p.add_argument("--build", metavar="DIR", help="build directory (default: build/ of the tree)")
    return p


def end(pair):
    """Power off, look at the logs: what is wrong, as text lines."""
    wrong = []
    for role, guest in pair.guests.items():
        wrong += filter(None, [pair.poweroff(role)])
        wrong += ["%s.log: %s" % (role, line) for line in logscan.scan(guest.log_path, [])]
    return wrong


def play(guard, paths, args, profile, auto):
    """The demonstration on one board: what is wrong with it, as text lines."""
    if profile not in BOARDS:
        raise SetupError("no demonstration for profile '%s', one of: %s" % (profile, " ".join(sorted(BOARDS))))
    values = dict(BOARDS[profile])
    if auto or values["dma_offset"] is None:
        values["dma_offset"] = "auto"
    log_dir = os.path.join(paths.logs, "demo.%s.%s" % (profile, args.flavour))
    trace = ["--trace", os.path.join(log_dir, "trace.txt"), "--trace-json", os.path.join(log_dir, "trace.json")]
    pair = Pair(guard, paths, profile, args.flavour, log_dir)
    try:
        pair.start_emulator(trace if args.trace else [])
        for role in ("ep", "rc"):
            pair.boot(role)
        for role in ("ep", "rc"):
            pair.wait_boot(role)
        passed = Demo(pair, values, args.length).play()
        wrong = ["%s: no '%s'" % (role, PASS) for role in passed if not passed[role]] + end(pair)
    except (GuestError, Failed) as e:
        wrong = str(e).splitlines()
    finally:
        pair.destroy()
    print("demo: %s; kernel logs in %s" % ("FAILED" if wrong else "both sides passed", log_dir), flush=True)
    return wrong


def check(guard, paths, args):
    """All boards and layouts, as KTAP: whether it passed."""
    variants = [("rcar-s4", False), ("rcar-s4", True), ("rk3588", False), ("generic", False)]
    print("KTAP version 1\n1..%d" % len(variants))
    bad = 0
    for n, (profile, auto) in enumerate(variants, 1):
        text = io.StringIO()
        with contextlib.redirect_stdout(text):
            wrong = play(guard, paths, args, profile, auto)
        if wrong:
            bad += 1
            print("\n".join("# " + line for line in text.getvalue().splitlines() + wrong))
        print("%s %d %s%s" % ("not ok" if wrong else "ok", n, profile, ", dma_offset auto" if auto else ""), flush=True)
    return bad == 0


def main(argv=None):
    args = parser().parse_args(argv)
    guard = None
    try:
        paths = Paths(args.build)
        paths.check_profile(args.profile)
        tool("dtc", "device-tree-compiler")
        for sig in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
            signal.signal(sig, interrupt)
        guard = Guard()
        if args.check:
            return 0 if check(guard, paths, args) else 1
        wrong = play(guard, paths, args, args.profile, args.auto)
        for line in wrong:
            print("demo: %s" % line, file=sys.stderr)
        return 1 if wrong else 0
    except SetupError as e:
        print("demo: %s" % e, file=sys.stderr)
        return 2
    except KeyboardInterrupt as e:
        print("demo: interrupted by %s" % e, file=sys.stderr)
        return 130
    finally:
        for sig in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
            signal.signal(sig, signal.SIG_IGN)
        if guard:
            guard.stop()
            guard.close()
