"""Approving a notice: legal first, then leadership; four eyes at least, six where it counts.

Whoever wrote in it approves nothing, and nobody approves twice. What is approved is the text's
fingerprint: another text needs both again.
"""

from __future__ import annotations

from shangdun.actions.action import SYSTEM_CLOCK, Outcome, Unchanged, action
from shangdun.actions.notices.changes import expect, open_notice, save_notice, told
from shangdun.actions.notices.texts import open_gaps
from shangdun.actions.notices.waiting import tell_waiting
from shangdun.actions.notices.write import actor_id
from shangdun.kernel.clock import Clock
from shangdun.kernel.errors import NotAllowed, UsageError
from shangdun.records.actor import Actor, person
from shangdun.records.models import Notice, NoticeState
from shangdun.records.roles import Capability
from shangdun.records.stored_text import clean_text
from shangdun.respond.groups import Group


@action(Capability.APPROVE_NOTICES_LEGALLY)
def do_approve_notice_legally(
    actor: Actor,
    *,
    number: int,
    notice_number: int,
    version: int | None = None,
    clock: Clock = SYSTEM_CLOCK,
) -> Outcome[Notice]:
    """Legal says that the notice may leave as it is."""
    notice = open_notice(actor, number, notice_number, version, {})
    if notice.state == NoticeState.LEGAL and notice.legal_by == person(actor):
        return Unchanged(notice)
    expect(notice, NoticeState.DRAFT)
    _not_own(actor, notice)
    if left := open_gaps(notice):
        raise UsageError(
            "something is still to be filled in",
            code="notice.gaps",
            where=left[0],
            fix="fill in what stands in brackets",
        )
    now = clock.now()
    notice.state, notice.returned = NoticeState.LEGAL, ""
    notice.legal_by, notice.legal_at = person(actor), now
    save_notice(notice, "state", "returned", "legal_by", "legal_at")
    tell_waiting(notice, actor, Group.LEADERSHIP, now)
    return told(notice, actor, now, "legal")


@action(Capability.APPROVE_NOTICES)
def do_approve_notice(
    actor: Actor,
    *,
    number: int,
    notice_number: int,
    version: int | None = None,
    clock: Clock = SYSTEM_CLOCK,
) -> Outcome[Notice]:
    """Leadership says that it leaves; from here on its text is frozen."""
    notice = open_notice(actor, number, notice_number, version, {})
    if notice.state == NoticeState.APPROVED and notice.approved_by == person(actor):
        return Unchanged(notice)
    expect(notice, NoticeState.LEGAL)
    _not_own(actor, notice)
    if notice.legal_by is not None and notice.legal_by == person(actor):
        raise NotAllowed(
            "who approved it legally does not approve it for leadership too",
            code="notice.same",
            fix="ask another member of the leadership group",
        )
    now = clock.now()
    notice.state, notice.approved_sha256 = NoticeState.APPROVED, notice.sha256
    notice.approved_by, notice.approved_at = person(actor), now
    save_notice(notice, "state", "approved_sha256", "approved_by", "approved_at")
    return told(notice, actor, now, "approved")


@action(Capability.APPROVE_NOTICES_LEGALLY, Capability.APPROVE_NOTICES)
def do_return_notice(
    actor: Actor,
    *,
    number: int,
    notice_number: int,
    reason: str,
    version: int | None = None,
    clock: Clock = SYSTEM_CLOCK,
) -> Outcome[Notice]:
    """Give a notice back to whoever wrote it, saying why."""
    notice = open_notice(actor, number, notice_number, version, {"reason": reason})
    expect(notice, NoticeState.DRAFT, NoticeState.LEGAL, NoticeState.APPROVED)
    reason = clean_text(reason.strip())[:1000]
    if not reason:
        raise UsageError("say what is to be changed", code="notice.reason", fix="write a sentence")
    if notice.state == NoticeState.DRAFT and notice.returned == reason:
        return Unchanged(notice)
    notice.state, notice.returned, notice.approved_sha256 = NoticeState.DRAFT, reason, ""
    notice.legal_by = notice.approved_by = None
    notice.legal_at = notice.approved_at = None
    fields = ("state", "returned", "approved_sha256", "legal_by", "approved_by")
    save_notice(notice, *fields, "legal_at", "approved_at")
    return told(notice, actor, clock.now(), "returned", text=reason)


def _not_own(actor: Actor, notice: Notice) -> None:
    if actor_id(actor) in notice.editors:
        raise NotAllowed(
            "who wrote a notice does not approve it",
            code="notice.own",
            fix="ask somebody who did not write in it",
        )
