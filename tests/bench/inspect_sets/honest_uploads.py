"""Files that people send: pictures, documents, tables, programs, in forms and alone."""

from __future__ import annotations

import random
import zlib
from urllib.parse import quote

from tests.bench.inspect_sets import browser, words
from tests.bench.inspect_sets.browser import hexes, uuid
from tests.bench.inspect_sets.honest_forms import SITE, multipart
from tests.bench.inspect_sets.honest_web import SHOP, url
from tests.bench.inspect_sets.sample import request

from shangdun_guard.request import Request


def _documents(rng: random.Random) -> tuple[tuple[str, str, bytes], ...]:
    """Name, media type and bytes of pictures and documents."""
    return (
        (
            "photo (1).jpg",
            "image/jpeg",
            b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01"
            b"Exif\0\0MM\0*" + rng.randbytes(3000) + b"\xff\xd9",
        ),
        (
            "Rechnung Größe.pdf",
            "application/pdf",
            (
                b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog /OpenAction << /S /GoTo >> >>\nendobj"
                b"\nstream\n"
            )
            + zlib.compress(rng.randbytes(900))
            + b"\nendstream\n%%EOF",
        ),
        (
            "logo.svg",
            "image/svg+xml",
            (
                b'<?xml version="1.0"?><!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http:'
                b'//www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd"><svg xmlns="http://www.w3.org'
                b'/2000/svg"><style>.a{fill:#fff}</style><path d="M0 0L10 10z"/></svg>'
            ),
        ),
        (
            "report.docx",
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            b"PK\x03\x04\x14\0\6\0word/document.xml"
            + zlib.compress(words.paragraph(rng).encode())
            + rng.randbytes(2000),
        ),
        ("main.py", "text/x-python", words.code(rng).encode()),
    )


def _sources(rng: random.Random) -> tuple[tuple[str, str, bytes], ...]:
    """Name, media type and bytes of tables and programs."""
    return (
        (
            "dump.sql",
            "application/sql",
            (
                b"CREATE TABLE a (id INT);\nINSERT INTO a VALUES (1,'O''Neil');\nSELECT * FR"
                b"OM a WHERE 1=1;\n"
            ),
        ),
        (
            "products.csv",
            "text/csv",
            (
                "sku;name;price\n" + "\n".join(f'{i};"{words.phrase(rng)}";9,99' for i in range(20))
            ).encode(),
        ),
        ("index.html", "text/html", words.markup(rng).encode()),
        (
            "config.xml",
            "text/xml",
            b'<?xml version="1.0" encoding="UTF-8"?><config><!-- a -->'
            + b"<item key='a'>b &amp; c</item>" * 4
            + b"</config>",
        ),
        ("a.zip", "application/zip", b"PK\x03\x04" + rng.randbytes(3000)),
        ("notes.md", "text/markdown", words.ticket(rng).encode()),
        (
            "app.js",
            "application/javascript",
            b"fetch('/a').then(r=>r.json()).then(d=>{eval;document.cookie='a=b'})",
        ),
    )


def upload(rng: random.Random) -> Request:
    name, kind, data = rng.choice((*_documents(rng), *_sources(rng)))
    if rng.random() < 0.25:
        head = (
            browser.browser(rng, SHOP, "fetch", url(rng), SITE)
            .add("content-type", kind)
            .add("content-range", f"bytes 0-{len(data) - 1}/{len(data)}")
            .add("x-file-name", quote(name))
        )
        return request(
            "PUT",
            (
                f"/upload/{uuid(rng)}/{quote(name)}?partNumber=1&X-Amz-Signature="
                f"{hexes(rng, 64)}&X-Amz-Credential=A%2F2024%2Fs3%2Faws4_request"
            ),
            head,
            data,
        )
    return multipart(
        rng,
        "/media/upload?type=image",
        [("name", name), ("_nonce", hexes(rng, 10)), ("action", "upload-attachment")],
        name,
        kind,
        data,
    )


KINDS = {"upload": upload}
