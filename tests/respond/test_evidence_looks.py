"""What a file is by its content: formats, archives, macros, names that lie."""

from __future__ import annotations

import gzip
import io
import struct
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shangdun.respond.evidence.looks import Flag, Look, look_at
from shangdun.respond.evidence.names import clean_name

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def look(content: bytes, name: str = "file") -> Look:
    return look_at(io.BytesIO(content), len(content), name)


def zipped(**entries: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            archive.writestr(name.replace("__", "/").replace("_dot_", "."), content)
    return file.getvalue()


def encrypted_zip() -> bytes:
    """The general purpose bit 0 of both headers says that a password is asked for."""
    content = bytearray(zipped(a_dot_txt=b"secret"))
    content[6] |= 1
    content[content.rindex(b"PK\x01\x02") + 8] |= 1
    return bytes(content)


CONTENT = b"<Types/>"
CASES = {
    "program": (b"MZ\x90\0", "a.exe", "application/vnd.microsoft.portable-executable", {"program"}),
    "elf": (b"\x7fELF\x02\x01", "a", "application/x-elf", {"program"}),
    "script": (b"#!/bin/sh\ncurl x | sh\n", "a.sh", "text/x-script", {"script"}),
    "php": (b"<?php system($_GET[0]);", "a.php", "text/x-script", {"script"}),
    "page": (b"<!DOCTYPE html><p>", "a.html", "text/html", {"markup"}),
    "svg": (b"<svg onload='alert(1)'>", "a.svg", "image/svg+xml", {"markup"}),
    "page as picture": (b"<html>", "a.png", "text/html", {"markup", "disguised"}),
    "program as picture": (
        b"MZ\x90\0", "a.jpg", "application/vnd.microsoft.portable-executable",
        {"program", "disguised"},
    ),
    "two endings": (
        b"MZ\x90\0", "invoice.pdf.exe", "application/vnd.microsoft.portable-executable",
        {"program", "double_extension"},
    ),
    "pdf": (b"%PDF-1.7\n1 0 obj", "a.pdf", "application/pdf", set()),
    "pdf with script": (b"%PDF-1.7 <</S/JavaScript>>", "a.pdf", "application/pdf", {"active"}),
    "pdf, name in hex": (b"%PDF-1.7 <</J#61vaScript>>", "a.pdf", "application/pdf", {"active"}),
    "pdf, encrypted": (b"%PDF-1.7 /Encrypt 5 0 R", "a.pdf", "application/pdf", {"encrypted"}),
    "rtf with object": (b"{\\rtf1{\\object\\objdata 01}}", "a.rtf", "application/rtf", {"active"}),
    "old word with macros": (
        OLE + b"\0" * 600 + "_VBA_PROJECT".encode("utf-16-le"), "a.doc",
        "application/x-ole-storage", {"macros"},
    ),
    "office, encrypted": (
        OLE + "EncryptedPackage".encode("utf-16-le"), "a.docx", "application/x-ole-storage",
        {"encrypted"},
    ),
    "zip": (zipped(a_dot_txt=b"x"), "a.zip", "application/zip", {"archive"}),
    "zip, encrypted": (encrypted_zip(), "a.zip", "application/zip", {"archive", "encrypted"}),
    "zip in zip": (
        zipped(b_dot_zip=b"x"), "a.zip", "application/zip", {"archive", "nested"},
    ),
    "zip that escapes": (
        zipped(**{"..__etc__passwd": b"x"}), "a.zip", "application/zip",
        {"archive", "unsafe_paths"},
    ),
    "zip with program": (
        zipped(a_dot_exe=b"x"), "a.zip", "application/zip", {"archive", "program_inside"},
    ),
    "bomb": (
        zipped(a_dot_txt=b"\0" * (101 << 20)), "a.zip", "application/zip", {"archive", "bomb"},
    ),
    "docx": (
        zipped(**{"[Content_Types]_dot_xml": CONTENT, "word__document_dot_xml": b"x"}), "a.docx",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document", set(),
    ),
    "docx with macros": (
        zipped(**{"[Content_Types]_dot_xml": CONTENT, "word__vbaProject_dot_bin": b"x"}), "a.docx",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document", {"macros"},
    ),
    "zip that calls itself a document": (
        zipped(a_dot_txt=b"x"), "a.docx", "application/zip", {"archive", "disguised"},
    ),
    "broken zip": (
        b"PK\x03\x04" + b"\0" * 40, "a.zip", "application/zip", {"archive", "unreadable"},
    ),
    "gzip": (gzip.compress(b"x" * 100), "a.log.gz", "application/gzip", {"archive"}),
    "gzip bomb": (
        gzip.compress(b"\0" * 50)[:-4] + struct.pack("<I", 2 << 30), "a.gz", "application/gzip",
        {"archive", "bomb"},
    ),
    "mail": (b"From: a@b.cn\r\nSubject: hi\r\n\r\nx", "a.eml", "message/rfc822", set()),
    "log": (b'1.2.3.4 - - "GET /<script>alert(1)</script>"\n', "access.log", "text/plain", set()),
    "log of gb18030": ("登录失败".encode("gb18030") * 9, "app.log", "text/plain", set()),
    "json": (b'{"a": "<?php"}', "a.json", "application/json", set()),
    "no text, no mark": (b"\x01\x02\0\x03" * 9, "a.dat", "application/octet-stream", set()),
    "empty": (b"", "a.txt", "application/x-empty", {"empty"}),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_it_is_known_by_its_content(name):
    content, given_name, media_type, flags = CASES[name]
    found = look(content, given_name)
    assert (found.media_type, set(found.flags)) == (media_type, {Flag(flag) for flag in flags})


def test_an_archive_tells_what_it_holds():
    found = look(zipped(a_dot_txt=b"x" * 500, b_dot_log=b"y"), "a.zip")
    assert found.inside == {"files": 2, "unpacked": 501, "names": ["a.txt", "b.log"]}


def test_rar_and_7z_that_ask_for_a_password():
    rar5 = b"Rar!\x1a\x07\x01\x00" + b"\0\0\0\0" + bytes([5, 4, 0, 0, 0, 0])
    assert Flag.ENCRYPTED in look(rar5, "a.rar").flags
    rar4 = b"Rar!\x1a\x07\x00" + struct.pack("<HBHH", 0, 0x73, 0x80, 13) + b"\0" * 20
    assert Flag.ENCRYPTED in look(rar4, "a.rar").flags
    header = b"\x01\x04\x06\xf1\x07\x01"
    seven = b"7z\xbc\xaf\x27\x1c\0\4\0\0\0\0" + struct.pack("<QQI", 0, len(header), 0) + header
    assert Flag.ENCRYPTED in look(seven, "a.7z").flags


def test_a_word_across_two_reads_is_found():
    padding = b" " * ((1 << 20) - 6)
    assert Flag.ACTIVE in look(b"%PDF-1.7" + padding[8:] + b"/JavaScript ", "a.pdf").flags


@given(st.binary(max_size=600), st.text(max_size=40))
def test_nothing_makes_it_fail(content, name):
    look(content, name)


@given(st.sampled_from([b"PK\x03\x04", b"PK\x05\x06", b"Rar!\x1a\x07\x00", b"Rar!\x1a\x07\x01\x00",
                        b"7z\xbc\xaf\x27\x1c", b"\x1f\x8b", OLE, b"%PDF-"]),
       st.binary(max_size=400))  # fmt: skip
def test_no_broken_archive_makes_it_fail(mark, rest):
    look(mark + rest, "a.zip")


NAMES = {
    "../../etc/passwd": "passwd",
    "C:\\Users\\li\\evil.exe": "evil.exe",
    "invoice\u202efdp.exe": "invoicefdp.exe",
    "a\x00b\x1b[31m.log": "ab[31m.log",
    "con.txt": "file_con.txt",
    "...": "file",
    "": "file",
    "日志 1.log": "日志 1.log",
    'a<b>:"c".txt': "a_b___c_.txt",
    "x" * 300 + ".log": "x" * 116 + ".log",
}


@pytest.mark.parametrize("given_name", NAMES)
def test_names_are_made_safe(given_name):
    assert clean_name(given_name) == NAMES[given_name]


@given(st.text(max_size=300))
def test_a_clean_name_is_one_part_of_a_path(name):
    clean = clean_name(name)
    assert clean
    assert len(clean) <= 120
    assert not set(clean) & set('/\\<>:"|?*\x00\n\u202e')
    assert clean_name(clean) == clean
