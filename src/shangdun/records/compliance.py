"""The law register and its assessments as they are read."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import msgspec
from django.db.models import QuerySet

from shangdun.govern.controls.rate import Rate, Row, rate_of
from shangdun.govern.law.binding import Binding, binding
from shangdun.govern.law.compliance import (
    DutyState,
    Judged,
    Side,
    Verdict,
    duty_state,
)
from shangdun.govern.law.register import LawVersion, in_force, read_version, register
from shangdun.kernel.errors import NotFound
from shangdun.records.access import require
from shangdun.records.actor import Actor
from shangdun.records.controls import Stands, control_states
from shangdun.records.documents import company
from shangdun.records.messages import console_zone
from shangdun.records.models import (
    AssessmentRound,
    AuditFinding,
    AuditState,
    Control,
    DutyApplies,
    DutyEvidence,
    DutyJudgement,
    DutyVersion,
    LawFacts,
    LawReview,
    LegalDuty,
    ProofAbout,
    ProofFile,
    RoundState,
)
from shangdun.records.roles import Capability
from shangdun.respond.regulators.conditions import Situation


def law_facts() -> LawFacts:
    """What is known of the shop; before anybody said anything a row that is not saved."""
    return LawFacts.objects.order_by("pk").first() or LawFacts()


def situation() -> Situation:
    """The facts that conditions of duties and measures name; None is unknown."""
    facts, ours = law_facts(), company()
    platform = set(facts.platform)
    known = facts.platform_known
    return {
        # A shop has accounts and addresses: whoever has none says so by saying that nobody is one.
        "personal_data": None if facts.customers is None else facts.customers > 0,
        "customers": facts.customers,
        "important_data": facts.important_data,
        "personalised": facts.personalised,
        "own_servers": "own_servers" in platform if known else None,
        "app": bool(platform & {"app", "mini_program"}) if known else None,
        "payments": "payments" in platform if known else None,
        "cards": ours.takes_cards,
        "marketplace": ours.is_platform or "marketplace" in platform,
        "eu": ours.serves_eu or "eu" in platform,
        "critical_infrastructure": ours.critical_infrastructure,
        "mlps_level": facts.mlps_level,
    }


def visible_duties(actor: Actor) -> QuerySet[LegalDuty]:
    """The register in its order."""
    require(actor, Capability.VIEW_COMPLIANCE)
    rows = LegalDuty.objects.filter(archived_at=None).select_related("owner")
    return rows.order_by("place", "id")


def get_duty(actor: Actor, uid: str) -> LegalDuty:
    """One duty. Raises ``NotFound``."""
    require(actor, Capability.VIEW_COMPLIANCE)
    found = LegalDuty.objects.select_related("owner").filter(uid=uid).first()
    if found is None:
        raise NotFound(f"there is no duty {uid}", fix="see the law register")
    return found


def today_of(now: datetime) -> date:
    """The day in the company's time zone."""
    return now.astimezone(console_zone()).date()


def newest_texts(rows: Iterable[DutyVersion]) -> list[DutyVersion]:
    """Of each day from which a text holds its last revision, in their order."""
    last: dict[tuple[int, date], DutyVersion] = {}
    for row in sorted(rows, key=lambda row: (row.effective_from, row.revision)):
        last[row.duty_id, row.effective_from] = row
    return list(last.values())


def version_in_force(rows: Iterable[DutyVersion], day: date) -> DutyVersion | None:
    """The text that holds on a day; None before the first, and once it was repealed."""
    newest = newest_texts(rows)
    texts = [text_of(row) for row in newest]
    found = in_force(texts, day)
    return newest[texts.index(found)] if found else None


def text_of(row: DutyVersion) -> LawVersion:
    """What the row says."""
    return read_version(row.snapshot)


