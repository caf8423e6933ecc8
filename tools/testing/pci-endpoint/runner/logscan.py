# SPDX-License-Identifier: GPL-2.0
"""Reports in a kernel log that nobody may overlook."""

import re

# What the kernel prints when something is wrong, whoever caused it
REPORTS = re.compile("|".join((
    r"\bWARNING: ",
    r"\bBUG\b",
    r"\bOops\b",
    r"Kernel panic",
    r"Kernel mode fault",
    r"general protection fault",
    r"cut here",
    r"Call Trace:",
    r"INFO: (task|rcu|trying to register|possible|lockdep|HARDIRQ|suspicious)",
    r"rcu: INFO:",
    r"possible (circular|recursive) locking|possible irq lock inversion|possible deadlock",
    r"inconsistent lock state|lock held when returning|bad unlock balance|held lock freed",
    r"suspicious RCU",
    r"sleeping function called|scheduling while atomic",
    r"KASAN:|UBSAN:|KCSAN:|KFENCE:|KMSAN:",
    r"kmemleak: .*suspected memory leak|unreferenced object",
    r"ODEBUG: (?!selftest|[0-9]+ of)",
    r"DMA-API: (?!preallocated|debugging (enabled|disabled)|dma_debug_entry)",
    r"unregister_netdevice: waiting",
    r"refcount_t: |list_(add|del) corruption",
    r"Poison overwritten|Redzone overwritten|Object already free",
    r"nobody cared",
    r"um virt-pci delay",
    r"page allocation failure|Out of memory",
    r"Modules linked in",
    r"init: no glue driver",
    r"agent: counters are lost",
)))


def scan(path, allow=()):
    """Return the lines of a log that report something, save those that one of the patterns in @allow takes."""
    allowed = [re.compile(a) for a in allow]
    found = []
    try:
        with open(path, errors="replace") as f:
            for line in f:
                if "sysrq: Show Blocked State" in line:
                    break       # the runner asked for what follows (Guest.cancel)
                if REPORTS.search(line) and not any(a.search(line) for a in allowed):
                    found.append(line.rstrip())
    except FileNotFoundError:
        pass
    return found
