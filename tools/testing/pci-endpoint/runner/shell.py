# SPDX-License-Identifier: GPL-2.0
"""make shell: both kernels in a tmux session, vNTB between them, for a person to play with."""

import argparse
import os
import shlex
import signal
import subprocess
import sys
import time

from .cli import interrupt
from .guard import Guard
from .guest import GuestError
from .pair import Pair
from .paths import FLAVOURS, Paths, SetupError, tool

LINE = 5    # first serial line that is not the agent's
# the network comes up when both sides have opened it
SETUPS = {
    "net": (("ep", "vntb_setup"), ("rc", "ntb_host_setup"), ("ep rc", "net_load"), ("ep rc", "net_up")),
    "dma": (("ep", "vntb_dma_setup"), ("rc", "ntb_host_setup"), ("rc", "modprobe dw-edma-aux"),
            ("ep rc", "modprobe ntb_ep_dma")),
    "nothing": (),
}

HELP = """The panes above are the endpoint (left) and the host (right), each a Linux kernel.
  in them   ping_peer 3 1400; lib functions: cat /tb/lib*.sh; files for both sides: /share
  here      ctl help        commands for the emulated link (ctl counters, ctl state, ctl link down ...)
            log ep, log rc  kernel logs
  keys      C-b and an arrow key: other pane; C-b [ scroll
  end       type 'exit' here, or C-b d: both kernels and the emulator end
"""


class Session:
    """A tmux server of our own, with panes whose terminals the kernels use directly."""

    def __init__(self, guard):
        self.guard = guard
        self.tmux_path = tool("tmux", "tmux")
        self.socket = os.path.join(guard.dir, "tmux")

    def tmux(self, *words):
        done = subprocess.run([self.tmux_path, "-S", self.socket, "-f", "/dev/null"] + list(words),
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, check=False)
        if done.returncode:
            raise SetupError("tmux: %s" % done.stderr.strip())
        return done.stdout.strip()

    def open(self, control):
        """Three panes: ep, rc and below them a shell on this machine."""
        hold = "tty >%s; exec sleep 1000000000"
        files = {role: os.path.join(self.guard.dir, "tty." + role) for role in ("ep", "rc")}
        size = os.get_terminal_size()
        self.tmux("new-session", "-d", "-s", "pcie-ep", "-x", str(size.columns), "-y", str(size.lines),
                  hold % files["ep"])
        self.guard.adopt(int(self.tmux("display-message", "-p", "#{pid}")))
        self.tmux("set", "-g", "status-right", "end: 'exit' in the lower pane or C-b d ")
        self.tmux("set", "-g", "status-right-length", "60")
        self.tmux("split-window", "-v", "-l", "30%", "%s; %s -S %s kill-server" % (
            control, self.tmux_path, self.socket))
        self.tmux("split-window", "-h", "-t", "0", hold % files["rc"])
        self.tmux("select-pane", "-t", "0", "-T", "endpoint")
        ttys = {}
        for role, path in files.items():
            end = time.monotonic() + 5
            while not os.path.exists(path) or not open(path).read().strip():
                if time.monotonic() > end:
                    raise SetupError("tmux: no terminal for %s" % role)
                time.sleep(0.02)
            ttys[role] = open(path).read().strip()
        return ttys

    def size(self, pane):
        return self.tmux("display-message", "-p", "-t", str(pane), "#{pane_height} #{pane_width}")

    def close(self):
        subprocess.run([self.tmux_path, "-S", self.socket, "kill-server"], stderr=subprocess.DEVNULL, check=False)


def parser():
    p = argparse.ArgumentParser(prog="shell", description="Both kernels up in tmux, with vNTB configured.")
    p.add_argument("--profile", default="generic", help="board (default generic)")
    p.add_argument("--flavour", default=FLAVOURS[0], help="kernels: %s" % " ".join(FLAVOURS))
    p.add_argument("--setup", default="net", choices=SETUPS, help="what to configure: a network over vNTB (default), "
                   "DMA channels for the host, nothing")
    p.add_argument("--build", metavar="DIR", help="build directory (default: build/ of the tree)")
    return p


def control_shell(guard, pair):
    """Command of the lower pane."""
    rc = os.path.join(guard.dir, "control.rc")
    logs = shlex.quote(pair.log_dir)
    with open(rc, "w") as f:
        f.write("ctl() { %s %s \"$@\"; }\nlog() { less %s/$1.log; }\nPS1='link# '\ncat <<'END'\n%sEND\n" % (
            shlex.quote(pair.emulator.client), pair.emulator.sock("ctl"), logs, HELP))
    return "ENV=%s sh -i" % rc


def bring_up(pair, session, setup):
    pair.start_emulator()
    ttys = session.open(control_shell(session.guard, pair))
    for role in ("ep", "rc"):
        pair.boot(role, ["ssl%d=tty:%s" % (LINE, ttys[role])])
    for role in ("ep", "rc"):
        pair.wait_boot(role)
    for pane, role in enumerate(("ep", "rc")):
        pair.guests[role].console(LINE, session.size(pane))
    for roles, text in SETUPS[setup]:
        print("%s: %s" % (roles, text), flush=True)
        steps = [(role, pair.guests[role].begin(text)) for role in roles.split()]
        for role, step in steps:
            if not pair.guests[role].wait_step(step, 40 * pair.scale):
                raise SetupError("%s: no end of '%s', kernel logs: %s" % (role, text, pair.log_dir))
            if step.status:
                raise SetupError("%s: '%s' failed: %s, kernel logs: %s" % (
                    role, text, step.output.decode(errors="replace").strip(), pair.log_dir))


def main(argv=None):
    args = parser().parse_args(argv)
    guard, pair, session = None, None, None
    try:
        if not (sys.stdin.isatty() and sys.stdout.isatty()):
            raise SetupError("needs a terminal")
        paths = Paths(args.build)
        paths.check_profile(args.profile)
        for sig in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
            signal.signal(sig, interrupt)
        guard = Guard()
        session = Session(guard)
        pair = Pair(guard, paths, args.profile, args.flavour, os.path.join(paths.logs, "shell"))
        bring_up(pair, session, args.setup)
        env = {k: v for k, v in os.environ.items() if k != "TMUX"}
        subprocess.run([session.tmux_path, "-S", session.socket, "attach"], env=env, check=False)
        print("shell: the end; kernel logs: %s" % pair.log_dir)
        return 0
    except (SetupError, GuestError) as e:
        print("shell: %s" % e, file=sys.stderr)
        return 2
    except KeyboardInterrupt as e:
        print("shell: interrupted by %s" % e, file=sys.stderr)
        return 130
    finally:
        for sig in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
            signal.signal(sig, signal.SIG_IGN)
        if pair:
            pair.destroy()
        if session:
            session.close()
        if guard:
            guard.close()
