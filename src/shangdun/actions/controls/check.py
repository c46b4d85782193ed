"""Checks of measures: what a person saw, what the system measured."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec

from shangdun.actions.action import SYSTEM_CLOCK, Done, Outcome, Unchanged, action
from shangdun.actions.controls.files import Given, few, record_file
from shangdun.actions.incident_changes import sealed
from shangdun.govern.controls.found import Found
from shangdun.kernel.clock import Clock
from shangdun.kernel.errors import UsageError
from shangdun.records.actor import Actor, person
from shangdun.records.controls import get_control_to_check
from shangdun.records.models import (
    Control,
    ControlMethod,
    ControlResult,
    ControlResults,
    ProofAbout,
)
from shangdun.records.roles import Capability
from shangdun.records.stored_text import clean_text

SECOND_CLICK = timedelta(seconds=30)
LONGEST_NOTE = 5000
BY_PEOPLE = (ControlMethod.ON_SITE, ControlMethod.DOCUMENT)


@action(Capability.MANAGE_CONTROLS, Capability.WORK_PLAN)
def do_check_control(
    actor: Actor,
    *,
    key: str,
    state: str,
    note: str,
    method: str,
    files: Sequence[Given] = (),
    clock: Clock = SYSTEM_CLOCK,
) -> Outcome[ControlResult]:
    """Record an on-site check or a document review: what was seen, with what shows it.

    Who manages measures may, and the measure's owner. The same again within half a minute is one.
    """
    row = get_control_to_check(actor, key)
    if row.archived_at or not row.applies:
        raise UsageError("it is not kept", code="control.archived", fix="see the measure")
    note = clean_text(note.strip())
    _checked(state, note, method)
    now = clock.now()
    same = ControlResult.objects.filter(
        control=row, by=person(actor), state=state, note=note, at__gt=now - SECOND_CLICK
    ).first()
    if same is not None:
        return Unchanged(same)
    kept = [record_file(one, ProofAbout.CONTROL, actor, now) for one in few(files)]
    line = note.splitlines()[0][:300]
    result = ControlResult.objects.create(
        control=row, at=now, state=state, method=method, by=person(actor),
        says={"zh": line, "en": line}, note=note,
        files=[{"id": f.pk, "name": f.name, "sha256": f.sha256, "size": f.size} for f in kept],
    )  # fmt: skip
    payload = {
        "state": state, "method": method, "note_sha256": sealed(note),
        "files": [one.sha256 for one in kept],
    }  # fmt: skip
    return Done(result, ("control", row.key), now, payload)


def _checked(state: str, note: str, method: str) -> None:
    if state not in ControlResults.values:
        raise UsageError("what was found?", code="control.state", fix="pass, fail or unknown")
    if method not in BY_PEOPLE:
        raise UsageError(
            "how was it checked?", code="control.method", fix="an on-site check, or documents"
        )
    if not note or len(note) > LONGEST_NOTE:
        raise UsageError(
            "what was seen?", code="control.note",
            fix=f"say what was looked at and seen, in at most {LONGEST_NOTE} characters",
        )  # fmt: skip


@action(Capability.RUN_PLAYBOOKS)
def do_record_checks(
    actor: Actor, found: Mapping[int, Found], *, clock: Clock = SYSTEM_CLOCK
) -> Outcome[list[ControlResult]]:
    """Keep what automatic checks found, by the measure's id: one entry of the ledger for all.

    Its hash is over every state, sentence and fact, so that no row can be changed unseen.
    """
    del actor
    now = clock.now()
    rows = Control.objects.filter(pk__in=found, archived_at=None).order_by("pk")
    kept = {row.pk: row for row in rows}
    results = ControlResult.objects.bulk_create(
        [_result(row, found[row.pk], now) for row in kept.values()]
    )
    if not results:
        return Unchanged([])
    states = {
        state: [kept[one.control_id].key for one in results if one.state == state]
        for state in ControlResults.values
    }
    payload: dict[str, Any] = {
        "passed": len(states["pass"]),
        "failed": states["fail"],
        "unknown": states["unknown"],
        "facts_sha256": sealed_results(results),
    }
    return Done(list(results), ("control", "checks"), now, payload)


def sealed_results(results: Sequence[ControlResult]) -> str:
    """The hash of what the results say, in their order."""
    told = [
        [one.control_id, one.state, dict(one.says), dict(one.fix), list(one.facts)]
        for one in results
    ]
    return hashlib.sha256(msgspec.json.encode(told, order="deterministic")).hexdigest()


def _result(row: Control, found: Found, now: datetime) -> ControlResult:
    return ControlResult(
        control=row,
        at=now,
        state=found.state.value,
        method=ControlMethod.AUTOMATIC,
        says={language: clean_text(text) for language, text in found.says.items()},
        fix=dict(found.fix),
        facts=[
            {**msgspec.to_builtins(fact), "value": clean_text(fact.value)[:500]}
            for fact in found.facts
        ],
    )


@action(Capability.MANAGE_CONTROLS, Capability.WORK_PLAN)
def do_ask_check(actor: Actor, *, key: str, clock: Clock = SYSTEM_CLOCK) -> Outcome[Control]:
    """Ask for an automatic check now; the system makes it within seconds."""
    row = get_control_to_check(actor, key)
    if not row.check_name or row.archived_at or not row.applies:
        raise UsageError(
            "nothing checks this automatically", code="control.method", fix="check it by hand"
        )
    now = clock.now()
    if row.asked_at and now - row.asked_at < SECOND_CLICK:
        return Unchanged(row)
    row.asked_at = now
    row.save(update_fields=["asked_at"])
    return Done(row, ("control", row.key), now, {"key": row.key})
