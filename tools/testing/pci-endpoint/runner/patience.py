# SPDX-License-Identifier: GPL-2.0
"""Time in which a program waits for a processor does not count against its limits: a busy machine is late, not wrong."""

import os


def family(pid):
    """The process and all that descend from it."""
    found, todo = [], [pid]
    while todo:
        pid = todo.pop()
        found.append(pid)
        try:
            for task in os.listdir("/proc/%d/task" % pid):
                with open("/proc/%d/task/%s/children" % (pid, task)) as f:
                    todo += [int(child) for child in f.read().split()]
        except OSError:
            pass    # gone meanwhile, or a kernel that does not say
    return found


def waited(pid):
    """Seconds that each thread of a process was ready to run and did not: {thread: seconds}."""
    found = {}
    try:
        for task in os.listdir("/proc/%d/task" % pid):
            with open("/proc/%d/task/%s/schedstat" % (pid, task)) as f:
                found[task] = int(f.read().split()[1]) / 1e9
    except (OSError, ValueError, IndexError):
        pass
    return found


class Patience:
    """Adds up what processes that come and go have waited."""

    def __init__(self, pids):
        self.pids = pids    # a function: the processes to look at, with their children
        self.last = {}
        self.total = 0.0

    def lost(self):
        """Seconds so far. A thread counts from the first look at it."""
        for top in self.pids():
            for pid in family(top):
                for task, seconds in waited(pid).items():
                    self.total += max(0.0, seconds - self.last.get(task, seconds))
                    self.last[task] = seconds
        return self.total
