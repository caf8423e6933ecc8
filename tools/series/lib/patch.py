# SPDX-License-Identifier: GPL-2.0
"""One patch of the series: its mail text and the new files that come with it."""
import re
from dataclasses import dataclass, field

from git import EMAIL, NAME, Error

# What the testbed itself needs: the kernel with these and no others is the stock one
STOCK_FOLDERS = ("um-irq", "um-pci", "testbed")
# In the order in which they apply; one mailed series each
FOLDERS = STOCK_FOLDERS + ("fixes-dmaengine", "fixes-epc", "fixes-vntb", "fixes-ntb", "fixes-ntb-clients", "groundwork", "remote-dma")
TRAILER = "Patch-folder: "


@dataclass
class NewFile:
    path: str
    mode: str  # 100644 or 100755
    blob: str  # git object


@dataclass
class Patch:
    folder: str
    author: str
    subject: str
    body: str
    diff: str
    new: list = field(default_factory=list)
    name: str = ""  # folder/NNNN-slug.patch

    def slug(self):
        s = re.sub(r"[^A-Za-z0-9_.]+", "-", self.subject).strip("-.")
        return re.sub(r"\.\.+", ".", s)[:52].rstrip("-.")

    def message(self):
        """The commit's message in the assembled tree. The trailer stays in the tree."""
        text = self.subject + "\n\n"
        if self.body:
            text += self.body + "\n\n"
        return text + TRAILER + self.folder + "\n"

    def text(self):
        """The patch file."""
        body = self.body + "\n" if self.body else ""
        return (f"From: {self.author}\nSubject: [PATCH] {self.subject}\n\n{body}---\n"
                + ("\n" + self.diff if self.diff else ""))

    def edited(self):
        """Paths that the diff touches; of a renamed file both."""
        return touched(self.diff)

    def hunk(self, path, line):
        """Name the hunk of path whose old side starts at that line."""
        part = re.split(rf"^diff --git a/{re.escape(path)} b/\S+\n", self.diff, flags=re.M)
        if len(part) < 2:
            return f"line {line}"
        heads = re.findall(r"^@@ .*", part[1].split("\ndiff --git ")[0], re.M)
        for n, head in enumerate(heads, 1):
            if re.match(rf"@@ -{line}[, ]", head):
                return f"hunk {n} of {len(heads)}, {head}"
        return f"line {line}"


def touched(diff):
    """Paths in the headers of a diff, each once."""
    heads = re.findall(r"^diff --git a/(\S+) b/(\S+)$", diff, re.M)
    return list(dict.fromkeys(path for pair in heads for path in pair))


def check_message(what, subject, body):
    """Refuse what could not be mailed and read back."""
    if not subject:
        raise Error(f"{what}: the message has no subject line")
    for line in body.split("\n"):
        if line == "---" or line.startswith(("diff --git ", "Index: ")):
            raise Error(f"{what}: the message has a line that git am takes for the patch: {line!r}")


def split_message(message):
    """(subject, body, folder or None) of a commit message of the assembled tree."""
    folder = None
    keep = []
    for line in message.split("\n"):
        if line.startswith(TRAILER):
            folder = line[len(TRAILER):].strip()
        else:
            keep.append(line.rstrip())
    subject, _, body = "\n".join(keep).strip("\n").partition("\n")
    return subject, re.sub(r"\n{3,}", "\n\n", body.strip("\n")), folder


def parse(name, text):
    """Patch file -> Patch."""
    head, sep, rest = text.partition("\n\n")
    fields = dict(re.findall(r"^(From|Subject): (.*(?:\n[ \t].*)*)", head, re.M))
    if not sep or "Subject" not in fields:
        raise Error(f"patches/{name}: no 'Subject:' header")
    author = fields.get("From", f"{NAME} <{EMAIL}>")
    if not re.fullmatch(r"[^<>\n]+ <[^<>\n]+>", author):
        raise Error(f"patches/{name}: 'From: {author}' is not 'From: Name <address>'")
    subject = re.sub(r"^\[PATCH[^]]*\] *", "", re.sub(r"\n[ \t]+", " ", fields["Subject"]))
    at = re.search(r"^diff --git ", rest, re.M)
    body, diff = (rest[:at.start()], rest[at.start():]) if at else (rest, "")
    body = re.split(r"^---$", body, maxsplit=1, flags=re.M)[0].strip("\n")
    diff = re.sub(r"^-- \n(?:.*\n)*\Z", "", diff, flags=re.M)
    for bad in ("new file mode ", "copy from ", "GIT binary patch"):
        if re.search(rf"^{bad}", diff, re.M):
            raise Error(f"patches/{name}: has '{bad.strip()}': a patch only edits files that exist, "
                        "a new file lives whole in the repository and is named in series")
    check_message(f"patches/{name}", subject, body)
    return Patch(name.split("/")[0], author, subject, body, diff, [], name)
