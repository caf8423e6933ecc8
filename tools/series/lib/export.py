# SPDX-License-Identifier: GPL-2.0
"""Commits of the assembled tree -> patches, and back into the repository once they are proven."""
import re

import chain
import store
import tree
from git import Error
from patch import FOLDERS, NewFile, Patch, check_message, split_message

DIFF = ("-c", "core.quotePath=false", "diff", "--no-color", "--no-ext-diff", "--no-textconv", "--find-renames",
        "--full-index", "--diff-algorithm=histogram", "--unified=3", "--src-prefix=a/", "--dst-prefix=b/")


def changes(git, commit):
    """[(status, mode, blob, path, path before a renaming or None)] of a commit against its parent."""
    out = iter(git.out("diff-tree", "-r", "-z", "--find-renames", "--raw", f"{commit}^", commit).split("\0")[:-1])
    found = []
    for info in out:
        _, mode, _, blob, status = info.split()
        before = next(out) if status[0] == "R" else None
        path = next(out)
        if not re.fullmatch(r"[\w.,+@/-]+", path):
            raise Error(f"{path!r}: a file name that the kernel would not have")
        found.append((status[0], mode, blob, path, before))
    return found


def diff(git, commit, paths):
    """Text of the edits; without the index lines, which would change with every earlier patch."""
    if not paths:
        return ""
    text = git.bytes("--literal-pathspecs", *DIFF, f"{commit}^", commit, "--", *paths).decode()
    return re.sub(r"^index [0-9a-f]+\.\.[0-9a-f]+.*\n", "", text, flags=re.M)


def log(git, start, tip):
    """The commits of start..tip, oldest first."""
    if git.out("rev-list", "--merges", f"{start}..{tip}"):
        raise Error("there is a merge among the commits: a series is a line, use git rebase")
    if git.run("merge-base", "--is-ancestor", start, tip).returncode:
        raise Error(f"{start} is not an ancestor of {tip}")
    return git.out("rev-list", "--reverse", f"{start}..{tip}").split()


def message(git, commit):
    """(author, subject, body, folder) of a commit."""
    author, text = git.out("show", "-s", "--format=%an <%ae>%n%B", commit).split("\n", 1)
    subject, body, folder = split_message(text)
    what = f"{commit[:12]} ({subject})"
    if subject.startswith(("fixup! ", "squash! ", "amend! ")):
        raise Error(f"{what}: fold it in first, git rebase -i --autosquash base")
    check_message(what, subject, body)
    return author, subject, body, folder


def patches(git, tip, folder=None):
    """base..tip as patches. folder is where commits without a folder belong, else their predecessor's."""
    found, came, last = [], {}, None
    for commit in log(git, tree.BASE, tip):
        author, subject, body, own = message(git, commit)
        what = f"{commit[:12]} ({subject})"
        last = own or folder or last
        if last is None:
            raise Error(f"{what} is in no folder yet: make refresh FOLDER=<{'|'.join(FOLDERS)}>")
        if last not in FOLDERS:
            raise Error(f"{what}: no folder '{last}', there are {', '.join(FOLDERS)}")
        p = Patch(last, author, subject, body, "")
        edited = []
        for status, mode, blob, path, before in changes(git, commit):
            if mode not in ("100644", "100755", "000000"):
                raise Error(f"{what}: {path} is neither a file nor removed (mode {mode})")
            if status == "A":
                p.new.append(NewFile(path, mode, blob))
                came[path] = (p.new[-1], what)
            elif status == "D" and path in came:
                raise Error(f"{what} removes {path}, which {came[path][1]} brought: fold one into the other")
            elif before in came:
                raise Error(f"{what} renames {before}, which {came[before][1]} brought: fold one into the other")
            else:
                edited += [before, path] if before else [path]
                if path in came:
                    came[path][0].blob, came[path][0].mode = blob, mode
        p.diff = diff(git, commit, edited)
        found.append(p)
    store.number(found)
    return found


def take_back(git, tip, folder=None):
    """Write base..tip into the repository; count what changed there.

    Nothing is written before the patches have been assembled to exactly the same tree.
    """
    found = patches(git, tip, folder)
    commits = chain.build(tree.TREE, tree.BASE, found)
    made = commits[-1] if commits else git.ref(tree.BASE)
    if git.ref(f"{made}^{{tree}}") != git.ref(f"{tip}^{{tree}}"):
        raise Error("the patches do not give the same tree (an error of tools/series): nothing was written")
    sums = tree.sums(git, found) if tree.pinned(git) else None
    count = store.save(git, found, sums)
    if git.ref(tree.MAIN) != made:
        git.bytes("update-ref", "refs/series/before", tree.MAIN)  # as it was, should somebody miss it
    tree.move(git, made)
    tree.remember(digest=store.digest())
    return len(found), count
