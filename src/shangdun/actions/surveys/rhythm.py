"""The half-yearly survey by the clock: its draft, what is due, what was missed."""

from __future__ import annotations

from datetime import date

from shangdun.actions.action import SYSTEM_CLOCK, Done, Outcome, Unchanged, action
from shangdun.actions.messages.queue import Notice, queue_message
from shangdun.actions.surveys.drafts import draft_survey, prepared
from shangdun.govern.measures.periods import period_named
from shangdun.govern.survey.rhythm import REMIND, Round
from shangdun.kernel.clock import Clock
from shangdun.records.actor import Actor
from shangdun.records.messages import console_zone
from shangdun.records.models import Message, Survey, SurveyState
from shangdun.records.roles import Capability
from shangdun.records.surveys import get_survey, turnout
from shangdun.respond.groups import Group

SATISFACTION = "satisfaction"
WHO = (Group.CUSTOMER_SERVICE, Group.LEADERSHIP)


@action(Capability.RUN_PLAYBOOKS)
def do_prepare_round(actor: Actor, *, period: str, clock: Clock = SYSTEM_CLOCK) -> Outcome[Survey]:
    """The draft of a half-year's survey: the questions of the last round, else the template's."""
    del actor
    there = Survey.objects.filter(purpose=SATISFACTION, period=period, archived_at=None).first()
    if there is not None:
        return Unchanged(there)
    now = clock.now()
    survey = begin_round(Round(period_named(period)), clock)
    _tell("survey_due", survey, f"survey:due:{period}", clock)
    return Done(survey, ("survey", survey.number), now, prepared(survey))


def begin_round(wanted: Round, clock: Clock) -> Survey:
    """Within another action: a round's draft with its dates.

    One that begins when its day of opening is over, as on the first day of an installation, is to
    be opened within the days that its people would be reminded in: nobody could have been in time.
    """
    today = clock.now().astimezone(console_zone()).date()
    late = today > wanted.opens_on
    before = (
        Survey.objects.filter(purpose=SATISFACTION).exclude(state=SurveyState.DRAFT)
    ).order_by("-number").first()  # fmt: skip
    return draft_survey(
        clock.now(),
        template=SATISFACTION,
        before=before,
        period=wanted.period.key,
        opens_on=min(today + REMIND, wanted.closes_on) if late else wanted.opens_on,
        closes_on=wanted.closes_on,
    )


@action(Capability.RUN_PLAYBOOKS)
def do_remind_of_survey(
    actor: Actor, *, number: int, clock: Clock = SYSTEM_CLOCK
) -> Outcome[Message | None]:
    """Say, each once, that it should be open, that few days are left, that it was missed."""
    survey = get_survey(actor, number)
    today = clock.now().astimezone(console_zone()).date()
    stage = stage_of(survey, today)
    if not stage or Message.objects.filter(key=f"survey:{stage}:{number}").exists():
        return Unchanged(None)
    message = _tell(f"survey_{stage}", survey, f"survey:{stage}:{number}", clock)
    return Done(message, ("survey", number), clock.now(), {"stage": stage})


def stage_of(survey: Survey, today: date) -> str:
    """What there is to say of a survey today: ``late``, ``missed``, ``closing`` or nothing."""
    if survey.archived_at is not None or survey.closes_on is None:
        return ""
    if survey.state == SurveyState.DRAFT and survey.opens_on is not None:
        if today > survey.closes_on:
            return "missed"
        return "late" if today > survey.opens_on else ""
    closing = survey.state == SurveyState.OPEN and today >= survey.closes_on - REMIND
    return "closing" if closing else ""


def _tell(kind: str, survey: Survey, key: str, clock: Clock) -> Message:
    counted = turnout(survey)
    data = {
        "survey": {"zh": survey.title_zh, "en": survey.title_en},
        "opens": survey.opens_on.isoformat() if survey.opens_on else "—",
        "closes": survey.closes_on.isoformat() if survey.closes_on else "—",
        "invited": counted.invited,
        "used": counted.used,
        "path": f"/surveys/{survey.number}/",
    }
    return queue_message(
        Notice(kind=kind, incident=None, groups=WHO, key=key, data=data), clock.now()
    )
