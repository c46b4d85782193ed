"""Reads one simple command the way sh, bash and cmd.exe take it apart (POSIX.1-2017, XCU 2.3)."""

from __future__ import annotations

import re
from typing import Callable, NamedTuple

MAX_WORDS = 12
"""Words of one command that are read; what an attack needs stands in the first few."""
MAX_READ = 1000
"""Characters of one command that are read."""


class Command(NamedTuple):
    """A command as the shell would run it, quotes and empty expansions gone."""

    name: str
    args: tuple[str, ...]
    tricks: frozenset[str]
    """How the words were disguised: quotes, escape, ifs, empty, brace, ansi, slice, caret."""
    end: int
    """Behind its last character in the text."""
    stop: str
    """What ended it: a separator, a parenthesis, or empty at the end of the text."""


# One alternative fits at each place and none has anything to go back to.
_PIECE = re.compile(
    r"(?P<blank>[ \t\v\f\xa0]+)"
    r"|(?P<ifs>\$\{?IFS(?:%\?\?|:[^}\s]{0,8}|//[^}\s]{0,8})?\}?(?:\$[1-9@*])?)"
    r"|(?P<ansi>\$'[^'\s]{0,200}')"
    r"|(?P<slice>\$\{(?:PATH|HOME|PWD|SHELL|OLDPWD)(?:[:%#/][^}\s]{0,16})\}"
    r"|%(?:[A-Za-z]{2,24}):~[-\d,]{1,8}%)"
    r"|(?P<env>%(?:COMSPEC|SystemRoot|windir)%)"
    r"|(?P<empty>\$(?:[@*1-9!]|\(\)|\{[a-z@*\d]\})|(?<=\w)``(?=\w))"
    r"|(?P<var>\$\{?[A-Za-z_]\w{0,32}\}?)"
    r"|(?P<math>\$\(\([^()]{0,60}\)\))"
    r"|(?P<quote>[\"'])"
    r"|(?P<escape>\\[^\s\\;|&<>])"
    r"|(?P<caret>\^)"
    r"|(?P<redirect>\d?(?:>>?|<)&?)"
    r"|(?P<text>[^\s;|&`$()<>\"'\\^%{},\xa0]+)"
    r"|(?P<brace>[{},])"
    r"|(?P<other>[$%\\])",
    re.IGNORECASE,
)
_ANSI = re.compile(r"\\(?:x([0-9a-fA-F]{1,2})|u([0-9a-fA-F]{1,4})|([0-7]{1,3}))")
_EMPTY: frozenset[str] = frozenset()


def _plain_ansi(quoted: str) -> str:
    def char(match: re.Match[str]) -> str:
        hexed, wide, octal = match.groups()
        return chr(int(octal, 8) if octal else int(hexed or wide, 16))

    return _ANSI.sub(char, quoted)


class _Reader:
    """The words gathered so far, and the one being put together."""

    def __init__(self, names: dict[str, str]) -> None:
        self.names = names
        self.words: list[str] = []
        self.word = ""
        self.tricks: set[str] = set()
        self.braced = False
        self.runs: bool | None = None
        """Whether the word behind all assignments could be a command; None: it is not read yet."""
        self._looked = 0

    def in_vain(self, could_run: Callable[[str], bool]) -> bool:
        """Whether reading on could only tell the arguments of what is no command."""
        while self.runs is None and self._looked < len(self.words):
            word = self.words[self._looked]
            self._looked += 1
            if not _assigns(word):
                self.runs = could_run(word)
        return self.runs is False

    def close(self) -> None:
        if self.word:
            self.words.append(self.word)
            self.word = ""

    def take(self, kind: str, piece: str, following: str) -> None:
        if kind == "text":
            self.word += piece
        elif kind in {"blank", "ifs", "redirect"}:
            self._break(kind, piece)
        elif kind in {"quote", "caret", "empty"}:
            self._nothing(kind, following)
        elif kind == "escape":
            # In c\at the backslash is a disguise; in C:\dir it is a path.
            self.word += piece if ":" in self.word or "\\" in self.word else piece[1]
            if self.word[:-1].isalpha():
                self.tricks.add("escape")
        elif kind == "brace":
            self._brace(piece)
        else:
            self._expand(kind, piece)

    def _break(self, kind: str, piece: str) -> None:
        self.close()
        if kind == "ifs":
            self.tricks.add("ifs")
        elif kind == "redirect":
            self.words.append(piece)

    def _nothing(self, kind: str, following: str) -> None:
        """Quotes and empty expansions: nothing at all, but telling inside a word."""
        if self.word and following.isalnum() and ":" not in self.word:
            self.tricks.add({"quote": "quotes"}.get(kind, kind))

    def _brace(self, piece: str) -> None:
        if piece == "{" and not self.word and not self.words:
            self.braced = True
        elif piece == "," and self.braced:
            self.close()
            self.tricks.add("brace")
        elif piece != "}" or not self.braced:
            self.word += piece

    def _expand(self, kind: str, piece: str) -> None:
        if kind == "ansi":
            self.word += _plain_ansi(piece[2:-1])
            self.tricks.add("ansi")
        elif kind == "slice":
            self.word += "/" if piece[0] == "$" else " "
            self.tricks.add("slice")
        elif kind == "env":
            self.word += "cmd" if "comspec" in piece.lower() else "c:\\windows"
        elif kind == "var":
            known = self.names.get(piece.strip("${}"))
            self.word += piece if known is None else known
            if known is not None:
                self.tricks.add("variable")
        else:
            self.word += piece


def read_command(
    text: str, start: int, names: dict[str, str], could_run: Callable[[str], bool]
) -> Command | None:
    """The simple command at ``start``; None where there is no word, or none that could run.

    ``names`` are variables set by earlier commands of the same text; assignments met here are
    added to it. Reads no further than the next separator, nor behind a first word that is no
    command and no assignment.
    """
    reader = _Reader(names)
    place, size = start, min(len(text), start + MAX_READ)
    while place < size and len(reader.words) < MAX_WORDS:
        piece = _PIECE.match(text, place)
        if piece is None or piece.lastgroup is None:
            break
        place = piece.end()
        reader.take(piece.lastgroup, piece.group(), text[place : place + 1])
        if reader.in_vain(could_run):
            break
    reader.close()
    words = reader.words
    while words and _assignment(words[0], names):
        words.pop(0)
    comment = next((at for at, word in enumerate(words) if word[0] == "#"), len(words))
    del words[comment:]
    if not words or reader.runs is False:
        return None
    stop = text[place] if place < size else ""
    tricks = frozenset(reader.tricks) if reader.tricks else _EMPTY
    return Command(words[0], tuple(words[1:]), tricks, place, stop)


def _assigns(word: str) -> bool:
    name, equals, _ = word.partition("=")
    return bool(equals) and name.isidentifier()


def _assignment(word: str, names: dict[str, str]) -> bool:
    if not _assigns(word) or len(names) > MAX_WORDS:
        return False
    name, _, value = word.partition("=")
    names[name] = value
    return True
