"""The yearly assessment by internal audit, in November; changes of law are looked at."""

from __future__ import annotations

from datetime import date

from shangdun.actions.compliance.reviews import do_review_law_change
from shangdun.actions.compliance.rounds import (
    RoundPlan,
    do_close_assessment,
    do_judge_duty,
    do_open_assessment,
)
from shangdun.records.compliance import duties_standing
from shangdun.records.models import AssessmentRound, LawReview
from shangdun.runtime.year.day import Day

ORDER = 65
MONTH, DAY = 11, 9
VERDICTS = ("kept", "kept", "kept", "kept", "partly", "not_kept")


def act(day: Day) -> None:
    if not day.workday:
        return
    _changes(day)
    due = day.date.month == MONTH and day.date.day >= DAY
    if due and not AssessmentRound.objects.filter(year=day.date.year).exists():
        _assess(day)


def _changes(day: Day) -> None:
    day.reach(15, 30)
    for review in LawReview.objects.filter(done_at=None).order_by("pk"):
        if day.chance(f"law {review.pk}").random() < 0.2:
            note = day.say("现行措施已满足。", "What we do meets it already.")
            do_review_law_change(
                day.people["counsel"],
                review_id=review.pk,
                outcome="nothing",
                note=note,
                clock=day.clock,
            )
            day.write("law.reviewed", review.pk)


def _assess(day: Day) -> None:
    auditor = day.people["auditor"]
    now = day.reach(15, 45)
    plan = RoundPlan(
        title=day.say(f"{day.date.year} 年度合规评估", f"Compliance assessment {day.date.year}"),
        year=day.date.year,
        due_on=date(day.date.year, 12, 15),
        auditor_id=auditor.pk,
    )
    row = do_open_assessment(auditor, plan, clock=day.clock)
    dice = day.chance("assessment")
    for stands in duties_standing(now):
        if not stands.counts:
            continue
        verdict = dice.choice(VERDICTS)
        do_judge_duty(
            auditor,
            number=row.number,
            uid=stands.duty.uid,
            side="internal",
            verdict=verdict,
            note=day.say("查阅记录与制度。", "Records and rules were read."),
            clock=day.clock,
        )
        day.write(f"duty.{verdict}", stands.duty.uid)
    do_close_assessment(
        auditor,
        number=row.number,
        conclusion=day.say("总体符合，个别整改。", "Met on the whole; a few things to mend."),
        without_counsel=day.say("外部律师意见下月出具。", "Counsel writes next month."),
        clock=day.clock,
    )
    day.write("assessment.closed", row.number)
