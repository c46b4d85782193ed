"""JavaScript as tokens: whether a text calls or assigns, and what no honest page would.

Source: ECMA-262, clause 12 (lexical grammar). Reading stops at no error: an injected script stands
between pieces of another, so the grammar asked for is that of its parts.
"""

from __future__ import annotations

import re
from typing import NamedTuple

LIMIT = 16_384
"""Characters of one script that are read."""

_SCAN = re.compile(
    r"(?P<space>[\s\x00-\x20\u200b\ufeff]+)"
    r"|(?P<comment>//[^\r\n\u2028\u2029]*|/\*[^*]*(?:\*(?!/)[^*]*)*(?:\*/)?|<!--[^\r\n]*)"
    r"|(?P<string>\"[^\"\\\r\n]*(?:\\.[^\"\\\r\n]*)*\"?|'[^'\\\r\n]*(?:\\.[^'\\\r\n]*)*'?)"
    r"|(?P<template>`[^`\\]*(?:\\.[^`\\]*)*`?)"
    r"|(?P<number>\.?\d[\w.]*)"
    r"|(?P<name>(?:[A-Za-z_$\u00aa-\u1fff\u2c00-\uffef\U00010000-\U0010ffff]"
    r"|\\u[0-9a-fA-F{])(?:[\w$\u200c\u200d]|\\u[0-9a-fA-F{]|(?<=[0-9a-fA-F])\})*)"
    r"|(?P<punct>=>|[!=]==?|&&=?|\|\|=?|\?\?=?|\?\.(?!\d)|\+\+|--|<<=?|>>>?=?|\*\*=?"
    r"|[-+*/%&|^<>]=|.)",
    re.DOTALL,
)
_UNICODE = re.compile(r"\\u\{?0*([0-9a-fA-F]{1,6})\}?")
_ESCAPE = re.compile(
    r"\\(?:x([0-9a-fA-F]{2})|u\{?0*([0-9a-fA-F]{1,6})\}?|([0-7]{1,3})|(.))", re.DOTALL
)

_SHOWS = frozenset({"alert", "confirm", "prompt"})
_EVALUATES = frozenset({"eval", "execscript", "importscripts", "msgbox"})
_TIMERS = frozenset({"settimeout", "setinterval", "setimmediate", "function", "generatorfunction"})
_GLOBALS = frozenset(
    {
        "window",
        "self",
        "top",
        "parent",
        "frames",
        "globalthis",
        "this",
        "document",
        "opener",
        "location",
    }
)
_WINDOWS = _GLOBALS | {"view", "defaultview", "contentwindow", "ownerdocument"}
_OBJECTS = frozenset({"window", "self", "top", "parent", "frames", "globalthis"})
_TERSE = 200
"""Characters: in a script as short, a computed member of a window hides its name."""
_SECRETS = frozenset({"cookie", "localstorage", "sessionstorage"})
_SENDS = frozenset(
    {"fetch", "xmlhttprequest", "sendbeacon", "image", "websocket", "eventsource", "open"}
)
_DECODES = frozenset({"fromcharcode", "fromcodepoint", "atob", "unescape"})
_WRITES = frozenset(
    {
        "write",
        "writeln",
        "insertadjacenthtml",
        "globaleval",
        "getscript",
        "createcontextualfragment",
    }
)
_HTML = frozenset({"innerhtml", "outerhtml", "srcdoc"})
_PLACES = frozenset({"location", "href", "src"})
_KEYWORDS = frozenset(
    [
        "if",
        "else",
        "for",
        "while",
        "do",
        "switch",
        "case",
        "default",
        "break",
        "continue",
        "return",
        "var",
        "let",
        "const",
        "new",
        "delete",
        "typeof",
        "instanceof",
        "in",
        "of",
        "void",
        "throw",
        "try",
        "catch",
        "finally",
        "with",
        "class",
        "extends",
        "super",
        "yield",
        "await",
        "async",
        "function",
        "import",
        "export",
        "static",
        "get",
        "set",
        "debugger",
    ]
)
_CONTROL = frozenset(
    [
        "if",
        "for",
        "while",
        "switch",
        "catch",
        "with",
        "function",
        "return",
        "typeof",
        "in",
        "of",
        "void",
        "case",
        "delete",
        "throw",
        "new",
        "await",
        "yield",
        "else",
        "do",
    ]
)
_ASSIGNS = frozenset({"=", "+=", "-=", "*=", "/=", "|=", "||=", "&&=", "??="})
_BEFORE_VALUE = frozenset({"[", "+", ",", "=>", ";", "!", "?", ":", "&&", "||", "-", "throw"})
_AFTER_VALUE = frozenset({")", ",", ";", "]", "}", "."})
_OPERAND_END = (")", "]", "}")
_BENIGN = re.compile(
    r"(?:return\b[^()]{0,60}|(?:void|event|e)\b[^()]{0,40}|void ?\( ?0 ?\)"
    r"|(?:window\.)?(?:history\.(?:back|forward|go)|close|focus|scroll(?:to|by)?)\([\w ,-]{0,20}\)"
    r"|(?:event|e)\.(?:preventdefault|stoppropagation)\( ?\)"
    r"|this\.[\w.]{1,60}(?:\( ?['\w-]{0,40} ?\)| ?= ?['\"]?[^'\"()<>;]{0,200}['\"]?)?)?",
    re.IGNORECASE,
)


