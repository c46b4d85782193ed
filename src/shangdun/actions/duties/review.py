"""The half-yearly review: everybody confirms or corrects duties, leadership draws conclusions."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from shangdun.actions.action import SYSTEM_CLOCK, Done, Outcome, Unchanged, action
from shangdun.actions.incident_changes import sealed
from shangdun.actions.messages.queue import Notice, queue_message
from shangdun.govern.rhythm.reminders import step_due
from shangdun.govern.rhythm.windows import HALF_YEAR_END, Window, windows
from shangdun.govern.schedule.calendar import calendar_named
from shangdun.kernel.clock import Clock
from shangdun.kernel.errors import NotFound, UsageError
from shangdun.records.actor import Actor, person
from shangdun.records.conflict import EditConflict
from shangdun.records.duties import duties_of, duty_bearers, get_review, late_answers, own_answer
from shangdun.records.messages import console_zone
from shangdun.records.models import (
    AnswerState,
    CrossTeamGroup,
    DutyAnswer,
    DutyReview,
    RaciDuty,
)
from shangdun.records.roles import Capability
from shangdun.records.stored_text import clean_text
from shangdun.respond.groups import Group

AHEAD = (5,)
LATE_EVERY, LATE_MOST = 7, 3
LONGEST = 8_000


@action(Capability.RUN_PLAYBOOKS)
def do_open_duty_reviews(actor: Actor, *, clock: Clock = SYSTEM_CLOCK) -> Outcome[list[DutyReview]]:
    """Open the round of the half-year whose days have come; of older ones keep that none was held.

    Nothing before the first duty was written down; whoever answers for something is asked.
    """
    del actor
    now = clock.now()
    today = now.astimezone(console_zone()).date()
    since = _first_day()
    if since is None:
        return Unchanged([])
    known = set(DutyReview.objects.values_list("key", flat=True))
    rule_windows = windows(HALF_YEAR_END, calendar_named("cn"), since, today)
    due = [one for one in rule_windows if since <= one.first <= today and one.span.key not in known]
    if not due:
        return Unchanged([])
    made = [_opened(one, now, newest=one is due[-1]) for one in due]
    return Done(made, ("duty_review", made[-1].key), now, {"rounds": [row.key for row in made]})


@action(Capability.WORK_PLAN)
def do_confirm_duties(actor: Actor, *, clock: Clock = SYSTEM_CLOCK) -> Outcome[DutyAnswer]:
    """Say that one's duties are right as they stand; they are kept as they were then."""
    answer = _own(actor)
    if answer.state == AnswerState.CONFIRMED:
        return Unchanged(answer)
    return _answered(actor, answer, AnswerState.CONFIRMED, "", clock.now())


@action(Capability.WORK_PLAN)
def do_correct_duties(
    actor: Actor, *, text: str, clock: Clock = SYSTEM_CLOCK
) -> Outcome[DutyAnswer]:
    """Say what is wrong with one's duties; leadership is told."""
    answer = _own(actor)
    text = clean_text(text.strip())
    if not text or len(text) > LONGEST:
        raise UsageError(
            "say what is not right", code="duty_review.text", fix=f"at most {LONGEST} characters"
        )
    if answer.state == AnswerState.CORRECTED and answer.text == text:
        return Unchanged(answer)
    now = clock.now()
    who = answer.person.get_full_name() or answer.person.username
    data = {"path": f"/duties/reviews/{answer.review.key}/", "who": who, "text": text}
    key = f"duty_corrected:{answer.pk}:{sealed(text)[:16]}"
    queue_message(Notice("duty_corrected", None, (Group.LEADERSHIP,), key, data=data), now)
    return _answered(actor, answer, AnswerState.CORRECTED, text, now)


@action(Capability.MANAGE_COMMUNICATION)
def do_settle_correction(
    actor: Actor, *, answer_id: int, text: str, clock: Clock = SYSTEM_CLOCK
) -> Outcome[DutyAnswer]:
    """Say what was done about a correction; who asked for it is told."""
    row = DutyAnswer.objects.select_related("review", "person").filter(pk=answer_id).first()
    if row is None:
        raise NotFound(f"there is no answer {answer_id}", fix="see the round")
    text = clean_text(text.strip())[:LONGEST]
    if row.state == AnswerState.SETTLED and row.settled_text == text:
        return Unchanged(row)
    if row.state != AnswerState.CORRECTED or not text:
        raise UsageError(
            "there is nothing to settle, or nothing was said", code="duty_review.settle",
            fix="say what was changed",
        )  # fmt: skip
    now = clock.now()
    row.state, row.settled_text = AnswerState.SETTLED, text
    row.settled_at, row.settled_by = now, person(actor)
    row.save()
    data = {"path": "/duties/mine/", "text": text}
    key = f"duty_settled:{row.pk}"
    queue_message(Notice("duty_settled", None, (), key, people=(row.person_id,), data=data), now)
    payload = {"person": row.person_id, "text_sha256": sealed(text)}
    return Done(row, ("duty_review", row.review.key), now, payload)


