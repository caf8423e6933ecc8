# SPDX-License-Identifier: GPL-2.0
"""What is done to the runner, and what it must say. The scenarios have no link unless the case brings the stand-in for
the emulator (@fake); @sanitize lets the fast kernel stand for the sanitizer kernel."""

HEAD = "# title: test of the runner\n# emulator: no\n# timeout: %s\n"


class Case:
    def __init__(self, name, scenario, status, expect, refuse=(), args=(), fake=None, signal=None, sanitize=False):
        self.name, self.scenario, self.status = name, scenario, status
        self.expect, self.refuse, self.args = expect, refuse, list(args)
        self.fake, self.signal, self.sanitize = fake, signal, sanitize


def scn(steps, head="", timeout=20, emulator=False):
    text = HEAD % timeout
    if emulator:
        text = text.replace("# emulator: no\n", "")
    return text + head + steps + "\n"


CASES = [
    Case("passes", scn("check works\nep true\nrc uname -r"), 0,
         ["KTAP version 1\n1..1\n", "    ok 2 works\n", "\nok 1 case.generic.fast\n", "# Totals: pass:4 fail:0"]),
    Case("two pairs at once, three runs", scn("check works\nboth true"), 0, ["# Totals: pass:12 fail:0"],
         args=["--repeat", "3", "--jobs", "2"]),
    Case("a step fails", scn("check one\nrc echo message; false\ncheck two\nrc true"), 1,
         ["not ok 2 one", "status 1 of: echo message", "# message", "# not reached\n    not ok 3 two",
          "--- end of ep.log", "--- end of rc.log", "Run /init as init process", "--- everything: "]),
    Case("a step that must fail succeeds", scn("check one\nexpect-fail rc true"), 1, ["should have failed: true"]),
    Case("a line of a heredoc fails", scn("check one\nrc <<END\nfalse\necho not-here\nEND"), 1, ["status 1"],
         ["# not-here"]),
    Case("step time-out", scn("check one\nwithin 1 rc echo before; sleep 100"), 1,
         ["rc: time-out after 1 s", "# before"], ["hung"]),
    Case("scenario time-out", scn("check one\nrc& sleep 100\nwait", timeout=2), 1,
         ["rc: time-out of the scenario, 2 s"]),
    Case("step that keeps a session of its own", scn("check one\nwithin 1 rc setsid sleep 50 & sleep 50"), 1,
         ["rc: time-out"]),
    Case("hung kernel", scn("check one\nhost kill -STOP $(cat $RUN/ep1/pid)\nwithin 1 ep true"), 1,
         ["ep kernel: hung, killed"]),
    Case("kernel that does not power off", scn("check one\nhost kill -STOP $(cat $RUN/rc1/pid)"), 1,
         ["rc kernel: no power-off within 10 s, killed"]),
    Case("panic", scn("check one\nrc echo c >/proc/sysrq-trigger"), 1,
         ["rc kernel: died", "Kernel panic", "not ok 3 kernel logs"]),
    Case("kernel dies under the other side's step", scn("check one\nrc& sleep 20\nhost kill -KILL $(cat $RUN/ep1/pid)"
                                                         "\nwait"), 1, ["ep kernel: died"]),
    Case("early power-off", scn("check one\nep poweroff -f\nrc true"), 1, ["ep kernel: died"]),
    Case("kernel that restarts", scn("check one\nrc reboot -f; sleep 10"), 1, ["rc kernel: died"]),
    Case("a failure that is expected prints results", scn("check one\nexpect-fail rc echo not ok 1 x; false"), 0,
         ["ok 2 one"]),
    Case("missing program", scn("check one\nrc true", "# programs: pci_endpoint_test\n"), 2,
         ["pci_endpoint_test is missing, build it with"]),
    Case("process 1 dies", scn("check one\nep kill -KILL 1; sleep 1; kill -SEGV 1; sleep 1; exec 3>&-; echo x\n"
                               "rc poweroff -f"), 1, ["rc kernel: died"]),
    Case("kernel that never boots", scn("check one\nrc true", "# kernel-options: rdinit=/nothing init=/nothing\n"), 1,
         ["died within 20 s of its start", "Kernel panic"]),
    Case("warning in a log", scn("check one\nrc echo 'WARNING: CPU: 0 PID: 1 at x.c:1' >/dev/kmsg"), 1,
         ["    ok 2 one", "rc.log: 1 lines with a report", "WARNING: CPU: 0", "not ok 4 kernel logs"]),
    Case("allowed warning", scn("check one\nrc echo 'WARNING: CPU: 0 at x.c:1' >/dev/kmsg", "# allow: at x\\.c:1\n"),
         0, ["ok 4 kernel logs"]),
    Case("lockdep report", scn("check one\nep echo 'possible circular locking dependency' >/dev/kmsg"), 1,
         ["ep.log: 1 lines"]),
    Case("results of a test program",
         scn("check tap\nrc <<END\necho TAP version 13; echo 1..3\necho ok 1 a.b\n"
             "echo 'ok 2 c # SKIP BAR is disabled'\necho '# because'\necho not ok 3 d\nfalse\nEND"), 1,
         ["        ok 1 a.b\n", "ok 2 c # SKIP BAR is disabled", "# because\n        not ok 3 d", "pass:3 fail:1",
          "skip:1"]),
    Case("results that are missing", scn("check tap\nrc echo 1..3; echo ok 1 a"), 1, ["planned 3 tests, saw 1"]),
    Case("skip", scn("check one\nrc skip no such thing"), 0, ["ok 2 one # SKIP no such thing", "skip:1"]),
    Case("stand-in emulator", scn("check one\nemu info\nexpect-fail emu nonsense", emulator=True), 0,
         ["ok 2 one"], fake="ok"),
    Case("emulator never ready", scn("check one\nemu info", emulator=True), 1, ["emulator: not ready"], fake="silent"),
    Case("socket missing", scn("check one\nemu info", emulator=True), 1, ["rc.sock is missing"], fake="no-socket"),
    Case("emulator dies", scn("check one\nemu info\nrc true", emulator=True), 1,
         ["emulator: ", "ed with status 3"], fake="die"),
    Case("equal counters", scn("check one\nemu info", "# deterministic: yes\n", emulator=True), 0,
         ["ok 4 same transaction counters in 3 runs"], fake="ok"),
    Case("different counters", scn("check one\nemu info", "# deterministic: yes\n", emulator=True), 1,
         ["run 2 differs from run 1", "+ posted"], fake="count"),
    Case("missing emulator", scn("check one\nemu info", emulator=True), 2, ["dwc-ep is missing, build it with"]),
    Case("unknown profile", scn("check one\nrc true"), 2, ["unknown profile 'abc', one of: generic rcar-s4 rk3588"],
         args=["--profile", "abc"]),
    Case("unknown flavour", scn("check one\nrc true"), 2, ["unknown kernel flavour 'abc', one of: fast sanitize"],
         args=["--flavour", "abc"]),
    Case("missing kernel", scn("check one\nrc true"), 2, ["no sanitize kernel", "build it with"],
         args=["--flavour", "sanitize"]),
    Case("unknown scenario", scn("check one\nrc true"), 2, ["unknown scenario 'abc', one of: case"], args=["abc"]),
    Case("unknown group", scn("check one\nrc true"), 2, ["unknown group 'abc', one of: tests"],
         args=["--group", "tests", "--group", "abc"]),
    Case("unknown step", scn("check one\nrcx true"), 2, ["case.scn:5: unknown step 'rcx', one of:"]),
    Case("unknown header", scn("check one\nrc true", "# profil: generic\n"), 2, ["unknown header 'profil'"]),
    Case("short form on a board that is not played on", scn("check one\nrc true", "# short: rk3588\n"), 2,
         ["short: yes, no or some of the profiles (generic), not 'rk3588'"]),
    Case("short form on no board", scn("check one\nrc true", "# short:\n"), 2, ["short: yes, no or some of"]),
    Case("short form on one board", scn("check one\nrc true", "# profiles: generic rk3588\n# short: rk3588\n"), 0,
         ["\n1..1\n", "ok 1 case.rk3588.sanitize"], args=["--flavour", "sanitize"], sanitize=True),
    Case("no short form", scn("check one\nrc true", "# short: no\n"), 2, ["no scenario is left"],
         args=["--flavour", "sanitize"], sanitize=True),
    Case("long form", scn("check one\nrc true", "# short: no\n"), 0, ["ok 1 case.generic.sanitize"],
         args=["--flavour", "sanitize", "--full"], sanitize=True),
    Case("open heredoc", scn("check one\nrc <<END\ntrue"), 2, ["no 'END' line"]),
    Case("wrong option", scn("check one\nrc true"), 2, ["unrecognized arguments: --abc"], args=["--abc"]),
    Case("Ctrl-C", scn("check one\nboth sleep 30"), 130, ["interrupted by SIGINT"], signal="INT"),
    Case("SIGTERM", scn("check one\nboth sleep 30"), 130, ["interrupted by SIGTERM"], signal="TERM"),
    Case("SIGKILL of the runner", scn("check one\nboth sleep 30"), -9, [], signal="KILL"),
    Case("Ctrl-C with a hung kernel", scn("check one\nhost kill -STOP $(cat $RUN/ep1/pid)\nrc sleep 30"), 130,
         ["interrupted by SIGINT"], signal="INT"),
]
