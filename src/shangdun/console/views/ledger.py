"""The ledger: every action, in a chain that shows whether somebody touched it."""

from __future__ import annotations

import json
from typing import Any

import msgspec
from django.conf import settings
from django.core.cache import cache
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone

from shangdun.console.views.page import Request, page
from shangdun.console.words import action_label
from shangdun.kernel.clock import from_millis
from shangdun.kernel.errors import LedgerError
from shangdun.kernel.ledger import Checkpoint, Verification, verify
from shangdun.records.access import visible_ledger
from shangdun.records.checkpoints import (
    CHECKPOINT_FILE,
    PUBLIC_FILE,
    ledger_directory,
    public_key,
    read_checkpoints,
    signed_but_gone,
)
from shangdun.records.ledger_rows import entries
from shangdun.records.models import LedgerEntry
from shangdun.records.roles import Capability

PAGE = 50
SYSTEM = "system:"
PEOPLE = "people"
"""Stands for everybody but the system, which records a batch of findings every other second."""
VERDICT_KEY = "ledger:verdict"


@page("ledger", Capability.VIEW_LEDGER)
def ledger(request: Request) -> HttpResponseBase:
    """Newest first, a page at a time by sequence number."""
    rows = visible_ledger(request.user)
    query = request.GET
    if action := query.get("action", "")[:60]:
        rows = rows.filter(action=action)
    actor = query.get("actor", "")[:200]
    if actor == PEOPLE:
        rows = rows.exclude(actor__startswith=SYSTEM)
    elif actor:
        rows = rows.filter(actor=actor)
    if (kind := query.get("kind", "")[:40]) and (subject := query.get("subject", "")[:200]):
        rows = rows.filter(subject_kind=kind, subject_id=subject)
    before = query.get("before", "")
    if before.isdecimal() and len(before) < 18:
        rows = rows.filter(seq__lt=int(before))
    found = list(rows[: PAGE + 1])
    context = {
        "rows": _told(found[:PAGE]),
        "older": found[PAGE - 1].seq if len(found) > PAGE else None,
        "first_page": not before,
        "query": query,
        "verdict": cache.get(VERDICT_KEY),
        "checkpoint": _latest_checkpoint(),
    }
    return render(request, "ledger/list.html", context)


@page("ledger", Capability.VIEW_LEDGER, methods=("POST",))
def check(request: Request) -> HttpResponseBase:
    """Walk the whole chain and its checkpoints, and keep what came out for a day."""
    visible_ledger(request.user)
    folder = ledger_directory(settings.HOME)
    try:
        marks = read_checkpoints(folder / CHECKPOINT_FILE)
        key = public_key(folder / PUBLIC_FILE) if marks else None
        verdict = verify(entries(), marks, key)
        if signed_but_gone(folder, marks):
            detail = "the checkpoints are gone, though there is a key that signed them"
            verdict = msgspec.structs.replace(verdict, bad_seq=verdict.entries, detail=detail)
    except LedgerError as error:
        verdict = Verification(entries=0, head="", checkpoints=0, bad_seq=0, detail=str(error))
    cache.set(VERDICT_KEY, _kept(verdict), 24 * 3600)
    return redirect("ledger")


def _kept(verdict: Verification) -> dict[str, Any]:
    return {
        "holds": verdict.holds and verdict.bad_seq is None,
        "entries": verdict.entries,
        "checkpoints": verdict.checkpoints,
        "bad_seq": verdict.bad_seq,
        "fault": verdict.fault.value if verdict.fault else "",
        "detail": verdict.detail,
        "time": timezone.now(),
    }


def _latest_checkpoint() -> Checkpoint | None:
    try:
        marks = read_checkpoints(ledger_directory(settings.HOME) / CHECKPOINT_FILE)
    except LedgerError:
        return None
    return marks[-1] if marks else None


def _told(rows: list[LedgerEntry]) -> list[dict[str, Any]]:
    return [
        {
            "row": row,
            "time": from_millis(row.time),
            "did": action_label(row.action),
            "actor": row.actor.rpartition(":")[2],
            "by_system": row.actor.startswith(SYSTEM),
            "payload": json.loads(row.payload),
        }
        for row in rows
    ]
