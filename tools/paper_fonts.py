"""Make the documents' font: Noto Sans SC in two weights, of the pieces that the pages load.

`python tools/paper_fonts.py FOLDER-OF-PIECES TARGET`. A browser takes one of a hundred pieces at a
time; a document needs all of them in one file. Noto Sans SC is under the SIL Open Font License,
which is laid beside.
"""

from __future__ import annotations

import logging
import re
import shutil
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from fontTools.fontBuilder import FontBuilder
from fontTools.pens.recordingPen import DecomposingRecordingPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont
from fontTools.ttLib.ttGlyphSet import _TTGlyphSet
from fontTools.varLib import instancer

FAMILY = "Noto Sans SC"
WEIGHTS = {"Regular": 400, "Bold": 700}
DROPPED = ("GSUB", "GPOS", "GDEF", "BASE", "vhea", "vmtx", "prep", "gasp", "STAT")
"""What an upright page in one language does not need; pieces could not share it anyway."""


class Collected:
    """Glyphs of all pieces under names of their own; the first piece that has a letter gives it."""

    def __init__(self) -> None:
        self.glyphs: dict[str, Any] = {}
        self.metrics: dict[str, tuple[int, int]] = {}
        self.letters: dict[int, str] = {}

    def add(self, font: TTFont) -> None:
        drawn, widths = font.getGlyphSet(), font["hmtx"]
        if not self.glyphs:
            self._take(".notdef", ".notdef", drawn, widths)
        for letter, name in sorted(font.getBestCmap().items()):
            if letter not in self.letters:
                own = f"u{letter:05X}"
                self._take(own, name, drawn, widths)
                self.letters[letter] = own

    def _take(
        self, own: str, name: str, drawn: _TTGlyphSet, widths: Mapping[str, tuple[int, int]]
    ) -> None:
        # Pieces share parts of letters by names that differ: each letter is drawn whole.
        recorded = DecomposingRecordingPen(drawn)
        drawn[name].draw(recorded)
        pen = TTGlyphPen(None)
        recorded.replay(pen)
        self.glyphs[own] = pen.glyph()
        self.metrics[own] = widths[name]


def pieces(folder: Path) -> Iterator[Path]:
    """The files of the variable font, as its sheet names them."""
    sheet = (folder / "index.css").read_text("utf-8")
    names = re.findall(r"url\(\./(files/[^)]+-wght-normal\.woff2)\)", sheet)
    if not names:
        sys.exit(f"paper_fonts: {folder} holds no pieces of {FAMILY}")
    return (folder / name for name in dict.fromkeys(names))


def make(files: Iterable[Path], style: str, target: Path) -> set[int]:
    """Write one weight; gives the code points that it draws."""
    weight, collected = WEIGHTS[style], Collected()
    first: TTFont | None = None
    for file in files:
        font = TTFont(file)
        for table in DROPPED:
            if table in font:
                del font[table]
        still = instancer.instantiateVariableFont(font, {"wght": weight}, inplace=True)
        first = first or still
        collected.add(still)
    if first is None:
        sys.exit("paper_fonts: nothing to make a font of")
    builder = FontBuilder(first["head"].unitsPerEm, isTTF=True)
    builder.setupGlyphOrder(list(collected.glyphs))
    builder.setupCharacterMap(collected.letters)
    builder.setupGlyf(collected.glyphs)
    glyf = builder.font["glyf"]
    widths = {
        name: (advance, getattr(glyf[name], "xMin", 0))
        for name, (advance, _side) in collected.metrics.items()
    }
    builder.setupHorizontalMetrics(widths)
    builder.setupHorizontalHeader(ascent=first["hhea"].ascent, descent=first["hhea"].descent)
    os2 = first["OS/2"]
    builder.setupOS2(
        sTypoAscender=os2.sTypoAscender, sTypoDescender=os2.sTypoDescender,
        usWinAscent=os2.usWinAscent, usWinDescent=os2.usWinDescent, usWeightClass=weight,
        sCapHeight=os2.sCapHeight, sxHeight=os2.sxHeight,
        fsSelection=0x20 if weight >= 700 else 0x40,
    )  # fmt: skip
    builder.setupHead(unitsPerEm=first["head"].unitsPerEm, macStyle=int(weight >= 700))
    builder.setupNameTable({
        "familyName": FAMILY, "styleName": style, "fullName": f"{FAMILY} {style}",
        "psName": f"NotoSansSC-{style}", "version": "Version 2.004",
        "copyright": first["name"].getDebugName(0) or "",
        "licenseDescription": "SIL Open Font License, Version 1.1",
    })  # fmt: skip
    builder.setupPost()
    target.parent.mkdir(parents=True, exist_ok=True)
    work = target.with_suffix(".new")
    builder.save(work)
    work.replace(target)
    return set(collected.letters)


def ranges(letters: set[int]) -> Iterator[str]:
    """Code points as ``first-last`` in hex."""
    ordered = sorted(letters)
    breaks = [i for i in range(1, len(ordered)) if ordered[i] != ordered[i - 1] + 1]
    for first, last in zip([0, *breaks], [*breaks, len(ordered)], strict=True):
        yield f"{ordered[first]:X}-{ordered[last - 1]:X}"


def main() -> None:
    folder, target = map(Path, sys.argv[1:])
    logging.getLogger("fontTools").setLevel(logging.ERROR)
    files = list(pieces(folder))
    drawn = [make(files, style, target / f"NotoSansSC-{style}.ttf") for style in WEIGHTS]
    letters = "\n".join(ranges(set.intersection(*drawn)))
    (target / "letters.txt").write_text(f"{letters}\n")
    shutil.copyfile(folder / "LICENSE", target / "OFL.txt")


if __name__ == "__main__":
    main()