class Token(NamedTuple):
    """``kind`` is string, template, number, name or punct; ``text`` with Unicode escapes undone."""

    kind: str
    text: str
    start: int
    end: int


class Reading(NamedTuple):
    """What a script does: 0 nothing, 1 calls or assigns, 2 what only an attack would do."""

    grade: int
    start: int
    end: int
    collisions: int
    """Operands without an operator between them on one line: prose has many, programs none."""
    commented: bool
    """A comment was met: an injection hides with it what follows."""


NOTHING = Reading(0, 0, 0, 0, commented=False)


def _unescaped(text: str) -> str:
    def one(match: re.Match[str]) -> str:
        hexadecimal = match[1] or match[2]
        if hexadecimal:
            code = int(hexadecimal, 16)
        elif match[3]:
            code = int(match[3], 8)
        else:
            return match[4]
        return chr(code) if code < 0x110000 else ""

    return _ESCAPE.sub(one, text) if "\\" in text else text


def _name(text: str) -> str:
    if "\\" not in text:
        return text
    return _UNICODE.sub(lambda m: chr(min(int(m[1], 16), 0x10FFFF)), text)


def tokens(text: str) -> tuple[list[Token], bool]:
    """The tokens without blanks and comments, and whether there were comments."""
    found: list[Token] = []
    commented = False
    for match in _SCAN.finditer(text[:LIMIT]):
        kind = match.lastgroup or "punct"
        if kind == "space":
            if "\n" in match[0] and found:
                found.append(Token("line", "\n", match.start(), match.end()))
        elif kind == "comment":
            commented = True
        elif kind == "name":
            found.append(Token(kind, _name(match[0]), match.start(), match.end()))
        else:
            found.append(Token(kind, match[0], match.start(), match.end()))
    return found, commented


def obfuscated(text: str) -> bool:
    """JSFuck and its kin: a program of brackets and signs alone."""
    if len(text) < 40:
        return False
    head = text[:400]
    signs = sum(map(head.count, "[]()!+{}$_~:.,;\"'\\/=-"))
    dense = signs + head.count(" ") >= 0.94 * len(head)  # a form's "+" reads as a blank
    return dense and head.count("[") + head.count("!") >= 6 and ("![]" in head or "{}" in head)


