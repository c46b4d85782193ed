"""Whether messages reach people outside the console, and reports reach the records."""

from __future__ import annotations

from collections.abc import Iterator

from shangdun.records import boot
from shangdun.records.report_spool import unreadable, waiting
from shangdun.runtime.doctor.symptom import Kind, Place, Symptom

LATE_SECONDS = 60


def check(place: Place) -> Iterator[Symptom]:
    if not place.home.is_dir():
        return  # the disk check says so
    yield from _reports(place)
    boot.start()
    from django.db import DatabaseError, InterfaceError  # noqa: PLC0415  needs boot.start

    try:
        yield from list(_channels())
    except (DatabaseError, InterfaceError):
        return  # the records check says so


def _reports(place: Place) -> Iterator[Symptom]:
    now = place.clock.now().timestamp()
    late = [one for one in waiting(place.home) if now - one.stat().st_mtime > LATE_SECONDS]
    if late:
        yield Symptom(
            Kind.LATE,
            f"{len(late)} reports of incidents are kept and not opened yet, in {late[0].parent}",
            "start `shangdun up` (or `jobs`) and see that the records answer",
        )
    if aside := unreadable(place.home):
        yield Symptom(
            Kind.BROKEN,
            f"{len(aside)} reports cannot be read, in {aside[0].parent}",
            "read them by hand and report them again",
        )


def _channels() -> Iterator[Symptom]:
    from shangdun.actions.messages.progress import TEST  # noqa: PLC0415  needs boot.start
    from shangdun.records.models import Channel, Delivery, DeliveryState  # noqa: PLC0415  as above

    channels = Channel.objects.filter(enabled=True)
    if not channels.exists():
        yield Symptom(
            Kind.MISSING,
            "no channel brings messages outside the console",
            "add one at Settings › Channels, so that the night's incident reaches a phone",
        )
    for channel in channels.exclude(failing_since=None):
        yield Symptom(
            Kind.BROKEN,
            f"channel {channel.name} does not get through: {channel.error}",
            "its page at Settings › Channels says what that means",
        )
    dead = Delivery.objects.filter(state=DeliveryState.DEAD).exclude(message__kind=TEST).count()
    if dead:
        yield Symptom(
            Kind.BROKEN,
            f"{dead} messages were given up",
            "Settings › Channels shows them and sends them again",
        )
