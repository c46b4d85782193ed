"""The register's lines: adding, describing, reviewing, archiving."""

from __future__ import annotations

from typing import Any

import msgspec
from django.db.models import Max

from shangdun.actions.action import SYSTEM_CLOCK, Done, Outcome, Unchanged, action
from shangdun.actions.incident_changes import sealed
from shangdun.actions.risks.changes import (
    open_risk,
    owner_of,
    reasoned,
    review_after,
    save,
    titled,
    worded,
)
from shangdun.kernel.clock import Clock
from shangdun.kernel.errors import UsageError
from shangdun.records.actor import Actor
from shangdun.records.models import Asset, IncidentType, Risk, Threat, Vulnerability
from shangdun.records.owned import BEFORE
from shangdun.records.risks import get_risk, standing_of
from shangdun.records.roles import Capability

MOST = 500
"""Risks of a register that anybody still looks through."""
MOST_TAGS = 30
TEXTS = ("description", "consequence", "existing")


class NewRisk(msgspec.Struct, kw_only=True, frozen=True):
    """What a risk is about; how high it is, is assessed apart."""

    title: str
    description: str = ""
    consequence: str = ""
    existing: str = ""
    parent: int | None = None
    """Number of the factor it belongs to."""
    threat: int | None = None
    owner: int | None = None
    assets: tuple[int, ...] = ()
    vulnerabilities: tuple[int, ...] = ()
    incident_types: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    key: str = ""


@action(Capability.MANAGE_RISKS)
def do_add_risk(actor: Actor, wanted: NewRisk, *, clock: Clock = SYSTEM_CLOCK) -> Outcome[Risk]:
    """Take a risk into the register; the same title under the same factor is the same risk."""
    del actor  # the ledger names who it was
    now = clock.now()
    values = _checked(wanted)
    same = Risk.objects.filter(
        archived_at=None, title=values["title"], parent=values["parent"]
    ).first()
    if same is not None:
        return Unchanged(same)
    if Risk.objects.filter(archived_at=None).count() >= MOST:
        raise UsageError("the register is full", code="risk.many", fix="archive what is over")
    number = (Risk.objects.aggregate(last=Max("number"))["last"] or 0) + 1
    risk = Risk.objects.create(number=number, created_at=now, key=wanted.key, **values)
    _link(risk, wanted)
    return Done(risk, ("risk", number), now, _told(risk))


@action(Capability.MANAGE_RISKS)
def do_change_risk(
    actor: Actor,
    wanted: NewRisk,
    *,
    number: int,
    version: int | None = None,
    clock: Clock = SYSTEM_CLOCK,
) -> Outcome[Risk]:
    """Describe a risk anew. Raises ``EditConflict`` with both where somebody was first."""
    mine = {"title": wanted.title, **{name: getattr(wanted, name) for name in TEXTS}}
    risk = open_risk(actor, number, version, mine)
    values = _checked(wanted, risk)
    now = clock.now()
    before = {name: getattr(risk, name) for name in values}
    linked, owned = _link(risk, wanted), risk.owner_id or 0
    if before == values and not linked:
        return Unchanged(risk)
    for name, value in values.items():
        setattr(risk, name, value)
    save(risk, *values)
    return Done(risk, ("risk", number), now, _told(risk) | {BEFORE: owned})


@action(Capability.MANAGE_RISKS)
def do_review_risk(
    actor: Actor, *, number: int, note: str = "", clock: Clock = SYSTEM_CLOCK
) -> Outcome[Risk]:
    """Somebody looked at it and it stands as it is; the next look is due by its level."""
    now = clock.now()
    risk = open_risk(actor, number, None, {})
    level = standing_of(actor, number).now
    following = review_after(now, level.level if level else None)
    if risk.reviewed_at == now:
        return Unchanged(risk)
    risk.reviewed_at, risk.review_on = now, following
    save(risk, "reviewed_at", "review_on")
    payload = {"next": str(following or ""), "note_sha256": sealed(worded(note))}
    return Done(risk, ("risk", number), now, payload)


@action(Capability.MANAGE_RISKS)
def do_archive_risk(
    actor: Actor, *, number: int, reason: str, clock: Clock = SYSTEM_CLOCK
) -> Outcome[Risk]:
    """Take a risk out of the register; assessments that hold it keep it."""
    risk = get_risk(actor, number)
    if risk.archived_at:
        return Unchanged(risk)
    reason = reasoned(reason)
    if risk.children.filter(archived_at=None).exists():
        raise UsageError(
            "it holds other risks", code="risk.holds", where=str(risk), fix="archive those first"
        )
    now = clock.now()
    risk.archived_at, risk.archive_reason = now, reason
    save(risk, "archived_at", "archive_reason")
    return Done(risk, ("risk", number), now, {"title": risk.title, "reason_sha256": sealed(reason)})


def _checked(wanted: NewRisk, risk: Risk | None = None) -> dict[str, Any]:
    values: dict[str, Any] = {name: worded(getattr(wanted, name)) for name in TEXTS}
    values["title"] = titled(wanted.title)
    values["owner_id"] = owner_of(wanted.owner)
    values["threat_id"] = _there(Threat.objects.filter(archived_at=None), wanted.threat)
    values["parent"] = _parent(wanted.parent, risk)
    types = tuple(dict.fromkeys(wanted.incident_types))
    tags = tuple(dict.fromkeys(tag.strip().lower() for tag in wanted.tags if tag.strip()))
    if not set(types) <= set(IncidentType.values):
        raise UsageError("no such type", code="risk.types", fix="choose of the four")
    if len(tags) > MOST_TAGS or any(len(tag) > 100 for tag in tags):
        raise UsageError("too many tags", code="risk.tags", fix=f"at most {MOST_TAGS}")
    values["incident_types"], values["tags"] = list(types), list(tags)
    return values


def _parent(number: int | None, risk: Risk | None) -> Risk | None:
    if number is None:
        return None
    found = Risk.objects.filter(number=number, factor=True, archived_at=None).first()
    if found is None or (risk is not None and (risk.factor or found.pk == risk.pk)):
        raise UsageError("no factor of this number", code="risk.parent", fix="choose a factor")
    return found


def _there(rows: Any, key: int | None) -> int | None:  # noqa: ANN401 - any queryset
    if key is not None and not rows.filter(pk=key).exists():
        raise UsageError("it is not there any more", code="risk.gone", fix="choose another")
    return key


def _link(risk: Risk, wanted: NewRisk) -> bool:
    """Set assets and vulnerabilities; whether anything changed."""
    assets = Asset.objects.filter(pk__in=wanted.assets, archived_at=None)
    found = Vulnerability.objects.filter(pk__in=wanted.vulnerabilities)
    before = (set(risk.assets.values_list("pk", flat=True)),
              set(risk.vulnerabilities.values_list("pk", flat=True)))  # fmt: skip
    after = (set(assets.values_list("pk", flat=True)), set(found.values_list("pk", flat=True)))
    if before == after:
        return False
    risk.assets.set(after[0])
    risk.vulnerabilities.set(after[1])
    return True


def _told(risk: Risk) -> dict[str, Any]:
    text = "\n".join(getattr(risk, name) for name in TEXTS)
    return {
        "title": risk.title,
        "owner": risk.owner_id or 0,
        "parent": risk.parent.number if risk.parent else 0,
        "text_sha256": sealed(text),
    }
