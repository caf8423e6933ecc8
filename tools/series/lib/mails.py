# SPDX-License-Identifier: GPL-2.0
"""The assembled series as mails: a cover letter and format-patch's output per folder."""
import re
import subprocess
from itertools import groupby

import export
import store
import tree
from git import DATE, EMAIL, NAME, Error, Git

LIMIT = 15  # what reviewers put up with in one series
FORMAT = ("format-patch", "-q", "--no-signature", "--find-renames", "--full-index", "--diff-algorithm=histogram",
          "--unified=3", "--src-prefix=a/", "--dst-prefix=b/", "--thread=shallow", "--subject-prefix=PATCH")


def series(git):
    """[(patch, commit)] in order, of what patches/ has: not of edits in build/linux."""
    patches = store.load(git)
    commits = export.log(git, tree.BASE, tree.MADE)
    if tree.state().get("digest") != store.digest() or len(patches) != len(commits):
        raise Error("build/linux is not what series says: make tree first")
    return list(zip(patches, commits))


def folders(pairs):
    """[(folder, [(patch, commit)])]"""
    return [(name, list(part)) for name, part in groupby(pairs, lambda pair: pair[0].folder)]


def cover(folder):
    """(subject, text) of a folder's cover letter."""
    file = store.ROOT / "patches" / folder / "cover.txt"
    if not file.is_file():
        raise Error(f"patches/{folder}/cover.txt is missing: a line with the subject, an empty line, the text")
    subject, gap, text = file.read_text().partition("\n\n")
    if not gap or "\n" in subject or not text.strip() or len(subject) > 70:
        raise Error(f"patches/{folder}/cover.txt: a subject of at most 70 characters, an empty line, the text")
    for n, line in enumerate(text.splitlines(), 3):
        if len(line) > 75:
            raise Error(f"patches/{folder}/cover.txt:{n}: longer than 75 characters")
    return subject, text.strip("\n") + "\n"


def sender(repository):
    """The git identity of whoever runs this, as git would use it."""
    p = subprocess.run(["git", "-C", str(repository), "var", "GIT_AUTHOR_IDENT"], capture_output=True, text=True)
    who = re.match(r"([^<>\n]+ <[^<>\s]+@[^<>\s]+>) ", p.stdout)
    if p.returncode or not who or EMAIL in who[1]:
        raise Error("SIGNOFF=1 signs with your git identity, and there is none: "
                    "git config --global user.name and user.email")
    return who[1]


def commits(pairs, signer=None):
    """The same commits as they are mailed: without the tree's trailer, signed if somebody signs."""
    git, made, parent = Git(tree.TREE), [], None
    parent = git.ref(tree.BASE)
    for patch, commit in pairs:
        author = signer if signer and EMAIL in patch.author else patch.author
        name, mail = re.fullmatch(r"(.*) <(.*)>", author).groups()
        git.env.update(GIT_AUTHOR_NAME=name, GIT_AUTHOR_EMAIL=mail, GIT_AUTHOR_DATE=DATE,
                       GIT_COMMITTER_NAME=NAME, GIT_COMMITTER_EMAIL=EMAIL)
        text = "\n\n".join(filter(None, (patch.subject, patch.body)))
        if signer:
            last = patch.body.rsplit("\n\n", 1)[-1].split("\n")
            tags = all(re.match(r"[A-Z][\w-]+(-by)?: |Fixes: |Cc: |Link: ", line) for line in last if line)
            text += ("\n" if patch.body and tags else "\n\n") + f"Signed-off-by: {signer}"
        parent = git.out("commit-tree", f"{commit}^{{tree}}", "-p", parent, data=text + "\n")
        made.append(parent)
    return made


def recipients(mails, source):
    """(to, cc) as scripts/get_maintainer.pl of the source names them."""
    p = subprocess.run(["perl", "scripts/get_maintainer.pl", "--no-git", "--no-git-fallback", "--roles", "--no-rolestats",
                        *map(str, mails)], cwd=source, capture_output=True, text=True)
    if p.returncode:
        raise Error(f"get_maintainer.pl: {p.stderr.strip()}")
    to, cc = [], []
    for line in p.stdout.splitlines():
        who, role = re.fullmatch(r"(.*?)(?: \(([a-z ]+)[:)].*)?", line).groups()
        (to if role in ("maintainer", "supporter") else cc).append(who)
    return to, cc


def write(git, number, made, into, to=(), cc=(), letter=None):
    """Write made[-number:] below into; with a letter also a cover letter. Returns the files."""
    if into.exists():
        for old in into.glob("*.patch"):
            old.unlink()
    into.mkdir(parents=True, exist_ok=True)
    who = [f"--to={x}" for x in to] + [f"--cc={x}" for x in cc]
    options = ["--cover-letter", f"--base={tree.BASE}"] if letter else []
    git.bytes(*FORMAT, *who, *options, "-o", str(into), f"-{number}", made)
    files = sorted(into.glob("*.patch"))
    if letter:
        subject, text = letter
        mail = files[0].read_text()
        for place, words in (("*** SUBJECT HERE ***", subject), ("*** BLURB HERE ***", text.rstrip("\n"))):
            if place not in mail:
                raise Error("git format-patch left no place for the cover letter")
            mail = mail.replace(place, words)
        files[0].write_text(mail)
    return files
