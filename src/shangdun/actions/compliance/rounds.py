"""The yearly assessment: internal audit and outside counsel judge every duty that binds."""

from __future__ import annotations

from datetime import date
from typing import Any

import msgspec
from django.db.models import Max

from shangdun.actions.action import SYSTEM_CLOCK, Done, Outcome, Unchanged, action
from shangdun.actions.compliance.keeper import refuse_keeper
from shangdun.actions.controls.files import Given, record_file
from shangdun.actions.incident_changes import sealed
from shangdun.kernel.clock import Clock
from shangdun.kernel.errors import NotFound, UsageError
from shangdun.records.actor import Actor, person
from shangdun.records.compliance import (
    duties_standing,
    evidence_of,
    get_duty,
    get_round,
    hash_of,
    open_findings,
    open_round,
)
from shangdun.records.conflict import EditConflict
from shangdun.records.models import (
    AssessmentRound,
    DutyJudgement,
    DutyVerdict,
    JudgeSide,
    ProofAbout,
    RoundState,
    User,
)
from shangdun.records.roles import Capability
from shangdun.records.stored_text import clean_text

LONGEST = 10_000
YEARS = range(2000, 2200)


class RoundPlan(msgspec.Struct, frozen=True, kw_only=True):
    """What an assessment is, and who makes it."""

    title: str
    year: int
    due_on: date
    auditor_id: int | None = None
    counsel_firm: str = ""
    counsel_name: str = ""


@action(Capability.MANAGE_COMPLIANCE, Capability.ASSESS_COMPLIANCE)
def do_open_assessment(
    actor: Actor, plan: RoundPlan, *, clock: Clock = SYSTEM_CLOCK
) -> Outcome[AssessmentRound]:
    """Begin an assessment; one is under way at a time."""
    plan = _checked(plan)
    there = open_round()
    if there is not None:
        if (there.title, there.year) == (plan.title, plan.year):
            return Unchanged(there)
        raise UsageError(
            "an assessment is under way", code="assessment.open", where=there.title,
            fix="close it first",
        )  # fmt: skip
    now = clock.now()
    number = (AssessmentRound.objects.aggregate(Max("number"))["number__max"] or 0) + 1
    row = AssessmentRound.objects.create(
        number=number, opened_at=now, opened_by=person(actor), **msgspec.structs.asdict(plan)
    )
    return Done(row, ("assessment", number), now, _payload(row))


@action(Capability.MANAGE_COMPLIANCE, Capability.ASSESS_COMPLIANCE)
def do_change_assessment(
    actor: Actor,
    plan: RoundPlan,
    *,
    number: int,
    version: int | None = None,
    clock: Clock = SYSTEM_CLOCK,
) -> Outcome[AssessmentRound]:
    """Another day, auditor or counsel."""
    row = _open(actor, number)
    wanted = msgspec.structs.asdict(_checked(plan))
    standing = {name: getattr(row, name) for name in wanted}
    if standing == wanted:
        return Unchanged(row)
    if version is not None and version != row.version:
        raise EditConflict(
            "somebody changed this assessment meanwhile",
            where=row.title,
            mine={"version": version, **wanted},
            theirs={"version": row.version, **standing},
        )
    for name, value in wanted.items():
        setattr(row, name, value)
    row.version += 1
    row.save()
    return Done(row, ("assessment", row.number), clock.now(), _payload(row))


