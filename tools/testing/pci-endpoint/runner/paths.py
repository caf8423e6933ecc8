# SPDX-License-Identifier: GPL-2.0
"""Where everything is, and clear words when it is not there."""

import os
import shutil

HERE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
ROOT = os.path.abspath(os.path.join(HERE, "..", "..", ".."))
# "fast", "sanitize" and "coverage" have the series, "stock" is the Linux that it is made for
FLAVOURS = ("fast", "sanitize", "stock", "coverage")


class SetupError(Exception):
    """Something that the person who called us has to put right first."""


class Paths:
    """The tree and one build directory."""

    def __init__(self, build=None, scenarios=None):
        self.build = os.path.abspath(build or os.path.join(ROOT, "build"))
        self.here = HERE
        self.boards = os.path.join(HERE, "boards")
        self.guest = os.path.join(HERE, "guest")
        self.scenarios = os.path.abspath(scenarios or os.path.join(HERE, "scenarios"))
        self.logs = os.path.join(self.build, "logs")
        self.cache = os.path.join(self.build, "run")
        self.userland = os.path.join(self.build, "userland")

    def profiles(self):
        """Names of the board profiles: one device tree each."""
        return sorted(f[:-4] for f in os.listdir(self.boards) if f.endswith(".dts"))

    def check_profile(self, name):
        if name not in self.profiles():
            raise SetupError("unknown profile '%s', one of: %s"
                             % (name, " ".join(self.profiles())))

    def kernel(self, flavour):
        """Return (kernel binary, directory that holds lib/modules)."""
        if flavour not in FLAVOURS:
            raise SetupError("unknown kernel flavour '%s', one of: %s"
                             % (flavour, " ".join(FLAVOURS)))
        top = os.path.join(self.build, "stock" if flavour == "stock" else "", "kernel-" + flavour)
        binary = os.path.join(top, "linux")
        modules = os.path.join(top, "root", "lib", "modules")
        if not os.access(binary, os.X_OK):
            raise SetupError("no %s kernel: %s is missing, build it with `make kernel-%s`"
                             % (flavour, binary, flavour))
        if not os.path.isdir(modules) or not os.listdir(modules):
            raise SetupError("no modules of the %s kernel: %s is missing or empty, "
                             "build them with `make kernel-%s`" % (flavour, modules, flavour))
        return binary, modules

    def program(self, name):
        """A program for the guests."""
        path = os.path.join(self.userland, name)
        if not os.access(path, os.X_OK):
            raise SetupError("%s is missing, build it with make -C tools/testing/pci-endpoint/guest" % path)

    def emulator(self):
        """Return (emulator, its control client)."""
        pair = tuple(os.path.join(self.build, "emulator", n) for n in ("dwc-ep", "dwc-ep-ctl"))
        for path in pair:
            if not os.access(path, os.X_OK):
                raise SetupError("no emulator: %s is missing, build it with `make emulator`" % path)
        return pair


def tool(name, package):
    """Path of a program of the machine."""
    path = shutil.which(name) or shutil.which(name, path="/usr/sbin:/sbin")
    if not path:
        raise SetupError("'%s' is missing on this machine (Debian package %s)" % (name, package))
    return path
