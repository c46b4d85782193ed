"""Letting an approved notice leave: start, pause, go on, stop; what remains uncertain."""

from __future__ import annotations

from datetime import datetime

from shangdun.actions.action import SYSTEM_CLOCK, Done, Outcome, Unchanged, action
from shangdun.actions.notices.changes import expect, open_notice, save_notice, told
from shangdun.actions.notices.handing import decide_uncertain, skip_waiting
from shangdun.kernel.clock import Clock
from shangdun.kernel.errors import UsageError
from shangdun.records.actor import Actor
from shangdun.records.letter_settings import letter_settings
from shangdun.records.models import LetterState, Notice, NoticeChannel, NoticeState
from shangdun.records.notices import audience, frozen_sha256, tally
from shangdun.records.rehearsal import require_real
from shangdun.records.roles import Capability
from shangdun.records.stored_text import clean_text

SENDERS = (Capability.PREPARE_NOTICES, Capability.APPROVE_NOTICES)


@action(*SENDERS)
def do_start_notice(
    actor: Actor,
    *,
    number: int,
    notice_number: int,
    version: int | None = None,
    clock: Clock = SYSTEM_CLOCK,
) -> Outcome[Notice]:
    """Let it leave; in a drill say what would have left."""
    notice = open_notice(actor, number, notice_number, version, {})
    if notice.state in {NoticeState.SENDING, NoticeState.REHEARSED}:
        return Unchanged(notice)
    expect(notice, NoticeState.APPROVED)
    if not notice.approved_sha256 or frozen_sha256(notice) != notice.approved_sha256:
        raise UsageError(
            "this is not the text that was approved",
            code="notice.changed",
            fix="have it approved again",
        )
    if notice.channel == NoticeChannel.POSTED:
        raise UsageError(
            "a notice posted by hand is not sent from here",
            code="notice.posted",
            fix="post it, then say where",
        )
    notice.due = audience(notice).count()
    if not notice.due:
        raise UsageError(
            "there is nobody whom this channel reaches",
            code="notice.nobody",
            fix="add a list of the affected, or choose another channel",
        )
    notice.started_at = clock.now()
    if notice.incident.is_drill:
        return _rehearsed(actor, notice)
    require_real(notice.incident)
    _server_set(notice)
    notice.state, notice.problem = NoticeState.SENDING, ""
    save_notice(notice, "state", "problem", "due", "started_at")
    return told(notice, actor, notice.started_at, "started", due=notice.due)


def _rehearsed(actor: Actor, notice: Notice) -> Done[Notice]:
    notice.state = NoticeState.REHEARSED
    notice.finished_at = notice.started_at
    save_notice(notice, "state", "due", "started_at", "finished_at")
    return told(notice, actor, notice.started_at, "rehearsed", due=notice.due)  # type: ignore[arg-type]  # set just before


def _server_set(notice: Notice) -> None:
    row = letter_settings()
    ready = (
        row.smtp_host and row.sender if notice.channel == NoticeChannel.EMAIL else row.gateway_url
    )
    if not ready:
        raise UsageError(
            "nothing is set that could send it",
            code="letters.unset",
            fix="an administrator sets the mail server or gateway under Settings, Letters",
        )


@action(*SENDERS)
def do_pause_notice(
    actor: Actor, *, number: int, notice_number: int, clock: Clock = SYSTEM_CLOCK
) -> Outcome[Notice]:
    """Hold the rest back; what is being handed over still leaves."""
    return _moved(actor, (number, notice_number), NoticeState.PAUSED, clock.now())


@action(*SENDERS)
def do_resume_notice(
    actor: Actor, *, number: int, notice_number: int, clock: Clock = SYSTEM_CLOCK
) -> Outcome[Notice]:
    """Go on where it was paused."""
    return _moved(actor, (number, notice_number), NoticeState.SENDING, clock.now())


