"""Duties as the company keeps them: the facts, owners, whether one binds, evidence, own texts."""

from __future__ import annotations

from datetime import date
from typing import Any

import msgspec
from django.db.models import Max

from shangdun.actions.action import SYSTEM_CLOCK, Done, Outcome, Unchanged, action
from shangdun.actions.compliance.register import add_version, ask_review
from shangdun.actions.controls.files import Given, record_file
from shangdun.actions.incident_changes import sealed
from shangdun.govern.law.register import LawVersion
from shangdun.kernel.clock import Clock
from shangdun.kernel.errors import NotFound, UsageError
from shangdun.records.actor import Actor, person
from shangdun.records.compliance import get_duty, law_facts
from shangdun.records.conflict import EditConflict
from shangdun.records.models import (
    DutyApplies,
    DutyEvidence,
    DutyVersion,
    LegalDuty,
    PlanGroup,
    ProofAbout,
    User,
)
from shangdun.records.models.compliance import LawFacts
from shangdun.records.owned import BEFORE
from shangdun.records.roles import Capability
from shangdun.records.stored_text import clean_text
from shangdun.respond.regulators.law import Certainty

PLATFORM = frozenset(
    {"web", "app", "mini_program", "api", "payments", "own_servers", "cloud", "marketplace", "eu"}
)
MOST_PEOPLE = 20_000_000_000
LONGEST = 20_000


class ShopFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What decides which duties bind; None is unknown."""

    platform: frozenset[str] | None = None
    customers: int | None = None
    important_data: bool | None = None
    personalised: bool | None = None
    mlps_level: int | None = None


@action(Capability.MANAGE_COMPLIANCE)
def do_state_shop_facts(
    actor: Actor, facts: ShopFacts, *, version: int | None = None, clock: Clock = SYSTEM_CLOCK
) -> Outcome[LawFacts]:
    """Say what the shop is; which duties bind follows from it at once."""
    del actor
    row = law_facts()
    wanted = _facts(facts)
    if row.pk and version is not None and version != row.version:
        raise EditConflict(
            "somebody changed the facts meanwhile",
            where="facts",
            mine={"version": version, **wanted},
            theirs={"version": row.version, **_stated(row)},
        )
    if row.pk and _stated(row) == wanted:
        return Unchanged(row)
    state_facts(facts, row)
    return Done(row, ("law", "facts"), clock.now(), {**wanted, "version": row.version})


def state_facts(facts: ShopFacts, row: LawFacts | None = None) -> LawFacts:
    """The same within the caller's transaction."""
    row = row or law_facts()
    for name, value in _facts(facts).items():
        setattr(row, name, value)
    row.version = row.version + 1 if row.pk else 1
    row.save()
    return row


def _facts(facts: ShopFacts) -> dict[str, Any]:
    strange = (facts.platform or frozenset()) - PLATFORM
    if strange or not 0 <= (facts.customers or 0) <= MOST_PEOPLE:
        raise UsageError("no such fact", code="law.facts", fix="see the form")
    if facts.mlps_level is not None and facts.mlps_level not in range(1, 6):
        raise UsageError("MLPS levels are 1 to 5", code="law.facts", fix="1 to 5")
    return {
        "platform": sorted(facts.platform or ()),
        "platform_known": facts.platform is not None,
        "customers": facts.customers,
        "important_data": facts.important_data,
        "personalised": facts.personalised,
        "mlps_level": facts.mlps_level,
    }


def _stated(row: LawFacts) -> dict[str, Any]:
    names = (
        "platform", "platform_known", "customers", "important_data", "personalised", "mlps_level",
    )  # fmt: skip
    return {name: getattr(row, name) for name in names}


class DutyPlan(msgspec.Struct, frozen=True, kw_only=True):
    """Who looks after a duty, and whether it binds us."""

    owner_id: int | None = None
    applies: str = DutyApplies.BY_FACTS.value
    reason: str = ""


@action(Capability.MANAGE_COMPLIANCE)
def do_change_law_duty(
    actor: Actor,
    plan: DutyPlan,
    *,
    uid: str,
    version: int | None = None,
    clock: Clock = SYSTEM_CLOCK,
) -> Outcome[LegalDuty]:
    """Another owner; a decision against the facts needs its reason."""
    row = get_duty(actor, uid)
    reason = clean_text(plan.reason.strip())[:LONGEST]
    by_facts = plan.applies == DutyApplies.BY_FACTS
    if plan.applies not in DutyApplies.values or (not by_facts and not reason):
        raise UsageError("why?", code="law.applies", fix="say why it applies or does not")
    if plan.owner_id and not User.objects.filter(pk=plan.owner_id, is_active=True).exists():
        raise NotFound("there is no such person", fix="choose somebody from the list")
    wanted = {
        "owner_id": plan.owner_id, "applies": plan.applies, "reason": "" if by_facts else reason,
    }  # fmt: skip
    standing = {name: getattr(row, name) for name in wanted}
    if standing == wanted:
        return Unchanged(row)
    if version is not None and version != row.version:
        raise EditConflict(
            "somebody changed this duty meanwhile",
            where=row.uid,
            mine={"version": version, **wanted},
            theirs={"version": row.version, **standing},
        )
    for name, value in wanted.items():
        setattr(row, name, value)
    row.version += 1
    row.save()
    payload = {
        "owner": row.owner_id or 0, "applies": row.applies, "version": row.version,
        "reason_sha256": sealed(row.reason), BEFORE: standing["owner_id"] or 0,
    }  # fmt: skip
    return Done(row, ("duty", row.uid), clock.now(), payload)


