"""What a task's page shows beside the task, and what waits for somebody on the overview."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from shangdun.console.incidents import told
from shangdun.console.response.board import Card, card_of
from shangdun.console.story import Told, told_entries
from shangdun.console.wordings.tasks import did_words, parameter_words, spoken
from shangdun.records.evidence import visible_evidence
from shangdun.records.models import Evidence, StepAttempt, Task, TimelineKind, User
from shangdun.records.roles import Capability
from shangdun.records.tasks import my_tasks

HISTORY = 60
ON_OVERVIEW = 6


@dataclass
class Attempt:
    """One try of an automatic step."""

    row: StepAttempt
    said: str


def attempts_of(task: Task) -> list[Attempt]:
    """Tries of an automatic step, the newest first."""
    if not task.automatic:
        return []
    rows = task.attempts.order_by("-number")[:20]
    return [Attempt(row, did_words(row.result)) for row in rows]


def answers_of(task: Task) -> list[tuple[str, str]]:
    """What was asked and what was answered, once it is."""
    labels = {one["name"]: spoken(one.get("zh", ""), one.get("en", "")) for one in task.asks}
    return [(labels.get(name, name), str(value)) for name, value in sorted(task.outcome.items())]


def would_do(task: Task) -> list[tuple[str, str]]:
    """What an automatic step does, as name and value: shown before a person lets it."""
    return parameter_words(task.automatic, task.parameters) if task.automatic else []


def history_of(task: Task) -> list[Told]:
    """What the timeline says of it, the newest first."""
    kinds = (TimelineKind.TASK, TimelineKind.STEP)
    return told_entries(task.incident, kinds, HISTORY, {"task": task.pk})


def evidence_of(user: User, task: Task) -> Iterable[Evidence]:
    """The items that belong to it."""
    if not task.evidence:
        return []
    return visible_evidence(user, task.incident).filter(pk__in=task.evidence)


def mine_for(user: User, now: datetime) -> dict[str, Any] | None:
    """For ``tasks/mine.html`` on the overview: what waits for this person; None: not his work."""
    if not user.can(Capability.WORK_TASKS):
        return None
    found = list(my_tasks(user)[: ON_OVERVIEW + 1])
    told([one.incident for one in found])
    cards: list[Card] = [card_of(user, one, now, {}) for one in found[:ON_OVERVIEW]]
    return {"my_tasks": cards, "more_tasks": len(found) > ON_OVERVIEW}
