"""SQL as the servers of all makers read it: one scanner over the union of their lexical rules.

Where dialects disagree the reading that serves an attacker is taken: ``#`` opens a comment
(MySQL), ``--`` needs no blank behind it (all but MySQL), ``/*! … */`` is code (MySQL), a quote is
written twice or behind a backslash, and every control character separates (SQL Server, SQLite).
Sources: MySQL 8 manual 11.1 and 11.7, PostgreSQL 16 manual 4.1, Oracle SQL Reference "Lexical
Conventions", Transact-SQL "Identifiers" and "Comment".
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from shangdun_guard.inspector.sinks.sql.words import KEYWORDS


class Token(NamedTuple):
    """One word of SQL.

    ``kind`` is number, string, open, name, variable, operator, tail, other or, for punctuation,
    the character itself.
    ``open`` is a string that the value does not close: the statement's own quote will.
    ``tail`` is a comment that swallows what the statement has behind the value.
    """

    kind: str
    text: str
    """In lower case."""
    start: int
    end: int


_SCAN = re.compile(
    r"""(?P<space>[\x00-\x20\x7f-\xa0\u1680\u2000-\u200d\u2028-\u202f\u3000\ufeff\ufffd]+)
    |(?P<name>[^\W\d][\w$]*(?:\.{1,2}(?:[^\W\d][\w$]*|\*))*)
    |(?P<void>[0-9]+\.e(?=[\s(),.*]))
    |(?P<number>0x[0-9a-f]+|0b[01]+|(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:e[+-]?[0-9]+)?(?:[df](?=union))?)
    |(?P<comment>--|\#|/\*)
    |(?P<close>\*/)
    |(?P<json>@>|<@)
    |(?P<variable>@{1,2}[\w.$]*|:[^\W\d]\w*|\?|\$[0-9]+)
    |(?P<dollar>\$(?:[^\W\d]\w*)?\$)
    |(?P<operator><=>|==|<>|!=|!<|!>|<=|>=|\|\||&&|:=|->>|->|<<|>>|::|\*\*|!~\*?|~\*|[=<>+\-*/%^&|~!])
    |(?P<quote>['"`])
    |(?P<bracket>\[[^\[\]'"\x00-\x1f]{1,64}\])
    |(?P<mark>[(),;.{}])
    |(?P<other>.)""",
    re.IGNORECASE | re.DOTALL | re.VERBOSE,
)
_NAME = re.compile(r"[^\W\d][\w$]*")
_QUOTES = {q: re.compile(rf"\\.|{q}{q}|{q}", re.DOTALL) for q in "'\"`"}
_PLAIN = {"json": "operator"}
_TYPED = frozenset(("n", "b", "x", "e", "u"))
_PAIRS = {"[": "]", "(": ")", "{": "}", "<": ">"}
_ODD_BLANK = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\xa0\ufffd]")
_VERSION = re.compile(r"/\*M?![0-9]{0,6}")
_LONGEST_KEYWORD = max(map(len, KEYWORDS))


def closing(text: str, start: int, quote: str) -> int:
    """Behind the quote that ends a string whose content begins at ``start``; -1: none does."""
    for found in _QUOTES[quote].finditer(text, start):
        piece = found.group()
        if piece == quote:
            return found.end()
        # '\' is a whole string outside MySQL; what follows tells which reading was meant.
        if piece[0] == "\\" and piece[1:] == quote and text[found.end() : found.end() + 1] in ",)":
            return found.end()
    return -1


def leaving(text: str, quote: str) -> int:
    """Behind the quote at which a value breaks out of a string that it was put into; -1: never.

    A quote behind a backslash counts: the server that doubles backslashes sees it bare.
    """
    start = text.find(quote)
    while start >= 0:
        end = start + 1
        while text.startswith(quote, end):
            end += 1
        if (end - start) % 2:
            return end
        start = text.find(quote, end)
    return -1


def _mixed(word: str) -> bool:
    """SeLeCt: neither lower, UPPER nor Title."""
    return not (word.isupper() or word[1:].islower() or word.islower())


class Scanner:
    """Tokens of one text from a place on, read only as far as somebody asks."""

    def __init__(self, text: str) -> None:
        """Of any length; every character is looked at a bounded number of times."""
        self.text = text
        self.tricks: dict[str, tuple[int, int]] = {}
        """Ways of writing that serve to pass filters: comment, versioned, blank, split, case."""

    def tokens(self, start: int) -> Iterator[Token]:
        """From ``start`` to the end, without blanks and comments in the middle."""
        text, at, size = self.text, start, len(self.text)
        while at < size:
            found = _SCAN.match(text, at)
            if found is None:  # pragma: no cover - the last alternative takes any character
                return
            kind, begin, at = found.lastgroup or "other", at, found.end()
            if kind == "space":
                self._blank(begin, at)
            elif kind == "void" or (kind == "close" and self._closes(begin, start)):
                self._trick("versioned", begin, at)  # MySQL reads 1.e before a dot as nothing
            elif kind == "close":  # no comment is open: SELECT*/**/FROM
                at = begin + 1
                yield Token("operator", "*", begin, at)
            elif kind == "comment":
                at, tail = self._comment(begin)
                if tail:
                    yield Token("tail", text[begin:at], begin, at)
            else:
                token = self._token(kind, begin, at)
                at = token.end
                yield token

    def _closes(self, at: int, start: int) -> bool:
        return at == start or "versioned" in self.tricks

    def _trick(self, name: str, start: int, end: int) -> None:
        self.tricks.setdefault(name, (start, end))

    def _blank(self, start: int, end: int) -> None:
        if "blank" not in self.tricks:
            odd = _ODD_BLANK.search(self.text, start, end)
            if odd:
                self._trick("blank", odd.start(), odd.end())

    def _comment(self, start: int) -> tuple[int, bool]:
        """Where reading goes on, and whether the comment reaches to the end of the value."""
        text = self.text
        if text[start] == "/":
            version = _VERSION.match(text, start)
            if version:
                self._trick("versioned", start, version.end())
                return version.end(), False
            end = text.find("*/", start + 2)
            if end >= 0:
                self._filler(start, end + 2)
                return end + 2, False
            return len(text), True
        end = text.find("\n", start)
        if end < 0 or end == len(text) - 1:
            return len(text), True
        self._filler(start, end)
        return end + 1, False

    def _filler(self, start: int, end: int) -> None:
        """A comment without any sentence in it only stands for a blank."""
        if end - start < 32 and " " not in self.text[start:end].strip():
            self._trick("comment", start, end)

    def _token(self, kind: str, start: int, end: int) -> Token:
        text = self.text
        if kind == "quote":
            return self._string(start, start)
        if kind == "name":
            return self._name(start, end)
        if kind == "dollar":
            return self._dollar(start, end)
        if kind == "bracket":
            return Token("name", text[start + 1 : end - 1].lower(), start, end)
        known = text[start] if kind == "mark" else _PLAIN.get(kind, kind)
        return Token(known, text[start:end].lower(), start, end)

    def _dollar(self, start: int, end: int) -> Token:
        """PostgreSQL's $tag$ … $tag$."""
        close = self.text.find(self.text[start:end], end)
        if close < 0:
            return Token("open", "", start, len(self.text))
        return Token("string", "", start, close + end - start)

    def _string(self, start: int, quote: int) -> Token:
        mark = self.text[quote]
        end = closing(self.text, quote + 1, mark)
        if end < 0:
            return Token("open", mark, start, len(self.text))
        return Token("name" if mark == "`" else "string", self.text[start:end].lower(), start, end)

    def _name(self, start: int, end: int) -> Token:
        text = self.text
        word = text[start:end].lower()
        behind = text[end : end + 1]
        if behind == "'":
            if word in _TYPED or word[0] == "_":
                return self._string(start, end)
            if word in ("q", "nq"):
                return self._alternative(start, end)
        elif behind == "/" and word not in KEYWORDS:
            return self._joined(start, end, word)
        if word in KEYWORDS and _mixed(text[start:end]):
            self._trick("case", start, end)
        return Token("name", word, start, end)

    def _alternative(self, start: int, quote: int) -> Token:
        """Oracle's q'[ … ]' with its free choice of brackets."""
        opener = self.text[quote + 1 : quote + 2]
        close = self.text.find(_PAIRS.get(opener, opener) + "'", quote + 2)
        if not opener or close < 0:
            return Token("open", "'", start, len(self.text))
        return Token("string", "", start, close + 2)

    def _joined(self, start: int, end: int, word: str) -> Token:
        """UN/**/ION: one keyword to a filter in front that takes comments out."""
        text, whole, at = self.text, word, end
        while len(whole) < _LONGEST_KEYWORD and text.startswith("/*", at):
            close = text.find("*/", at + 2, at + 40)
            piece = _NAME.match(text, close + 2) if close > 0 else None
            if piece is None:
                break
            whole, at = whole + piece.group().lower(), piece.end()
            if whole in KEYWORDS:
                self._trick("split", start, at)
                return Token("name", whole, start, at)
        return Token("name", word, start, end)
