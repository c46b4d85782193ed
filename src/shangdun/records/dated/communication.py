"""What is due to be told, and the rounds in which duties are reviewed."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _

from shangdun.govern.communication.due import Standing
from shangdun.records.communication import due_between, standing_of
from shangdun.records.dated import Asked, Dated, DatedState
from shangdun.records.duties import visible_reviews
from shangdun.records.models import AnswerState, DutyReview
from shangdun.records.roles import Capability

STATES: dict[Standing, DatedState] = {
    Standing.AHEAD: DatedState.AHEAD,
    Standing.NOW: DatedState.DUE,
    Standing.LATE: DatedState.LATE,
    Standing.MISSED: DatedState.MISSED,
    Standing.KEPT: DatedState.DONE,
    Standing.KEPT_LATE: DatedState.DONE,
}


def dated(asked: Asked) -> Iterator[Dated]:
    """Everything with its day; what was set aside is left out."""
    if not asked.actor.can(Capability.VIEW_COMMUNICATION):
        return
    for item in due_between(asked.actor, asked.since, asked.until):
        stands = standing_of(item, asked.today, asked.zone)
        if stands is None:
            continue
        yield Dated(
            uid=f"communication-{item.pk}",
            kind="communication",
            title=item.title,
            day=item.due_on,
            state=STATES[stands],
            path=f"/communication/{item.pk}/",
            people=(item.line.owner_id,) if item.line.owner_id else (),
            detail=item.line.get_content_display(),
        )
    rounds = visible_reviews(asked.actor).filter(opens_on__lte=asked.until, due_on__gte=asked.since)
    for row in rounds:
        yield _round(row, asked)


def _round(row: DutyReview, asked: Asked) -> Dated:
    silent = [one.person_id for one in row.answers.all() if one.state == AnswerState.OPEN]
    if row.closed_at:
        state = DatedState.DONE if row.answers.all() else DatedState.MISSED
    else:
        state = DatedState.LATE if asked.today > row.due_on else DatedState.DUE
    return Dated(
        uid=f"duty-review-{row.key}",
        kind="duty_review",
        title=_("Review of duties"),
        day=row.opens_on,
        until=row.due_on,
        state=state,
        path=f"/duties/reviews/{row.key}/",
        people=tuple(silent),
        detail=row.key,
    )