def binding_of(duty: LegalDuty, facts: Situation) -> Binding:
    """Whether it binds the company: as somebody decided with a reason, else by its condition."""
    if duty.applies != DutyApplies.BY_FACTS:
        return Binding(duty.applies == DutyApplies.YES)
    shipped = {one.uid: one for one in register()}.get(duty.uid)
    return binding(shipped.condition if shipped else None, facts)


@dataclass(frozen=True)
class DutyStands:
    """A duty on a day: its text in force, whether it binds, its measures and judgements."""

    duty: LegalDuty
    version: DutyVersion | None
    """None: no text of it is in force."""
    text: LawVersion | None
    ahead: tuple[DutyVersion, ...]
    """Texts that will take its place."""
    binding: Binding
    state: DutyState
    judgements: tuple[DutyJudgement, ...]
    """In the order they were made."""
    measures: tuple[Stands, ...]
    evidence: tuple[DutyEvidence, ...] = field(default=())

    @property
    def counts(self) -> bool:
        """Whether it is one of the duties that the rate is of."""
        return self.state.counts

    @property
    def path(self) -> str:
        return f"/law/duties/{self.duty.uid}/"


def duties_standing(
    now: datetime, *, duties: Collection[LegalDuty] | None = None
) -> list[DutyStands]:
    """How the duties stand at that moment; None: all of the register. A handful of queries."""
    rows = list(duties) if duties is not None else list(_kept())
    facts, day = situation(), today_of(now)
    versions = _by_duty(DutyVersion.objects.filter(duty__in=rows, seen_at__lte=now))
    judgements = _by_duty(
        DutyJudgement.objects.filter(duty__in=rows, at__lte=now)
        .select_related("round", "law_version", "by")
        .order_by("at", "id")
    )
    evidence = _by_duty(
        DutyEvidence.objects.filter(duty__in=rows, archived_at=None).select_related("file", "by")
    )
    stands = control_states(None, now)
    mapped: dict[str, list[Stands]] = {}
    for one in stands.values():
        for uid in one.control.duties:
            mapped.setdefault(uid, []).append(one)
    found = []
    for duty in rows:
        texts = versions.get(duty.pk, [])
        current = version_in_force(texts, day)
        ahead = tuple(row for row in newest_texts(texts) if row.effective_from > day)
        made = tuple(judgements.get(duty.pk, []))
        bound = binding_of(duty, facts)
        found.append(
            DutyStands(
                duty=duty,
                version=current,
                text=text_of(current) if current else None,
                ahead=ahead,
                binding=bound,
                state=_state(bound, current, made),
                judgements=made,
                measures=tuple(mapped.get(duty.uid, [])),
                evidence=tuple(evidence.get(duty.pk, [])),
            )
        )
    return found


def _kept() -> QuerySet[LegalDuty]:
    rows = LegalDuty.objects.filter(archived_at=None).select_related("owner")
    return rows.order_by("place", "id")


def _by_duty(rows: Iterable[Any]) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = {}
    for row in rows:
        found.setdefault(row.duty_id, []).append(row)
    return found


def _state(bound: Binding, current: DutyVersion | None, made: Sequence[DutyJudgement]) -> DutyState:
    if bound.applies is False or current is None:
        return DutyState.NOT_APPLICABLE
    judged = [
        Judged(one.round.number, Side(one.side), Verdict(one.verdict), one.law_version.sha256)
        for one in made
    ]
    return duty_state(judged, current.sha256)


def compliance_rate(at: datetime) -> Rate:
    """How many of the duties that bind are kept, by their last assessment (see ``govern.law``).

    Rows are by duty (``key`` its uid, ``detail`` its ``DutyStands``); ``by["law"]`` tallies laws.
    """
    return rate_of(
        Row(
            key=one.duty.uid,
            outcome=one.state.value,
            done=one.state is DutyState.KEPT,
            due=one.counts,
            groups={"law": one.duty.law},
            detail=one,
        )
        for one in duties_standing(at)
    )


