"""Letting a mailing leave: start, pause, go on, stop; what came back, what remains uncertain."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from shangdun.actions.action import SYSTEM_CLOCK, Done, Outcome, Unchanged, action
from shangdun.actions.mailings.changes import (
    MOVERS,
    expect,
    open_mailing,
    save_mailing,
    told,
)
from shangdun.actions.notices.bounces import bounced_among
from shangdun.actions.notices.handing import decide_uncertain, skip_waiting
from shangdun.kernel.clock import Clock
from shangdun.kernel.errors import UsageError
from shangdun.notify.letters.dsn import Returned
from shangdun.records.actor import Actor
from shangdun.records.letter_settings import letter_settings
from shangdun.records.mailings import mailing_tally, reach
from shangdun.records.messages import console_zone
from shangdun.records.models import (
    CommunicationProof,
    LetterState,
    Mailing,
    MailingKind,
    NoticeState,
    ProofKind,
    WayChoice,
)
from shangdun.records.rehearsal import require_real
from shangdun.records.roles import Capability
from shangdun.records.surveys import takes_answers


@action(*MOVERS)
def do_start_mailing(
    actor: Actor, *, mailing_id: int, version: int | None = None, clock: Clock = SYSTEM_CLOCK
) -> Outcome[Mailing]:
    """Let it leave; a second click finds it on its way."""
    mailing = open_mailing(actor, mailing_id)
    if mailing.state == NoticeState.SENDING:
        return Unchanged(mailing)
    mailing = open_mailing(actor, mailing_id, version)
    expect(mailing, NoticeState.DRAFT)
    now = clock.now()
    start(mailing, now)
    return told(mailing, now, due=mailing.due)


def start(mailing: Mailing, now: datetime) -> None:
    """Within another action: from here on letters are addressed. Raises ``UsageError``."""
    if mailing.incident is not None:
        require_real(mailing.incident)
    server = letter_settings()
    if not server.smtp_host or not server.sender:
        raise UsageError(
            "nothing is set that could send it", code="letters.unset",
            fix="an administrator sets the mail server under Settings, Letters",
        )  # fmt: skip
    survey = mailing.survey
    if survey is not None and not takes_answers(survey, now.astimezone(console_zone()).date()):
        raise UsageError("the survey is not open", code="survey.not_open", fix="open it first")
    mailing.due = reach(mailing)
    if not mailing.due:
        raise UsageError(
            "there is nobody to write to", code="mailing.nobody",
            fix="choose a list whose people did not get it yet",
        )  # fmt: skip
    least = survey.least if survey and mailing.kind == MailingKind.REMINDER else 0
    if mailing.due < least:
        raise UsageError(
            "so few people were invited that a reminder would tell who has answered",
            code="mailing.few", fix=f"at least {least}",
        )  # fmt: skip
    mailing.state, mailing.problem, mailing.started_at = NoticeState.SENDING, "", now
    mailing.per_minute, mailing.batch_size = server.per_minute, server.batch_size
    save_mailing(
        mailing, "state", "problem", "due", "started_at", "per_minute", "batch_size"
    )  # fmt: skip


@action(*MOVERS)
def do_pause_mailing(
    actor: Actor, *, mailing_id: int, clock: Clock = SYSTEM_CLOCK
) -> Outcome[Mailing]:
    """Hold the rest back; what is being handed over still leaves."""
    return _moved(actor, mailing_id, NoticeState.PAUSED, clock.now())


@action(*MOVERS)
def do_resume_mailing(
    actor: Actor, *, mailing_id: int, clock: Clock = SYSTEM_CLOCK
) -> Outcome[Mailing]:
    """Go on where it was paused."""
    return _moved(actor, mailing_id, NoticeState.SENDING, clock.now())


def _moved(actor: Actor, mailing_id: int, to: NoticeState, now: datetime) -> Outcome[Mailing]:
    mailing = open_mailing(actor, mailing_id)
    if mailing.state == to:
        return Unchanged(mailing)
    expect(mailing, NoticeState.SENDING if to == NoticeState.PAUSED else NoticeState.PAUSED)
    mailing.state, mailing.problem = to, ""
    save_mailing(mailing, "state", "problem")
    return told(mailing, now)


@action(*MOVERS)
def do_stop_mailing(
    actor: Actor, *, mailing_id: int, clock: Clock = SYSTEM_CLOCK
) -> Outcome[Mailing]:
    """End it for good: a draft is put away, letters that wait do not leave."""
    mailing = open_mailing(actor, mailing_id)
    if mailing.state == NoticeState.STOPPED:
        return Unchanged(mailing)
    expect(mailing, NoticeState.DRAFT, NoticeState.SENDING, NoticeState.PAUSED)
    return _stopped(mailing, clock.now())


def _stopped(mailing: Mailing, now: datetime) -> Done[Mailing]:
    skipped = skip_waiting(mailing, now)
    mailing.state, mailing.finished_at, mailing.problem = NoticeState.STOPPED, now, ""
    save_mailing(mailing, "state", "finished_at", "problem")
    return told(mailing, now, skipped=skipped)


@action(*MOVERS)
def do_settle_uncertain_mailing(
    actor: Actor, *, mailing_id: int, again: bool, clock: Clock = SYSTEM_CLOCK
) -> Outcome[Mailing]:
    """A person decides of letters that may have arrived: send them again, or take them as sent."""
    mailing = open_mailing(actor, mailing_id)
    now = clock.now()
    if again:
        expect(mailing, NoticeState.SENDING, NoticeState.PAUSED, NoticeState.SENT)
    if not (count := decide_uncertain(mailing, now, again=again)):
        return Unchanged(mailing)
    if again and mailing.state == NoticeState.SENT:
        mailing.state, mailing.finished_at = NoticeState.SENDING, None
    save_mailing(mailing, "state", "finished_at")
    return told(mailing, now, count=count, again=again)


@action(*MOVERS)
def do_take_mailing_bounces(
    actor: Actor, *, mailing_id: int, returned: Iterable[Returned], clock: Clock = SYSTEM_CLOCK
) -> Outcome[tuple[int, int]]:
    """Mark letters as bounced; how many were, and how many lines matched no letter."""
    mailing = open_mailing(actor, mailing_id)
    now = clock.now()
    bounced, strange = bounced_among(mailing, returned, now)
    if not bounced:
        return Unchanged((0, strange))
    done = told(mailing, now, bounced=bounced, strange=strange)
    return Done((bounced, strange), done.subject, done.at, done.payload)


@action(Capability.RUN_PLAYBOOKS)
def do_finish_mailing(
    actor: Actor, *, mailing_id: int, clock: Clock = SYSTEM_CLOCK
) -> Outcome[Mailing]:
    """Every letter has its fate, or its survey is over: that is written down, as the proof."""
    del actor
    mailing = Mailing.objects.select_related("survey").get(pk=mailing_id)
    now = clock.now()
    if mailing.state != NoticeState.SENDING:
        return Unchanged(mailing)
    survey, today = mailing.survey, now.astimezone(console_zone()).date()
    if survey is not None and not takes_answers(survey, today):
        return _stopped(mailing, now)
    waiting = mailing.letters.filter(state__in=(LetterState.QUEUED, LetterState.SENDING))
    if not mailing.addressed or waiting.exists():
        return Unchanged(mailing)
    mailing.state, mailing.finished_at, mailing.problem = NoticeState.SENT, now, ""
    save_mailing(mailing, "state", "finished_at", "problem")
    counted = mailing_tally(mailing)
    if mailing.communication is not None:
        CommunicationProof.objects.create(
            communication=mailing.communication, kind=ProofKind.LETTERS, way=WayChoice.EMAIL,
            count=counted["sent"], path=f"/mailings/{mailing.pk}/", at=now, noted_at=now,
        )  # fmt: skip
    return told(mailing, now, **{name: counted[name] for name in _TOLD})


_TOLD = ("sent", "bounced", "failed", "uncertain", "skipped")
