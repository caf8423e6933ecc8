# SPDX-License-Identifier: GPL-2.0
"""Calls git the same way on every machine: no configuration of the user, one identity, one date."""
import os
import subprocess

NAME = "PCI endpoint testbed"
EMAIL = "testbed@localhost"
DATE = "1767225600 +0000"  # any constant: the same series has to give the same hashes

SETTINGS = {
    "user.name": NAME,
    "user.email": EMAIL,
    "gc.auto": "0",
    "index.version": "4",
    "core.autocrlf": "false",
    "core.preloadIndex": "true",
    "core.untrackedCache": "true",
    "advice.detachedHead": "false",
}


class Error(Exception):
    """Something that the caller has to mend; the text says what."""


class Git:
    def __init__(self, tree, index=None, git_dir=None):
        self.tree = str(tree)
        drop = ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY", "GIT_PREFIX")
        self.env = {k: v for k, v in os.environ.items() if k not in drop}
        self.env.update(GIT_CONFIG_GLOBAL="/dev/null", GIT_CONFIG_SYSTEM="/dev/null", LC_ALL="C",
                        GIT_AUTHOR_NAME=NAME, GIT_AUTHOR_EMAIL=EMAIL, GIT_AUTHOR_DATE=DATE,
                        GIT_COMMITTER_NAME=NAME, GIT_COMMITTER_EMAIL=EMAIL,
                        GIT_COMMITTER_DATE=DATE, GIT_TERMINAL_PROMPT="0")
        if index:
            self.env["GIT_INDEX_FILE"] = str(index)
        if git_dir:
            self.env["GIT_DIR"] = str(git_dir)
            self.env["GIT_WORK_TREE"] = self.tree

    def run(self, *args, data=None):
        """Return the finished process; the caller looks at returncode."""
        if isinstance(data, str):
            data = data.encode()
        return subprocess.run(["git", *args], cwd=self.tree, env=self.env, input=data,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE)

    def bytes(self, *args, data=None):
        p = self.run(*args, data=data)
        if p.returncode:
            raise Error(f"git {' '.join(args[:3])} in {self.tree} failed:\n"
                        + p.stderr.decode(errors="replace").strip())
        return p.stdout

    def out(self, *args, data=None):
        return self.bytes(*args, data=data).decode().rstrip("\n")

    def ref(self, name):
        """The object a name stands for, or None."""
        p = self.run("rev-parse", "--verify", "--quiet", name)
        return p.stdout.decode().strip() if p.returncode == 0 else None
