"""The first day: the guided questions are answered and the plan is submitted."""

from __future__ import annotations

from decimal import Decimal

from shangdun.actions.programmes.answers import do_keep_answers
from shangdun.actions.programmes.guided import Answers, do_finish_questions
from shangdun.actions.programmes.submit import do_submit_programme
from shangdun.records.models import Programme
from shangdun.records.programme_templates import BUILT_IN
from shangdun.runtime.year.day import Day

ORDER = 0
BUDGET = Decimal(860_000)


def act(day: Day) -> None:
    """Only where there is no programme yet: somebody may have clicked through it herself."""
    if day.number > 0 or Programme.objects.exists():
        return
    lead, cio, deputy = (day.people[name] for name in ("lead", "cio", "deputy"))
    day.reach(9)
    answers = Answers(
        name_zh="云杉商城",
        name_en="Spruce Shop",
        language=day.language,
        platform=frozenset({"web", "app", "api", "payments", "cloud"}),
        customers=1_200_000,
        people=_seats(day),
        reviewer=deputy.pk,
        approver=cio.pk,
        title=day.say("电子商务安全体系建设计划", "Security plan of the shop"),
        template=f"{BUILT_IN}ecommerce",
        starts_on=day.date,
        budget=BUDGET,
    )
    do_keep_answers(lead, step="company", answers={"name_zh": "云杉商城"}, clock=day.clock)
    do_finish_questions(lead, answers, clock=day.clock)
    programme = Programme.objects.get()
    do_submit_programme(
        lead, number=programme.number, reviewer=deputy.pk, approver=cio.pk, clock=day.clock
    )
    day.write("programme.submitted", programme.number)


def _seats(day: Day) -> dict[str, int]:
    """By the roles of the template."""
    by_role = {
        "lead": "lead",
        "architect": "deputy",
        "technical": "engineer",
        "operations": "operator",
        "training": "lead",
    }
    return {role: day.people[name].pk for role, name in by_role.items()}
