"""Bringing a file: it is read and kept to be looked through; nothing is taken in yet."""

from __future__ import annotations

import hashlib
from datetime import timedelta

import msgspec

from shangdun.actions.action import SYSTEM_CLOCK, Done, Outcome, Unchanged, action
from shangdun.actions.schedule.editing import open_programme
from shangdun.govern.exchange.mspdi_read import read_mspdi
from shangdun.govern.exchange.plan import SharedPlan
from shangdun.govern.exchange.sheet_read import read_sheet
from shangdun.kernel.clock import Clock
from shangdun.records.actor import Actor, person
from shangdun.records.models import PlanImport, PlanImportState
from shangdun.records.plan_exchange import get_import
from shangdun.records.roles import Capability
from shangdun.records.stored_text import clean_text

SECOND_CLICK = timedelta(minutes=10)


@action(Capability.MANAGE_PROGRAMMES)
def do_bring_plan(
    actor: Actor, *, number: int, name: str, content: bytes, clock: Clock = SYSTEM_CLOCK
) -> Outcome[PlanImport]:
    """Read a file and keep what it says. Raises ``UsageError`` (``exchange.…``)."""
    programme = open_programme(actor, number)
    now = clock.now()
    digest = hashlib.sha256(content).hexdigest()
    waiting = PlanImport.objects.filter(programme=programme, state=PlanImportState.LOOKED)
    twice = waiting.filter(sha256=digest, brought_at__gte=now - SECOND_CLICK).first()
    if twice is not None:
        return Unchanged(twice)
    kind = kind_of(content)
    plan = read_mspdi(content) if kind == "mspdi" else read_sheet(content)
    waiting.update(state=PlanImportState.DROPPED)
    brought = PlanImport.objects.create(
        programme=programme,
        name=clean_text(name.strip())[:200],
        kind=kind,
        sha256=digest,
        content=msgspec.to_builtins(plan),
        brought_at=now,
        brought_by=person(actor),
    )
    payload = {
        "file": brought.name, "kind": kind, "sha256": digest, "tasks": len(plan.tasks),
        "wrong": len(plan.wrong_rows),
    }  # fmt: skip
    return Done(brought, ("programme", programme.number), now, payload)


def kind_of(content: bytes) -> str:
    """What a file is by its first bytes, whatever it is called."""
    if content[:4] == b"PK\x03\x04":
        return "xlsx"
    start = content[:200].lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")
    return "mspdi" if start.startswith((b"<", b"<\0")) else "csv"


def plan_of(brought: PlanImport) -> SharedPlan:
    """What was read, as it was kept."""
    return msgspec.convert(brought.content, SharedPlan)


@action(Capability.MANAGE_PROGRAMMES)
def do_drop_import(
    actor: Actor, *, number: int, import_id: int, clock: Clock = SYSTEM_CLOCK
) -> Outcome[PlanImport]:
    """Throw away a file that was looked through."""
    programme = open_programme(actor, number)
    brought = get_import(actor, programme, import_id)
    if brought.state != PlanImportState.LOOKED:
        return Unchanged(brought)
    brought.state = PlanImportState.DROPPED
    brought.save(update_fields=["state"])
    return Done(brought, ("programme", programme.number), clock.now(), {"file": brought.name})
