"""Clocks in messages: to legal, to leadership, to whoever is on call."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from shangdun.actions.messages.queue import Notice, queue_message
from shangdun.records.messages import console_zone
from shangdun.records.models import Clock, ClockState, Incident
from shangdun.respond.groups import Group

TOLD = (Group.LEGAL, Group.LEADERSHIP)
WORDS = {
    ClockState.RUNNING: {"zh": "须报告", "en": "report due"},
    ClockState.MISSED: {
        "zh": "已超时，请立即报告并说明理由",
        "en": "already over: report at once and say why",
    },
    ClockState.WITHDRAWN: {"zh": "不再适用", "en": "no longer applies"},
}
WITHOUT_DELAY = {"zh": "不得迟延", "en": "without delay"}


def due_words(due: datetime | None) -> dict[str, str]:
    """A deadline as messages say it, in the company's time zone."""
    if due is None:
        return WITHOUT_DELAY
    zone = console_zone()
    text = f"{due.astimezone(zone):%Y-%m-%d %H:%M} ({zone.key})"
    return {"zh": text, "en": text}


def tell_changes(incident: Incident, changed: Sequence[Clock], at: datetime) -> None:
    """One message for all that a change of facts brought; a clock that may apply is no news yet."""
    told = [clock for clock in changed if clock.state in WORDS]
    if not told:
        return
    lines = [_line(clock) for clock in told]
    versions = ",".join(f"{clock.pk}.{clock.version}" for clock in told)
    notice = Notice(
        kind="clocks_changed",
        incident=incident,
        groups=TOLD,
        urgency="urgent",
        key=f"clocks:{incident.pk}:{versions}",
        data={"changes": lines},
    )
    queue_message(notice, at)


def _line(clock: Clock) -> dict[str, str]:
    due = due_words(clock.due_at)
    gone = clock.state == ClockState.WITHDRAWN
    return {
        language: f"{WORDS[ClockState(clock.state)][language]}{colon}"
        f"{clock.words('duty', language)} → {clock.words('to', language)}"
        + ("" if gone else f" ({due[language]})")
        for language, colon in (("zh", "："), ("en", ": "))
    }


def remind(clock: Clock, percent: int, at: datetime) -> None:
    """Say that half, four fifths or all of the time is over."""
    basis = {
        language: f"{clock.words('law', language)} {clock.words('article', language)}"
        for language in ("zh", "en")
    }
    notice = Notice(
        kind="clock_reminder",
        incident=clock.incident,
        groups=TOLD,
        urgency="urgent",
        key=f"clock:{clock.pk}:{clock.version}:{percent}",
        data={
            "duty": clock.frozen["duty"],
            "authority": clock.frozen["to"],
            "percent": percent,
            "due": due_words(clock.due_at),
            "source": basis,
        },
    )
    queue_message(notice, at)
