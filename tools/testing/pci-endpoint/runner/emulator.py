# SPDX-License-Identifier: GPL-2.0
"""The process between the kernels, and the device tree that leads to it."""

import os
import re
import select
import subprocess
import threading

from .paths import SetupError, tool

FAULT = re.compile(r"ERROR: \w+Sanitizer|runtime error:|Assertion .* failed")


class Emulator:
    """dwc-ep with its sockets in the directory of the run."""

    def __init__(self, guard, paths, run_dir, log_path):
        self.guard = guard
        self.binary, self.client = paths.emulator()
        self.paths = paths
        self.run_dir = run_dir
        self.log_path = log_path
        self.proc = None

    def sock(self, name):
        return os.path.join(self.run_dir, name + ".sock")

    def start(self, profile, extra=(), timeout=10):
        """Returns when the sockets are there."""
        argv = [self.binary, "--profile", profile]
        for option, name in (("ep", "ep"), ("gpio", "gpio"), ("rc", "rc"), ("control", "ctl")):
            if os.path.exists(self.sock(name)):
                os.unlink(self.sock(name))
            argv += ["--control" if option == "control" else "--%s-socket" % option, self.sock(name)]
        with open(self.log_path, "ab") as log:
            self.proc = self.guard.spawn(argv + list(extra), stdin=subprocess.DEVNULL,
                                         stdout=subprocess.PIPE, stderr=log)
        if not select.select([self.proc.stdout], [], [], timeout)[0]:
            raise SetupError("emulator: not ready within %d s, see %s" % (timeout, self.log_path))
        line = os.fsdecode(self.proc.stdout.readline()).strip()
        if line != "dwc-ep: ready":
            self.end()
            raise SetupError("emulator: said '%s' instead of 'dwc-ep: ready', see %s" % (line, self.log_path))
        threading.Thread(target=self._drain, args=(self.proc.stdout,), daemon=True).start()
        for name in ("ep", "gpio", "rc", "ctl"):
            if not os.path.exists(self.sock(name)):
                raise SetupError("emulator: is ready but its socket %s is missing" % self.sock(name))

    def _drain(self, pipe):
        """What else it has to say goes to the log: a full pipe would stop it."""
        with open(self.log_path, "ab", buffering=0) as log:
            for line in pipe:
                log.write(line)
        pipe.close()

    def alive(self):
        return self.proc is not None and self.proc.poll() is None

    def ctl(self, words, timeout=20):
        """One command for the emulator: (status, answer)."""
        try:
            done = subprocess.run([self.client, self.sock("ctl")] + words, stdin=subprocess.DEVNULL,
                                  stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=timeout, check=False)
        except subprocess.TimeoutExpired:
            return 124, "no answer within %d s" % timeout
        return done.returncode, done.stdout.decode(errors="replace")

    def end(self):
        """Quit; returns what was wrong, None if nothing."""
        if self.proc is None:
            return None
        wrong = None
        if self.proc.poll() is None:
            self.ctl(["quit"])
        elif self.proc.returncode:
            wrong = "emulator: died with status %d" % self.proc.returncode
        status = self.guard.reap(self.proc, 10)
        self.proc = None
        if wrong is None and status:
            wrong = "emulator: ended with status %d" % status
        if wrong is None and status is None:
            wrong = "emulator: did not quit, killed"
        with open(self.log_path, errors="replace") as f:
            for line in f:
                if FAULT.search(line):
                    wrong = "emulator: " + line.strip()
                    break
        return wrong


def device_tree(paths, profile, ep_sock, gpio_sock, run_dir):
    """The board's tree with the sockets of this run, compiled."""
    source = os.path.join(run_dir, "board.dts")
    blob = os.path.join(run_dir, "board.dtb")
    with open(source, "w") as f:
        f.write('/include/ "%s.dts"\n' % profile)
        f.write('&vhost_ep { socket-path = "%s"; };\n' % ep_sock)
        f.write('&vhost_gpio { socket-path = "%s"; };\n' % gpio_sock)
    done = subprocess.run([tool("dtc", "device-tree-compiler"), "-q", "-I", "dts", "-O", "dtb", "-i", paths.boards,
                           "-o", blob, source], capture_output=True, text=True, check=False)
    if done.returncode:
        raise SetupError("dtc: %s" % done.stderr.strip())
    return blob
