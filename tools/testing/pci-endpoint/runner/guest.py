# SPDX-License-Identifier: GPL-2.0
"""One UML kernel: boot it, run shell text in it, end it.

Two ways out of the guest: the console (a pipe, kept as the log) and serial lines on socket pairs. Line 0 carries
orders to the agent (guest/agent), lines 1 to SLOTS carry the output of the steps and their status.
"""

import os
import re
import selectors
import socket
import subprocess
import threading
import time

from . import mconsole

SLOTS = 4
END = re.compile(rb"\x01(\d+) (\d+)\n")


class GuestError(Exception):
    """The guest did not do what it had to: boot, answer, stay alive."""


class Step:
    """Shell text that runs, or ran, in a guest."""

    def __init__(self, seq, slot):
        self.seq = seq
        self.slot = slot
        self.output = bytearray()
        self.status = None


class Guest:
    """A kernel and its agent."""

    def __init__(self, role, guard, run_dir, log_path, on_output=None):
        self.role = role
        self.guard = guard
        self.run_dir = run_dir
        self.log_path = log_path
        self.on_output = on_output
        self.share = os.path.join(run_dir, "share")
        self.proc = None
        self.hellos = 0
        self.boots = 0
        self.seq = 0
        self.running = {}
        self.eof = False
        self.cond = threading.Condition()

    # life

    def start(self, kernel, args, serial=()):
        """Start the kernel. Lines beyond the agent's are added with @serial ('ssl5=tty:...')."""
        self.boots += 1
        self.hellos = 0
        self.eof = False
        self.running = {}
        os.makedirs(os.path.join(self.share, ".steps"), exist_ok=True)
        self.umid = "%s%d" % (self.role, self.boots)
        pairs = [socket.socketpair() for _ in range(SLOTS + 1)]
        self.lines = [p[0] for p in pairs]
        console, writer = os.pipe()
        argv = [kernel] + args + [
            "con=null", "con0=null,fd:1", "ssl=null", "uml_dir=" + self.run_dir, "umid=" + self.umid]
        argv += ["ssl%d=fd:%d" % (n, p[1].fileno()) for n, p in enumerate(pairs)] + list(serial)
        self.proc = self.guard.spawn(argv, stdin=subprocess.DEVNULL, stdout=writer, stderr=subprocess.STDOUT,
                                     pass_fds=[p[1].fileno() for p in pairs])
        os.close(writer)
        for _, theirs in pairs:
            theirs.close()
        self.reader = threading.Thread(target=self._read, args=(console,), daemon=True)
        self.reader.start()

    def alive(self):
        """A kernel that starts a second time has lost everything, too."""
        return self.hellos < 2 and self.proc is not None and self.proc.poll() is None and not self.eof

    def wait_boot(self, timeout):
        if not self._wait(lambda: self.hellos, timeout):
            state = "no life sign" if self.alive() else "died"
            raise GuestError("%s kernel: %s within %.0f s of its start" % (self.role, state, timeout))

    def poweroff(self, timeout):
        """Ask for a power-off, return what was wrong with it or None."""
        if not self.alive():
            return "%s kernel: lost before power-off" % self.role
        self._order("poweroff")
        status = self.end(timeout)
        if status is None:
            return "%s kernel: no power-off within %.0f s, killed" % (self.role, timeout)
        with open(self.log_path, "rb") as f:
            clean = b"reboot: Power down" in f.read()
        if status or not clean:
            return "%s kernel: ended with status %s instead of a power-off" % (self.role, status)
        return None

    def end(self, timeout=0.0):
        """Reap the kernel, after @timeout by force; returns its status, None if it was killed."""
        if self.proc is None:
            return None
        status = self.guard.reap(self.proc, timeout)
        self.reader.join(2)
        for line in self.lines:
            line.close()
        self.proc = None
        return status

    # steps

    def begin(self, text):
        """Start shell text, return its Step."""
        with self.cond:
            busy = {s.slot for s in self.running.values()}
            free = [n for n in range(1, SLOTS + 1) if n not in busy]
            if not free:
                raise GuestError("%s: more than %d steps at once" % (self.role, SLOTS))
            self.seq += 1
            step = Step(self.seq, free[0])
            self.running[step.slot] = step
        path = os.path.join(self.share, ".steps", "%s.%d" % (self.role, step.seq))
        with open(path, "w") as f:
            f.write(text + "\n")
        self._order("run %d %d" % (step.seq, step.slot))
        return step

    def wait_step(self, step, timeout):
        """Wait for the end of a step, return whether it came."""
        return self._wait(lambda: step.status is not None, timeout)

    def cancel(self, step, grace):
        """Kill a step that takes too long. A kernel that cannot even do that is asked for its blocked tasks, then
        killed."""
        self._order("kill %d" % step.seq)
        if self._wait(lambda: step.status is not None, grace):
            return
        for key in "wlt":
            mconsole.command(os.path.join(self.run_dir, self.umid, "mconsole"), "sysrq " + key)
        time.sleep(0.3)
        self.end()
        raise GuestError("%s kernel: hung, killed (a step that had to end did not within %g s); its log has the state "
                         "of its tasks" % (self.role, grace))

    def console(self, line, size):
        """An interactive shell on a serial line of @size 'rows columns'."""
        self._order("shell %d %s" % (line, size))

    def _order(self, text):
        try:
            self.lines[0].sendall(text.encode() + b"\n")
        except OSError:
            pass    # dead: the caller finds out by the missing answer

    # what comes out

    def _wait(self, ready, timeout):
        end = time.monotonic() + timeout
        with self.cond:
            while not ready():
                left = end - time.monotonic()
                if left <= 0 or self.eof or not self.alive():
                    return ready()
                self.cond.wait(min(left, 0.5))
        return True

    def _read(self, console):
        select = selectors.DefaultSelector()
        select.register(console, selectors.EVENT_READ, "console")
        for n, line in enumerate(self.lines):
            select.register(line, selectors.EVENT_READ, n)
        buffers = [bytearray() for _ in self.lines]
        with open(self.log_path, "ab", buffering=0) as log:
            while select.get_map():
                for key, _ in select.select():
                    try:
                        data = os.read(key.fd, 1 << 16)
                    except OSError:
                        data = b""
                    if not data:
                        select.unregister(key.fileobj)
                    elif key.data == "console":
                        log.write(data)
                    else:
                        self._line(key.data, buffers[key.data], data)
        os.close(console)
        with self.cond:
            self.eof = True
            self.cond.notify_all()

    def _line(self, n, buf, data):
        buf += data
        with self.cond:
            if n == 0:
                self.hellos += data.count(b"hello ")
                buf.clear()
            else:
                self._output(self.running.get(n), buf)
            self.cond.notify_all()

    def _output(self, step, buf):
        if step is None:    # from something that a finished step left running
            buf.clear()
            return
        end = END.search(buf)
        if end and int(end.group(1)) != step.seq:
            del buf[:end.end()]
            end = END.search(buf)
        if end:
            step.output += buf[:end.start()]
            step.status = int(end.group(2))
            del self.running[step.slot]
            buf.clear()
        elif b"\x01" not in buf:
            step.output += buf
            buf.clear()
        if self.on_output:
            self.on_output(self, step)