def evidence_of(one: DutyStands) -> dict[str, Any]:
    """What shows that a duty is kept, as plain data: kept with each judgement."""
    return {
        "measures": [
            {
                "key": stand.control.key,
                "state": stand.state.value,
                "result": stand.result.pk if stand.result else 0,
                "checked": stand.result.at.isoformat() if stand.result else "",
            }
            for stand in one.measures
        ],
        "files": [
            {
                "title": item.title,
                "link": item.link,
                "sha256": item.file.sha256 if item.file else "",
            }
            for item in one.evidence
        ],
    }


def hash_of(data: object) -> str:
    """SHA-256 of plain data, the same whatever the order of its keys."""
    return hashlib.sha256(msgspec.json.encode(data, order="deterministic")).hexdigest()


def visible_reviews(actor: Actor) -> QuerySet[LawReview]:
    """Changes of law to be looked at: open ones first, by their day."""
    require(actor, Capability.VIEW_COMPLIANCE)
    rows = LawReview.objects.select_related("duty__owner", "before", "after", "improvement")
    return rows.order_by("due_on", "id")


def get_review(actor: Actor, review_id: int) -> LawReview:
    """One change to be looked at. Raises ``NotFound``."""
    found = visible_reviews(actor).filter(pk=review_id).first()
    if found is None:
        raise NotFound(f"there is no review {review_id}", fix="see the changes of law")
    return found


def visible_rounds(actor: Actor) -> QuerySet[AssessmentRound]:
    """The assessments, newest first."""
    require(actor, Capability.VIEW_COMPLIANCE)
    return AssessmentRound.objects.select_related("auditor", "opinion").order_by("-number")


def get_round(actor: Actor, number: int) -> AssessmentRound:
    """One assessment. Raises ``NotFound``."""
    found = visible_rounds(actor).filter(number=number).first()
    if found is None:
        raise NotFound(f"there is no assessment {number}", fix="see the list of assessments")
    return found


def open_round() -> AssessmentRound | None:
    """The assessment under way, if any."""
    return AssessmentRound.objects.filter(state=RoundState.OPEN).first()


def visible_audit_findings(actor: Actor) -> QuerySet[AuditFinding]:
    """What assessments found wanting, as they were raised."""
    require(actor, Capability.VIEW_COMPLIANCE)
    rows = AuditFinding.objects.select_related("duty", "raised_in", "improvement", "raised_by")
    return rows.order_by("number")


def open_findings(before: int | None = None) -> QuerySet[AuditFinding]:
    """Findings not closed; of rounds before that number, where one is given."""
    rows = AuditFinding.objects.filter(state=AuditState.OPEN).select_related("duty", "improvement")
    return rows if before is None else rows.filter(raised_in__number__lt=before)


def get_audit_finding(actor: Actor, number: int) -> AuditFinding:
    """One finding. Raises ``NotFound``."""
    found = visible_audit_findings(actor).filter(number=number).first()
    if found is None:
        raise NotFound(f"there is no audit finding {number}", fix="see the list of findings")
    return found


def get_proof_file(actor: Actor, file_id: int) -> ProofFile:
    """A file by its number, of a part that the person may see. Raises ``NotFound``."""
    found = ProofFile.objects.filter(pk=file_id).first()
    needs = Capability.VIEW_COMPLIANCE
    if found and found.about == ProofAbout.CONTROL:
        needs = Capability.VIEW_CONTROLS
    if found is None or not actor.can(needs):
        raise NotFound(f"there is no file {file_id}", fix="see where it was linked from")
    return found


def keeps_content(sha256: str) -> bool:
    """Whether a file of measures or law has that content: what no sweep may take away."""
    return ProofFile.objects.filter(sha256=sha256).exists()


def controls_of(uid: str) -> list[Control]:
    """The measures that help to keep a duty."""
    rows = Control.objects.filter(archived_at=None).order_by("-kind", "id")
    return [row for row in rows if uid in row.duties]
