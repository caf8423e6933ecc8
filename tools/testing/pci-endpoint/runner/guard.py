# SPDX-License-Identifier: GPL-2.0
"""Nothing is left behind, however the runner ends.

Every program is started in a process group of its own, and the first thing that the group does is to tell its id to
a guard, a process that outlives the runner by a moment: when the runner is gone (SIGKILL, crash), the guard kills
the groups that are left and removes the directory of the run.
"""

import os
import shutil
import signal
import subprocess
import tempfile

# $0 is the guard's FIFO. Opened read-write: that does not block and leaves no open descriptor to the program.
REGISTER = 'echo "+ $$" 1<>"$0" && exec "$@"'


def kill_group(pgid):
    """SIGKILL: a hung UML kernel ignores everything else."""
    try:
        os.killpg(pgid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        pass


class Stopped(Exception):
    """The runner is about to end."""


class Guard:
    """Starts programs and sees to their end. One per runner."""

    def __init__(self):
        # /tmp and a short name: Unix socket paths end at 108 bytes
        self.dir = tempfile.mkdtemp(prefix="pcie-ep.", dir="/tmp")
        self.fifo = os.path.join(self.dir, "guard")
        os.mkfifo(self.fifo)
        reader = os.open(self.fifo, os.O_RDONLY | os.O_NONBLOCK)
        self.pipe = os.open(self.fifo, os.O_WRONLY)
        self.pid = os.fork()
        if not self.pid:
            try:
                self._watch(reader)
            finally:
                os._exit(0)
        os.close(reader)
        self.groups = set()
        self.stopped = False

    def _watch(self, reader):
        os.setsid()
        for sig in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(sig, signal.SIG_IGN)
        # hold nothing of the runner's open: whoever reads its output waits for the end of it
        null = os.open("/dev/null", os.O_RDWR)
        for fd in range(3):
            os.dup2(null, fd)
        os.set_blocking(reader, True)
        os.closerange(3, reader)
        os.closerange(reader + 1, 1024)
        groups = set()
        with os.fdopen(reader) as lines:
            for line in lines:
                what, pgid = line.split()
                (groups.add if what == "+" else groups.discard)(int(pgid))
        for pgid in groups:
            kill_group(pgid)
        shutil.rmtree(self.dir, ignore_errors=True)

    def spawn(self, argv, **kwargs):
        """Popen() in a new session that the guard knows."""
        if self.stopped:
            raise Stopped("interrupted")
        proc = subprocess.Popen(["/bin/sh", "-c", REGISTER, self.fifo] + argv,
                                start_new_session=True, **kwargs)
        self.groups.add(proc.pid)
        return proc

    def adopt(self, pgid):
        """A process group that was not started with spawn()."""
        self.groups.add(pgid)
        os.write(self.pipe, b"+ %d\n" % pgid)

    def reap(self, proc, timeout=0.0):
        """Give a program the time to end, then end its whole group; return its status or None if it was killed."""
        killed = False
        try:
            proc.wait(timeout)
        except subprocess.TimeoutExpired:
            killed = True
        kill_group(proc.pid)
        proc.wait()
        self.groups.discard(proc.pid)
        os.write(self.pipe, b"- %d\n" % proc.pid)
        return None if killed else proc.returncode

    def run_dir(self, name):
        """A short, private directory for sockets and the like."""
        return tempfile.mkdtemp(prefix=name + ".", dir=self.dir)

    def stop(self):
        """Kill everything and start nothing more."""
        self.stopped = True
        for pgid in list(self.groups):
            kill_group(pgid)

    def close(self):
        """End what still runs, then let the guard clean up and wait for it."""
        self.stop()
        os.close(self.pipe)
        os.waitpid(self.pid, 0)
