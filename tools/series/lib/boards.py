# SPDX-License-Identifier: GPL-2.0
"""The device trees of the testbed's boards through dtc."""
import procs
import store
from git import Error

HOME = store.ROOT / "tools/testing/pci-endpoint/boards"


def trees():
    return sorted(HOME.glob("*.dts"))


def check(file):
    """What dtc says about a board."""
    code, out, log = procs.run(["dtc", "-I", "dts", "-O", "dtb", "-o", "/dev/null", "-i", str(file.parent), str(file)])
    said = [x.replace(f"{file.parent}/", "") for x in (out + log).splitlines() if x.strip()]
    if code and not said:
        raise Error(f"dtc {file.name}: status {code}")
    return said
