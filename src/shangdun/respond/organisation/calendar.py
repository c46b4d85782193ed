"""A rota as iCalendar (RFC 5545), for the calendars people carry."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import msgspec
from icalendar import Calendar, Event

from shangdun.respond.organisation.rota import Shift

REFRESHED = timedelta(hours=1)


class Words(msgspec.Struct, frozen=True):
    """What the calendar says in its reader's language."""

    name: str
    on_call: str
    """With ``{person}``."""
    nobody: str
    """Of a gap."""


def calendar(
    groups: Mapping[str, tuple[Words, Sequence[Shift]]],
    names: Mapping[int, str],
    now: datetime,
    of: int | None = None,
) -> bytes:
    """One event a shift, in UTC, which every reader shows in its own zone; gaps are events too.

    With ``of`` only that person's turns. A shift keeps its UID as long as it begins when it does
    and is the same person's, so that a calendar changes it in place. Nobody's number is in it:
    whoever finds the address learns names and times.
    """
    made = Calendar()
    made.add("prodid", "-//ShangDun//on call//EN")
    made.add("version", "2.0")
    made.add("method", "PUBLISH")
    made.add("x-wr-calname", " · ".join(words.name for words, _ in groups.values()))
    made.add("refresh-interval", REFRESHED, parameters={"value": "DURATION"})
    for group, (words, found) in groups.items():
        for shift in found:
            if of is not None and shift.person != of:
                continue
            made.add_component(_event(group, words, shift, names, now))
    return bytes(made.to_ical())


def _event(
    group: str, words: Words, shift: Shift, names: Mapping[int, str], now: datetime
) -> Event:
    event = Event()
    who = shift.person if shift.person is not None else 0
    event.add("uid", f"{group}-{who}-{shift.since:%Y%m%dT%H%M%SZ}@shangdun")
    event.add("dtstamp", now.replace(microsecond=0))
    event.add("dtstart", shift.since.replace(microsecond=0))
    event.add("dtend", shift.until.replace(microsecond=0))
    if shift.person is None:
        event.add("summary", words.nobody)
    else:
        name = names.get(shift.person, str(shift.person))
        event.add("summary", words.on_call.replace("{person}", name))
    event.add("transp", "TRANSPARENT")
    return event
