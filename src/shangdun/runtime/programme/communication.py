"""The communication plan by the clock: what is due is made, drafted, proven, sent, reminded of."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from datetime import date, timedelta

from django.db import connection
from django.db.models import QuerySet

from shangdun.actions.communication.draft import do_draft_item
from shangdun.actions.communication.letters import (
    Claimed,
    do_claim_outside_letters,
    do_settle_outside_letters,
    waiting_letters,
)
from shangdun.actions.communication.make import do_make_due
from shangdun.actions.communication.makers import makers
from shangdun.actions.communication.remind import AHEAD, do_remind_of_item
from shangdun.actions.communication.send import do_miss_item, do_prove_by_record, do_send_item
from shangdun.actions.duties.review import do_open_duty_reviews, do_remind_of_duties
from shangdun.actions.notices.carrier import opened
from shangdun.actions.suggestions.answer import do_remind_of_suggestion
from shangdun.govern.communication.lines import BY_ITSELF
from shangdun.kernel.clock import Clock
from shangdun.kernel.errors import ConfigError, ShangdunError
from shangdun.notify.letters.delivery import Carrier, Fate, Outcome
from shangdun.records.actor import JOBS
from shangdun.records.communication import OPEN_STATES
from shangdun.records.letter_settings import letter_settings
from shangdun.records.messages import console_zone
from shangdun.records.models import (
    Communication,
    CommunicationLine,
    CommunicationState,
    DutyReview,
    NoticeChannel,
    Suggestion,
)
from shangdun.records.suggestions import UNANSWERED

log = logging.getLogger(__name__)

LOOK_BACK = timedelta(days=45)
"""How long after it was missed a record that shows it was done after all is still looked for."""
FRESH = timedelta(days=2)
"""How long a miss is still to be told, where the turn that found it broke off."""


def carry_out_plan(clock: Clock) -> None:
    """One turn of the plan: safe to repeat, and after weeks in which nobody ran it."""
    lines = CommunicationLine.objects.filter(archived_at=None).order_by("pk")
    _each(lines, lambda pk: do_make_due(JOBS, line_id=pk, clock=clock))
    _prove(clock)
    _draft(clock)
    _send(clock)
    over = _open().filter(closes_on__lt=_today(clock))
    _each(over, lambda pk: do_miss_item(JOBS, item_id=pk, clock=clock))
    _remind(clock)


def review_duties(clock: Clock) -> None:
    """Rounds that open, reminders of them, suggestions that wait for an answer."""
    do_open_duty_reviews(JOBS, clock=clock)
    for key in DutyReview.objects.filter(closed_at=None).values_list("key", flat=True):
        do_remind_of_duties(JOBS, key=key, clock=clock)
    waiting = Suggestion.objects.filter(state__in=UNANSWERED).order_by("number")
    for number in waiting.values_list("number", flat=True):
        do_remind_of_suggestion(JOBS, number=number, clock=clock)


def send_outside_letters(clock: Clock) -> None:
    """Hand approved letters to the mail server; none twice."""
    if not waiting_letters(clock.now()):
        return
    try:
        carrier = opened(letter_settings(), NoticeChannel.EMAIL, clock)
    except ConfigError as error:  # nothing was claimed: they wait, and their page says so
        log.warning("letters to contacts wait: %s", error)
        return
    try:
        claimed = do_claim_outside_letters(JOBS, clock=clock)
        do_settle_outside_letters(JOBS, fates=_handed(carrier, claimed), clock=clock)
    finally:
        carrier.close()


def _handed(carrier: Carrier, claimed: Iterable[Claimed]) -> dict[int, Outcome]:
    fates: dict[int, Outcome] = {}
    broken = False
    for one in claimed:
        fates[one.pk] = Outcome(Fate.LATER) if broken else carrier.carry(one.parcel)
        broken = broken or fates[one.pk].broken or fates[one.pk].blocked
    return fates


def _prove(clock: Clock) -> None:
    provable = [name for name, maker in makers().items() if maker.proof]
    missed = Communication.objects.filter(
        state=CommunicationState.MISSED, ended_at__gte=clock.now() - LOOK_BACK
    )
    for rows in (_open(), missed):
        chosen = rows.filter(line__maker__in=provable)
        _each(chosen, lambda pk: do_prove_by_record(JOBS, item_id=pk, clock=clock))


def _draft(clock: Clock) -> None:
    drafting = [name for name, maker in makers().items() if maker.draft]
    rows = Communication.objects.filter(
        state=CommunicationState.DUE, line__maker__in=drafting, opens_on__lte=_today(clock)
    )
    _each(rows, lambda pk: do_draft_item(JOBS, item_id=pk, clock=clock))


def _send(clock: Clock) -> None:
    """What needs no approval leaves on its day; until then somebody may still change it."""
    today = _today(clock)
    ready = (CommunicationState.DRAFTED, CommunicationState.APPROVED)
    rows = Communication.objects.filter(
        state__in=ready, due_on__lte=today, closes_on__gte=today, message=None, letters=None,
        mailings=None,
    )  # fmt: skip
    leaving = []
    for item in rows.select_related("line"):
        held = item.line.needs_approval and item.state != CommunicationState.APPROVED
        if not held and any(way.value in item.line.ways for way in BY_ITSELF):
            leaving.append(item.pk)
    chosen = Communication.objects.filter(pk__in=leaving)
    _each(chosen, lambda pk: do_send_item(JOBS, item_id=pk, clock=clock))


def _remind(clock: Clock) -> None:
    near = _today(clock) + timedelta(days=max(AHEAD))
    missed = Communication.objects.filter(
        state=CommunicationState.MISSED, ended_at__gte=clock.now() - FRESH
    )
    for rows in (_open().filter(due_on__lte=near), missed):
        _each(rows, lambda pk: do_remind_of_item(JOBS, item_id=pk, clock=clock))


def _open() -> QuerySet[Communication]:
    return Communication.objects.filter(state__in=OPEN_STATES)


def _today(clock: Clock) -> date:
    return clock.now().astimezone(console_zone()).date()


def _each(
    rows: QuerySet[Communication] | QuerySet[CommunicationLine], act: Callable[[int], object]
) -> None:
    """One that cannot be drafted must not keep the others from being told."""
    for pk in list(rows.order_by("pk").values_list("pk", flat=True)):
        try:
            act(pk)
        except ShangdunError as error:
            log.warning("communication %d: %s", pk, error)
        except Exception:  # a maker reads every part of the system; the next turn tries again
            log.exception("communication %d failed", pk)
            connection.close()