class _Reader:
    """Walks the tokens once; each question looks at a bounded neighbourhood."""

    def __init__(self, text: str, depth: int) -> None:
        self.text = text
        self.depth = depth
        every, self.commented = tokens(text)
        self.tokens: list[Token] = []
        self.after_line: set[int] = set()
        for token in every:
            if token.kind == "line":
                self.after_line.add(len(self.tokens))
            else:
                self.tokens.append(token)
        self.low = [
            token.text.lower() if token.kind == "name" else token.text for token in self.tokens
        ]
        self.words = frozenset(self.low)
        self.sends = not _SENDS.isdisjoint(self.words)

    def at(self, index: int) -> str:
        return self.low[index] if 0 <= index < len(self.low) else ""

    def kind(self, index: int) -> str:
        return self.tokens[index].kind if 0 <= index < len(self.tokens) else ""

    def is_called(self, index: int) -> bool:
        """Whether what ends before ``index`` is called there: ``(``, ``?.(`` or a template."""
        if self.at(index) == "?.":
            index += 1
        return self.at(index) == "(" or self.kind(index) == "template"

    def collides(self, index: int) -> bool:
        if index == 0 or index in self.after_line:
            return False
        if self.kind(index) not in {"name", "number", "string"}:
            return False
        before, here = self.at(index - 1), self.at(index)
        if self.kind(index - 1) in {"name", "number"}:
            return before not in _KEYWORDS and here not in _KEYWORDS
        return before in {")", "]"} and self.kind(index) != "string" and here not in _KEYWORDS

    def grade(self, index: int) -> int:
        kind = self.kind(index)
        if kind == "name":
            if self.at(index - 1) in {".", "?."}:
                return self.property(index)
            return self.identifier(index)
        if kind == "punct":
            return self.punctuation(index)
        if kind == "template":
            return self.template(index)
        return 0

    def identifier(self, index: int) -> int:
        low, after = self.low[index], self.at(index + 1)
        if after == ":" and self.at(index - 1) in {"{", ","}:
            return 0  # a key of an object
        if low in _SHOWS or low in _EVALUATES:
            return 2 if self.is_value(index) else 0
        if low in _TIMERS and self.is_called(index + 1):
            text = {self.kind(index + 1), self.kind(index + 2)} & {"string", "template"}
            return 2 if text else int(low != "function")
        if low == "import" and after == "(":
            return self.imported(index)
        if low in _SECRETS or low in _DECODES:
            return self.secret(index)
        return self.plain(index, low, after)

    def plain(self, index: int, low: str, after: str) -> int:
        if after == "=" and low == "location":
            return self.place(index + 2)
        if after == "=" and low == "onerror" and "throw" in self.words:
            return 2
        called = self.is_called(index + 1) and low not in _CONTROL
        return int(called or after in _ASSIGNS)

    def imported(self, index: int) -> int:
        """A module of a foreign address; pages load their own by relative paths."""
        if self.at(index - 1) == "typeof":
            return 0
        kind, first = self.kind(index + 2), self.at(index + 2)
        if kind in {"string", "template"}:
            return 2 if re.match(r".\s*(?:https?:|data:|[\\\\/]{2})", first) else 1
        return 2 if first in {"/", "name", "location"} else 0

    def is_value(self, index: int) -> bool:
        """Called, or handed on as a value: between operators or brackets, never amid words."""
        if self.is_called(index + 1):
            return True
        if self.at(index + 1) in {"=", "{"} or self.kind(index + 1) in {"name", "number"}:
            return False
        before, after = self.at(index - 1), self.at(index + 1)
        return before in {"=", "("} or (before in _BEFORE_VALUE and after in _AFTER_VALUE)

    def secret(self, index: int) -> int:
        if self.low[index] in _DECODES:
            return 2 if self.is_called(index + 1) and not _EVALUATES.isdisjoint(self.words) else 1
        return 2 if self.sends else 1

    def place(self, index: int) -> int:
        """What an assignment to a place loads: another script, or a foreign address with data."""
        for offset in range(index, min(index + 6, len(self.tokens))):
            token = self.tokens[offset]
            if token.kind in {"string", "template"}:
                value = re.sub(r"[\x00-\x20]", "", _unescaped(token.text[1:])).lower()
                if value.startswith(("javascript:", "data:text", "vbscript:")):
                    return 2
                if value.startswith(("http:", "https:", "//")) and "cookie" in self.words:
                    return 2
            elif (
                self.low[offset] == "cookie"
                or (offset == index and self.low[offset] == "name")
                or (self.low[offset] == "hash" and offset <= index + 2)
            ):
                return 2
            elif token.text == ";":
                break
        return 1

    def property(self, index: int) -> int:
        low, after = self.low[index], self.at(index + 1)
        called = self.is_called(index + 1)
        if low in _SHOWS or low in _EVALUATES:
            owner = self.at(index - 2)
            return 2 if owner in _WINDOWS or (called and low == "eval") else int(called)
        if low == "cookie" and self.at(index - 2) == "document":
            return 2 if self.reads_cookie(index) else 1
        if low == "constructor" and (called or self.computed(index + 1)):
            return 2
        if low == "constructor" and self.at(index + 2) == "constructor":
            return 2
        if low in _DECODES and called:
            return self.secret(index)
        return self.written(index, low, after, called=called)

    def written(self, index: int, low: str, after: str, *, called: bool) -> int:
        if low in _WRITES and called:
            return 2 if self.writes_script(index + 2) else 1
        if low in _PLACES and after == "=":
            return self.place(index + 2)
        if low in _HTML and after in _ASSIGNS:
            return 2 if self.writes_script(index + 2) else 1
        if low == "domain" and self.at(index - 2) == "document":
            return 2 if self.at(index - 3) == "(" else 0
        return int(called or after in _ASSIGNS)

    def writes_script(self, index: int) -> bool:
        for offset in range(index, min(index + 8, len(self.tokens))):
            token = self.tokens[offset]
            text = token.text.lower()
            if token.kind in {"string", "template"} and (
                "<s" in text or "onerror" in text or "<img" in text
            ):
                return True
            if text in {"cookie", "hash", "fromcharcode", "atob", "unescape"}:
                return True
        return False

    def reads_cookie(self, index: int) -> bool:
        """Cookies shown, sent or overwritten whole; a page sets one by ``name=value`` text."""
        before, after = self.at(index - 3), self.at(index + 1)
        if after == "=":
            return self.kind(index + 2) != "string" and self.at(index + 2) in {
                "true",
                "false",
                "1",
                "",
            }
        if before in {"+", ","} and self.sends:
            return True
        return (
            before in {"(", "+"} and after in {")", ""} and (self.sends or "location" in self.words)
        )

    def computed(self, index: int) -> bool:
        return self.at(index) == "[" or (self.at(index) == "?." and self.at(index + 1) == "[")

    def punctuation(self, index: int) -> int:
        if self.low[index] == "[" and index and self.kind(index - 1) != "":
            return self.computed_member(index)
        if self.low[index] == "(" and self.at(index - 1) in {")", "]"}:
            return 1
        return 0

    def computed_member(self, index: int) -> int:
        """``top['al'+'ert'](1)``, ``[]['filter']['constructor']('…')()``."""
        text, position, calls = "", index + 1, False
        joined = 0
        level = 1
        while position < min(index + 24, len(self.tokens)):
            token = self.tokens[position]
            level += (token.text == "[") - (token.text == "]")
            if not level:
                break
            if token.kind in {"string", "template"}:
                text += _unescaped(token.text.strip("\"'`"))
            joined += token.text == "+"
            calls = calls or token.text == "("
            position += 1
        before = self.at(index - 1)
        if not (before in _OPERAND_END or self.kind(index - 1) in {"name", "string"}):
            return 0
        used = self.is_called(position + 1) or self.at(position + 1) in {"=", "["}
        word = text.lower()
        if not used:
            return 0
        if position == index + 2 and self.kind(index + 1) == "name" and len(self.text) < _TERSE:
            return 1 if _OBJECTS.isdisjoint(self.words) else 2
        if (
            word in _SHOWS
            or word in _EVALUATES
            or word in {"constructor", "fromcharcode", "cookie"}
        ):
            return 2
        return 2 if before in _GLOBALS and (calls or (joined and word)) else 1

    def template(self, index: int) -> int:
        text = self.tokens[index].text
        if self.depth and "${" in text:
            inner = text[text.find("${") + 2 :].rstrip("`")
            return read(inner, depth=self.depth - 1).grade
        return 0