@action(Capability.MANAGE_COMPLIANCE, Capability.ASSESS_COMPLIANCE)
def do_attach_opinion(
    actor: Actor,
    file: Given,
    *,
    number: int,
    firm: str,
    lawyer: str,
    written_on: date,
    clock: Clock = SYSTEM_CLOCK,
) -> Outcome[AssessmentRound]:
    """Keep outside counsel's opinion by its hash; one that was kept before stays in the ledger."""
    row = _open(actor, number)
    firm, lawyer = _line(firm, 200), _line(lawyer, 100)
    if not firm or not lawyer:
        raise UsageError("who wrote it?", code="assessment.counsel", fix="firm and lawyer")
    same = row.opinion is not None and row.opinion.sha256 == file.stored.sha256
    if same and (row.counsel_firm, row.counsel_name, row.opinion_on) == (firm, lawyer, written_on):
        return Unchanged(row)
    now = clock.now()
    row.opinion = record_file(file, ProofAbout.LAW, actor, now)
    row.opinion_on, row.opinion_at = written_on, now
    row.counsel_firm, row.counsel_name = firm, lawyer
    row.version += 1
    row.save()
    payload = {"opinion_sha256": row.opinion.sha256, "firm": firm, "lawyer": lawyer}
    return Done(row, ("assessment", row.number), now, payload)


@action(Capability.ASSESS_COMPLIANCE)
def do_judge_duty(
    actor: Actor,
    *,
    number: int,
    uid: str,
    side: str,
    verdict: str,
    note: str = "",
    clock: Clock = SYSTEM_CLOCK,
) -> Outcome[DutyJudgement]:
    """Judge a duty: the text in force and the evidence of this moment are kept with it.

    Nobody judges the duty that he looks after, or looked after until lately. Counsel's judgement
    needs the opinion that it is taken from. Whoever judges anew adds another; the last of a side
    counts.
    """
    row = _open(actor, number)
    duty = get_duty(actor, uid)
    note = clean_text(note.strip())
    _fit(row, side, verdict, note)
    me, now = person(actor), clock.now()
    refuse_keeper(actor, duty, now)
    stands = duties_standing(now, duties=[duty])[0]
    if stands.version is None:
        raise UsageError("no text of it is in force", code="law.repealed", where=uid, fix="skip it")
    evidence = evidence_of(stands)
    last = [one for one in stands.judgements if one.round_id == row.pk and one.side == side]
    digest = hash_of(evidence)
    if last and _same(last[-1], verdict, note, stands.version.pk, digest):
        return Unchanged(last[-1])
    made = DutyJudgement.objects.create(
        round=row, duty=duty, law_version=stands.version, side=side, verdict=verdict, note=note,
        evidence=evidence, evidence_sha256=digest, at=now, by=me,
    )  # fmt: skip
    payload = {
        "duty": uid, "side": side, "verdict": verdict, "note_sha256": sealed(note),
        "text_sha256": stands.version.sha256, "evidence_sha256": digest,
    }  # fmt: skip
    return Done(made, ("assessment", row.number), now, payload)


@action(Capability.ASSESS_COMPLIANCE)
def do_close_assessment(
    actor: Actor,
    *,
    number: int,
    conclusion: str,
    without_counsel: str = "",
    version: int | None = None,
    clock: Clock = SYSTEM_CLOCK,
) -> Outcome[AssessmentRound]:
    """End an assessment: every duty is judged, every earlier finding looked at, counsel heard."""
    row = get_round(actor, number)
    if row.state == RoundState.CLOSED:
        return Unchanged(row)
    if version is not None and version != row.version:
        raise EditConflict(
            "somebody changed this assessment meanwhile",
            where=row.title,
            mine={"version": version, "conclusion": conclusion},
            theirs={"version": row.version, "conclusion": row.conclusion},
        )
    conclusion = clean_text(conclusion.strip())
    without = clean_text(without_counsel.strip())
    now = clock.now()
    missing = unjudged(row, duties_standing(now))
    if missing:
        raise UsageError(
            f"{len(missing)} duties are not judged", code="assessment.unjudged",
            where=", ".join(missing[:5]), fix="judge them first",
        )  # fmt: skip
    waiting = [one.number for one in unfollowed(row)]
    if waiting:
        raise UsageError(
            f"{len(waiting)} earlier findings were not looked at", code="assessment.findings",
            where=", ".join(f"#{n}" for n in waiting[:5]), fix="follow each of them up",
        )  # fmt: skip
    if row.opinion is None and not without:
        raise UsageError(
            "outside counsel was not heard", code="assessment.no_counsel",
            fix="attach the opinion, or say why there is none",
        )  # fmt: skip
    if not conclusion or max(len(conclusion), len(without)) > LONGEST:
        raise UsageError("what came of it?", code="assessment.conclusion", fix="in a sentence")
    row.conclusion, row.without_counsel = conclusion, without
    row.state, row.closed_at, row.closed_by = RoundState.CLOSED, now, person(actor)
    row.closed_sha256 = seal_of(row)
    row.version += 1
    row.save()
    return Done(row, ("assessment", row.number), now, _payload(row))


