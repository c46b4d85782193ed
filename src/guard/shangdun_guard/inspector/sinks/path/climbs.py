"""Walks a path as the system would resolve it, and tells how far above its start it leads."""

from __future__ import annotations

import re
from typing import NamedTuple


class Climb(NamedTuple):
    """One path inside a text that goes up."""

    start: int
    end: int
    ups: int
    """Segments that go one folder up."""
    above: int
    """Folders above the start (of a relative path) or above the root that it reaches."""
    rooted: bool
    """It starts at a root: what goes up from there is no reference between pages."""
    doubled: int
    """Segments of three and more dots, or doubled ones: they become ``..`` behind a filter."""
    stays: int
    """Segments of one dot."""
    parameters: bool
    """A ``..`` carries path parameters (``..;``): servers behind a proxy drop them."""
    target: str
    """What follows the last step up."""


_RUN = re.compile(r"[^\s\"'<>()|,=?&*{}\[\]`\x00#]+")
_ORIGIN = re.compile(
    r"[a-z][a-z0-9+.-]{1,15}:/{1,3}(?:[^/\\.]{1,100}(?:\.[^/\\.]{1,63}){0,8})?", re.IGNORECASE
)
_HEXED = re.compile(r"0x(2f|5c|2e)", re.IGNORECASE)
_CUT = re.compile(r"[/\\]+")
MAX_RUNS = 64


def climbs(text: str) -> list[Climb]:
    """The paths of the text that go up or hold runs of dots, at most ``MAX_RUNS``."""
    found = []
    for run in _RUN.finditer(text):
        piece = run.group()
        if ".." not in piece and "/./" not in piece and "0x2" not in piece:
            continue
        leads = text[max(0, run.start() - 1) : run.start()] in {"", " ", "=", '"', "'", "\n"}
        climb = _walk(piece, run.start(), run.end(), leads=leads)
        if climb is not None:
            found.append(climb)
            if len(found) >= MAX_RUNS:
                break
    return found


def _walk(piece: str, start: int, end: int, *, leads: bool) -> Climb | None:
    if "0x" in piece or "0X" in piece:
        piece = _HEXED.sub(lambda match: chr(int(match.group(1), 16)), piece)
    origin = _ORIGIN.match(piece)
    if origin and ".." not in origin.group():
        piece = piece[origin.end() :]
    rooted = leads and piece[:1] in {"/", "\\"}
    depth = lowest = ups = doubled = stays = 0
    parameters, target = False, ""
    for segment in _CUT.split(piece):
        if segment == ".":
            stays += 1
        elif segment == ".." or segment.startswith("..;"):
            parameters = parameters or len(segment) > 2
            depth, ups, target = depth - 1, ups + 1, ""
            lowest = min(lowest, depth)
        elif segment and not segment.strip("."):
            doubled, target = doubled + 1, ""
        elif segment:
            depth, target = depth + 1, f"{target}/{segment}"
    if not (ups or doubled or stays > 1):
        return None
    return Climb(start, end, ups, -lowest, rooted, doubled, stays, parameters, target)
