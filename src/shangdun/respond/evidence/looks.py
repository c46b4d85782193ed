"""What a file is, by its content, and what to know before opening it: nothing is run or unpacked.

A file's name is a claim. Its first bytes name its format; flags tell of archives, encryption,
macros, scripts, programs and of a name that promises something else. It is no virus scanner: what
has no flag is not thereby harmless.
"""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Any, BinaryIO

import msgspec

from shangdun.respond.evidence.archives import Inside, inside_of
from shangdun.respond.evidence.formats import format_of
from shangdun.respond.evidence.names import clean_name, extensions, hides

HEAD = 1 << 16
SCANNED = 64 << 20
"""So much of a document is searched for macros and scripts; a flag says when it is longer."""
_STEP = 1 << 20


class Flag(StrEnum):
    """What a person must know of a file."""

    ARCHIVE = "archive"
    ENCRYPTED = "encrypted"
    NESTED = "nested"
    BOMB = "bomb"
    UNSAFE_PATHS = "unsafe_paths"
    PROGRAM_INSIDE = "program_inside"
    UNREADABLE = "unreadable"
    MACROS = "macros"
    ACTIVE = "active"
    PROGRAM = "program"
    SCRIPT = "script"
    MARKUP = "markup"
    DISGUISED = "disguised"
    DOUBLE_EXTENSION = "double_extension"
    HIDDEN_CHARACTERS = "hidden_characters"
    PARTLY_READ = "partly_read"
    EMPTY = "empty"


DANGEROUS = frozenset(
    {
        Flag.BOMB,
        Flag.UNSAFE_PATHS,
        Flag.PROGRAM_INSIDE,
        Flag.MACROS,
        Flag.ACTIVE,
        Flag.PROGRAM,
        Flag.SCRIPT,
        Flag.MARKUP,
        Flag.DISGUISED,
        Flag.DOUBLE_EXTENSION,
        Flag.HIDDEN_CHARACTERS,
    }
)
"""Shown in red: do not open these outside a place made for it."""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


ACTIVE_EXTENSIONS = _words(
    """exe dll scr com pif cpl msi bat cmd ps1 psm1 vbs vbe js jse wsf wsh hta lnk url jar sh bash
    py pl php rb elf so dmg app apk iso img vhd html htm svg xhtml mht chm reg inf"""
)


class Look(msgspec.Struct, frozen=True):
    """``media_type`` is by content; ``inside`` tells of an archive (files, bytes, some names)."""

    media_type: str
    flags: tuple[Flag, ...] = ()
    inside: dict[str, Any] = {}


def look_at(file: BinaryIO, size: int, name: str) -> Look:
    """Look at a seekable file of ``size`` bytes that was uploaded under ``name``.

    Reads at most 64 MiB of it, whatever it holds; never raises for hostile content.
    """
    file.seek(0)
    head = file.read(HEAD)
    if not head:
        return Look("application/x-empty", tuple(_sorted({Flag.EMPTY} | _of_name(name, "", set()))))
    found = format_of(head)
    inside = inside_of(found.family, file, size)
    media_type = inside.media_type if inside and inside.media_type else found.media_type
    flags = {Flag(flag) for flag in found.flags}
    if inside is not None:
        flags |= _of_archive(inside)
    flags |= _of_document(found.family, file, size)
    flags |= _of_name(name, media_type, set(found.extensions) | set(_more(inside)))
    told = msgspec.to_builtins(inside.told()) if inside else {}
    return Look(media_type, tuple(_sorted(flags)), told)


def _more(inside: Inside | None) -> tuple[str, ...]:
    return inside.extensions if inside else ()


def _sorted(flags: set[Flag]) -> list[Flag]:
    order = list(Flag)
    return sorted(flags, key=lambda flag: (flag not in DANGEROUS, order.index(flag)))


def _of_archive(inside: Inside) -> set[Flag]:
    flags = {Flag(flag) for flag in inside.flags}
    if not inside.document:
        flags.add(Flag.ARCHIVE)
    return flags


# PDF names may write any character as #xx (ISO 32000-1, 7.3.5).
_PDF_ACTIVE = re.compile(
    rb"/(?:JavaScript|JS|Launch|EmbeddedFile|RichMedia|XFA|OpenAction|AA)(?![A-Za-z])"
)
_PDF_ENCRYPTED = re.compile(rb"/Encrypt(?![A-Za-z])")
_HEX_NAME = re.compile(rb"#([0-9A-Fa-f]{2})")
_RTF_ACTIVE = re.compile(rb"\\obj(?:data|emb|ocx|autlink|update)|\\\*\\objdata|\\ddeauto")


def _of_document(family: str, file: BinaryIO, size: int) -> set[Flag]:
    """Macros and scripts in PDF, OLE and RTF documents."""
    searches = {"pdf": _search_pdf, "ole": _search_ole, "rtf": _search_rtf}
    search = searches.get(family)
    if search is None:
        return set()
    flags: set[Flag] = set()
    file.seek(0)
    before = b""
    read = 0
    while read < SCANNED and (chunk := file.read(_STEP)):
        read += len(chunk)
        flags |= search(before + chunk)
        before = chunk[-128:]
    if size > read:
        flags.add(Flag.PARTLY_READ)
    return flags


def _search_pdf(chunk: bytes) -> set[Flag]:
    plain = _HEX_NAME.sub(lambda match: bytes([int(match[1], 16)]), chunk)
    flags = {Flag.ACTIVE} if _PDF_ACTIVE.search(plain) else set()
    return flags | ({Flag.ENCRYPTED} if _PDF_ENCRYPTED.search(plain) else set())


def _search_ole(chunk: bytes) -> set[Flag]:
    found = set()
    if any(word in chunk for word in _OLE_WORDS):
        found.add(Flag.MACROS)
    if _ENCRYPTED_PACKAGE in chunk:
        found.add(Flag.ENCRYPTED)
    return found


_OLE_WORDS = tuple(word.encode("utf-16-le") for word in ("_VBA_PROJECT", "Macros", "_XL_MACRO"))
_ENCRYPTED_PACKAGE = "EncryptedPackage".encode("utf-16-le")


def _search_rtf(chunk: bytes) -> set[Flag]:
    return {Flag.ACTIVE} if _RTF_ACTIVE.search(chunk) else set()


def _of_name(given: str, media_type: str, fitting: set[str]) -> set[Flag]:
    flags = set()
    if hides(given):
        flags.add(Flag.HIDDEN_CHARACTERS)
    named = extensions(clean_name(given))
    if len(named) == 2 and named[1] in ACTIVE_EXTENSIONS and named[0] in _HARMLESS:
        flags.add(Flag.DOUBLE_EXTENSION)
    last = named[-1] if named else ""
    # Only what claims a format that its bytes do not have; log.1 and unknown names claim nothing.
    if last in _CLAIMS and media_type and last not in fitting:
        flags.add(Flag.DISGUISED)
    return flags


_HARMLESS = _words("pdf doc docx xls xlsx ppt pptx txt csv log jpg jpeg png gif zip mp4")
_CLAIMS = _words(
    """pdf doc docx xls xlsx ppt pptx rtf jpg jpeg png gif bmp webp tif tiff zip gz 7z rar tar bz2
    xz mp4 mp3 wav exe dll elf pcap pcapng evtx sqlite txt csv log json xml html htm svg eml
    md ndjson"""
)
