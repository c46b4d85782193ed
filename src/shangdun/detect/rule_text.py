"""Rule documents that stand in no file, and files taken apart into documents."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import NamedTuple

_SEPARATOR = re.compile(r"^(?:---(?=\s|$)|\.\.\.\s*$)", re.MULTILINE)


class RuleText(NamedTuple):
    """A YAML document of rules and what errors call it."""

    path: str
    text: str


class Piece(NamedTuple):
    """One YAML document of a file as it was written, comments included."""

    line: int
    """Of the file, where the piece begins; the first is 1."""
    text: str


def pieces_of(text: str) -> list[Piece]:
    """Take a file apart at its ``---`` lines; pieces of blank lines and comments are left out.

    YAML allows ``---`` at the beginning of a line nowhere but between documents (1.2.2, 9.1.2),
    so no parsing is needed and a document that is wrong does not hide the others.
    """
    text = text.removeprefix("\ufeff").replace("\r\n", "\n")
    cuts = [0, *(found.start() for found in _SEPARATOR.finditer(text)), len(text)]
    pieces = []
    for start, end in pairwise(cuts):
        body = text[start:end]
        line = text.count("\n", 0, start) + 1
        if body.startswith("---"):
            first, _, rest = body.partition("\n")
            inline = first[3:].strip()
            # what stands behind the dashes belongs to the document
            body, line = (inline + "\n" + rest, line) if inline else (rest, line + 1)
        elif body.startswith("..."):
            continue
        if any(row.strip() and not row.lstrip().startswith("#") for row in body.splitlines()):
            blank = len(body) - len(body.lstrip("\n"))
            pieces.append(Piece(line + blank, body.strip("\n") + "\n"))
    return pieces
