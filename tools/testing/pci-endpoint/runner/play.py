# SPDX-License-Identifier: GPL-2.0
"""Plays one scenario on one pair and judges it."""

import os
import subprocess
import time

from . import ktap, logscan
from .guest import GuestError
from .pair import Pair
from .paths import SetupError

TAIL = 25
SHOWN = 100
LEAKS = """
[ -e /sys/kernel/debug/kmemleak ] || exit 0
# objects younger than five seconds are not looked at, and a first scan may see stale pointers
sleep 6
echo scan >/sys/kernel/debug/kmemleak
sleep 1
echo scan >/sys/kernel/debug/kmemleak
report=$(cat /sys/kernel/debug/kmemleak)
echo "$report"
[ -z "$report" ]
"""


class Stop(Exception):
    """The scenario cannot go on."""


class Play:
    """One run of a scenario."""

    def __init__(self, guard, paths, scenario, profile, flavour, options, log_dir):
        self.guard = guard
        self.paths = paths
        self.scenario = scenario
        self.profile = profile
        self.flavour = flavour
        self.options = options
        self.log_dir = log_dir
        self.result = ktap.Result("%s.%s.%s" % (scenario.name, profile, flavour))
        self.section = None
        self.pair = None
        self.pending = []
        self.killed = set()
        self.counters = None
        self.steps_log = None

    # parts of the run

    def run(self):
        """Play it all; always returns a result, always ends what it started."""
        began = time.monotonic()
        try:
            self.pair = Pair(self.guard, self.paths, self.profile, self.flavour, self.log_dir,
                             slow=self.options.slow, full=self.options.full,
                             with_emulator=self.scenario.yes("emulator"),
                             kernel_options=self.scenario.words("kernel-options"),
                             stock=self.scenario.words("stock"))
            self.steps_log = open(os.path.join(self.log_dir, "steps.log"), "w", buffering=1)
            self._open("boot")
            try:
                self._boot()
                self.limit = int(self.scenario.head["timeout"]) * self.pair.scale
                self.deadline = time.monotonic() + self.limit
                self._steps()
                self._end()
            except (Stop, GuestError) as e:
                self.section.fail(str(e))
                self._save_state()
        except SetupError as e:
            self.result.fail(str(e))
        finally:
            if self.pair:
                self._destroy()
        if self.result.status == ktap.FAIL and self.pair:
            self._explain()
        self.result.notes.append("%.1f s" % (time.monotonic() - began))
        return self.result

    def _boot(self):
        options = self.scenario.words("emulator-options")
        if self.options.trace:
            options += ["--trace", os.path.join(self.log_dir, "trace.txt"),
                        "--trace-json", os.path.join(self.log_dir, "trace.json")]
        self.pair.start_emulator(options)
        roles = [r for r in self.scenario.words("boot") if r != "none"]
        for role in roles:
            self.pair.boot(role)
        for role in roles:
            self.pair.wait_boot(role)

    def _steps(self):
        checks = self.scenario.checks()
        try:
            for step in self.scenario.steps:
                if step.verb == "check":
                    self._collect()
                    self._done()
                    self._open(step.text)
                    checks.pop(0)
                else:
                    self._log("%d: %s %s" % (step.number, step.verb, step.text))
                    self._step(step)
            self._collect()
            self._done()
        finally:
            for name in checks:
                self.result.add(ktap.Result(name, ktap.FAIL, "not reached"))

    def _end(self):
        self._open("power-off")
        if self.pair.emulator and "emu" not in self.killed:
            status, self.counters = self.pair.emulator.ctl(["counters"])
            if status:
                raise Stop("counters: " + self.counters.strip())
            with open(os.path.join(self.log_dir, "counters"), "w") as f:
                f.write(self.counters)
        up = [g for g in self.pair.guests.values() if g.proc]
        if self.flavour == "sanitize":
            steps = [(g, g.begin(LEAKS)) for g in up]
            for guest, step in steps:
                self._wait(guest, step, 120 * self.options.slow)
                if step.status:
                    self.section.fail("%s: kmemleak report" % guest.role,
                                      step.output.decode(errors="replace").splitlines()[:60])
        for guest in up:
            wrong = self.pair.poweroff(guest.role)
            if wrong:
                self.section.fail(wrong)

    def _destroy(self):
        wrong = self.pair.destroy(self.options.keep)
        if wrong and "emu" not in self.killed:
            self.result.add(ktap.Result("emulator", ktap.FAIL, wrong))
        logs = self.result.add(ktap.Result("kernel logs"))
        for role, guest in self.pair.guests.items():
            found = logscan.scan(guest.log_path, self.scenario.allow)
            if found:
                logs.fail("%s.log: %d lines with a report" % (role, len(found)), found[:10])
        if self.steps_log:
            self.steps_log.close()

    def _save_state(self):
        """What the emulator knows, before it goes."""
        path = os.path.join(self.log_dir, "emulator.state")
        if self.pair.emulator and self.pair.emulator.alive() and not os.path.exists(path):
            with open(path, "w") as f:
                for word in ("state", "counters"):
                    f.write(self.pair.emulator.ctl([word])[1])

    def _explain(self):
        for role, guest in self.pair.guests.items():
            if not os.path.exists(guest.log_path):
                continue
            with open(guest.log_path, errors="replace") as f:
                tail = f.read().splitlines()[-TAIL:]
            self.result.notes += ["--- end of %s.log" % role] + tail
        self.result.notes.append("--- everything: %s" % self.log_dir)

    # sections: the named results

    def _open(self, name):
        self.section = self.result.add(ktap.Result(name))

    def _done(self):
        if self.section.status == ktap.FAIL:
            raise Stop("the rest was not run")

    def _log(self, text):
        self.steps_log.write("[%s] %s\n" % (time.strftime("%H:%M:%S"), text))
        if self.options.verbose:
            shown = text.rstrip().splitlines()
            if len(shown) > SHOWN:
                shown = shown[:SHOWN] + ["(%d more lines in steps.log)" % (len(shown) - SHOWN)]
            self.options.say("\n".join(shown))

    # steps

    def _step(self, step):
        verb = step.verb
        if verb in ("ep", "rc", "both"):
            roles = ("ep", "rc") if verb == "both" else (verb,)
            begun = [(self._guest(r), self._guest(r).begin(step.text), step) for r in roles]
            if step.background:
                self.pending += begun
                return
            for guest, run, line in begun:
                self._finish(guest, run, line)
        elif verb == "wait":
            self._collect()
        elif verb == "emu":
            if not self.pair.emulator:
                raise Stop("line %d: this scenario has no emulator" % step.number)
            self._judge(step, "emu", *self.pair.emulator.ctl(step.text.split()))
        elif verb == "host":
            self._host(step)
        else:
            self._power(verb, step.text)
        if self.section.own == ktap.FAIL:
            raise Stop("the rest was not run")

    def _power(self, verb, who):
        if verb == "kill":
            self.killed.add(who)
            if who == "emu":
                self.guard.reap(self.pair.emulator.proc)
            else:
                self._guest(who).end()
            return
        if verb in ("poweroff", "reboot"):
            wrong = self.pair.poweroff(who)
            if wrong:
                raise Stop(wrong)
        if verb in ("boot", "reboot"):
            self.pair.boot(who)
            self.pair.wait_boot(who)

    def _host(self, step):
        env = dict(os.environ, RUN=self.pair.dir, SHARE=os.path.join(self.pair.dir, "share"), LOGS=self.log_dir,
                   PROFILE=self.profile, FLAVOUR=self.flavour)
        if self.pair.emulator:
            env["CTL"] = "%s %s" % (self.pair.emulator.client, self.pair.emulator.sock("ctl"))
        proc = self.guard.spawn(["/bin/sh", "-ec", step.text], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                stderr=subprocess.STDOUT, env=env)
        try:
            out = proc.communicate(timeout=self._limit(step)[0])[0].decode(errors="replace")
            self._judge(step, "host", proc.returncode, out)
        except subprocess.TimeoutExpired:
            self.section.fail("line %d: host: time-out" % step.number)
        finally:
            self.guard.reap(proc)

    def _guest(self, role):
        guest = self.pair.guests[role]
        if not guest.alive():
            raise Stop("%s is not running" % role)
        return guest

    def _collect(self):
        """Wait for what runs in the background."""
        pending, self.pending = self.pending, []
        for guest, run, line in pending:
            self._finish(guest, run, line)

    def _limit(self, step):
        """Seconds that a step has left, and how to call the limit."""
        left = max(0.1, self.deadline - time.monotonic())
        if step.within and step.within * self.pair.scale < left:
            return step.within * self.pair.scale, "after %g s" % (step.within * self.pair.scale)
        return left, "of the scenario, %g s" % self.limit

    def _finish(self, guest, run, step):
        limit, words = self._limit(step)
        ended = False
        try:
            ended = self._wait(guest, run, limit)
        finally:
            out = run.output.decode(errors="replace")
            if not ended:
                words = "time-out " + words if guest.alive() else "lost"
                self._log("   %s\n%s" % (words, out))
                self.section.fail("line %d: %s: %s" % (step.number, guest.role, words), out.splitlines()[-20:])
        if ended:
            self._judge(step, guest.role, run.status, out)

    def _wait(self, guest, run, limit):
        """True if the step ended by itself; everything else must stay alive meanwhile."""
        end = time.monotonic() + limit
        while run.status is None and time.monotonic() < end:
            guest.wait_step(run, min(0.5, end - time.monotonic()))
            if run.status is not None:
                break
            for other in self.pair.guests.values():
                if other.proc and not other.alive():
                    raise Stop("%s kernel: died%s" % (other.role, self._last(run)))
            if self.pair.emulator and self.pair.emulator.proc and not self.pair.emulator.alive() \
               and "emu" not in self.killed:
                raise Stop("emulator: died" + self._last(run))
        if run.status is not None:
            return True
        self._save_state()
        guest.cancel(run, 3 * self.pair.scale)
        return False

    @staticmethod
    def _last(run):
        out = run.output.decode(errors="replace").splitlines()
        return ", last output: " + out[-1] if out else ""

    def _judge(self, step, who, status, output):
        """Turn the status and the output of a step into results."""
        self._log("   status %d\n%s" % (status, output))
        subtests = [] if step.expect_fail else ktap.parse(output)
        for sub in subtests:
            self.section.add(sub)
        if step.expect_fail:
            if status == 0:
                self.section.fail("line %d: %s: succeeded, should have failed: %s"
                                  % (step.number, who, step.text.splitlines()[0]))
        elif status == 4 and not subtests:    # KSFT_SKIP
            text = output.split("# SKIP")[-1].strip().splitlines()
            self.section.skip(text[0] if text else "no reason given")
        elif status and not any(s.status == ktap.FAIL for s in subtests):
            self.section.fail("line %d: %s: status %d of: %s"
                              % (step.number, who, status, step.text.splitlines()[0]),
                              output.splitlines()[-20:])
