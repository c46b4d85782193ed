"""What is said when the harm has stopped, and when an incident is closed."""

from __future__ import annotations

from datetime import datetime

from shangdun.actions.messages.queue import Notice, queue_message
from shangdun.notify.templates import words
from shangdun.records.actor import Actor, person
from shangdun.records.messages import console_zone
from shangdun.records.models import Incident, Review
from shangdun.records.orders import plan_started
from shangdun.respond.groups import Group


def tell_contained(incident: Incident, note: str, at: datetime) -> None:
    """Everybody in the response hears that the harm has stopped; once each time it does."""
    queue_message(
        Notice(
            kind="contained",
            incident=incident,
            groups=tuple(Group),
            key=f"incident:{incident.number}:contained:{incident.version}",
            data={"when": _moment(at), "note": note},
        ),
        at,
    )


def tell_closed(incident: Incident, actor: Actor, review: Review | None, at: datetime) -> None:
    """Everybody hears of the end of what leadership made a case of the plan, and who writes now."""
    if not plan_started(incident):
        return
    by = person(actor)
    queue_message(
        Notice(
            kind="closed",
            incident=incident,
            groups=tuple(Group),
            key=f"incident:{incident.number}:closed:{incident.version}",
            data={
                "verdict": words()["verdict"][incident.verdict],
                "note": incident.verdict_note,
                "by": (by.get_full_name() or by.username) if by else "",
            },
        ),
        at,
    )
    if review is not None:
        queue_message(
            Notice(
                kind="report_due",
                incident=incident,
                groups=tuple(Group),
                key=f"incident:{incident.number}:report:{incident.version}",
                data={
                    "part": {"zh": "本组部分", "en": "that of your group"},
                    "due": _moment(review.due_at),
                },
            ),
            at,
        )


def _moment(at: datetime) -> str:
    return f"{at.astimezone(console_zone()):%Y-%m-%d %H:%M}"
