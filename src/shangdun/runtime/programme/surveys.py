"""Surveys by the clock: the half-year's draft, reminders, the end of the time for answers."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from shangdun.kernel.clock import Clock
from shangdun.kernel.errors import ShangdunError

if TYPE_CHECKING:
    from shangdun.records.models import Survey

log = logging.getLogger(__name__)


def keep_surveys(clock: Clock) -> None:
    """Close what is over, prepare what is due, say what is late."""
    from shangdun.actions.mailings.forget import do_forget_reminders  # noqa: PLC0415  needs boot
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
    from shangdun.records.models import (  # noqa: PLC0415  as above
        Mailing,
        MailingKind,
        Survey,
        SurveyState,
    )

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
        if stage := stage_of(survey, today):
            if stage == "closing":
                _remind_by_letter(survey, clock)
            do_remind_of_survey(JOBS, number=survey.number, clock=clock)
    reminders = Mailing.objects.filter(
        kind=MailingKind.REMINDER, survey__state=SurveyState.CLOSED, letters__isnull=False
    )
    for pk in reminders.values_list("pk", flat=True).distinct():
        do_forget_reminders(JOBS, mailing_id=pk, clock=clock)


def _remind_by_letter(survey: Survey, clock: Clock) -> None:
    """Where the invitation asked for it; what keeps it back is noted in the log."""
    from shangdun.actions.mailings.survey import (  # noqa: PLC0415  needs boot
        do_remind_by_letter,
        invitations,
    )
    from shangdun.records.actor import JOBS  # noqa: PLC0415  as above

    if not any(one.remind for one in invitations(survey)):
        return
    try:
        do_remind_by_letter(JOBS, number=survey.number, clock=clock)
    except ShangdunError as error:
        log.info("the reminder of survey %d does not leave: %s", survey.number, error)