@action(Capability.MANAGE_COMMUNICATION)
def do_close_duty_review(
    actor: Actor,
    *,
    key: str,
    outcome: str,
    version: int | None = None,
    clock: Clock = SYSTEM_CLOCK,
) -> Outcome[DutyReview]:
    """Close a round with what leadership makes of how people work together."""
    row = get_review(actor, key)
    outcome = clean_text(outcome.strip())[:LONGEST]
    if row.closed_at and row.outcome == outcome:
        return Unchanged(row)
    if not outcome:
        raise UsageError(
            "say what came of it", code="duty_review.outcome", fix="in a few sentences"
        )
    if version is not None and version != row.version:
        raise EditConflict(
            "somebody closed it meanwhile", where=key,
            mine={"version": version, "outcome": outcome},
            theirs={"version": row.version, "outcome": row.outcome},
        )  # fmt: skip
    now = clock.now()
    row.closed_at, row.closed_by, row.outcome = now, person(actor), outcome
    row.version += 1
    row.save()
    silent = late_answers(row).count()
    payload = {"outcome_sha256": sealed(outcome), "not_answered": silent}
    return Done(row, ("duty_review", key), now, payload)


@action(Capability.RUN_PLAYBOOKS)
def do_remind_of_duties(actor: Actor, *, key: str, clock: Clock = SYSTEM_CLOCK) -> Outcome[str]:
    """Remind whoever has not answered; late, leadership sees who that is."""
    row = get_review(actor, key)
    now = clock.now()
    today = now.astimezone(console_zone()).date()
    step = step_due(today, row.due_on, AHEAD, LATE_EVERY, LATE_MOST)
    silent = list(late_answers(row).values_list("person_id", flat=True))
    if row.closed_at or not step or step in row.reminded or not silent:
        return Unchanged("")
    row.reminded = [*row.reminded, step]
    row.save(update_fields=["reminded"])
    _ask(row, tuple(silent), step, now)
    if step.startswith("late"):
        data = {"path": f"/duties/reviews/{key}/", "period": key, "count": len(silent)}
        notice = Notice("duty_silent", None, (Group.LEADERSHIP,), f"duty_silent:{key}:{step}",
                        data=data)  # fmt: skip
        queue_message(notice, now)
    return Done(step, ("duty_review", key), now, {"step": step, "people": len(silent)})


def _first_day() -> date | None:
    moments: list[datetime] = []
    for model in (RaciDuty, CrossTeamGroup):
        first = model.objects.order_by("created_at").values_list("created_at", flat=True).first()
        if first is not None:
            moments.append(first)
    return min(moments).astimezone(console_zone()).date() if moments else None


def _opened(window: Window, now: datetime, *, newest: bool) -> DutyReview:
    row = DutyReview.objects.create(
        key=window.span.key, opens_on=window.first, due_on=window.last, opened_at=now,
        closed_at=None if newest else now,
    )  # fmt: skip
    if newest:
        people = duty_bearers()
        DutyAnswer.objects.bulk_create([DutyAnswer(review=row, person=one) for one in people])
        _ask(row, tuple(one.pk for one in people), "opened", now)
    return row


def _ask(row: DutyReview, people: tuple[int, ...], step: str, now: datetime) -> None:
    if people:
        data = {"path": "/duties/mine/", "period": row.key, "due": row.due_on.isoformat()}
        key = f"duty_review:{row.key}:{step}"
        queue_message(Notice("duty_review", None, (), key, people=people, data=data), now)


def _own(actor: Actor) -> DutyAnswer:
    answer = own_answer(actor)
    if answer is None:
        raise UsageError(
            "no round asks you now", code="duty_review.none", fix="wait for the next one"
        )
    return answer


def _answered(
    actor: Actor, answer: DutyAnswer, state: AnswerState, text: str, now: datetime
) -> Outcome[DutyAnswer]:
    del actor
    duties = [f"{one.kind}: {one.title} ({one.part})" for one in duties_of(answer.person)]
    answer.state, answer.text, answer.at, answer.duties = state, text, now, duties
    answer.save()
    payload: dict[str, Any] = {
        "state": state.value,
        "duties_sha256": sealed("\n".join(duties)),
        "text_sha256": sealed(text),
    }
    return Done(answer, ("duty_review", answer.review.key), now, payload)
