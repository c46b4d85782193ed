"""Answering: every suggestion gets one; what is accepted becomes an improvement."""

from __future__ import annotations

import msgspec

from shangdun.actions.action import SYSTEM_CLOCK, Done, Outcome, Unchanged, action
from shangdun.actions.incident_changes import sealed
from shangdun.actions.messages.queue import Notice, queue_message
from shangdun.actions.review.improve import Plan, add_improvement
from shangdun.kernel.clock import Clock
from shangdun.kernel.errors import UsageError
from shangdun.records.actor import Actor, person
from shangdun.records.conflict import EditConflict
from shangdun.records.messages import console_zone
from shangdun.records.models import Improvement, Suggestion, SuggestionState
from shangdun.records.roles import Capability
from shangdun.records.stored_text import clean_text
from shangdun.records.suggestions import UNANSWERED, get_suggestion
from shangdun.respond.groups import Group

LONGEST = 8_000
PATIENCE_DAYS = 10
"""Days until leadership is reminded of an unanswered one."""
AGAIN_DAYS = 10


class Reply(msgspec.Struct, kw_only=True, frozen=True):
    """What is answered and decided."""

    answer: str
    state: SuggestionState
    shared: bool = False


@action(Capability.ANSWER_SUGGESTIONS)
def do_answer_suggestion(
    actor: Actor,
    reply: Reply,
    *,
    number: int,
    version: int | None = None,
    clock: Clock = SYSTEM_CLOCK,
) -> Outcome[Suggestion]:
    """Answer and decide; who made it is told, with thanks."""
    row = get_suggestion(actor, number)
    answer = clean_text(reply.answer.strip())
    if reply.state == SuggestionState.NEW or not answer or len(answer) > LONGEST:
        raise UsageError(
            "it needs an answer and a decision", code="suggestion.answer",
            fix="say what becomes of it, and why",
        )  # fmt: skip
    if (row.answer, row.state, row.shared) == (answer, reply.state, reply.shared):
        return Unchanged(row)
    _as_seen(row, version, {"answer": answer, "state": str(reply.state)})
    now = clock.now()
    row.answer, row.state, row.shared = answer, reply.state, reply.shared
    row.answered_at, row.answered_by = now, person(actor)
    row.version += 1
    row.save()
    if row.by_id:
        data = {"path": f"/suggestions/{row.number}/", "title_of": row.title, "answer": answer}
        key = f"suggestion_answered:{row.number}:{row.version}"
        queue_message(
            Notice("suggestion_answered", None, (), key, people=(row.by_id,), data=data), now
        )
    payload = {"state": row.state, "shared": row.shared, "answer_sha256": sealed(answer)}
    return Done(row, ("suggestion", row.number), now, payload)


@action(Capability.ANSWER_SUGGESTIONS)
def do_improve_by_suggestion(
    actor: Actor,
    plan: Plan,
    *,
    number: int,
    version: int | None = None,
    clock: Clock = SYSTEM_CLOCK,
) -> Outcome[Improvement]:
    """Make an improvement of it, with owner, date and retest; once."""
    row = get_suggestion(actor, number)
    if row.improvement is not None:
        return Unchanged(row.improvement)
    if row.state == SuggestionState.DECLINED:
        raise UsageError("it was not taken up", code="suggestion.declined", fix="accept it first")
    _as_seen(row, version, {"title": plan.title})
    now = clock.now()
    made = add_improvement(plan, now)
    row.improvement = made
    row.version += 1
    row.save(update_fields=["improvement", "version"])
    return Done(made, ("suggestion", row.number), now, {"improvement": made.number})


@action(Capability.RUN_PLAYBOOKS)
def do_remind_of_suggestion(
    actor: Actor, *, number: int, clock: Clock = SYSTEM_CLOCK
) -> Outcome[str]:
    """Tell leadership that somebody waits for an answer: after ten days, then every ten."""
    row = get_suggestion(actor, number)
    now = clock.now()
    waited = (now.astimezone(console_zone()).date() - row.given_on).days
    step = str((waited - PATIENCE_DAYS) // AGAIN_DAYS) if waited >= PATIENCE_DAYS else ""
    if row.state not in UNANSWERED or not step or step in row.reminded:
        return Unchanged("")
    row.reminded = [*row.reminded, step]
    row.save(update_fields=["reminded"])
    data = {"path": f"/suggestions/{number}/", "title_of": row.title, "days": waited}
    key = f"suggestion_waits:{number}:{step}"
    queue_message(Notice("suggestion_waits", None, (Group.LEADERSHIP,), key, data=data), now)
    return Done(step, ("suggestion", number), now, {"days": waited})


def _as_seen(row: Suggestion, version: int | None, mine: dict[str, str]) -> None:
    if version is None or version == row.version:
        return
    raise EditConflict(
        "somebody answered it meanwhile", where=row.title,
        mine={"version": version, **mine},
        theirs={"version": row.version, "answer": row.answer, "state": row.state,
                "title": row.title},
    )  # fmt: skip
