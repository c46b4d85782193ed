"""Multipart bodies (RFC 7578): fields, file names, and file contents that are text."""

from __future__ import annotations

import re
from typing import Iterator

from shangdun_guard.inspector.value import BODY, Value

_BOUNDARY = re.compile(r'boundary="?([^";,\r\n]{1,200})', re.IGNORECASE)
_BLANK_LINE = re.compile(r"\r?\n\r?\n")
_PARAMETER = re.compile(
    r';\s{0,20}(name|filename)(\*?)=(?:"([^"\r\n]*)"?|([^;"\s]{1,500}))', re.IGNORECASE
)
_MAGIC = (
    "\x89PNG\r\n\x1a\n", "\xff\xd8\xff", "GIF87a", "GIF89a", "RIFF", "%PDF-", "PK\x03\x04",
    "PK\x05\x06", "\x1f\x8b", "BM", "II*\x00", "MM\x00*", "OggS", "ID3", "\x00\x00\x01\x00",
    "7z\xbc\xaf'\x1c", "Rar!", "\x7fELF", "MZ", "wOFF", "wOF2", "fLaC",
)  # fmt: skip
_SNIFFED = 512
_MAX_PARTS = 512


def boundary_of(content_type: str) -> str:
    """The boundary that a Content-Type names; empty without one."""
    found = _BOUNDARY.search(content_type)
    return found[1].strip() if found else ""


def multipart_values(text: str, boundary: str) -> Iterator[Value]:
    """Values of a body; parts beyond a bound, and what stands outside of parts, as one value."""
    start = 0
    delimiter = f"--{boundary}"
    for number, piece in enumerate(text.split(delimiter, _MAX_PARTS)):
        if number and not piece.startswith("--"):
            yield from _part(piece, start)
        elif piece.strip("\r\n- "):
            yield Value("body", "", piece, BODY, start, start + len(piece))
        start += len(piece) + len(delimiter)


def _part(piece: str, start: int) -> Iterator[Value]:
    blank = _BLANK_LINE.search(piece)
    head = piece[: blank.start()] if blank else piece
    name, is_file = "", False
    for found in _PARAMETER.finditer(head):
        group = 3 if found[3] is not None else 4
        begin, end = found.span(group)
        if found[1].lower() == "name":
            name = found[group]
            place = "multipart"
        else:
            is_file, place = True, "file"
        syntax = "percent" if found[2] else ""
        yield Value(
            place, f"{found[1].lower()}", found[group], BODY, start + begin, start + end, syntax
        )
    if not blank:
        return
    content = piece[blank.end() :]
    content = content[: -2 if content.endswith("\r\n") else -1 if content.endswith("\n") else None]
    begin = start + blank.end()
    if content and not (is_file and is_binary(content)):
        place = "file" if is_file else "multipart"
        yield Value(place, name, content, BODY, begin, begin + len(content))


def is_binary(content: str) -> bool:
    """Whether a file's first bytes (as latin-1) are those of a format that is not text."""
    head = content[:_SNIFFED]
    if head.startswith(_MAGIC):
        return True
    if head.isascii():
        return "\x00" in head
    control = sum(char < " " and char not in "\t\r\n\f" for char in head)
    return control * 20 > len(head)
