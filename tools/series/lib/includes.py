# SPDX-License-Identifier: GPL-2.0
"""Which files of a source include a header, directly or through others."""
import os
import re

from git import Error

VERSION = 4  # of this file, for what is remembered
LINE = "^[ \t]*#[ \t]*include[ \t]*[\"<]"
NOT_KERNEL = (":!tools", ":!samples", ":!scripts", ":!Documentation")


def read(lines):
    """{base name of the included: [(file, quote, what it includes)]}"""
    found = {}
    for path, text in lines:
        m = re.match(r"\s*#\s*include\s*([\"<])([^\">]+)[\">]", text)
        if m:
            found.setdefault(os.path.basename(m[2]), []).append((path, m[1], m[2]))
    return found


def same_arch(path, header):
    """Whether a kernel is compiled from both: um takes headers of x86, and has files below arch/x86/um."""
    a, b = (re.match(r"arch/(\w+/um/|\w+/)", x) for x in (path, header))
    if not a or not b:
        return True
    a, b = ("um/" if x[1] == "x86/um/" else x[1] for x in (a, b))
    return a == b or (a, b) == ("um/", "x86/")


def means(source, path, quote, text, header):
    """Whether an #include of path can lead to header."""
    def there(name):
        return os.path.isfile(os.path.join(source, name))
    if not same_arch(path, header):
        return False
    if quote == '"':
        beside = os.path.normpath(os.path.join(os.path.dirname(path), text))
        if beside == header or there(beside):
            return beside == header
    m = re.match(r"(?:arch/\w+/)?include/(?:uapi/)?(.+)", header)
    if m:
        return m[1] == text
    # by some -I of a Makefile
    return not there(f"include/{text}") and header.endswith("/" + re.sub(r"^(\.{1,2}/)+", "", text))


def users(source, headers, lines):
    """{header: files, no headers, that include it}, from (file, line) of all #include lines."""
    by_name = read(lines)
    if not by_name:
        raise Error("no file includes anything")

    def of(header):
        todo, seen, found = {header}, set(), set()
        while todo:
            seen |= todo
            names = {path for x in todo for path, quote, text in by_name.get(os.path.basename(x), ())
                     if means(source, path, quote, text, x)}
            found |= {x for x in names if not x.endswith(".h")}
            todo = {x for x in names if x.endswith(".h")} - seen
        return sorted(found)
    return {header: of(header) for header in headers}
