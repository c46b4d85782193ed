"""The register is assessed in its round, reported, and looked through again each quarter."""

from __future__ import annotations

from datetime import timedelta

from shangdun.actions.risks.register import do_review_risk
from shangdun.actions.risks.rounds import (
    Round,
    do_begin_risk_assessment,
    do_close_risk_assessment,
    do_confirm_risks,
    do_write_risk_report,
)
from shangdun.records.models import PlanTask, PlanTaskState, Risk, RiskAssessment
from shangdun.runtime.year.day import Day

ORDER = 25
AGAIN = timedelta(days=182)


def act(day: Day) -> None:
    if not day.workday or not Risk.objects.exists():
        return
    day.reach(11)
    newest = RiskAssessment.objects.order_by("-begun_at").first()
    due = newest is None or day.clock.now() - newest.begun_at > AGAIN
    if due and (newest is not None or _asked()):
        _assess(day)
    _review(day)


def _asked() -> bool:
    """The plan's own subtask is under way."""
    return PlanTask.objects.filter(key="assessment", state=PlanTaskState.DOING).exists()


def _assess(day: Day) -> None:
    lead = day.people["lead"]
    title = day.say(f"{day.date:%Y 年 %m 月}风险评估", f"Risk assessment, {day.date:%Y-%m}")
    scope = day.say("商城全部业务、系统与数据。", "All business, systems and data of the shop.")
    wanted = Round(title=title, scope=scope, language=day.language)
    row = do_begin_risk_assessment(lead, wanted, clock=day.clock)
    numbers = list(Risk.objects.filter(archived_at=None).values_list("number", flat=True))
    day.reach(15)
    do_confirm_risks(lead, numbers=numbers, clock=day.clock)
    day.reach(16)
    conclusion = day.say(
        "主要风险为撞库与客户数据外泄。", "Credential stuffing and leaks of data lead the list."
    )
    do_close_risk_assessment(lead, number=row.number, conclusion=conclusion, clock=day.clock)
    do_write_risk_report(lead, number=row.number, clock=day.clock)
    day.write("risk.round", row.number)


def _review(day: Day) -> None:
    due = Risk.objects.filter(archived_at=None, review_on__lte=day.date)
    for number in due.order_by("number").values_list("number", flat=True):
        if day.chance(f"review {number}").random() < 0.3:
            do_review_risk(day.people["lead"], number=number, clock=day.clock)
            day.write("risk.reviewed", number)
