"""A logo that somebody uploaded, decoded within bounds and drawn anew.

Nothing of the upload is kept but its pixels: no metadata, profile, comment or appended script.
"""

from __future__ import annotations

import warnings
from io import BytesIO

from PIL import Image, UnidentifiedImageError

from shangdun.papers.errors import PaperError

MOST_BYTES = 2_000_000
MOST_SIDE = 6_000
MOST_PIXELS = 16_000_000
KEPT = (800, 240)
"""Drawn at most this large: sharp at 600 dpi in a page's head."""
_MAGIC = {"PNG": b"\x89PNG\r\n\x1a\n", "JPEG": b"\xff\xd8\xff"}


def clean_logo(upload: bytes) -> bytes:
    """The picture as a PNG of at most 800 × 240.

    Raises ``PaperError`` (``paper.logo``): not PNG or JPEG by its first bytes, too large, broken.
    """
    if len(upload) > MOST_BYTES:
        raise _wrong("the file is too large")
    form = next((name for name, magic in _MAGIC.items() if upload.startswith(magic)), "")
    if not form:
        raise _wrong("this is neither PNG nor JPEG")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")  # Pillow only warns of a decompression bomb
            with Image.open(BytesIO(upload), formats=[form]) as picture:
                width, height = picture.size
                if max(width, height) > MOST_SIDE or width * height > MOST_PIXELS:
                    raise _wrong("the picture has too many pixels")
                picture.load()
                drawn = picture.convert("RGBA")
    except (
        OSError, ValueError, SyntaxError, Warning, UnidentifiedImageError,
        Image.DecompressionBombError,
    ) as error:  # fmt: skip
        raise _wrong("the picture cannot be read") from error
    drawn.thumbnail(KEPT, Image.Resampling.LANCZOS)
    made = BytesIO()
    Image.frombytes("RGBA", drawn.size, drawn.tobytes()).save(made, "PNG", optimize=True)
    return made.getvalue()


def _wrong(message: str) -> PaperError:
    return PaperError(
        message,
        code="paper.logo",
        where="logo",
        fix=f"PNG or JPEG, at most {MOST_BYTES // 1_000_000} MB and {MOST_SIDE:,} pixels a side",
    )
