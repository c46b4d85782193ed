"""Invitations and feeds as iCalendar (RFC 5545), scheduled as RFC 5546 has it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec
from icalendar import Alarm, Calendar, Event, vCalAddress, vText

REFRESHED = timedelta(hours=1)
HOST = "shangdun"
PRODUCT = "-//ShangDun//calendar//EN"
NO_ADDRESS = "nobody@shangdun.invalid"
"""Of somebody whose address nobody entered: RFC 2606 keeps ``.invalid`` for that."""


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """One thing in a feed; with ``begins_at`` it has hours, otherwise it takes whole days."""

    uid: str
    title: str
    day: date
    until: date | None = None
    """Its last day, included."""
    begins_at: datetime | None = None
    ends_at: datetime | None = None
    detail: str = ""
    url: str = ""
    kind: str = ""


class Guest(msgspec.Struct, frozen=True):
    """Somebody who is asked; ``answer`` as iCalendar's PARTSTAT."""

    name: str
    email: str
    answer: str = "NEEDS-ACTION"


class Invitation(msgspec.Struct, frozen=True, kw_only=True):
    """A meeting as it is sent: the same ``uid`` with a higher ``sequence`` replaces it."""

    uid: str
    sequence: int
    title: str
    begins_at: datetime
    minutes: int
    zone: ZoneInfo
    location: str = ""
    description: str = ""
    url: str = ""
    organizer: Guest
    guests: tuple[Guest, ...] = ()


def feed(name: str, entries: Iterable[Entry], now: datetime, zone: ZoneInfo) -> bytes:
    """A calendar to subscribe to; what has hours is told in ``zone``, which it carries along."""
    made = _calendar()
    made.add("method", "PUBLISH")
    made.add("name", name)  # RFC 7986, 5.1; what older programs read instead stands below
    made.add("x-wr-calname", name)
    made.add("x-wr-timezone", zone.key)
    made.add("refresh-interval", REFRESHED, parameters={"value": "DURATION"})
    made.add("x-published-ttl", "PT1H")
    moments = []
    for entry in entries:
        made.add_component(_entry(entry, now, zone))
        moments += [one for one in (entry.begins_at, entry.ends_at) if one is not None]
    return _written(made, moments)


def invitation(of: Invitation, method: str, now: datetime) -> bytes:
    """``REQUEST`` asks or changes, ``CANCEL`` strikes out."""
    made = _calendar()
    made.add("method", method)
    event = Event()
    _begin(event, of.uid, of.title, now)
    event.add("sequence", of.sequence)
    event.add("dtstart", of.begins_at.astimezone(of.zone).replace(microsecond=0))
    ends = of.begins_at + timedelta(minutes=of.minutes)
    event.add("dtend", ends.astimezone(of.zone).replace(microsecond=0))
    event.add("status", "CANCELLED" if method == "CANCEL" else "CONFIRMED")
    event["organizer"] = _address(of.organizer)
    for guest in of.guests:
        address = _address(guest)
        address.params["ROLE"] = vText("REQ-PARTICIPANT")
        address.params["PARTSTAT"] = vText(guest.answer)
        address.params["RSVP"] = vText("TRUE")
        event.add("attendee", address, encode=False)
    for field, value in (("location", of.location), ("description", of.description)):
        if value:
            event.add(field, plain(value))
    if of.url:
        event.add("url", of.url)
    if method == "REQUEST":
        event.add_component(_reminder(of.title))
    made.add_component(event)
    return _written(made, [of.begins_at, ends])


def _calendar() -> Calendar:
    made = Calendar()
    made.add("prodid", PRODUCT)
    made.add("version", "2.0")
    made.add("calscale", "GREGORIAN")
    return made


def _written(made: Calendar, moments: Sequence[datetime]) -> bytes:
    """With its zones, told of the years that are needed only.

    Of the changes of half a century, and of a summer time that China left in 1991, some calendars
    make the wrong hour, or refuse the file.
    """
    if moments:
        first, last = min(moments).year, max(moments).year
        made.add_missing_timezones(first_date=date(first - 1, 1, 1), last_date=date(last + 2, 1, 1))
    return bytes(made.to_ical())


def _begin(event: Event, uid: str, title: str, now: datetime) -> None:
    event.add("uid", f"{uid}@{HOST}")
    event.add("dtstamp", now.replace(microsecond=0))
    event.add("summary", plain(title))


def plain(text: str) -> str:
    """A text without the controls that no content line may hold (RFC 5545, 3.1)."""
    kept = (sign if sign >= " " or sign in "\t\r\n" else " " for sign in text if sign != "\x7f")
    return "".join(kept)


def _entry(entry: Entry, now: datetime, zone: ZoneInfo) -> Event:
    event = Event()
    _begin(event, entry.uid, entry.title, now)
    if entry.begins_at is not None:
        ends = entry.ends_at or entry.begins_at + timedelta(hours=1)
        event.add("dtstart", entry.begins_at.astimezone(zone).replace(microsecond=0))
        event.add("dtend", ends.astimezone(zone).replace(microsecond=0))
    else:
        event.add("dtstart", entry.day)
        event.add("dtend", (entry.until or entry.day) + timedelta(days=1))
        event.add("transp", "TRANSPARENT")
    for field, value in (("description", plain(entry.detail)), ("url", entry.url)):
        if value:
            event.add(field, value)
    if entry.kind:
        event.add("categories", [entry.kind])
    return event


def _address(guest: Guest) -> vCalAddress:
    address = vCalAddress(f"mailto:{guest.email or NO_ADDRESS}")
    # RFC 5545, 3.2: a parameter's value holds neither quotes nor controls.
    name = "".join(sign for sign in guest.name if sign.isprintable() and sign != '"')
    address.params["CN"] = vText(name)
    return address


def _reminder(title: str) -> Alarm:
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", plain(title))
    alarm.add("trigger", timedelta(minutes=-30))
    return alarm
