"""Pictures of what is sold: drawn here, so that nothing has to be downloaded."""

import hashlib
from pathlib import Path

from oscar.core.thumbnails import AbstractThumbnailer
from PIL import Image, ImageDraw

SIDE = 360
_FINE = 3  # drawn larger and scaled down, for smooth edges


class AsTheyAre(AbstractThumbnailer):
    """The pictures are small already."""

    def generate_thumbnail(self, source, **_options):
        return source

    def delete_thumbnails(self, source):
        pass


def draw(slug: str, hue: int, path: Path) -> None:
    """A still life of circles and bars on paper, in the colour of its shelf."""
    dice = hashlib.sha256(slug.encode()).digest()
    image = Image.new("RGB", (SIDE * _FINE, SIDE * _FINE), f"hsl({hue},35%,93%)")
    pen = ImageDraw.Draw(image)
    for number in range(4):
        x, y = dice[number] % 200 + 80, dice[number + 8] % 170 + 80
        size = dice[number + 16] % 60 + 32
        colour = f"hsl({(hue + 14 * number) % 360},{45 + number * 6}%,{72 - number * 9}%)"
        box = [_FINE * edge for edge in (x - size, y - size, x + size, y + size)]
        if dice[number + 24] % 2:
            pen.ellipse(box, fill=colour)
        else:
            pen.rounded_rectangle(box, radius=18 * _FINE, fill=colour)
    floor = _FINE * (SIDE - 60)
    pen.rectangle((0, floor, SIDE * _FINE, SIDE * _FINE), fill=f"hsl({hue},25%,85%)")
    image.resize((SIDE, SIDE), Image.Resampling.LANCZOS).quantize(64).save(path, optimize=True)
