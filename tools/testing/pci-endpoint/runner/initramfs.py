# SPDX-License-Identifier: GPL-2.0
"""The guests' root: busybox and a first script, the rest comes over hostfs."""

import hashlib
import os
import stat
import subprocess
import threading

from .paths import SetupError, tool

DIRS = ("bin", "sbin", "dev", "proc", "sys", "run", "tmp", "etc", "lib", "lib/modules", "tb", "scenarios", "share",
        "tools")

FIRST = b"""#!/bin/busybox sh
# The kernel's command line says which host directories belong where (tb.*=)
/bin/busybox --install -s /bin
PATH=/bin; export PATH
mount -t proc none /proc
for arg in $(cat /proc/cmdline); do
	case $arg in
	tb.guest=*) mount -t hostfs -o ro,"${arg#*=}" none /tb ;;
	esac
done
exec /bin/sh /tb/init
"""


def entry(out, ino, name, mode, data=b""):
    """One member of a newc archive."""
    raw = name.encode() + b"\0"
    head = b"070701" + b"".join(b"%08x" % n for n in (
        ino, mode, 0, 0, 1, 0, len(data), 0, 0, 0, 0, len(raw), 0))
    out += head + raw
    out += b"\0" * (-len(out) % 4)
    out += data
    out += b"\0" * (-len(out) % 4)


def static_busybox():
    path = tool("busybox", "busybox-static")
    # a program with an interpreter is dynamically linked
    with open(path, "rb") as f:
        if b"/ld-linux" in f.read(4096):
            raise SetupError("%s is not statically linked: install the package busybox-static" % path)
    applets = subprocess.run([path, "--list"], capture_output=True, text=True, check=True).stdout.split()
    missing = {"ash", "mount", "modprobe", "ping", "nc", "sha256sum", "setsid", "stty"} - set(applets)
    if missing:
        raise SetupError("%s lacks %s" % (path, " ".join(sorted(missing))))
    return path


def build(cache):
    """Return the path of the archive, made anew when its content changes."""
    busybox = static_busybox()
    with open(busybox, "rb") as f:
        program = f.read()
    key = hashlib.sha256(program + FIRST + repr(DIRS).encode()).hexdigest()[:16]
    path = os.path.join(cache, "initramfs-%s.cpio" % key)
    if os.path.exists(path):
        return path

    out = bytearray()
    members = [(d, stat.S_IFDIR | 0o755, b"") for d in DIRS]
    members += [("bin/busybox", stat.S_IFREG | 0o755, program), ("init", stat.S_IFREG | 0o755, FIRST)]
    for ino, (name, mode, data) in enumerate(members, 1):
        entry(out, ino, name, mode, data)
    entry(out, 0, "TRAILER!!!", 0)
    os.makedirs(cache, exist_ok=True)
    temp = "%s.%d.%d" % (path, os.getpid(), threading.get_ident())
    with open(temp, "wb") as f:
        f.write(out)
    os.rename(temp, path)
    return path
