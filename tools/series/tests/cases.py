# SPDX-License-Identifier: GPL-2.0
"""Runs the functions test_* of a file of tests; prints KTAP."""
import traceback


def run(names):
    """Exit status: 1 if one of them raised."""
    tests = [(k[5:], v) for k, v in names.items() if k.startswith("test_")]
    print(f"KTAP version 1\n1..{len(tests)}")
    bad = 0
    for n, (name, test) in enumerate(tests, 1):
        try:
            test()
            print(f"ok {n} {name}")
        except Exception:
            bad += 1
            for line in traceback.format_exc().splitlines():
                print(f"# {line}")
            print(f"not ok {n} {name}")
    return bad > 0
