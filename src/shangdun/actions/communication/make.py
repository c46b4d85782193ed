"""Making what is due: every window of a recurring line, everything that happened for the others.

Safe to repeat and after weeks in which nothing ran: what was due meanwhile is made then, and what
its days are over for is missed, unless a record shows that it was done.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

from django.utils.translation import override

from shangdun.actions.action import SYSTEM_CLOCK, Done, Outcome, Unchanged, action
from shangdun.actions.communication.makers import Asked, Happened, makers
from shangdun.actions.incident_changes import sealed
from shangdun.govern.communication.due import Due, due_after, dues
from shangdun.govern.communication.lines import Frequency
from shangdun.govern.schedule.calendar import calendar_named
from shangdun.kernel.clock import Clock
from shangdun.kernel.errors import UsageError
from shangdun.records.actor import Actor, person
from shangdun.records.communication import get_line, rhythm_of
from shangdun.records.messages import console_zone
from shangdun.records.models import Communication, CommunicationLine, CommunicationState
from shangdun.records.roles import Capability
from shangdun.records.stored_text import clean_text


@action(Capability.RUN_PLAYBOOKS)
def do_make_due(
    actor: Actor, *, line_id: int, clock: Clock = SYSTEM_CLOCK
) -> Outcome[list[Communication]]:
    """What a line owes by now and has not: nothing twice, nothing before the line began."""
    line = get_line(actor, line_id)
    now = clock.now()
    if line.archived_at:
        return Unchanged([])
    wanted = list(_owed(line, now))
    known = set(
        Communication.objects.filter(key__in=[row.key for row in wanted]).values_list(
            "key", flat=True
        )
    )
    new = [row for row in wanted if row.key not in known]
    if not new:
        return Unchanged([])
    for row in new:
        row.save()
    payload = {"items": [row.key for row in new]}
    return Done(new, ("communication_line", line.pk), now, payload)


@action(Capability.MANAGE_COMMUNICATION)
def do_add_item(
    actor: Actor,
    *,
    line_id: int,
    title: str,
    body: str = "",
    due_on: date | None = None,
    clock: Clock = SYSTEM_CLOCK,
) -> Outcome[Communication]:
    """One more than the rhythm asks for: something happened that must be told."""
    line = get_line(actor, line_id)
    title, body = clean_text(" ".join(title.split())), clean_text(body.strip())
    if line.archived_at:
        raise UsageError(
            "it was taken out of the plan", code="communication.archived", where=str(line),
            fix="choose another line",
        )  # fmt: skip
    if not title or len(title) > 200 or len(body) > 60_000:
        raise UsageError(
            "it needs a title, and neither may be too long", code="communication.text",
            fix="at most 200 and 60,000 characters",
        )  # fmt: skip
    now = clock.now()
    today = now.astimezone(console_zone()).date()
    due = due_after(rhythm_of(line), calendar_named(line.calendar), today)
    day = max(due_on or due.due, today)
    key = f"line:{line.pk}:own:{sealed(title)[:16]}:{day.isoformat()}"
    same = Communication.objects.filter(key=key).first()
    if same is not None:
        return Unchanged(same)
    row = _row(line, due, key, title, now)
    row.due_on, row.closes_on = day, max(due.closes, day)
    row.about = {"kind": "own"}
    if body:
        row.body, row.state = body, CommunicationState.DRAFTED
        row.drafted_at, row.edited_by = now, person(actor)
    row.save()
    payload = {"key": key, "title": title, "due_on": day.isoformat(), "body_sha256": sealed(body)}
    return Done(row, ("communication", row.pk), now, payload)


def asked_of(item: Communication, now: datetime) -> Asked:
    """What a maker is asked about one thing that is due."""
    return Asked(
        line=item.line,
        since=item.since,
        until=item.until,
        now=now,
        zone=console_zone(),
        language=item.language,
        about=item.about,
        opens=item.opens_on,
        closes=item.closes_on,
    )


def _owed(line: CommunicationLine, now: datetime) -> Iterator[Communication]:
    today = now.astimezone(console_zone()).date()
    calendar = calendar_named(line.calendar)
    rhythm = rhythm_of(line)
    if rhythm.frequency is not Frequency.EVENT:
        for due in dues(rhythm, calendar, line.starts_on, today):
            title = f"{_title(line)} {due.period}"
            yield _row(line, due, f"line:{line.pk}:{due.period}", title, now)
        return
    maker = makers().get(line.maker)
    if maker is None or maker.happened is None:
        return
    asked = Asked(line, line.starts_on, today, now, console_zone(), line.language)
    with override(line.language):
        found = list(maker.happened(asked))
    for one in found:
        day = one.at.astimezone(console_zone()).date()
        yield _happened(line, due_after(rhythm, calendar, day), one, now)


def _happened(line: CommunicationLine, due: Due, what: Happened, now: datetime) -> Communication:
    row = _row(line, due, f"line:{line.pk}:{what.key}", what.title, now)
    row.about = what.about
    if what.due_on is not None:
        row.due_on = max(what.due_on, due.since)
        row.closes_on = row.due_on + timedelta(days=line.grace_days)
    return row


def _row(line: CommunicationLine, due: Due, key: str, title: str, now: datetime) -> Communication:
    more: dict[str, Any] = {"period": due.period, "since": due.since, "until": due.until}
    return Communication(
        line=line,
        key=key,
        opens_on=due.opens,
        due_on=due.due,
        closes_on=due.closes,
        title=clean_text(title)[:200],
        language=line.language,
        made_at=now,
        **more,
    )


def _title(line: CommunicationLine) -> str:
    first, second = line.title_zh, line.title_en
    return (first or second) if line.language.startswith("zh") else (second or first)