def _moved(actor: Actor, place: tuple[int, int], to: NoticeState, now: datetime) -> Outcome[Notice]:
    notice = open_notice(actor, *place, None, {})
    if notice.state == to:
        return Unchanged(notice)
    expect(notice, NoticeState.SENDING if to == NoticeState.PAUSED else NoticeState.PAUSED)
    require_real(notice.incident)
    notice.state, notice.problem = to, ""
    save_notice(notice, "state", "problem")
    return told(notice, actor, now, "paused" if to == NoticeState.PAUSED else "resumed")


@action(*SENDERS)
def do_stop_notice(
    actor: Actor, *, number: int, notice_number: int, reason: str, clock: Clock = SYSTEM_CLOCK
) -> Outcome[Notice]:
    """End it for good: letters that wait are skipped, and it is on record why."""
    notice = open_notice(actor, number, notice_number, None, {})
    if notice.state == NoticeState.STOPPED:
        return Unchanged(notice)
    expect(notice, NoticeState.SENDING, NoticeState.PAUSED)
    reason = clean_text(reason.strip())[:1000]
    if not reason:
        raise UsageError("say why it ends", code="notice.reason", fix="write a sentence")
    now = clock.now()
    skipped = skip_waiting(notice, now)
    notice.state, notice.finished_at = NoticeState.STOPPED, now
    save_notice(notice, "state", "finished_at")
    return told(notice, actor, now, "stopped", text=reason, skipped=skipped)


@action(*SENDERS)
def do_post_notice(
    actor: Actor, *, number: int, notice_number: int, where: str, clock: Clock = SYSTEM_CLOCK
) -> Outcome[Notice]:
    """Say where a notice was posted by hand: the shop's front page, a newspaper."""
    notice = open_notice(actor, number, notice_number, None, {"where": where})
    where = clean_text(where.strip())[:500]
    if notice.posted_where == where and notice.state == NoticeState.SENT:
        return Unchanged(notice)
    expect(notice, NoticeState.APPROVED)
    if notice.channel != NoticeChannel.POSTED or not where:
        raise UsageError(
            "say where it was posted", code="notice.where", fix="an address, a page, a newspaper"
        )
    now = clock.now()
    notice.posted_where, notice.started_at, notice.finished_at = where, now, now
    drill = notice.incident.is_drill
    notice.state = NoticeState.REHEARSED if drill else NoticeState.SENT
    save_notice(notice, "posted_where", "started_at", "finished_at", "state")
    return told(notice, actor, now, "posted_drill" if drill else "posted", text=where)


@action(*SENDERS)
def do_settle_uncertain(
    actor: Actor, *, number: int, notice_number: int, again: bool, clock: Clock = SYSTEM_CLOCK
) -> Outcome[Notice]:
    """A person decides of letters that may have arrived: send them again, or take them as sent."""
    notice = open_notice(actor, number, notice_number, None, {})
    require_real(notice.incident)
    now = clock.now()
    if again:
        expect(notice, NoticeState.SENDING, NoticeState.PAUSED, NoticeState.SENT)
    if not (count := decide_uncertain(notice, now, again=again)):
        return Unchanged(notice)
    if again and notice.state == NoticeState.SENT:
        notice.state, notice.finished_at = NoticeState.SENDING, None
    save_notice(notice, "state", "finished_at")
    return told(notice, actor, now, "again" if again else "taken_as_sent", count=count)


@action(Capability.RUN_PLAYBOOKS)
def do_finish_notice(
    actor: Actor, *, notice_id: int, clock: Clock = SYSTEM_CLOCK
) -> Outcome[Notice]:
    """Every letter has its fate."""
    notice = Notice.objects.select_related("incident").get(pk=notice_id)
    waiting = notice.letters.filter(state__in=(LetterState.QUEUED, LetterState.SENDING))
    if notice.state != NoticeState.SENDING or not notice.addressed or waiting.exists():
        return Unchanged(notice)
    now = clock.now()
    notice.state, notice.finished_at, notice.problem = NoticeState.SENT, now, ""
    save_notice(notice, "state", "finished_at", "problem")
    counted = tally(notice)
    return told(
        notice,
        actor,
        now,
        "finished",
        sent=counted["sent"],
        bounced=counted["bounced"],
        failed=counted["failed"],
        uncertain=counted["uncertain"],
        skipped=counted["skipped"],
    )
