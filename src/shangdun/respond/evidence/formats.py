"""Formats by their first bytes (magic numbers), as their specifications give them."""

from __future__ import annotations

import re
from typing import NamedTuple


class Format(NamedTuple):
    """``family`` says how to look further; ``extensions`` are names that tell the truth."""

    media_type: str
    family: str = ""
    flags: tuple[str, ...] = ()
    extensions: tuple[str, ...] = ()


ZIP = Format("application/zip", "zip", (), ("zip",))
_TEXT = ("txt", "log", "csv", "md", "json", "ndjson", "xml", "eml", "ini", "conf", "yml", "yaml")

MAGIC: tuple[tuple[int, bytes, Format], ...] = (
    (0, b"PK\x03\x04", ZIP),
    (0, b"PK\x05\x06", ZIP),
    (0, b"PK\x07\x08", ZIP),
    (0, b"7z\xbc\xaf\x27\x1c", Format("application/x-7z-compressed", "7z", (), ("7z",))),
    (0, b"Rar!\x1a\x07\x01\x00", Format("application/vnd.rar", "rar5", (), ("rar",))),
    (0, b"Rar!\x1a\x07\x00", Format("application/vnd.rar", "rar4", (), ("rar",))),
    (0, b"\x1f\x8b", Format("application/gzip", "gzip", (), ("gz", "tgz"))),
    (0, b"BZh", Format("application/x-bzip2", "packed", (), ("bz2", "tbz"))),
    (0, b"\xfd7zXZ\x00", Format("application/x-xz", "packed", (), ("xz", "txz"))),
    (0, b"\x28\xb5\x2f\xfd", Format("application/zstd", "packed", (), ("zst",))),
    (0, b"MSCF", Format("application/vnd.ms-cab-compressed", "packed", (), ("cab",))),
    (257, b"ustar", Format("application/x-tar", "packed", (), ("tar",))),
    (32769, b"CD001", Format("application/x-iso9660-image", "packed", (), ("iso", "img"))),
    (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", Format(
        "application/x-ole-storage", "ole", (),
        ("doc", "xls", "ppt", "msi", "msg", "docx", "xlsx", "pptx"))),
    (0, b"%PDF-", Format("application/pdf", "pdf", (), ("pdf",))),
    (0, b"{\\rt", Format("application/rtf", "rtf", (), ("rtf", "doc"))),
    (0, b"MZ", Format(
        "application/vnd.microsoft.portable-executable", "", ("program",), ("exe", "dll", "sys"))),
    (0, b"\x7fELF", Format("application/x-elf", "", ("program",), ("elf", "so", "bin"))),
    (0, b"\xfe\xed\xfa\xce", Format("application/x-mach-binary", "", ("program",))),
    (0, b"\xfe\xed\xfa\xcf", Format("application/x-mach-binary", "", ("program",))),
    (0, b"\xcf\xfa\xed\xfe", Format("application/x-mach-binary", "", ("program",))),
    (0, b"\xce\xfa\xed\xfe", Format("application/x-mach-binary", "", ("program",))),
    (0, b"\xca\xfe\xba\xbe", Format("application/java-vm", "", ("program",), ("class",))),
    (0, b"dex\n", Format("application/x-dex", "", ("program",), ("dex",))),
    (0, b"\0asm", Format("application/wasm", "", ("program",), ("wasm",))),
    (0, b"L\0\0\0\x01\x14\x02\0", Format("application/x-ms-shortcut", "", ("program",), ("lnk",))),
    (0, b"ITSF", Format("application/vnd.ms-htmlhelp", "", ("script",), ("chm",))),
    (0, b"\x89PNG\r\n\x1a\n", Format("image/png", "", (), ("png",))),
    (0, b"\xff\xd8\xff", Format("image/jpeg", "", (), ("jpg", "jpeg"))),
    (0, b"GIF8", Format("image/gif", "", (), ("gif",))),
    (0, b"BM", Format("image/bmp", "", (), ("bmp",))),
    (0, b"II*\0", Format("image/tiff", "", (), ("tif", "tiff"))),
    (0, b"MM\0*", Format("image/tiff", "", (), ("tif", "tiff"))),
    (8, b"WEBP", Format("image/webp", "", (), ("webp",))),
    (8, b"WAVE", Format("audio/wav", "", (), ("wav",))),
    (4, b"ftyp", Format("video/mp4", "", (), ("mp4", "mov", "m4a"))),
    (0, b"ID3", Format("audio/mpeg", "", (), ("mp3",))),
    (0, b"\xd4\xc3\xb2\xa1", Format("application/vnd.tcpdump.pcap", "", (), ("pcap", "cap"))),
    (0, b"\xa1\xb2\xc3\xd4", Format("application/vnd.tcpdump.pcap", "", (), ("pcap", "cap"))),
    (0, b"\x4d\x3c\xb2\xa1", Format("application/vnd.tcpdump.pcap", "", (), ("pcap", "cap"))),
    (0, b"\x0a\x0d\x0d\x0a", Format("application/x-pcapng", "", (), ("pcapng", "pcap"))),
    (0, b"ElfFile\0", Format("application/x-windows-event-log", "", (), ("evtx",))),
    (0, b"regf", Format("application/x-windows-registry", "", (), ("dat", "hiv"))),
    (0, b"SQLite format 3\0", Format("application/vnd.sqlite3", "", (), ("sqlite", "db"))),
    (0, b"EVF\x09\x0d\x0a\xff\0", Format("application/x-encase-image", "", (), ("e01",))),
    (0, b"KDMV", Format("application/x-vmdk", "", (), ("vmdk",))),
    (0, b"QFI\xfb", Format("application/x-qcow2", "", (), ("qcow2",))),
    (0, b"MDMP", Format("application/x-minidump", "", (), ("dmp",))),
    (0, b"PAGEDU", Format("application/x-crash-dump", "", (), ("dmp",))),
    (0, b"PAR1", Format("application/vnd.apache.parquet", "", (), ("parquet",))),
    (0, b"-----BEGIN PGP MESSAGE", Format("application/pgp-encrypted", "", ("encrypted",))),
)  # fmt: skip

