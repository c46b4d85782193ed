"""Invitations by mail: the file a calendar takes, to each guest with no other guest in it."""

from __future__ import annotations

from datetime import timedelta
from email import message_from_bytes, policy

import pytest
from icalendar import Calendar

from shangdun.actions.meetings.call import (
    NewMeeting,
    do_call_meeting,
    do_cancel_meeting,
    do_send_invitations,
)
from shangdun.records.actor import SETUP
from shangdun.records.models import Delivery
from shangdun.respond.groups import Group

from .conftest import NOW, channel, courier, person, until
from .servers import mail_server

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.filterwarnings("ignore:Requiring AUTH", "ignore:Session.login_data"),
]


def states() -> list[str]:
    return list(Delivery.objects.values_list("state", flat=True))


def test_an_invitation_and_its_end_come_as_calendar_files(clock):
    with mail_server() as (box, port):
        channel("mail", f"mailto://127.0.0.1:{port}?from=soc@shop.cn&mode=insecure", each=True)
        guests = [
            person(name, Group.LEADERSHIP, email=f"{name}@shop.cn") for name in ("cio", "dep")
        ]
        wanted = NewMeeting(
            kind="security", title="月度安全会议", begins_at=NOW + timedelta(days=3),
            people=tuple(one.pk for one in guests), chair=guests[0].pk,
        )  # fmt: skip
        meeting = do_call_meeting(SETUP, wanted, clock=clock)
        do_send_invitations(SETUP, number=meeting.number, clock=clock)
        with courier(clock):
            until(lambda: states() == ["sent"] * 2)
        do_cancel_meeting(SETUP, number=meeting.number, reason="假期", clock=clock)
        with courier(clock):
            until(lambda: states() == ["sent"] * 4)
    files = [(receivers[0], _calendar(letter)) for receivers, letter in box.mails]
    assert sorted((to, str(made["METHOD"])) for to, made in files) == [
        (f"{name}@shop.cn", method) for name in ("cio", "dep") for method in ("CANCEL", "REQUEST")
    ]
    events = [(to, made.walk("VEVENT")[0]) for to, made in files]
    assert {str(event["UID"]) for _to, event in events} == {f"{meeting.uid}@shangdun"}
    assert {str(event["ATTENDEE"]) == f"mailto:{to}" for to, event in events} == {True}


def _calendar(letter) -> Calendar:
    raw = letter if isinstance(letter, bytes) else letter.as_bytes()
    parsed = message_from_bytes(raw, policy=policy.default)
    (part,) = [one for one in parsed.walk() if one.get_content_type() == "text/calendar"]
    assert part.get_filename().endswith(".ics")
    made = Calendar.from_ical(part.get_payload(decode=True))
    # Outlook and Google ask for an answer only where the part names the method that the file has.
    assert part.get_param("method") == made["METHOD"]
    assert part.get_content_charset() == "utf-8"
    return made
