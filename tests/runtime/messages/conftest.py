"""An outbox with channels to loopback, and a courier that carries it out."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
from django.contrib.auth.models import Group as Role

from shangdun.actions.messages.channels import ChannelForm, do_add_channel
from shangdun.actions.messages.queue import Notice, queue_message
from shangdun.kernel.clock import FixedClock
from shangdun.records.actor import SETUP
from shangdun.records.models import Channel, Drill, Incident, Message, User
from shangdun.respond.groups import Group
from shangdun.runtime.response.courier import Courier
from shangdun.runtime.response.postman import Postman

sys.path.insert(0, str(Path(__file__).parent))

NOW = datetime(2026, 11, 24, 3, tzinfo=UTC)  # eleven in the morning in Shanghai


@pytest.fixture(autouse=True)
def _home(home: Path) -> None:
    """The sealing key lies in a home of the test's own."""


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(NOW)


@pytest.fixture
def incident() -> Incident:
    return Incident.objects.create(
        number=7, title="Orders leak", type="data_breach", severity=5, occurred_at=NOW,
        last_activity=NOW, reported_at=NOW,
    )  # fmt: skip


@pytest.fixture
def drilled(incident: Incident) -> Incident:
    incident.drill = Drill.objects.create(number=1, title="Autumn", created=NOW, planned_at=NOW)
    incident.save()
    return incident


def person(name: str, *groups: Group, email: str = "") -> User:
    user = User.objects.create(username=name, email=email)
    for group in groups:
        user.groups.add(Role.objects.get_or_create(name=group.value)[0])
    return user


def channel(name: str, address: str, **more: object) -> Channel:
    return do_add_channel(SETUP, ChannelForm(name, address, **more), clock=FixedClock(NOW))


def say(incident: Incident | None, key: str, at: datetime = NOW, **more: object) -> Message:
    values = {"kind": "reported", "groups": (Group.LEADERSHIP,), "urgency": "urgent", **more}
    return queue_message(Notice(incident=incident, key=key, **values), at)


@contextmanager
def courier(clock: FixedClock, *, postmen: int = 2, seconds: float = 20.0) -> Iterator[None]:
    stop = threading.Event()
    made = partial(Postman, seconds=seconds)
    thread = Courier(stop, postmen=postmen, postman=made, clock=clock)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(30)
        assert not thread.is_alive()


def until(holds: Callable[[], bool], seconds: float = 60.0) -> None:
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "it did not come to that"
        time.sleep(0.05)


def minutes(number: float) -> timedelta:
    return timedelta(minutes=number)
