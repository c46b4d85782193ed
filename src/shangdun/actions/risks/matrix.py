"""The matrix, the acceptable level, the rhythm of reviews; and the catalogue of threats."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from shangdun.actions.action import SYSTEM_CLOCK, Done, Outcome, Unchanged, action
from shangdun.actions.incident_changes import sealed
from shangdun.actions.risks.changes import reasoned, titled, worded
from shangdun.assess.method.matrix import checked
from shangdun.assess.method.scale import LEVELS, ThreatSource
from shangdun.kernel.clock import Clock
from shangdun.kernel.errors import NotFound, UsageError
from shangdun.records.actor import Actor, person
from shangdun.records.conflict import EditConflict
from shangdun.records.models import RiskMatrix, Threat
from shangdun.records.risks import current_matrix, matrix_of, visible_threats
from shangdun.records.roles import Capability

Cells = Sequence[Sequence[int]]
MOST_DAYS = 1_830


class NewMatrix(msgspec.Struct, kw_only=True, frozen=True):
    """How levels are read off from now on."""

    likelihood: Cells
    loss: Cells
    risk: Cells
    acceptable: int
    review_days: tuple[int, ...]
    currency: str
    note: str


@action(Capability.MANAGE_RISKS)
def do_change_risk_matrix(
    actor: Actor, wanted: NewMatrix, *, number: int | None = None, clock: Clock = SYSTEM_CLOCK
) -> Outcome[RiskMatrix]:
    """Put another matrix into force; ``number`` is that of the one that was changed.

    Finished assessments keep the one they were made with. Raises ``UsageError``: ``matrix.cell``,
    ``matrix.order``, ``matrix.days``, ``matrix.acceptable``, ``matrix.currency``, ``risk.reason``.
    """
    tables = checked({"likelihood": wanted.likelihood, "loss": wanted.loss, "risk": wanted.risk})
    if wanted.acceptable not in LEVELS[:-1]:
        raise UsageError("no such level", code="matrix.acceptable", fix="1 to 4")
    days = tuple(wanted.review_days)
    if len(days) != len(LEVELS) or not all(1 <= one <= MOST_DAYS for one in days):
        raise UsageError("no such rhythm", code="matrix.days", fix=f"1 to {MOST_DAYS} days")
    currency = wanted.currency.strip().upper()
    if len(currency) != 3 or not currency.isascii() or not currency.isalpha():
        raise UsageError("no such currency", code="matrix.currency", fix="three letters: CNY")
    old = current_matrix()
    same = (matrix_of(old), old.acceptable, tuple(old.review_days), old.currency)
    if old.number and same == (tables, wanted.acceptable, days, currency):
        return Unchanged(old)
    if number is not None and number != old.number:
        raise EditConflict(
            "somebody changed the matrix meanwhile",
            where="matrix",
            mine={"version": number, "acceptable": wanted.acceptable, "currency": currency},
            theirs={"version": old.number, "acceptable": old.acceptable, "currency": old.currency},
        )
    now = clock.now()
    note = reasoned(wanted.note)
    made = RiskMatrix.objects.create(
        number=old.number + 1, likelihood=tables.likelihood, loss=tables.loss, risk=tables.risk,
        acceptable=wanted.acceptable, review_days=list(days), currency=currency, note=note,
        at=now, by=person(actor),
    )  # fmt: skip
    cells = ["".join(str(cell) for row in table for cell in row) for table in
             (tables.likelihood, tables.loss, tables.risk)]  # fmt: skip
    payload = {"cells": cells, "acceptable": made.acceptable, "review_days": list(days),
               "currency": currency, "note_sha256": sealed(note)}  # fmt: skip
    return Done(made, ("risk_matrix", made.number), now, payload)


class NewThreat(msgspec.Struct, kw_only=True, frozen=True):
    """One line of the catalogue."""

    name: str
    source: str
    motive: str = ""
    timing: str = ""
    description: str = ""
    capability: int = 3
    frequency: int = 3
    key: str = ""


THREAT_FIELDS = (
    "name", "source", "motive", "timing", "description", "capability", "frequency",
)  # fmt: skip


@action(Capability.MANAGE_RISKS)
def do_keep_threat(
    actor: Actor,
    wanted: NewThreat,
    *,
    threat_id: int | None = None,
    version: int | None = None,
    clock: Clock = SYSTEM_CLOCK,
) -> Outcome[Threat]:
    """Add a threat to the catalogue, or change the one of that id."""
    values = _checked_threat(wanted)
    now = clock.now()
    same = visible_threats(actor).filter(name=values["name"]).first()
    if threat_id is None:
        if same is not None:
            return Unchanged(same)
        made = Threat.objects.create(key=wanted.key, **values)
        return Done(made, ("threat", made.pk), now, _told(made))
    threat = _get_threat(actor, threat_id)
    before = {name: getattr(threat, name) for name in THREAT_FIELDS}
    if before == values:
        return Unchanged(threat)
    if same is not None and same.pk != threat.pk:
        raise UsageError("there is one of this name", code="threat.taken", fix="choose another")
    if version is not None and version != threat.version:
        raise EditConflict(
            "somebody changed this threat meanwhile",
            where=threat.name,
            mine={"version": version, **values},
            theirs={"version": threat.version, **before},
        )
    for name, value in values.items():
        setattr(threat, name, value)
    threat.version += 1
    threat.save()
    return Done(threat, ("threat", threat.pk), now, _told(threat))


@action(Capability.MANAGE_RISKS)
def do_archive_threat(
    actor: Actor, *, threat_id: int, clock: Clock = SYSTEM_CLOCK
) -> Outcome[Threat]:
    """Take a threat out of the catalogue; refused while a risk names it."""
    threat = _get_threat(actor, threat_id)
    if threat.risks.filter(archived_at=None).exists():
        raise UsageError(
            "risks name it", code="threat.used", where=threat.name, fix="change those first"
        )
    now = clock.now()
    threat.archived_at = now
    threat.version += 1
    threat.save(update_fields=["archived_at", "version"])
    return Done(threat, ("threat", threat.pk), now, {"name": threat.name})


def _get_threat(actor: Actor, threat_id: int) -> Threat:
    found = visible_threats(actor).filter(pk=threat_id).first()
    if found is None:
        raise NotFound(f"there is no threat {threat_id}", fix="see the catalogue")
    return found


def _checked_threat(wanted: NewThreat) -> dict[str, Any]:
    if wanted.capability not in LEVELS or wanted.frequency not in LEVELS:
        raise UsageError("a level is 1 to 5", code="risk.level", fix="1 to 5")
    short = {name: worded(getattr(wanted, name)) for name in ("motive", "timing")}
    if any(len(text) > 300 for text in short.values()):
        raise UsageError("the text is too long", code="risk.long", fix="at most 300 characters")
    return {
        "name": titled(wanted.name),
        "source": ThreatSource(wanted.source).value,
        **short,
        "description": worded(wanted.description),
        "capability": wanted.capability,
        "frequency": wanted.frequency,
    }


def _told(threat: Threat) -> dict[str, Any]:
    return {"name": threat.name, "source": threat.source, "capability": threat.capability,
            "frequency": threat.frequency}  # fmt: skip
