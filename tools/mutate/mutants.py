# SPDX-License-Identifier: GPL-2.0
"""Finds the checks of C functions and makes mutants of them.

A mutant is one check broken in one way. All mutants of a file go into one text: where a condition was, there is
`(mutant(7) ? broken : mutant(8) ? broken otherwise : (condition))`, and the kernel is told at boot which of them it is.
So one kernel has them all, and lines stay where they were.

What counts as a check, in the functions that were asked for:
* an `if` whose branch leaves: it has a return, goto, break or continue;
* the condition of a `return` that is made of comparisons or has `? :`;
* a call of one of the functions of ranges, which refuse what is below one argument or above another.
"""
import re
from dataclasses import dataclass

TOKEN = re.compile(r'"(?:\\.|[^"\\])*"|\'(?:\\.|[^\'\\])*\'|\w+|->|<<=|>>=|<<|>>|<=|>=|==|!=|&&|\|\||\+\+|--|\S')
BLANK = re.compile(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"', re.S)
OPEN, CLOSE = "([{", ")]}"
OFF_BY_ONE = {"<": "<=", "<=": "<", ">": ">=", ">=": ">"}
LEAVES = {"return", "goto", "break", "continue"}


class ParseError(Exception):
    """The text is not what this expects of C."""


@dataclass
class Token:
    text: str
    at: int

    @property
    def end(self):
        return self.at + len(self.text)


@dataclass
class Mutant:
    """One way to break one check."""
    file: str
    line: int
    function: str
    original: str
    mutated: str
    number: int = 0
    again: int = 1      # the how many-th in its function that reads the same

    @property
    def change(self):
        return f"{self.original} -> {self.mutated}" + (f" [{self.again}]" if self.again > 1 else "")

    @property
    def key(self):
        """What it is called in the exceptions: lines move."""
        return self.file, self.function, self.change

    def __str__(self):
        return f"{self.file}:{self.line}: {self.function}: {self.change}"


def blank(text):
    """The text with comments and the insides of strings made blank, everything else where it was."""
    def one(m):
        s = m[0]
        if s[0] == '"':
            return '"' + "x" * (len(s) - 2) + '"'
        return re.sub(r"[^\n]", " ", s)
    return BLANK.sub(one, text)


def tidy(text):
    """One line, as it would be written in one."""
    text = re.sub(r"\s+", " ", blank_comments(text)).strip()
    return text.replace("( ", "(").replace(" )", ")")


def blank_comments(text):
    return re.sub(r"/\*.*?\*/|//[^\n]*", " ", text, flags=re.S)


def functions(text):
    """{name: (first token, last token)} of the bodies, braces included, and all tokens."""
    plain = blank(text)
    plain = re.sub(r"^[ \t]*#(?:[^\n]*\\\n)*[^\n]*", lambda m: re.sub(r"[^\n]", " ", m[0]), plain, flags=re.M)
    tokens = [Token(m[0], m.start()) for m in TOKEN.finditer(plain)]
    match = pairs(tokens)
    found = {}
    n = 0
    while n < len(tokens):
        if tokens[n].text == "{":
            # a function has its parameters right before the brace, and a name before them
            if n and tokens[n - 1].text == ")" and plain[:tokens[n].at].endswith("\n"):
                name = tokens[match[n - 1] - 1].text
                if name in found:
                    raise ParseError(f"two functions {name}()")
                found[name] = (n, match[n])
            n = match[n]
        n += 1
    return found, tokens, match


def pairs(tokens):
    """Where the bracket that belongs to a bracket is."""
    match, stack = {}, []
    for n, t in enumerate(tokens):
        if t.text in OPEN:
            stack.append(n)
        elif t.text in CLOSE:
            if not stack or OPEN.index(tokens[stack[-1]].text) != CLOSE.index(t.text):
                raise ParseError(f"unbalanced '{t.text}' at byte {t.at}")
            match[n] = stack.pop()
            match[match[n]] = n
    if stack:
        raise ParseError(f"'{tokens[stack[-1]].text}' at byte {tokens[stack[-1]].at} is not closed")
    return match


class File:
    """The checks of some functions of a file."""

    def __init__(self, name, text, wanted, ranges):
        """wanted: names of functions or None for all; ranges: {function: (argument of minimum, of maximum)}"""
        self.name, self.text, self.ranges = name, text, ranges
        self.bodies, self.tokens, self.match = functions(text)
        self.mutants = []
        self.edits = []     # (start, end, [(mutant, expression)], original expression)
        for missing in set(wanted or ()) - set(self.bodies):
            raise ParseError(f"{name}: no function {missing}()")
        for function, (first, last) in self.bodies.items():
            if wanted is None or function in wanted:
                self.function = function
                self.body(first, last)
        self.outside_of_functions()

    # finding

    def outside_of_functions(self):
        """Macros that make functions with a range."""
        inside = sorted(self.bodies.values())
        n = 0
        while n < len(self.tokens):
            if inside and n == inside[0][0]:
                n = inside.pop(0)[1]
            t = self.tokens[n]
            if t.text in self.ranges and self.text[t.at - 1] == "\n" and self.tokens[n + 1].text == "(":
                self.function = t.text
                self.bounds(n)
            n += 1

    def body(self, first, last):
        n = first
        while n < last:
            text = self.tokens[n].text
            if text == "if" and self.tokens[n + 1].text == "(":
                close = self.match[n + 1]
                if self.leaves(close + 1):
                    self.condition(n + 2, close)
            elif text == "return":
                self.returned(n + 1, self.find(n + 1, ";"))
            elif text in self.ranges and self.tokens[n + 1].text == "(" and self.function not in self.ranges:
                self.range(n)
            n += 1

    def find(self, n, what):
        """The next token of that text outside of brackets that begin after n."""
        while self.tokens[n].text != what:
            n = self.match[n] if self.tokens[n].text in OPEN else n
            n += 1
        return n

    def statement(self, n):
        """One behind the last token of the statement that begins at n."""
        text = self.tokens[n].text
        if text == "{":
            return self.match[n] + 1
        if text in ("if", "for", "while", "switch"):
            n = self.statement(self.match[n + 1] + 1)
            if text == "if" and self.tokens[n].text == "else":
                n = self.statement(n + 1)
            return n
        return self.find(n, ";") + 1

    def leaves(self, n):
        return any(t.text in LEAVES for t in self.tokens[n:self.statement(n)])

    # breaking

    def source(self, a, b):
        """Text of the tokens a to b, b not included."""
        return self.text[self.tokens[a].at:self.tokens[b - 1].end]

    def outside(self, a, b, what):
        """Tokens of these texts outside of brackets."""
        found, n = [], a
        while n < b:
            if self.tokens[n].text in OPEN:
                n = self.match[n]
            elif self.tokens[n].text in what:
                found.append(n)
            n += 1
        return found

    def condition(self, a, b):
        if any(t.text == "IS_ENABLED" for t in self.tokens[a:b]):
            return      # of the configuration, not of a value
        ways = [(self.name_of(a, b), "0", "0"),
                (self.name_of(a, b), f"!({self.name_of(a, b)})", f"!({self.source(a, b)})")]
        self.add(a, b, ways + self.broken(a, b, a, b))

    def returned(self, a, b):
        if question := self.outside(a, b, "?"):
            if not self.outside(a, question[0], ("=",)):
                self.condition(a, question[0])
        elif self.outside(a, b, OFF_BY_ONE.keys() | {"&&", "||", "==", "!="}):
            ways = [(self.name_of(a, b), f"!({self.name_of(a, b)})", f"!({self.source(a, b)})")]
            self.add(a, b, ways + self.broken(a, b, a, b))

    def name_of(self, a, b):
        return tidy(self.source(a, b))

    def broken(self, a, b, first, last):
        """Ways to break the part a-b of the condition first-last: operands left out, comparisons off by one."""
        ways = []
        if self.outside(a, b, ("?", "=")):
            return ways
        for what in ("||", "&&"):
            at = self.outside(a, b, (what,))
            if at:
                ends = [a, *(n + 1 for n in at)], [*at, b]
                for i, (start, end) in enumerate(zip(*ends)):
                    # with it goes the operator before it, for the first the one behind it
                    cut = (start - 1, end) if i else (start, at[0] + 1)
                    left = self.without(*cut, first, last)
                    ways.append((self.name_of(first, last), tidy(left), left))
                    ways += self.broken(start, end, first, last)
                return ways
        inner = a
        while inner < b and self.tokens[inner].text == "!":
            inner += 1
        if inner < b and self.tokens[inner].text == "(" and self.match[inner] == b - 1:
            return self.broken(inner + 1, b - 1, first, last)
        for n in self.outside(a, b, OFF_BY_ONE):
            t = self.tokens[n]
            start, end = self.tokens[first].at, self.tokens[last - 1].end
            left = self.text[start:t.at] + OFF_BY_ONE[t.text] + self.text[t.end:end]
            ways.append((self.name_of(first, last), tidy(left), left))
        return ways

    def without(self, a, b, first, last):
        start, end = self.tokens[first].at, self.tokens[last - 1].end
        return self.text[start:self.tokens[a].at] + self.text[self.tokens[b - 1].end:end]

    def range(self, n):
        """A call that refuses values out of a range: left out, and with a bound one further out."""
        close = self.match[n + 1]
        self.add(n, close + 1, [(self.name_of(n, close + 1), "0", "0")])
        self.bounds(n)

    def bounds(self, n):
        close = self.match[n + 1]
        comma = self.outside(n + 2, close, (",",))
        args = list(zip([n + 2, *(c + 1 for c in comma)], [*comma, close]))
        name = self.name_of(n, close + 1)
        low, high = self.ranges[self.tokens[n].text]
        for which, sign, harmless in ((low, "-", ("0",)), (high, "+", ("U32_MAX", "U64_MAX"))):
            if which > len(args):
                raise ParseError(f"{self.name}: {name} has no argument {which}")
            a, b = args[which - 1]
            text = self.name_of(a, b)
            if text not in harmless:    # there is nothing further out
                self.add(a, b, [(name, f"... {text} {sign} 1", f"(u64)({self.source(a, b)}) {sign} 1")])

    def add(self, a, b, ways):
        line = self.text.count("\n", 0, self.tokens[a].at) + 1
        made = []
        for original, mutated, code in ways:
            m = Mutant(self.name, line, self.function, original, mutated)
            m.again += sum((x.function, x.original, x.mutated) == (m.function, m.original, m.mutated)
                           for x in self.mutants)
            made.append((m, code))
            self.mutants.append(m)
        self.edits.append((self.tokens[a].at, self.tokens[b - 1].end, made))

    # writing

    def drop(self, lines):
        """Take out the mutants whose check begins or ends in these lines; returns them."""
        gone = []
        for edit in list(self.edits):
            first = self.text.count("\n", 0, edit[0]) + 1
            last = self.text.count("\n", 0, edit[1]) + 1
            if any(first <= n <= last for n in lines):
                self.edits.remove(edit)
                gone += [m for m, _ in edit[2]]
        self.mutants = [m for m in self.mutants if m not in gone]
        return gone

    def mutated(self):
        """The text with all mutants in it; they have to have numbers."""
        text = self.render(0, len(self.text), self.edits)
        return "extern _Bool mutant(unsigned int number); " + text

    def render(self, start, end, edits):
        """Text from start to end with edits made, which may be within each other."""
        out, at = [], start
        edits = sorted(edits, key=lambda e: (e[0], -e[1]))
        while edits:
            a, b, made = edits.pop(0)
            inside = [e for e in edits if e[1] <= b]
            edits = edits[len(inside):]
            out.append(self.text[at:a])
            ways = "".join(f"mutant({m.number}) ? {oneline(code)} : " for m, code in made)
            out.append(f"({ways}({self.render(a, b, inside)}))")
            at = b
        return "".join(out) + self.text[at:end]


def oneline(code):
    """What is there a second time must not move the lines."""
    return f"({tidy(code)})"
