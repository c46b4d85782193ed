"""Invitations and feeds, read back octet by octet as RFC 5545 has it, and by a reader of others."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from icalendar import Calendar

from shangdun.govern.rhythm.ical import Entry, Guest, Invitation, feed, invitation

NOW = datetime(2026, 7, 1, 3, 4, 5, 6, tzinfo=UTC)
HOSTILE = 'A;B,C\\ "q"\r\nBEGIN:VEVENT\x07 ' + "很长的题目" * 20
_LINE = re.compile(
    r'[A-Z0-9-]+(?:;[A-Z0-9-]+=(?:"[^"\x00-\x1f]*"|[^";:,\x00-\x1f]*))*:[^\x00-\x08\n-\x1f]*'
)


def lines_of(content: bytes) -> list[str]:
    """The content lines, unfolded; fails where RFC 5545 (3.1) is not kept."""
    assert content.endswith(b"\r\n")
    physical = content[:-2].split(b"\r\n")
    for line in physical:
        assert len(line) <= 75
        assert b"\n" not in line
        assert b"\r" not in line
        line.decode()  # no character is torn apart: readers of single lines exist
    lines = b"\r\n".join(physical).replace(b"\r\n ", b"").decode().split("\r\n")
    for line in lines:
        assert _LINE.fullmatch(line), line
    depth: list[str] = []
    for line in lines:
        if line.startswith("BEGIN:"):
            depth.append(line[6:])
        elif line.startswith("END:"):
            assert depth.pop() == line[4:]
    assert depth == []
    return lines


def asked(**more: object) -> Invitation:
    wanted = {
        "uid": "m1", "sequence": 3, "title": HOSTILE, "minutes": 60, "location": HOSTILE,
        "begins_at": datetime(2026, 7, 3, 6, tzinfo=UTC), "zone": ZoneInfo("Asia/Shanghai"),
        "description": HOSTILE, "url": "https://x.example/meetings/1/",
        "organizer": Guest(HOSTILE, "a@shop.example"),
        "guests": (Guest("王\r\nX:1", "w@shop.example", "ACCEPTED"),),
    }  # fmt: skip
    return Invitation(**(wanted | more))


@pytest.mark.parametrize("method", ["REQUEST", "CANCEL"])
def test_an_invitation_is_one_event_whatever_stands_in_it(method: str):
    content = invitation(asked(), method, NOW)
    lines = lines_of(content)
    assert lines.count("BEGIN:VEVENT") == 1
    assert [line for line in lines if line.startswith(("METHOD", "UID", "SEQUENCE", "STATUS"))] == [
        f"METHOD:{method}", "UID:m1@shangdun", "SEQUENCE:3",
        f"STATUS:{'CANCELLED' if method == 'CANCEL' else 'CONFIRMED'}",
    ]  # fmt: skip
    assert "DTSTAMP:20260701T030405Z" in lines
    assert "DTSTART;TZID=Asia/Shanghai:20260703T140000" in lines
    # Only the years that are needed: no summer time of 1986 for a meeting of today.
    assert [line for line in lines if line.startswith("TZOFFSETTO")] == ["TZOFFSETTO:+0800"]
    [event] = Calendar.from_ical(content).walk("VEVENT")
    assert event["DTSTART"].dt == datetime(2026, 7, 3, 6, tzinfo=UTC)
    for field in ("SUMMARY", "LOCATION", "DESCRIPTION"):
        assert str(event[field]).split() == HOSTILE.replace("\x07", " ").split()
    assert str(event["ATTENDEE"]) == "mailto:w@shop.example"


def test_a_feed_keeps_its_uids_and_tells_its_summer_time():
    entries = [
        Entry(uid="t1", title=HOSTILE, day=date(2026, 7, 3), until=date(2026, 7, 4)),
        Entry(uid="t2", title="M", day=date(2026, 7, 3),
              begins_at=datetime(2026, 7, 3, 6, tzinfo=UTC)),
    ]  # fmt: skip
    content = feed("名称", entries, NOW, ZoneInfo("America/New_York"))
    lines = lines_of(content)
    assert {"NAME:名称", "X-WR-CALNAME:名称", "X-PUBLISHED-TTL:PT1H"} <= set(lines)
    assert {"DTSTART;VALUE=DATE:20260703", "DTEND;VALUE=DATE:20260705"} <= set(lines)
    assert {"UID:t1@shangdun", "UID:t2@shangdun"} <= set(lines)
    assert len(content) < 3_000
    whole, timed = Calendar.from_ical(content).walk("VEVENT")
    assert whole["DTSTART"].dt == date(2026, 7, 3)
    assert timed["DTSTART"].dt == datetime(2026, 7, 3, 6, tzinfo=UTC)
