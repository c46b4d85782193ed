"""Saying what is known of an incident: grade and reporting clocks follow in the same breath."""

from __future__ import annotations

from typing import Any

import msgspec

from shangdun.actions.action import SYSTEM_CLOCK, Done, Outcome, Unchanged, action
from shangdun.actions.clocks.rewind import rewind_clocks
from shangdun.actions.incident_changes import sealed, write_timeline
from shangdun.actions.orders.grading import regrade
from shangdun.kernel.clock import Clock
from shangdun.records.access import get_incident
from shangdun.records.actor import Actor, person
from shangdun.records.conflict import EditConflict
from shangdun.records.facts import facts_of
from shangdun.records.models import FactsChange, TimelineKind
from shangdun.records.roles import Capability
from shangdun.records.stored_text import clean_text
from shangdun.respond.facts import Facts, check_facts


@action(Capability.STATE_FACTS)
def do_state_facts(
    actor: Actor,
    *,
    incident_id: int,
    facts: Facts,
    note: str = "",
    number: int | None = None,
    clock: Clock = SYSTEM_CLOCK,
) -> Outcome[FactsChange | None]:
    """Keep the facts as they are known now; ``number`` is that of the facts the form showed."""
    now = clock.now()
    incident = get_incident(actor, incident_id)
    check_facts(facts, now)
    last = incident.facts_changes.order_by("-number").first()
    standing = last.number if last else 0
    before = facts_of(incident)
    if last and facts == before:
        return Unchanged(last)
    if number is not None and number != standing:
        raise EditConflict(
            "somebody stated facts meanwhile",
            where=f"incident #{incident.number}",
            mine={"version": number, **_shown(facts)},
            theirs={"version": standing, **_shown(before)},
        )
    change = FactsChange.objects.create(
        incident=incident,
        number=standing + 1,
        at=now,
        by=person(actor),
        facts=msgspec.to_builtins(facts),
        note=clean_text(note.strip()),
    )
    differing = sorted(
        name for name, value in _shown(facts).items() if value != _shown(before)[name]
    )
    data = {"what": "facts", "changed": differing, "number": change.number}
    write_timeline(incident, actor, TimelineKind.FACTS, now, text=change.note, data=data)
    grading = regrade(incident, facts, now, by=actor)
    rewind_clocks(incident, facts, now, actor=actor)
    payload = {
        "number": change.number,
        "changed": differing,
        "computed_grade": grading.grade,
        "grade": incident.grade,
        "facts_sha256": sealed(msgspec.json.encode(change.facts, order="deterministic").decode()),
    }
    return Done(change, ("incident", incident.number), now, payload)


def _shown(facts: Facts) -> dict[str, Any]:
    shown: dict[str, Any] = msgspec.to_builtins(facts)
    return shown
