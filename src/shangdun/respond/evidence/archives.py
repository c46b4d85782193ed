"""What an archive says of itself in its directory: read with bounds, never unpacked."""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from typing import Any, BinaryIO, NamedTuple

import msgspec

DIRECTORY_READ = 8 << 20
ENTRIES_READ = 50_000
NAMES_TOLD = 20
BOMB_RATIO = 100
BOMB_BYTES = 100 << 20
"""Unpacked at least so much, and a hundred times of what it is packed: a bomb."""
_ARCHIVE = re.compile(r"(?i)\.(zip|7z|rar|gz|tgz|tar|bz2|xz|zst|cab|iso|jar|ace|arj|lzh)$")
_PROGRAM = re.compile(
    r"(?i)\.(exe|dll|scr|com|pif|cpl|msi|bat|cmd|ps1|vbs|vbe|jse?|wsf|hta|lnk|chm|iso|reg)$"
)
_OFFICE = {
    "word/": ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", "docx"),
    "xl/": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xlsx"),
    "ppt/": ("application/vnd.openxmlformats-officedocument.presentationml.presentation", "pptx"),
}
_MACRO_ENABLED = {"docx": "docm", "xlsx": "xlsm", "pptx": "pptm"}


class Told(msgspec.Struct, omit_defaults=True):
    """What is stored of an archive: how many files, how many bytes unpacked, some names."""

    files: int = 0
    unpacked: int = 0
    names: list[str] = []
    cut: bool = False
    """There is more than was read."""


class Inside(msgspec.Struct):
    """An archive's directory; ``document``: the archive is a document's container."""

    flags: set[str] = msgspec.field(default_factory=set)
    files: int = 0
    unpacked: int = 0
    names: list[str] = []
    cut: bool = False
    document: bool = False
    media_type: str = ""
    extensions: tuple[str, ...] = ()

    def told(self) -> Told:
        """The part that is stored."""
        return Told(self.files, self.unpacked, self.names, self.cut)


def inside_of(family: str, file: BinaryIO, size: int) -> Inside | None:
    """The directory of an archive of that family; None for other families.

    Never raises for hostile content: what cannot be read is flagged ``unreadable``.
    """
    readers = {"zip": _zip, "7z": _seven, "rar4": _rar4, "rar5": _rar5, "gzip": _gzip}
    if family == "packed":
        return Inside()
    if family not in readers:
        return None
    try:
        return readers[family](file, size)
    except (struct.error, ValueError, IndexError, OSError):
        return Inside(flags={"unreadable"})


class _Entry(NamedTuple):
    name: str
    packed: int
    size: int
    encrypted: bool
    link: bool


def _zip(file: BinaryIO, size: int) -> Inside:
    """APPNOTE.TXT 6.3: the central directory at the end, with Zip64's sizes where needed."""
    inside = Inside()
    begin, length, count = _central_directory(file, size)
    file.seek(begin)
    directory = file.read(min(length, DIRECTORY_READ))
    packed = 0
    offices: set[str] = set()
    marks: set[str] = set()
    for entry in _zip_entries(directory):
        inside.files += 1
        inside.unpacked += entry.size
        packed += entry.packed
        _look_at_entry(inside, entry)
        marks.add(entry.name.lower().rpartition("/")[2])
        offices |= {prefix for prefix in _OFFICE if entry.name.startswith(prefix)}
        if len(inside.names) < NAMES_TOLD:
            inside.names.append(entry.name[:200])
    inside.cut = inside.files < count
    _bomb(inside, max(packed, 1), size)
    _name_container(inside, offices, marks)
    return inside


def _central_directory(file: BinaryIO, size: int) -> tuple[int, int, int]:
    tail = min(size, 65_557)
    file.seek(size - tail)
    end = file.read(tail)
    at = end.rfind(b"PK\x05\x06")
    if at < 0:
        raise ValueError("no end of central directory")
    count, length, begin = struct.unpack_from("<HII", end, at + 10)
    locator = end.rfind(b"PK\x06\x07", 0, at)
    if locator >= 0 and (0xFFFFFFFF in {length, begin} or count == 0xFFFF):
        (place,) = struct.unpack_from("<Q", end, locator + 8)
        file.seek(place)
        count, length, begin = struct.unpack_from("<QQQ", file.read(56), 32)
    if begin + length > size:
        raise ValueError("the directory lies outside the file")
    return begin, length, count


def _zip_entries(directory: bytes) -> Iterator[_Entry]:
    at = 0
    for _ in range(ENTRIES_READ):
        if directory[at : at + 4] != b"PK\x01\x02" or at + 46 > len(directory):
            return
        made, _version, flags = struct.unpack_from("<HHH", directory, at + 4)
        packed, size, names, extras, comments = struct.unpack_from("<IIHHH", directory, at + 20)
        (attributes,) = struct.unpack_from("<I", directory, at + 38)
        name = directory[at + 46 : at + 46 + names]
        extra = directory[at + 46 + names : at + 46 + names + extras]
        if 0xFFFFFFFF in {packed, size}:
            packed, size = _zip64_sizes(extra, packed, size)
        text = name.decode("utf-8" if flags & 0x800 else "cp437", "replace")
        link = made >> 8 == 3 and attributes >> 28 == 0xA
        yield _Entry(text, packed, size, bool(flags & 1), link)
        at += 46 + names + extras + comments


