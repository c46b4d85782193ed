"""Dead letters through the present parsers."""

from __future__ import annotations

from pathlib import Path
from zoneinfo import ZoneInfo

from shangdun.kernel.clock import FixedClock, from_millis
from shangdun.kernel.config import Config
from shangdun.lake.block import Block, Parsed
from shangdun.lake.parse import format_names, get_parser
from shangdun.lake.store import Lake
from shangdun.lake.store.replay import Replay, replay


def replay_dead_letters(folder: Path, config: Config, *, source: str = "") -> Replay:
    """Read dead letters again; times without a year are meant by when the line was taken in."""
    zone = ZoneInfo(config.web.time_zone)

    def parse(form: str, block: Block, moment: int) -> Parsed:
        if form not in format_names():
            return Parsed(get_parser("json").parse(Block(b"")).events)
        return get_parser(form, clock=FixedClock(from_millis(moment)), zone=zone).parse(block)

    return replay(Lake(folder), parse, source=source)
