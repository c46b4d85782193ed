"""The registry of formats, recognising one from a sample, and the preview of a sample."""

from __future__ import annotations

import gzip
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shangdun.kernel.clock import FixedClock
from shangdun.kernel.errors import UsageError
from shangdun.lake.block import LINE, OFFSET, Block, DeadLetter
from shangdun.lake.conform import conform, raw_lines
from shangdun.lake.parse import format_names, format_titles, get_parser, sniff
from shangdun.lake.preview import preview
from shangdun.lake.schema import POLARS_SCHEMA

SAMPLES = {
    "combined": b'::1 - - [01/Jan/2026:00:00:00 +0000] "GET /a HTTP/1.1" 200 12 "-" "curl"\n',
    "json": b'{"level":"warn","msg":"x"}\n',
    "ocsf": b'{"class_uid":3002,"time":1700000000000,"user":{"name":"a"}}\n',
    "windows": b'{"EventID":1,"Image":"C:\\\\a.exe","Channel":"Security"}\n',
    "modsecurity": b'{"transaction":{"client_ip":"1.2.3.4","request":{"uri":"/"}}}\n',
    "eve": b'{"timestamp":"2023-11-14T22:13:20.1+0000","event_type":"flow","src_ip":"1.2.3.4"}\n',
    "syslog": b"Jan  4 10:00:01 web sshd[1]: Invalid user a from 1.2.3.4 port 5\n",
    "auditd": b"type=SYSCALL msg=audit(1700000000.123:456): arch=c000003e success=yes\n",
    "shop": b'{"class_uid":92006003,"activity_id":1,"time":1700000000000,"coupon.code":"X"}\n',
    "http": b"GET / HTTP/1.1\r\nHost: x\r\n\r\n",
}


def test_every_published_format_is_there_with_a_title() -> None:
    assert set(format_names()) == SAMPLES.keys()
    assert all(format_titles().values())


def test_an_unknown_format_names_the_known_ones() -> None:
    for name in ("combind", "_text", "../x", ""):
        with pytest.raises(UsageError, match=r"combined.*syslog"):
            get_parser(name)


@pytest.mark.parametrize("name", sorted(SAMPLES))
def test_a_sample_is_recognised(name: str) -> None:
    assert sniff(SAMPLES[name] * 3) == name


@pytest.mark.parametrize("sample", [b"", b"\n\n", b"hello world\n", b"\x00\xff\xfe" * 50])
def test_what_is_nothing_is_not_guessed_at(sample: bytes) -> None:
    assert sniff(sample) is None


def test_logins_alone_are_not_taken_for_a_shop() -> None:
    assert sniff(b'{"class_uid":3002,"activity_id":1,"time":1700000000000}\n') == "ocsf"


@pytest.mark.parametrize("name", sorted(SAMPLES))
def test_every_format_passes_on_dead_letters_and_places(name: str) -> None:
    before = DeadLetter(6, 100, b"head", "too long")
    data = SAMPLES[name] + b"\r\n" + SAMPLES[name]
    parsed = get_parser(name).parse(Block(data, first_line=7, offset=200, dead=(before,)))
    second = 7 + (SAMPLES[name] + b"\r\n").count(b"\n")
    assert parsed.dead == (before,)
    assert parsed.events[LINE].to_list() == [7, second]
    assert parsed.events[OFFSET].to_list() == [200, 200 + len(SAMPLES[name]) + 2]
    assert parsed.format == name
    frame = conform(parsed, source="s", observed=1_800_000_000_000, file_id="f")
    assert dict(frame.schema) == dict(POLARS_SCHEMA)
    assert frame.select("source", "source_file", "source_line").row(1) == ("s", "f", second)
    assert raw_lines(frame) == [parsed.raw_text(0), parsed.raw_text(1)]


@pytest.mark.parametrize("name", sorted(SAMPLES))
def test_every_format_gives_only_wanted_columns(name: str) -> None:
    wanted = frozenset({"time", "class_uid", "nothing"})
    columns = set(get_parser(name).parse(Block(SAMPLES[name]), wanted).events.columns)
    assert columns - {LINE, OFFSET, "_length"} <= wanted


@settings(max_examples=25, deadline=None)
@given(st.lists(st.one_of(st.binary(max_size=80), st.sampled_from(sorted(SAMPLES.values())))))
def test_no_bytes_raise_in_any_format(lines: list[bytes]) -> None:
    data = b"\n".join(lines)
    for name in format_names():
        parsed = get_parser(name).parse(Block(data))
        frame = conform(parsed, source="s", observed=1_800_000_000_000)
        assert raw_lines(frame) == [parsed.raw_text(row) for row in range(parsed.events.height)]


def test_a_preview_shows_rows_and_reasons() -> None:
    sample = SAMPLES["combined"] + b"nonsense\n" + SAMPLES["combined"]
    shown = preview(sample)
    assert shown.format == "combined"
    assert shown.events == 2
    assert [row.line for row in shown.rows] == [1, 3]
    assert shown.rows[0].fields["http_request.user_agent"] == "curl"
    assert shown.rows[0].raw == SAMPLES["combined"].decode().rstrip()
    assert "http_request.user_agent" in shown.columns
    assert not {LINE, OFFSET, "user.name"} & set(shown.columns)
    assert [letter.line for letter in shown.dead] == [2]


def test_a_preview_is_bounded_and_takes_a_named_format() -> None:
    shown = preview(SAMPLES["combined"] * 5000, "syslog", limit=3)
    assert (shown.rows, shown.events, len(shown.dead)) == ([], 0, 3)
    assert len(preview(SAMPLES["syslog"] * 500, limit=3).rows) == 3


def test_a_preview_of_nothing_known_is_json_with_its_reasons() -> None:
    shown = preview(b"\xff\xfe?")
    assert (shown.format, shown.rows) == ("json", [])
    assert "is not JSON" in shown.dead[0].reason


def test_a_preview_completes_years_by_the_clock_given() -> None:
    clock = FixedClock(datetime(2020, 6, 1, tzinfo=UTC))
    row = preview(SAMPLES["syslog"], clock=clock).rows[0]
    assert row.fields["time"] == int(datetime(2020, 1, 4, 10, 0, 1, tzinfo=UTC).timestamp() * 1000)


def test_real_traffic_is_recognised(shared_data: Path) -> None:
    data = gzip.decompress((shared_data / "apache_access_10k.log.gz").read_bytes())
    assert sniff(data[:65536]) == "combined"
