"""The law register, changes of law, the yearly assessment."""

from __future__ import annotations

from datetime import date
from typing import Any

from shangdun.actions.compliance.duties import (
    DutyPlan,
    OwnText,
    ShopFacts,
    do_add_duty_evidence,
    do_add_law_version,
)
from shangdun.actions.compliance.findings import Wanting, do_raise_audit_finding
from shangdun.actions.compliance.register import do_take_in_law
from shangdun.actions.compliance.rounds import (
    RoundPlan,
    do_attach_opinion,
    do_judge_duty,
    do_open_assessment,
    unjudged,
)
from shangdun.actions.controls.files import Given, keep_file
from shangdun.actions.review.improve import Plan
from shangdun.kernel.clock import SystemClock
from shangdun.records.actor import JOBS, SETUP
from shangdun.records.compliance import duties_standing
from shangdun.records.models import AssessmentRound, LawReview
from shangdun.records.roles import Role

Case = tuple[tuple[Any, ...], dict[str, Any]]
TEXT = OwnText(
    law="Contract with the acquirer", article="§ 4", title="Tell us of leaks",
    text="Tell the acquirer of a leak within a day.", source="contract of 2024",
    effective_from=date(2024, 5, 1),
)  # fmt: skip
PLAN = Plan(title="Write it down", group="legal", due=date(2030, 1, 1), retest="Read it.")
ROUND = RoundPlan(title="2026", year=2026, due_on=date(2026, 12, 31))


def _register(world: Any) -> None:
    do_take_in_law(SETUP)


def _round(world: Any) -> AssessmentRound:
    _register(world)
    return do_open_assessment(SETUP, ROUND)


def _opinion() -> Given:
    return keep_file("opinion.pdf", b"%PDF-1.7 an opinion")


def _finding(world: Any) -> int:
    row = _round(world)
    wanting = Wanting(uid="csl-logs", side="internal", title="Logs are short", severity="high")
    return do_raise_audit_finding(SETUP, wanting, number=row.number).number


def _take_in(world: Any) -> Case:
    return (), {}


def _facts(world: Any) -> Case:
    return (ShopFacts(platform=frozenset({"web", "payments"}), customers=5_000_000),), {}


def _change(world: Any) -> Case:
    _register(world)
    return (DutyPlan(applies="no", reason="We run no servers."),), {"uid": "csl-logs"}


def _version(world: Any) -> Case:
    _register(world)
    return (TEXT,), {"uid": "pci-incident-plan"}


def _duty(world: Any) -> Case:
    return (TEXT,), {"group": "legal"}


def _evidence(world: Any) -> Case:
    _register(world)
    return (), {"uid": "csl-plan", "title": "The plan", "link": "/documents/1/"}


def _drop(world: Any) -> Case:
    item = do_add_duty_evidence(SETUP, **_evidence(world)[1])
    return (), {"evidence_id": item.pk}


def _review(world: Any) -> Case:
    _register(world)
    do_add_law_version(SETUP, TEXT, uid="pci-incident-plan")
    row = LawReview.objects.latest("pk")
    note = {"outcome": "improvement", "note": "We have no address for it."}
    return (), {"review_id": row.pk, **note, "plan": PLAN}


def _remind_review(world: Any) -> Case:
    return (), {"review_id": _review(world)[1]["review_id"]}


def _open(world: Any) -> Case:
    return (ROUND,), {}


def _change_round(world: Any) -> Case:
    row = _round(world)
    return (RoundPlan(title="2026, anew", year=2026, due_on=date(2026, 11, 30)),), {
        "number": row.number
    }


def _attach(world: Any) -> Case:
    return (_opinion(),), {
        "number": _round(world).number, "firm": "Firm", "lawyer": "Li",
        "written_on": date(2026, 9, 1),
    }  # fmt: skip


def _judge(world: Any) -> Case:
    return (), {
        "number": _round(world).number, "uid": "csl-logs", "side": "internal", "verdict": "kept",
    }  # fmt: skip


def _close(world: Any) -> Case:
    args, more = _attach(world)
    do_attach_opinion(SETUP, *args, **more)
    row = AssessmentRound.objects.get(number=more["number"])
    for uid in unjudged(row, duties_standing(SystemClock().now())):
        do_judge_duty(SETUP, number=row.number, uid=uid, side="internal", verdict="kept")
    return (), {"number": row.number, "conclusion": "All is kept."}


def _raise(world: Any) -> Case:
    wanting = Wanting(uid="csl-logs", side="internal", title="Logs are short", severity="high")
    return (wanting,), {"number": _round(world).number, "plan": PLAN}


def _improve(world: Any) -> Case:
    return (PLAN,), {"number": _finding(world)}


def _follow(world: Any) -> Case:
    return (), {"number": _finding(world), "note": "Mended and looked at.", "closes": True}


def _remind_round(world: Any) -> Case:
    _register(world)
    late = RoundPlan(title="2020", year=2020, due_on=date(2020, 12, 31))
    do_open_assessment(SETUP, late)
    return (), {}


CASES = {
    "take_in_law": _take_in,
    "state_shop_facts": _facts,
    "change_law_duty": _change,
    "add_law_version": _version,
    "add_law_duty": _duty,
    "add_duty_evidence": _evidence,
    "drop_duty_evidence": _drop,
    "review_law_change": _review,
    "remind_of_law_review": _remind_review,
    "remind_of_assessment": _remind_round,
    "open_assessment": _open,
    "change_assessment": _change_round,
    "attach_opinion": _attach,
    "judge_duty": _judge,
    "close_assessment": _close,
    "raise_audit_finding": _raise,
    "improve_finding": _improve,
    "follow_finding": _follow,
}
MANAGE = {Role.LEADERSHIP, Role.LEGAL}
ASSESS = {Role.LEGAL, Role.AUDITOR}
SYSTEM = ("remind_of_law_review", "remind_of_assessment")
MAY = (
    dict.fromkeys(CASES, MANAGE)
    | dict.fromkeys(
        ("judge_duty", "close_assessment", "raise_audit_finding", "follow_finding"), ASSESS
    )
    | dict.fromkeys(
        ("review_law_change", "open_assessment", "change_assessment", "attach_opinion",
         "improve_finding"),
        MANAGE | ASSESS,
    )
    | dict.fromkeys(SYSTEM, frozenset[Role]())
)  # fmt: skip
ACTORS = dict.fromkeys(CASES, SETUP) | dict.fromkeys(SYSTEM, JOBS)
