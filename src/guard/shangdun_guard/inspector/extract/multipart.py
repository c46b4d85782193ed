"""Multipart bodies (RFC 7578): fields, file names, and file contents that are text."""

from __future__ import annotations

import re
from collections.abc import Iterator

from shangdun_guard.inspector.value import BODY, Skip, Value, never

_BOUNDARY = re.compile(r'boundary\s{0,8}="?([^";,\r\n]{1,200})', re.IGNORECASE)
_BLANK_LINE = re.compile(r"\r?\n\r?\n")
_PARAMETER = re.compile(
    r';\s{0,20}(name|filename)(\*?)\s{0,8}=\s{0,8}(?:"([^"\r\n]*)"?|([^;"\s]{1,500}))',
    re.IGNORECASE,
)
_MAGIC = (
    "\x89PNG\r\n\x1a\n", "\xff\xd8\xff", "GIF87a", "GIF89a", "RIFF", "%PDF-", "PK\x03\x04",
    "PK\x05\x06", "\x1f\x8b", "BM", "II*\x00", "MM\x00*", "OggS", "ID3", "\x00\x00\x01\x00",
    "7z\xbc\xaf'\x1c", "Rar!", "\x7fELF", "MZ", "wOFF", "wOF2", "fLaC", "\x00\x00\x00",
)  # fmt: skip
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_SCRIPT = re.compile(r"<\?php|<\?=|<%[@!=]|<script", re.IGNORECASE)
_ARCHIVE = re.compile(r"\.(?:zip|docx|xlsx|pptx|odt|ods|odp|epub|jar|apk|whl)\Z", re.IGNORECASE)
_SNIFFED = 512
_MAX_PARTS = 1024


def boundary_of(content_type: str) -> str:
    """The boundary that a Content-Type names; empty without one, or where it names several."""
    found = _BOUNDARY.findall(content_type)
    return found[0].strip() if len(found) == 1 else ""


def multipart_values(text: str, boundary: str, skip: Skip = never) -> Iterator[Value]:
    """Values of a body; parts beyond a bound, and what stands outside of parts, as one value.

    ``skip`` is asked of the raw text of names and of fields.
    """
    start = 0
    delimiter = f"--{boundary}"
    for number, piece in enumerate(text.split(delimiter, _MAX_PARTS)):
        outside = number in {0, _MAX_PARTS} or piece.startswith("--")
        if not outside:
            yield from _part(piece, start, skip)
        elif piece.strip("\r\n- "):
            yield Value("body", "", piece, BODY, start, start + len(piece))
        start += len(piece) + len(delimiter)


def _part(piece: str, start: int, skip: Skip) -> Iterator[Value]:
    blank = _BLANK_LINE.search(piece)
    head_end = blank.start() if blank else len(piece)
    name, is_file, packed = "", False, False
    for found in _PARAMETER.finditer(piece, 0, head_end):
        group = 3 if found[3] is not None else 4
        begin, end = found.span(group)
        kind = found[1].lower()
        if kind == "name":
            name = found[group]
        else:
            is_file = is_file or found[group] != ""
            packed = packed or _ARCHIVE.search(found[group]) is not None
        if not skip(found[group]):
            place = "multipart" if kind == "name" else "file"
            syntax = "percent" if found[2] else ""
            yield Value(place, kind, found[group], BODY, start + begin, start + end, syntax)
    if blank:
        end = len(piece) - (2 if piece.endswith("\r\n") else 1 if piece.endswith("\n") else 0)
        begin = blank.end()
        if is_file and packed and piece.startswith("PK", begin):
            begin = end  # nothing runs what lies in an archive
        elif is_file:
            begin += text_start(piece[begin:end])
        if begin < end and not skip(piece[begin:end]):
            place = "file" if is_file else "multipart"
            yield Value(place, name, piece[begin:end], BODY, start + begin, start + end)


def text_start(content: str) -> int:
    """Where what can be judged as text starts in a file (bytes as latin-1): its end in pictures.

    A picture with a script behind its first bytes is both: the script counts.
    """
    head = content[:_SNIFFED]
    if not (head.startswith(_MAGIC) or len(_CONTROL.findall(head)) * 20 > len(head)):
        return 0
    script = _SCRIPT.search(content)
    return script.start() if script else len(content)
