from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import polars as pl
import pytest
from lake_rows import DAY, MILLIS

from shangdun.kernel.clock import FixedClock
from shangdun.kernel.errors import StoreError
from shangdun.lake.block import Block, DeadLetter, Parsed
from shangdun.lake.parse import get_parser
from shangdun.lake.store import Lake, StoredLetter
from shangdun.lake.store.parquet import read_sorted
from shangdun.lake.store.replay import Replay, read_letters, replay

GOOD = b'10.0.0.9 - - [04/Mar/2026:10:00:00 +0000] "GET /a HTTP/1.1" 200 5 "-" "curl"'
BAD = b"\x00 no line of any log"


def letter(number: int, raw: bytes, reason: str = "could not be read") -> StoredLetter:
    dead = DeadLetter(number, number * 100, raw, reason)
    return StoredLetter("shop", "file-1", "combined", MILLIS, dead)


def parse(form: str, block: Block, moment: int) -> Parsed:
    return get_parser(form).parse(block)


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    lake = Lake(tmp_path, clock=FixedClock(DAY + timedelta(days=2)))
    lake.bury([letter(1, GOOD), letter(2, BAD), letter(3, GOOD)], app_id="w", version=1)
    lake.bury([letter(4, BAD)], app_id="w", version=2)
    return lake


def events(lake: Lake) -> list[tuple[int, int, str]]:
    paths = [lake.events.path / file.path for file in lake.files()]
    frame = pl.from_arrow(read_sorted(paths))
    assert isinstance(frame, pl.DataFrame)
    columns = "source_line", "source_offset", "http_request.url.path"
    return frame.select(pl.col(name).cast(pl.String) for name in columns).rows()


def letters(lake: Lake) -> list[int]:
    frames = list(read_letters(lake))
    return sorted(pl.concat(frames)["source_line"].to_list()) if frames else []


def test_what_can_be_read_now_moves_once(lake: Lake) -> None:
    assert replay(lake, parse) == Replay(tried=4, moved=2)
    assert events(lake) == [("1", "100", "/a"), ("3", "300", "/a")]
    assert letters(lake) == [2, 4]
    assert replay(lake, parse) == Replay(tried=2, moved=0)
    assert len(events(lake)) == 2


def test_a_kill_between_the_two_steps_doubles_nothing(
    lake: Lake, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*args: object, **kwargs: object) -> None:
        raise StoreError("killed")

    with monkeypatch.context() as patch:
        patch.setattr(lake.dead_letters, "commit", killed)
        with pytest.raises(StoreError, match="killed"):
            replay(lake, parse)
    assert len(events(lake)) == 2
    lake.compact()
    assert replay(lake, parse) == Replay(tried=4, moved=2)
    assert len(events(lake)) == 2
    assert letters(lake) == [2, 4]


def test_only_one_source_is_tried(lake: Lake) -> None:
    assert replay(lake, parse, source="other") == Replay()
    assert letters(lake) == [1, 2, 3, 4]


def test_the_head_of_a_long_line_does_not_pass_for_the_line(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    head = (GOOD + b" " * 1024)[:1024]
    lake.bury(
        [letter(1, head, "line of 9999999 bytes, longer than 1048576")], app_id="w", version=1
    )
    assert replay(lake, parse).moved == 0
    assert letters(lake) == [1]


def test_an_empty_lake_has_nothing_to_replay(tmp_path: Path) -> None:
    assert replay(Lake(tmp_path), parse) == Replay()
