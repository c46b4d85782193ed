"""Surveys by the clock: the half-year's draft, reminders, the end of the time for answers."""

from __future__ import annotations

from shangdun.kernel.clock import Clock


def keep_surveys(clock: Clock) -> None:
    """Close what is over, prepare what is due, say what is late."""
    from shangdun.actions.surveys.opening import do_close_survey  # noqa: PLC0415  needs boot
    from shangdun.actions.surveys.rhythm import (  # noqa: PLC0415  as above
        SATISFACTION,
        do_prepare_round,
        do_remind_of_survey,
        stage_of,
    )
    from shangdun.govern.survey.rhythm import round_of  # noqa: PLC0415  as above
    from shangdun.records.actor import JOBS  # noqa: PLC0415  as above
    from shangdun.records.messages import console_zone  # noqa: PLC0415  as above
    from shangdun.records.models import Survey, SurveyState  # noqa: PLC0415  as above

    today = clock.now().astimezone(console_zone()).date()
    living = Survey.objects.filter(archived_at=None).order_by("number")
    over = living.filter(state=SurveyState.OPEN, closes_on__lt=today)
    for number in over.values_list("number", flat=True):
        do_close_survey(JOBS, number=number, clock=clock)
    here = round_of(today)
    # Whoever never held or planned one is not asked for the next.
    rounds = Survey.objects.filter(purpose=SATISFACTION).exclude(period="")
    known = rounds.filter(period=here.period.key).exists()
    if today >= here.prepared_on and rounds.exists() and not known:
        do_prepare_round(JOBS, period=here.period.key, clock=clock)
    for survey in living.exclude(state=SurveyState.CLOSED):
        if stage_of(survey, today):
            do_remind_of_survey(JOBS, number=survey.number, clock=clock)
