"""An uploaded logo: only its pixels are kept, and nothing that means harm gets that far."""

from __future__ import annotations

import struct
import zlib
from io import BytesIO

import pytest
from PIL import Image, PngImagePlugin

from shangdun.papers.errors import PaperError
from shangdun.papers.logo import KEPT, MOST_BYTES, clean_logo


def encoded(form: str, size=(40, 20), mode="RGB", **more) -> bytes:
    made = BytesIO()
    Image.new(mode, size).save(made, form, **more)
    return made.getvalue()


def bomb(width: int, height: int) -> bytes:
    """A PNG that says it is huge."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    "upload",
    [
        encoded("PNG"),
        encoded("JPEG"),
        encoded("PNG", mode="P"),
        encoded("PNG", mode="LA"),
        encoded("JPEG", mode="CMYK"),
        encoded("PNG", size=(3000, 900)),
    ],
)
def test_a_picture_becomes_a_small_png(upload):
    with Image.open(BytesIO(clean_logo(upload))) as made:
        assert made.format == "PNG"
        assert made.width <= KEPT[0]
        assert made.height <= KEPT[1]


def test_nothing_but_pixels_is_kept():
    told = PngImagePlugin.PngInfo()
    told.add_text("Comment", "<script>alert(1)</script>")
    upload = encoded("PNG", pnginfo=told) + b"<?php system('id'); ?>"
    made = clean_logo(upload)
    assert b"script" not in made
    assert b"php" not in made


@pytest.mark.parametrize(
    "upload",
    [
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        b"GIF89a" + b"\0" * 40,
        encoded("GIF"),
        encoded("BMP"),
        b"\x89PNG\r\n\x1a\n",
        b"\x89PNG\r\n\x1a\n" + b"\0" * 500,
        b"\xff\xd8\xff" + b"\0" * 500,
        encoded("PNG")[:-30],
        bomb(100_000, 100_000),
        bomb(7_000, 10),
        bomb(5_999, 5_999),
        b"%PDF-1.7",
        b"\x89PNG\r\n\x1a\n" + b"x" * MOST_BYTES,
    ],
)
def test_anything_else_is_refused(upload):
    with pytest.raises(PaperError) as caught:
        clean_logo(upload)
    assert caught.value.code == "paper.logo"
