"""The first message of every incident: it was reported."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from shangdun.actions.messages.queue import Notice, queue_message
from shangdun.detect.finding import Entity
from shangdun.kernel.severity import Severity
from shangdun.records.models import Incident
from shangdun.respond.groups import Group

ENTITIES_SHOWN = 8
STRANGERS_SINGLY = 10
"""So many reports without an account within ``GATHERED_WITHIN`` are told one by one, no more:
whoever found the link must not wake everybody a hundred times a minute."""
GATHERED_WITHIN = timedelta(minutes=10)
MOST_AT_ONCE = 5
"""Of one batch of findings: a flood of incidents must not become a flood of messages."""


def tell_detected(opened: Iterable[tuple[Incident, Iterable[Entity]]], at: datetime) -> None:
    """The gravest incidents that detection opened, from severity high on."""
    grave = [one for one in opened if one[0].severity >= Severity.HIGH]
    grave.sort(key=lambda one: -one[0].severity)
    for incident, entities in grave[:MOST_AT_ONCE]:
        about = dict.fromkeys(f"{one.kind} {one.value}" for one in entities)
        tell_reported(incident, at, affected=", ".join(list(about)[:ENTITIES_SHOWN]))


def tell_reported(incident: Incident, at: datetime, *, affected: str = "") -> None:
    """Leadership and technical support hear of it at once; urgent from severity high on.

    A person's report is urgent whatever it says: somebody saw something and waits.
    """
    reporter = incident.reporter
    if reporter is None and not incident.rule_uid and _gathered(at):
        return
    queue_message(
        Notice(
            kind="reported",
            incident=incident,
            groups=(Group.LEADERSHIP, Group.TECHNICAL_SUPPORT),
            urgency="urgent"
            if not incident.rule_uid or incident.severity >= Severity.HIGH
            else "normal",
            key=f"reported/{incident.pk}",
            data={
                "reporter": (reporter.get_full_name() or reporter.username) if reporter else "",
                "what": incident.description,
            }
            | ({"affected": affected} if affected else {}),
        ),
        at,
    )


def _gathered(at: datetime) -> bool:
    """Whether too many came by the link of late; then all of them are told in one message."""
    lately = Incident.objects.filter(
        reporter=None, rule_uid="", drill=None, reported_at__gt=at - GATHERED_WITHIN
    ).count()
    if lately <= STRANGERS_SINGLY:
        return False
    bucket = int(at.timestamp() // GATHERED_WITHIN.total_seconds())
    queue_message(
        Notice(
            kind="reports_many",
            incident=None,
            groups=(Group.LEADERSHIP, Group.TECHNICAL_SUPPORT),
            urgency="urgent",
            key=f"reports-many/{bucket}",
            data={"count": lately},
        ),
        at,
    )
    return True