def read(text: str, depth: int = 2) -> Reading:
    """What ``text`` would do as a script, with the place of its worst deed."""
    if obfuscated(text):
        return Reading(2, 0, min(len(text), LIMIT), 0, commented=False)
    reader = _Reader(text, depth)
    best, where, collisions = 0, 0, 0
    for index in range(len(reader.tokens)):
        collisions += reader.collides(index)
        if best < 2:
            grade = reader.grade(index)
            if grade > best:
                best, where = grade, index
    if best == 0:
        return Reading(0, 0, 0, collisions, commented=reader.commented)
    last = min(where + 3, len(reader.tokens) - 1)
    return Reading(
        best,
        reader.tokens[where].start,
        reader.tokens[last].end,
        collisions,
        commented=reader.commented,
    )


def collisions(text: str) -> int:
    """Collisions in the beginning of a script; its last token does not count, as it may be cut."""
    reader = _Reader(text, 0)
    return sum(map(reader.collides, range(len(reader.tokens) - 1)))


def benign(text: str) -> bool:
    """Whether an inline handler does only what pages of shops always did: swap, return, print."""
    statements = " ".join(text.split()).split(";") if len(text) < 300 else []
    return bool(statements) and all(_BENIGN.fullmatch(one.strip()) for one in statements)