_HTML = re.compile(
    rb"<(?:!doctype\s+html|html|head|body|script|iframe|img|a\s|meta|style|form|link|table|div)",
    re.IGNORECASE,
)
_SVG = re.compile(rb"<svg[\s>]", re.IGNORECASE)
_SCRIPT = re.compile(
    rb"^#!|<\?php|<%@|<\?=|\b(?:powershell(?:\.exe)?\s+-|Invoke-Expression|WScript\.Shell"
    rb"|CreateObject\(|ActiveXObject\(|@echo off|Sub AutoOpen|Set-ExecutionPolicy)",
    re.IGNORECASE,
)
_MAIL = re.compile(
    rb"^(?:(?:Received|Return-Path|Delivered-To|From|To|Subject|Date|Message-ID|MIME-Version"
    rb"|X-[\w-]+):[^\n]*\r?\n(?:[ \t][^\n]*\r?\n)*){2,}",
    re.IGNORECASE,
)
_MARKUP_WITHIN = 4096
_SCRIPT_WITHIN = 8192


def format_of(head: bytes) -> Format:
    """The format whose mark the first bytes carry; text by what it holds; else unknown bytes."""
    for offset, mark, found in MAGIC:
        if head.startswith(mark, offset):
            return found
    return _text(head) or Format("application/octet-stream")


def _text(head: bytes) -> Format | None:
    text = _decoded(head)
    if text is None:
        return None
    start = text.lstrip(b"\xef\xbb\xbf \t\r\n")
    if _SVG.search(start[:_MARKUP_WITHIN]) and start[:1] == b"<":
        return Format("image/svg+xml", "", ("markup",), ("svg", "xml"))
    if _MAIL.match(start):
        return Format("message/rfc822", "", (), ("eml", "txt"))
    if _begins_markup(start):
        flags = ("markup", "script") if _is_script(start) else ("markup",)
        return Format("text/html", "", flags, ("html", "htm", "xhtml", "mht"))
    return _plain(start)


def _plain(start: bytes) -> Format:
    if start[:1] in {b"{", b"["}:
        return Format("application/json", "", (), _TEXT)
    if _is_script(start):
        return Format("text/x-script", "", ("script",), ("sh", "py", "ps1", "bat", "php", "js"))
    if start[:5] == b"<?xml":
        return Format("application/xml", "", (), ("xml", "txt", "log"))
    return Format("text/plain", "", (), _TEXT)


def _is_script(start: bytes) -> bool:
    return bool(_SCRIPT.search(start[:_SCRIPT_WITHIN]))


def _begins_markup(start: bytes) -> bool:
    """Markup at the beginning: a log line that quotes a tag is no page."""
    match = _HTML.search(start[:_MARKUP_WITHIN])
    if match is None:
        return False
    before = re.sub(rb"(?s)<!--.*?-->|<\?xml.*?\?>", b"", start[: match.start()])
    return not before.strip()


def _decoded(head: bytes) -> bytes | None:
    """Text as UTF-8 bytes, or None for what is none."""
    if head[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        return head[: len(head) & ~1].decode("utf-16", "replace").encode()
    if b"\0" in head:
        return None
    control = sum(byte < 9 or 13 < byte < 27 for byte in head[:4096])
    if control * 20 > len(head[:4096]):
        return None
    for encoding in ("utf-8", "gb18030"):
        try:
            # The last character may be cut by the end of what was read.
            return head[:-4].decode(encoding).encode() + head[-4:] if len(head) > 4 else head
        except UnicodeDecodeError as error:
            if error.start >= len(head) - 8:
                return head
    return None