class OwnText(msgspec.Struct, frozen=True, kw_only=True):
    """A text that the company's counsel enters: a new version, or a duty of one's own."""

    law: str
    article: str
    title: str
    text: str
    source: str
    effective_from: date
    certainty: str = Certainty.SECONDARY.value
    quote: str = ""
    repealed_on: date | None = None


@action(Capability.MANAGE_COMPLIANCE)
def do_add_law_version(
    actor: Actor, own: OwnText, *, uid: str, clock: Clock = SYSTEM_CLOCK
) -> Outcome[DutyVersion]:
    """A new text of a duty: it becomes a review at once; the same again is one."""
    row = get_duty(actor, uid)
    version = _version(own)
    now = clock.now()
    texts = list(row.versions.order_by("effective_from", "revision"))
    added = add_version(row, version, texts, now, actor)
    if added is None:
        return Unchanged(
            next(
                one
                for one in texts
                if one.sha256 == version.sha256 and one.effective_from == version.effective_from
            )
        )
    ask_review(row, added, texts, now)
    payload = {"effective_from": version.effective_from.isoformat(), "text_sha256": version.sha256}
    return Done(added, ("duty", row.uid), now, payload)


@action(Capability.MANAGE_COMPLIANCE)
def do_add_law_duty(
    actor: Actor, own: OwnText, *, group: str, clock: Clock = SYSTEM_CLOCK
) -> Outcome[LegalDuty]:
    """A duty that the register does not have: of a contract, a local rule, another country."""
    if group not in PlanGroup.values:
        raise UsageError("this is no group", code="law.group", fix=", ".join(PlanGroup.values))
    version = _version(own)
    same = DutyVersion.objects.filter(
        sha256=version.sha256, duty__uid__startswith="own-", duty__archived_at=None
    ).first()
    if same is not None:
        return Unchanged(same.duty)
    now = clock.now()
    last = LegalDuty.objects.aggregate(Max("id"), Max("place"))
    row = LegalDuty.objects.create(
        uid=f"own-{(last['id__max'] or 0) + 1}", law="own", group=group,
        place=max(1000, (last["place__max"] or 0) + 1), created_at=now,
    )  # fmt: skip
    add_version(row, version, [], now, actor)
    return Done(row, ("duty", row.uid), now, {"text_sha256": version.sha256})


def _version(own: OwnText) -> LawVersion:
    texts = {
        name: clean_text(getattr(own, name).strip())
        for name in ("law", "article", "title", "text", "source", "quote")
    }
    needed = ("law", "article", "title", "text", "source")
    if any(not texts[name] for name in needed):
        raise UsageError("something is missing", code="law.text", fix=", ".join(needed))
    if max(map(len, texts.values())) > LONGEST or len(texts["title"]) > 200:
        raise UsageError("this text is too long", code="law.long", fix=f"at most {LONGEST}")
    if own.certainty not in set(Certainty):
        raise UsageError("how sure is it?", code="law.text", where="certainty", fix="V, S or U")
    if own.repealed_on is not None and own.repealed_on <= own.effective_from:
        raise UsageError("it ends before it begins", code="law.dates", fix="a later day")
    both = {name: {"zh": texts[name], "en": texts[name]} for name in needed[:4]}
    return LawVersion(
        **both,
        source=texts["source"],
        quote=texts["quote"],
        certainty=Certainty(own.certainty),
        effective_from=own.effective_from,
        repealed_on=own.repealed_on,
    )


@action(Capability.MANAGE_COMPLIANCE)
def do_add_duty_evidence(
    actor: Actor,
    *,
    uid: str,
    title: str,
    link: str = "",
    file: Given | None = None,
    clock: Clock = SYSTEM_CLOCK,
) -> Outcome[DutyEvidence]:
    """Say what else shows that a duty is kept: a file, a page of the console, an address."""
    row = get_duty(actor, uid)
    title, link = " ".join(clean_text(title).split())[:200], clean_text(link.strip())
    if not title or not (link or file):
        raise UsageError(
            "what is it?", code="law.evidence", fix="a title, and a file or an address"
        )
    if link and (len(link) > 500 or not _ours_or_web(link)):
        raise UsageError("no such address", code="law.link", fix="/documents/3/ or https://…")
    sha256 = file.stored.sha256 if file else ""
    for one in row.evidence.filter(archived_at=None, title=title, link=link):
        if (one.file.sha256 if one.file else "") == sha256:
            return Unchanged(one)
    now = clock.now()
    kept = record_file(file, ProofAbout.LAW, actor, now) if file else None
    item = DutyEvidence.objects.create(
        duty=row, title=title, link=link, file=kept, by=person(actor), at=now
    )
    return Done(item, ("duty", row.uid), now, {"evidence": item.pk, "file_sha256": sha256})


def _ours_or_web(link: str) -> bool:
    ours = link.startswith("/") and not link.startswith(("//", "/\\"))
    return (ours or link.startswith(("https://", "http://"))) and link.isprintable()


@action(Capability.MANAGE_COMPLIANCE)
def do_drop_duty_evidence(
    actor: Actor, *, evidence_id: int, clock: Clock = SYSTEM_CLOCK
) -> Outcome[DutyEvidence]:
    """It no longer shows it; what was judged with it keeps it."""
    del actor
    item = DutyEvidence.objects.select_related("duty").filter(pk=evidence_id).first()
    if item is None:
        raise NotFound(f"there is no evidence {evidence_id}", fix="see the duty")
    if item.archived_at:
        return Unchanged(item)
    item.archived_at = clock.now()
    item.save(update_fields=["archived_at"])
    return Done(item, ("duty", item.duty.uid), item.archived_at, {"evidence": item.pk})
