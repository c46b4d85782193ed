"""What a workbook would unpack to, looked at before a reader builds it up in memory.

An XLSX is a zip of XML. ``<si/>`` five million times is a few kilobytes of zip, 25 MB of XML, and
gigabytes and minutes in a reader: so sizes alone do not tell, texts and cells are counted too.
"""

from __future__ import annotations

import zipfile
import zlib
from typing import BinaryIO

MOST_PARTS = 2_000
LARGEST_OTHER = 32 << 20
"""Of a part that holds neither texts nor cells: styles, themes, relations."""
LAST_ROW = 1 << 20
"""No sheet has more rows (ECMA-376, part 1, annex; Excel's limit)."""
_PIECE = 1 << 18
_TEXTS = (b"<si", b":si")
_CELLS = (b"<c", b":c")


def bomb(file: BinaryIO, *, unpacked: int, texts: int, cells: int) -> bool:
    """Whether it holds more than allowed: bytes unpacked, shared texts, cells of one sheet.

    Raises ``zipfile.BadZipFile`` and its kin for what is no zip. Leaves the file at its beginning.
    """
    with zipfile.ZipFile(file) as archive:
        parts = archive.infolist()
        if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > unpacked:
            return True
        found = any(_too_much(archive, part, texts, cells) for part in parts)
    file.seek(0)
    return found


def _too_much(archive: zipfile.ZipFile, part: zipfile.ZipInfo, texts: int, cells: int) -> bool:
    name = part.filename.lower()
    if "sharedstrings" in name:
        return _more_than(archive, part, _TEXTS, texts)
    if "sheet" in name.rpartition("/")[2]:
        return _more_than(archive, part, _CELLS, cells)
    return part.file_size > LARGEST_OTHER


def _more_than(
    archive: zipfile.ZipFile, part: zipfile.ZipInfo, marks: tuple[bytes, ...], most: int
) -> bool:
    """Counts beginnings of elements; what merely begins like one counts too: a bound, no figure."""
    if part.file_size < most * 2:  # no element is shorter than two bytes
        return False
    seen, before = 0, b""
    try:
        with archive.open(part) as stream:
            while piece := stream.read(_PIECE):
                joined = before + piece
                seen += sum(joined.count(mark) for mark in marks)
                if seen > most:
                    return True
                before = piece[-2:]
    except (zlib.error, zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError):
        return False  # damaged, or with a password: the reader says so
    return False
