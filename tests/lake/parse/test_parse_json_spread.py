"""JSON that is not one object a line: nothing is lost, nothing hides behind what is broken."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shangdun.lake.block import LENGTH, LINE, OFFSET, Block, read_blocks
from shangdun.lake.parse import get_parser, sniff
from shangdun.lake.parse._json_spread import spread_boundary

EVENTS = [{"n": n, "text": f'}} {{ "{n}" [ \\', "in": {"deep": [{"x": n}]}} for n in range(50)]
LAYOUTS = {
    "indented": "\n".join(json.dumps(event, indent=2) for event in EVENTS),
    "array": json.dumps(EVENTS, indent=2),
    "flat array": json.dumps(EVENTS, indent=0),
    "array in one line": json.dumps(EVENTS),
    "array of lines": "[\n" + ",\n".join(map(json.dumps, EVENTS)) + "\n]\n",
    "commas first": "[" + "\n,".join(map(json.dumps, EVENTS)) + "]",
    "records": json.dumps({"Records": EVENTS}, indent=1),
    "records in one line": json.dumps({"Records": EVENTS}),
    "marked, with returns": "\ufeff" + json.dumps(EVENTS, indent=2).replace("\n", "\r\n"),
}


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("size", [64, 1000, 1 << 20])
def test_every_object_is_read_wherever_a_file_is_cut(tmp_path: Path, layout: str, size: int):
    path = tmp_path / "log"
    data = LAYOUTS[layout].encode()
    path.write_bytes(data)
    parser = get_parser("json")
    seen = []
    for block in read_blocks(path, size, boundary=parser.boundary):
        parsed = parser.parse(block)
        assert parsed.dead == ()
        for row, event in enumerate(parsed.events.to_dicts()):
            raw = parsed.raw(row)
            start = event[OFFSET]
            assert data[start : start + event.get(LENGTH, len(raw))] == raw
            assert event[LINE] == data[:start].count(b"\n") + 1
            seen.append(json.loads(raw))
            assert event["n"] == seen[-1]["n"]
    assert seen == EVENTS


def test_windows_events_laid_out_over_lines():
    document = {"Event": {"System": {"EventID": 4625}, "EventData": {"TargetUserName": "admin"}}}
    data = json.dumps(document, indent=4).encode() + b"\n{\n}\n"
    parsed = get_parser("windows").parse(Block(data))
    assert parsed.events.select("EventID", "TargetUserName").rows() == [(4625, "admin")]
    assert [(letter.line, letter.raw) for letter in parsed.dead] == [(11, b"{\n}")]
    assert sniff(data[:-4]) == "windows"


def test_ocsf_in_an_array_keeps_only_the_wanted_columns():
    data = json.dumps([{"class_uid": 3002, "time": 1, "a": 2}, {"time": 5}], indent=2).encode()
    parsed = get_parser("ocsf").parse(Block(data), frozenset({"class_uid"}))
    assert set(parsed.events.columns) == {"class_uid", LINE, OFFSET, LENGTH}
    assert [(letter.line, letter.reason[:16]) for letter in parsed.dead] == [
        (7, "has no class_uid")
    ]


@pytest.mark.parametrize(
    "bait", [b"{\n", b"[\n{\n", b'{\n"a": "\n', b"[ {\n" * 9, b"]\n", b'{"Records": [\n']
)
def test_nothing_hides_behind_what_never_closes(bait: bytes):
    lines = b"".join(b'{"n": %d}\n' % n for n in range(200))
    for end in (b"", b"}\n", b'"}\n'):
        parsed = get_parser("json").parse(Block(bait + lines + end, first_line=7, offset=100))
        assert parsed.events["n"].drop_nulls().to_list() == list(range(200))
        for letter in parsed.dead:
            place = letter.offset - 100
            assert (bait + lines + end)[place : place + len(letter.raw)] == letter.raw


def test_a_broken_object_costs_only_itself():
    parts = [json.dumps(event, indent=2) for event in EVENTS]
    parts[3] = parts[3].replace('"n": 3', '"n": 3 3')
    parsed = get_parser("json").parse(Block("\n".join(parts).encode()))
    assert set(range(50)) - set(parsed.events["n"].drop_nulls().to_list()) == {3}
    assert parsed.dead[0].line == 3 * 10 + 1 or parsed.dead[0].raw == b"{"


def test_brackets_without_end_do_not_cost_the_square_of_their_number():
    deep = b"{\n" * 40_000
    wide = b'{\n"a":\n' + b'{}\n{"\n' * 20_000
    nested = b'{\n"a":' * 200 + b"1 1" + b"}\n" * 200
    began = time.process_time()
    for data in (deep, wide, nested * 20):
        parsed = get_parser("json").parse(Block(data))
        assert len(parsed.dead) + parsed.events.height > 20
        assert spread_boundary(data) <= len(data)
    assert time.process_time() - began < 15


@given(st.binary(max_size=300), st.sampled_from([b"[", b"{\n", b'{"Records":[', b","]))
def test_any_bytes_are_read_or_named(noise: bytes, head: bytes):
    data = head + noise
    parsed = get_parser("json").parse(Block(data))
    assert 0 <= spread_boundary(data) <= len(data)
    covered = bytearray(data)
    for row in range(parsed.events.height):
        start = parsed.events[OFFSET][row]
        covered[start : start + len(parsed.raw(row))] = b" " * len(parsed.raw(row))
    for letter in parsed.dead:
        covered[letter.offset : letter.offset + len(letter.raw)] = b" " * len(letter.raw)
    left = bytes(covered).replace(b'"Records"', b"").replace(b'"records"', b"")
    assert left.strip(b" \t\r\n\x0b\x0c,[]{}:\xef\xbb\xbf") == b""