def _zip64_sizes(extra: bytes, packed: int, size: int) -> tuple[int, int]:
    at = 0
    while at + 4 <= len(extra):
        kind, length = struct.unpack_from("<HH", extra, at)
        if kind == 1:
            values = iter(struct.unpack_from(f"<{min(length // 8, 2)}Q", extra, at + 4))
            size = next(values, size) if size == 0xFFFFFFFF else size
            packed = next(values, packed) if packed == 0xFFFFFFFF else packed
            break
        at += 4 + length
    return packed, size


def _look_at_entry(inside: Inside, entry: _Entry) -> None:
    name = entry.name.replace("\\", "/")
    if entry.encrypted:
        inside.flags.add("encrypted")
    if name.startswith("/") or ".." in name.split("/") or name[1:2] == ":" or entry.link:
        inside.flags.add("unsafe_paths")
    if _ARCHIVE.search(name):
        inside.flags.add("nested")
    if _PROGRAM.search(name):
        inside.flags.add("program_inside")
    if name.lower().endswith(("vbaproject.bin", "vbadata.xml")) or "macrosheets/" in name.lower():
        inside.flags.add("macros")
    if "/embeddings/" in name.lower() or "/activex/" in name.lower():
        inside.flags.add("active")


def _bomb(inside: Inside, packed: int, size: int) -> None:
    # Entries that share their bytes (overlapping) name more packed bytes than the file has.
    real = min(packed, size)
    if inside.unpacked >= BOMB_BYTES and inside.unpacked >= BOMB_RATIO * real:
        inside.flags.add("bomb")
    if packed > size or inside.cut:
        inside.flags.add("bomb")


def _name_container(inside: Inside, offices: set[str], marks: set[str]) -> None:
    if "[content_types].xml" in marks and offices:
        media_type, extension = _OFFICE[min(offices)]
        inside.document, inside.media_type = True, media_type
        inside.extensions = (extension, _MACRO_ENABLED[extension])
    elif "classes.dex" in marks:
        inside.media_type = "application/vnd.android.package-archive"
        inside.extensions = ("apk",)
        inside.flags.add("program")
    elif "manifest.mf" in marks:
        inside.media_type, inside.extensions = "application/java-archive", ("jar", "war")
        inside.flags.add("program")


_AES = b"\x06\xf1\x07\x01"
"""Method 7zAES of 7zFormat.txt."""


def _seven(file: BinaryIO, size: int) -> Inside:
    """The header at the end names the methods; AES in it means a password."""
    file.seek(12)
    offset, length = struct.unpack("<QQ", file.read(16))
    if 32 + offset + length > size:
        raise ValueError("the header lies outside the file")
    file.seek(32 + offset)
    header = file.read(min(length, DIRECTORY_READ))
    return Inside(flags={"encrypted"} if _AES in header else set())


def _rar4(file: BinaryIO, size: int) -> Inside:
    """Main header flag 0x0080: headers encrypted; file header flag 0x0004: a password."""
    inside = Inside()
    at = 7
    for _ in range(ENTRIES_READ):
        if at + 7 > size:
            break
        file.seek(at)
        block = file.read(32)
        kind, flags, length = struct.unpack_from("<BHH", block, 2)
        if (kind == 0x73 and flags & 0x80) or (kind == 0x74 and flags & 0x04):
            inside.flags.add("encrypted")
        more = struct.unpack_from("<I", block, 7)[0] if flags & 0x8000 and len(block) >= 11 else 0
        if kind == 0x74:
            inside.files += 1
            inside.unpacked += struct.unpack_from("<I", block, 11)[0]
        if kind == 0x7B or length < 7 or (kind == 0x73 and flags & 0x80):
            break
        at += length + more
    _bomb(inside, size, size)
    return inside


def _rar5(file: BinaryIO, size: int) -> Inside:
    """Header type 4 encrypts all that follows; record 1 of a file's extra area encrypts it."""
    inside = Inside()
    at = 8
    for _ in range(ENTRIES_READ):
        file.seek(at)
        block = file.read(4096)
        if len(block) < 7:
            break
        length, used = _vint(block, 4)
        kind, place = _vint(block, used)
        flags, place = _vint(block, place)
        extra, place = _vint(block, place) if flags & 1 else (0, place)
        data, place = _vint(block, place) if flags & 2 else (0, place)
        if kind == 4:
            inside.flags.add("encrypted")
        if kind in {4, 5}:
            break
        if kind == 2:
            inside.files += 1
            _file_flags, place = _vint(block, place)
            inside.unpacked += _vint(block, place)[0]
            end = min(used + length, len(block))
            if extra and _vint(block, _vint(block, end - extra)[1])[0] == 1:
                inside.flags.add("encrypted")
        at += used + length + data
        if at >= size:
            break
    _bomb(inside, size, size)
    return inside


def _vint(block: bytes, at: int) -> tuple[int, int]:
    value = 0
    for shift in range(0, 70, 7):
        byte = block[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if not byte & 0x80:
            return value, at
    raise ValueError("no variable length integer")


def _gzip(file: BinaryIO, size: int) -> Inside:
    """RFC 1952: the last four bytes are the size modulo 2^32 of the last member."""
    file.seek(max(0, size - 4))
    (unpacked,) = struct.unpack("<I", file.read(4))
    inside = Inside(files=1, unpacked=unpacked)
    _bomb(inside, size, size)
    return inside


def summary(told: dict[str, Any]) -> tuple[int, int]:
    """Files and bytes unpacked of what is stored of an archive."""
    return int(told.get("files", 0)), int(told.get("unpacked", 0))
