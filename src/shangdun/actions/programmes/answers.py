"""The guided questions: what was answered so far, kept step by step."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from shangdun.actions.action import SYSTEM_CLOCK, Done, Outcome, Unchanged, action
from shangdun.kernel.clock import Clock
from shangdun.kernel.errors import NotAllowed, UsageError
from shangdun.records.actor import Actor, person
from shangdun.records.models import GuidedAnswers, User
from shangdun.records.roles import Capability
from shangdun.records.stored_text import clean_json

STEPS = ("company", "platform", "people", "start", "budget")
LONGEST = 20_000


@action(Capability.MANAGE_PROGRAMMES)
def do_keep_answers(
    actor: Actor, *, step: str, answers: Mapping[str, Any], clock: Clock = SYSTEM_CLOCK
) -> Outcome[GuidedAnswers]:
    """Keep what was answered at a step, as it was typed, so that nothing is typed twice."""
    now = clock.now()
    if step not in STEPS:
        raise UsageError("there is no such step", code="guided.step", fix=", ".join(STEPS))
    kept = clean_json(dict(answers))
    if len(repr(kept)) > LONGEST:
        raise UsageError("these answers are too long", code="guided.long", fix="shorten them")
    row = answers_of(actor)
    if row is None:
        row = GuidedAnswers(person=_somebody(actor), created_at=now)
    elif row.answers.get(step) == kept:
        return Unchanged(row)
    row.answers = {**row.answers, step: kept}
    row.updated_at = now
    row.version += 1 if row.pk else 0
    row.save()
    return Done(row, ("guided_answers", row.pk), now, {"step": step})


def answers_of(actor: Actor) -> GuidedAnswers | None:
    """What this person has answered and not finished yet."""
    return GuidedAnswers.objects.filter(person=person(actor), finished_at=None).first()


def _somebody(actor: Actor) -> User:
    who = person(actor)
    if who is None:
        raise NotAllowed("the questions are for people")
    return who
