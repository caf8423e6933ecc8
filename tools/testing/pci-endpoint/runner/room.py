# SPDX-License-Identifier: GPL-2.0
"""Whether this machine has room: User-Mode Linux keeps the memory of a guest in a file that it executes."""

import os

from .paths import SetupError

MIB = 1 << 20
BESIDE = 64 * MIB   # of a pair: the emulator, the runner, what the kernels have outside of their guests' memory


def place():
    """Where the files will be, see choose_tempdir() of arch/um/os-Linux/mem.c."""
    for name in ("TMPDIR", "TMP", "TEMP"):
        if os.environ.get(name):
            return os.environ[name]
    with open("/proc/mounts") as f:
        mounts = [line.split()[1:3] for line in f]
    return "/dev/shm" if ["/dev/shm", "tmpfs"] in mounts else "/tmp"


def free_memory():
    """Bytes that programs can still have, on this machine or in this container."""
    with open("/proc/meminfo") as f:
        free = {line.split(":")[0]: int(line.split()[1]) << 10 for line in f}["MemAvailable"]
    try:
        with open("/sys/fs/cgroup/memory.max") as limit, open("/sys/fs/cgroup/memory.current") as used:
            free = min(free, int(limit.read()) - int(used.read()))
    except (OSError, ValueError):   # no container, or one without a limit
        pass
    return free


def check():
    """Returns the place after a look at it."""
    where = place()
    try:
        stat = os.statvfs(where)
    except OSError as e:
        raise SetupError("the memory of the kernels cannot be in %s: %s" % (where, e.strerror)) from None
    if stat.f_flag & os.ST_NOEXEC:
        raise SetupError("the memory of the kernels cannot be in %s, which is mounted noexec: mount it with exec "
                         "(docker run --tmpfs /dev/shm:exec,size=2g), or name another directory in TMPDIR" % where)
    return where, stat.f_bavail * stat.f_frsize


def pairs(wanted, size):
    """How many pairs of @size bytes can run at once, and why that is fewer than @wanted or None."""
    where, space = check()
    memory = free_memory()
    if space < size:
        raise SetupError("%s has %d MB free, two kernels need %d: make it larger (docker run --tmpfs "
                         "/dev/shm:exec,size=2g), or name another directory in TMPDIR"
                         % (where, space // MIB, size // MIB))
    room = min(space // size, memory // (size * 5 // 4 + BESIDE))
    if room >= wanted:
        return wanted, None
    room = max(1, room)
    return room, "%d pairs at once instead of %d: %d MB of memory are free, and %d MB in %s" % (
        room, wanted, memory // MIB, space // MIB, where)