def unjudged(row: AssessmentRound, standing: list[Any]) -> list[str]:
    """Uids of binding duties that internal audit has not judged in it, in their text in force."""
    return [
        one.duty.uid
        for one in standing
        if one.counts
        and not any(
            made.round_id == row.pk
            and made.side == JudgeSide.INTERNAL
            and made.law_version.sha256 == one.version.sha256
            for made in one.judgements
        )
    ]


def unfollowed(row: AssessmentRound) -> list[Any]:
    """Findings of earlier assessments, still open, that nobody has looked at in this one."""
    return list(open_findings(before=row.number).exclude(steps__round=row))


def seal_of(row: AssessmentRound) -> str:
    """The hash of an assessment: judgements with the texts and evidence they stand on, findings."""
    judged = row.judgements.order_by("id").values_list(
        "duty__uid", "side", "verdict", "law_version__sha256", "evidence_sha256", "note"
    )
    found = row.findings.order_by("number").values_list("number", "duty__uid", "title", "severity")
    opinion = row.opinion.sha256 if row.opinion else ""
    told = [row.title, row.year, opinion, row.without_counsel, row.conclusion]
    return hash_of([told, list(judged), list(found)])


def _open(actor: Actor, number: int) -> AssessmentRound:
    row = get_round(actor, number)
    if row.state != RoundState.OPEN:
        raise UsageError("it is closed", code="assessment.closed", where=row.title, fix="open one")
    return row


def _checked(plan: RoundPlan) -> RoundPlan:
    plan = msgspec.structs.replace(
        plan,
        title=_line(plan.title, 200),
        counsel_firm=_line(plan.counsel_firm, 200),
        counsel_name=_line(plan.counsel_name, 100),
    )
    if not plan.title or plan.year not in YEARS:
        raise UsageError("which assessment?", code="assessment.title", fix="a title and its year")
    if plan.auditor_id:
        auditor = User.objects.filter(pk=plan.auditor_id, is_active=True).first()
        if auditor is None or not auditor.can(Capability.ASSESS_COMPLIANCE):
            raise NotFound("there is no such auditor", fix="choose somebody who may assess")
    return plan


def _line(text: str, longest: int) -> str:
    return " ".join(clean_text(text).split())[:longest]


def _fit(row: AssessmentRound, side: str, verdict: str, note: str) -> None:
    if side not in JudgeSide.values or verdict not in DutyVerdict.values:
        raise UsageError("what is the judgement?", code="assessment.verdict", fix="choose one")
    if side == JudgeSide.COUNSEL and row.opinion is None:
        raise UsageError(
            "counsel's opinion is not here", code="assessment.opinion", fix="attach it first"
        )
    if (verdict != DutyVerdict.KEPT and not note) or len(note) > LONGEST:
        raise UsageError("why?", code="assessment.note", fix="say why it is not fully kept")


def _same(last: DutyJudgement, verdict: str, note: str, version: int, evidence: str) -> bool:
    standing = (last.verdict, last.note, last.law_version_id, last.evidence_sha256)
    return standing == (verdict, note, version, evidence)


def _payload(row: AssessmentRound) -> dict[str, Any]:
    return {
        "title": row.title, "year": row.year, "state": row.state, "due": row.due_on.isoformat(),
        "auditor": row.auditor_id or 0, "sealed_sha256": row.closed_sha256, "version": row.version,
    }  # fmt: skip
