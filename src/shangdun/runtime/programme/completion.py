"""Completion by evidence: criteria are checked again, approvals taken note of, owners reminded."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.db.models import Prefetch
from django.utils.translation import override

from shangdun.actions.programmes.prove import (
    AHEAD_DAYS,
    Found,
    do_judge_plan_task,
    do_remind_of_plan_task,
    step_of,
)
from shangdun.actions.programmes.submit import adopted, do_adopt_programme, newest_approved
from shangdun.kernel.clock import Clock
from shangdun.records.actor import JOBS
from shangdun.records.criteria import Asked, State, Verdict, check, lasting
from shangdun.records.messages import console_zone
from shangdun.records.models import (
    Message,
    PlanCriterion,
    PlanTask,
    PlanTaskKind,
    PlanTaskState,
    Programme,
    ProgrammeState,
)
from shangdun.records.programmes import OVER

Checked = dict[tuple[int, str, str], Verdict]
"""By programme, kind and params: what many tasks ask is looked at once a round."""


def follow_approvals(clock: Clock) -> None:
    """Programmes whose document was approved begin to run."""
    rows = Programme.objects.filter(archived_at=None).exclude(state=ProgrammeState.CLOSED)
    for programme in rows.exclude(document=None):
        approved = newest_approved(programme)
        if approved is not None and not adopted(programme, approved):
            do_adopt_programme(JOBS, number=programme.number, clock=clock)


def check_criteria(clock: Clock) -> None:
    """Look at every criterion of every living programme, and write what is other than before."""
    checked: Checked = {}
    for task in _tasks_with_criteria():
        found = [
            Found(criterion=row.pk, state=one.state, proof=_proof(one))
            for row in task.criteria.all()
            for one in [_verdict(task, row, clock, checked)]
        ]
        if _news(task, found):
            do_judge_plan_task(JOBS, found, task_id=task.pk, clock=clock)


def remind_of_tasks(clock: Clock) -> None:
    """Owners are told what is missing as the day comes near, and after it."""
    now = clock.now()
    today = now.astimezone(console_zone()).date()
    rows = PlanTask.objects.filter(
        archived_at=None, programme__archived_at=None, programme__state=ProgrammeState.APPROVED,
        kind=PlanTaskKind.SUBTASK, due__lte=today + timedelta(days=AHEAD_DAYS),
    ).exclude(state__in=OVER)  # fmt: skip
    rows = rows.exclude(owner=None).select_related("programme").prefetch_related(_criteria())
    wanted = {f"plan_due:{row.pk}:{row.due}:{step_of(row, today)}": row for row in rows}
    said = set(Message.objects.filter(key__in=wanted).values_list("key", flat=True))
    for key, task in wanted.items():
        if key not in said:
            missing = _missing(task, clock)
            do_remind_of_plan_task(JOBS, task_id=task.pk, missing=missing, clock=clock)


def _criteria() -> Prefetch[Any]:
    living = PlanCriterion.objects.filter(archived_at=None).order_by("position", "pk")
    return Prefetch("criteria", living)


def _tasks_with_criteria() -> Iterable[PlanTask]:
    rows = PlanTask.objects.filter(
        archived_at=None,
        programme__archived_at=None,
        criteria__isnull=False,
        criteria__archived_at=None,
    )
    rows = rows.exclude(state=PlanTaskState.DROPPED)
    rows = rows.exclude(programme__state=ProgrammeState.CLOSED)
    return rows.distinct().select_related("programme").prefetch_related(_criteria())


def _verdict(task: PlanTask, row: PlanCriterion, clock: Clock, checked: Checked) -> Verdict:
    key = (task.programme_id, row.kind, json.dumps(row.params, sort_keys=True))
    if key not in checked:
        asked = Asked(task.programme, task, clock.now(), console_zone())
        checked[key] = check(row.kind, row.params, asked)
    return checked[key]


def _proof(verdict: Verdict) -> tuple[str, ...]:
    return verdict.proof or tuple(link.path for link in verdict.links)


def _news(task: PlanTask, found: list[Found]) -> bool:
    """Whether there is anything to write."""
    rows = {row.pk: row for row in task.criteria.all()}
    states = []
    for one in found:
        row = rows[one.criterion]
        kept = row.state == State.MET and not lasting(row.kind)
        states.append(State.MET if kept else one.state)
        if not kept and row.state != one.state:
            return True
    done = task.state == PlanTaskState.DONE
    holds = done and task.proven and task.unproven_since is None
    if all(state is State.MET for state in states):
        running = task.programme.state == ProgrammeState.APPROVED
        return not holds and (done or running)
    return holds and State.UNMET in states


def _missing(task: PlanTask, clock: Clock) -> dict[str, str]:
    """What its criteria still lack, in both languages; each language is asked anew."""
    told = {}
    for key, language in (("zh", "zh-hans"), ("en", "en")):
        with override(language):
            asked = Asked(task.programme, task, clock.now(), console_zone())
            says = [
                str(one.says)
                for row in task.criteria.all()
                for one in [check(row.kind, row.params, asked)]
                if one.state is not State.MET
            ]
        told[key] = " ".join(says) or ("负责人确认完成" if key == "zh" else "its owner's word")
    return told
