"""Letting somebody in again: taking back what was decided about him, or by the playbook itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import Q

from shangdun.actions.tasks.steps import Acted
from shangdun.actions.undo_decision import OPEN, do_undo_decision
from shangdun.kernel.errors import UsageError
from shangdun.records.actor import JOBS
from shangdun.records.models import Decision
from shangdun.records.rehearsal import require_real
from shangdun.runtime.response.steps.block import targets_of
from shangdun.runtime.response.work import Work

KIND = "unblock"
OWN = "own"
"""As ``what``: everything that this playbook's steps decided."""


def repeats(parameters: Mapping[str, Any]) -> bool:
    """What was taken back stays so."""
    del parameters
    return True


def act(work: Work) -> Acted:
    """Take back each decision that stands; nothing to take back is no failure."""
    wanted: Q | None
    wrong: list[str] = []
    if work.text("what") == OWN:
        wanted = Q(author__startswith=f"step:{work.task.run_id}/")
    else:
        targets, wrong = targets_of(work)
        wanted = None
        for one in targets:
            named = Q(kind=one.kind, value=one.value)
            wanted = named if wanted is None else wanted | named
    if wanted is None:
        why = "; ".join(wrong) or "the playbook names nobody"
        return Acted(ok=False, did={"what": "unblock", "refused": wrong}, problem=why)
    rows = list(Decision.objects.filter(wanted, state__in=OPEN).order_by("pk"))
    if work.incident.is_drill:
        did = {"what": "would_unblock", "decided": [row.value for row in rows], "refused": wrong}
        return Acted(ok=True, did=did)
    real = require_real(work.incident)
    undone = []
    for row in rows:
        reason = f"{work.task.title_zh} (#{real.incident.number})"
        try:
            do_undo_decision(JOBS, decision_id=row.pk, reason=reason, clock=work.clock)
        except UsageError as error:
            wrong.append(f"{row.value}: {error.message}")
            continue
        undone.append(row.value)
    failed = bool(wrong) and not undone
    did = {"what": "unblock", "decided": undone, "refused": wrong}
    return Acted(ok=not failed, did=did, problem="; ".join(wrong) if failed else "")
