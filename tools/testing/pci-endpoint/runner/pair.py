# SPDX-License-Identifier: GPL-2.0
"""The set-up that a scenario plays on: two kernels and the emulator between them."""

import os
import shutil

from .emulator import Emulator, device_tree
from .guest import Guest
from .paths import SetupError
from . import initramfs

MEM = {"fast": "128M", "sanitize": "256M", "stock": "128M", "coverage": "128M"}
# how much longer things may take
SCALE = {"fast": 1, "sanitize": 6, "stock": 1, "coverage": 2}


class Pair:
    """Both sides, ready to be booted."""

    def __init__(self, guard, paths, profile, flavour, log_dir, slow=1.0, full=False, with_emulator=True,
                 kernel_options=(), stock=(), on_output=None):
        paths.check_profile(profile)
        for path in (paths.build, paths.here, paths.scenarios):
            if any(c.isspace() for c in path):
                raise SetupError("white space in the path '%s': a kernel's command line cannot have it" % path)
        self.paths = paths
        self.profile = profile
        self.flavour = flavour
        # the sides in @stock run Linux as it was before the series
        self.flavours = {role: "stock" if role in stock else flavour for role in ("ep", "rc")}
        self.kernels = {role: paths.kernel(f) for role, f in self.flavours.items()}
        self.scale = SCALE[flavour] * slow
        self.full = full
        self.kernel_options = list(kernel_options)
        self.log_dir = log_dir
        shutil.rmtree(log_dir, ignore_errors=True)
        os.makedirs(log_dir)
        self.dir = guard.run_dir("pair")
        self.initrd = initramfs.build(paths.cache)
        self.guests = {role: Guest(role, guard, self.dir, os.path.join(log_dir, role + ".log"), on_output)
                       for role in ("ep", "rc")}
        self.emulator = None
        if with_emulator:
            self.emulator = Emulator(guard, paths, self.dir, os.path.join(log_dir, "emulator.log"))

    def start_emulator(self, options=()):
        if self.emulator:
            self.emulator.start(self.profile, options)

    def boot(self, role, serial=()):
        """Start a kernel, do not wait for it."""
        kernel, modules = self.kernels[role]
        args = ["mem=" + MEM[self.flavours[role]], "initrd=" + self.initrd, "root=/dev/ram0", "panic_on_warn=1",
                "log_buf_len=1M", "virtio_pcidev.max_delay_us=20000000",
                "tb.role=" + role, "tb.profile=" + self.profile,
                "tb.flavour=" + self.flavours[role],
                "tb.scale=%d" % max(1, round(self.scale)), "tb.full=%d" % self.full,
                "tb.guest=" + self.paths.guest, "tb.modules=" + modules,
                "tb.scenarios=" + self.paths.scenarios, "tb.share=" + self.guests[role].share]
        if os.path.isdir(self.paths.userland):
            args.append("tb.tools=" + self.paths.userland)
        if self.emulator and role == "ep":
            args.append("dtb=" + device_tree(self.paths, self.profile, self.emulator.sock("ep"),
                                             self.emulator.sock("gpio"), self.dir))
        elif self.emulator:
            args.append("virtio_uml.device=%s:1234" % self.emulator.sock("rc"))
        self.guests[role].start(kernel, args + self.kernel_options, serial)

    def wait_boot(self, role):
        self.guests[role].wait_boot(20 * self.scale)

    def poweroff(self, role):
        return self.guests[role].poweroff(10 * self.scale)

    def destroy(self, keep=False):
        """End whatever runs, keep the private directory on request; returns what the emulator has to complain about."""
        for guest in self.guests.values():
            guest.end()
        wrong = self.emulator.end() if self.emulator else None
        # of kernels with counters, see the guests' agent
        counters = os.path.join(self.dir, "share", ".gcov")
        if os.path.isdir(counters):
            shutil.move(counters, os.path.join(self.log_dir, "gcov"))
        if keep:
            shutil.copytree(self.dir, os.path.join(self.log_dir, "run"), ignore=shutil.ignore_patterns("*.sock", "mconsole"))
        shutil.rmtree(self.dir, ignore_errors=True)
        return wrong
