"""What happens to an item of evidence: each time one link of custody and one ledger entry."""

from __future__ import annotations

import dataclasses
from datetime import datetime
from typing import Any

from shangdun.actions.action import SYSTEM_CLOCK, Done, Outcome, Unchanged, action
from shangdun.actions.evidence.collect import evidence_payload
from shangdun.actions.evidence.content import is_kept, take_away
from shangdun.actions.evidence.custody import add_link
from shangdun.actions.incident_changes import sealed, write_timeline
from shangdun.actions.messages.queue import Notice, queue_message
from shangdun.kernel.clock import Clock
from shangdun.kernel.errors import UsageError
from shangdun.records.actor import Actor, person
from shangdun.records.evidence import get_evidence, holding_of, receivers
from shangdun.records.models import CustodyAct, Evidence, TimelineKind
from shangdun.records.roles import Capability
from shangdun.respond.evidence.custody import Act, check_act


@action(Capability.HANDLE_EVIDENCE)
def do_hand_over(
    actor: Actor,
    *,
    incident: int,
    number: int,
    to: int,
    reason: str,
    clock: Clock = SYSTEM_CLOCK,
) -> Outcome[Evidence]:
    """Offer an item to a person; it changes hands when that person accepts."""
    item = get_evidence(actor, incident, number)
    if item.offered_to_id == to and not item.disposed_at:
        return Unchanged(item)
    receiver = next((user for user in receivers() if user.pk == to), None)
    if receiver is None:
        raise UsageError(
            "nobody of that number handles evidence", code="custody.receiver",
            fix="choose a person of one of the plan's groups",
        )  # fmt: skip
    _check(Act.OFFERED, item, actor, to=to)
    reason = _said(reason, "custody.reason")
    now = clock.now()
    item.offered_to = receiver
    item.save(update_fields=["offered_to"])
    add_link(item, actor, CustodyAct.OFFERED, now, to=receiver.username, text=reason)
    _tell(item, actor, "offered", now, text=reason, to=receiver.username)
    queue_message(
        Notice(
            kind="evidence_offered",
            incident=item.incident,
            groups=(),
            people=(receiver.pk,),
            key=f"evidence:{item.pk}:{item.custody_head}",
            data={"item": item.label, "name": item.name, "reason": reason},
        ),
        now,
    )
    return _done(item, now, to=receiver.username)


@action(Capability.HANDLE_EVIDENCE)
def do_accept_evidence(
    actor: Actor, *, incident: int, number: int, note: str = "", clock: Clock = SYSTEM_CLOCK
) -> Outcome[Evidence]:
    """The second signature: who was offered the item takes it over."""
    item = get_evidence(actor, incident, number)
    who = person(actor)
    if who and item.holder_id == who.pk and item.offered_to_id is None:
        return Unchanged(item)
    _check(Act.ACCEPTED, item, actor)
    now = clock.now()
    item.holder, item.offered_to = who, None
    item.save(update_fields=["holder", "offered_to"])
    add_link(item, actor, CustodyAct.ACCEPTED, now, text=note)
    _tell(item, actor, "accepted", now, text=note)
    return _done(item, now)


@action(Capability.HANDLE_EVIDENCE)
def do_decline_evidence(
    actor: Actor, *, incident: int, number: int, reason: str, clock: Clock = SYSTEM_CLOCK
) -> Outcome[Evidence]:
    """Refuse an offered item, or take one's own offer back; it stays with who holds it."""
    item = get_evidence(actor, incident, number)
    who = person(actor)
    back = who is not None and item.offered_to_id is not None and item.holder_id == who.pk
    if not back:
        _check(Act.DECLINED, item, actor)
    reason = _said(reason, "custody.reason")
    now = clock.now()
    item.offered_to = None
    item.save(update_fields=["offered_to"])
    add_link(item, actor, CustodyAct.DECLINED, now, text=reason)
    _tell(item, actor, "declined", now, text=reason)
    return _done(item, now)


@action(Capability.HANDLE_EVIDENCE)
def do_hand_out_evidence(
    actor: Actor,
    *,
    incident: int,
    number: int,
    receiver: str,
    reason: str,
    clock: Clock = SYSTEM_CLOCK,
) -> Outcome[Evidence]:
    """Record that a copy went to somebody outside (police, a forensic firm), who signed the form.

    ``receiver``: name, organisation, number of the identification. In a drill nothing leaves: the
    entry says that it was rehearsed.
    """
    item = get_evidence(actor, incident, number)
    _check(Act.HANDED_OUT, item, actor)
    receiver, reason = _said(receiver, "custody.outside"), _said(reason, "custody.reason")
    now = clock.now()
    if item.incident.is_drill:
        reason = f"[DRILL] {reason}"
    add_link(item, actor, CustodyAct.HANDED_OUT, now, to=receiver, text=reason)
    _tell(item, actor, "handed_out", now, text=reason, to=receiver)
    return _done(item, now, to_sha256=sealed(receiver))


@action(Capability.HANDLE_EVIDENCE)
def do_record_access(
    actor: Actor, *, incident: int, number: int, clock: Clock = SYSTEM_CLOCK
) -> Outcome[Evidence]:
    """A download: recorded before the first byte leaves."""
    item = get_evidence(actor, incident, number)
    _check(Act.ACCESSED, item, actor)
    now = clock.now()
    add_link(item, actor, CustodyAct.ACCESSED, now)
    return _done(item, now)


@action(Capability.HANDLE_EVIDENCE)
def do_note_evidence(
    actor: Actor, *, incident: int, number: int, text: str, clock: Clock = SYSTEM_CLOCK
) -> Outcome[Evidence]:
    """Write something about an item into its chain: where it was found, what was seen in it."""
    item = get_evidence(actor, incident, number)
    text = _said(text, "comment.empty")
    now = clock.now()
    add_link(item, actor, CustodyAct.NOTED, now, text=text)
    return _done(item, now, text_sha256=sealed(text))


@action(Capability.HANDLE_LEGAL, Capability.ORDER_INCIDENTS)
def do_hold_evidence(
    actor: Actor,
    *,
    incident: int,
    number: int,
    hold: bool,
    reason: str,
    clock: Clock = SYSTEM_CLOCK,
) -> Outcome[Evidence]:
    """Put an item under legal hold, or end it: meanwhile nobody can dispose of it."""
    item = get_evidence(actor, incident, number)
    if item.legal_hold is hold:
        return Unchanged(item)
    act = CustodyAct.HELD if hold else CustodyAct.RELEASED
    _check(Act(act.value), item, actor)
    reason = _said(reason, "custody.reason")
    now = clock.now()
    item.legal_hold = hold
    item.save(update_fields=["legal_hold"])
    add_link(item, actor, act, now, text=reason)
    _tell(item, actor, act.value, now, text=reason)
    return _done(item, now, hold=hold)


@action(Capability.ORDER_INCIDENTS)
def do_dispose_evidence(
    actor: Actor, *, incident: int, number: int, reason: str, clock: Clock = SYSTEM_CLOCK
) -> Outcome[Evidence]:
    """Delete an item's content for good, after its incident; record and custody stay.

    Refused while the incident is open or the item is under legal hold. Content that another record
    has too stays for that one. The file goes once this stands: what is rolled back loses nothing.
    """
    item = get_evidence(actor, incident, number)
    if item.disposed_at:
        return Unchanged(item)
    _check(Act.DISPOSED, item, actor)
    reason = _said(reason, "custody.reason")
    now = clock.now()
    item.disposed_at, item.offered_to = now, None
    item.save(update_fields=["disposed_at", "offered_to"])
    add_link(item, actor, CustodyAct.DISPOSED, now, text=reason)
    _tell(item, actor, "disposed", now, text=reason)
    done = _done(item, now, shared=is_kept(item.sha256))
    return dataclasses.replace(done, then=lambda: take_away(item.sha256))


def _check(act: Act, item: Evidence, actor: Actor, to: int = 0) -> None:
    who = person(actor)
    check_act(act, holding_of(item), actor=who.pk if who else 0, to=to)


def _said(text: str, code: str) -> str:
    text = text.strip()
    if not text:
        raise UsageError("this needs a word", code=code, fix="say it in a sentence")
    return text


def _tell(
    item: Evidence, actor: Actor, what: str, at: datetime, *, text: str, to: str = ""
) -> None:
    data = {"what": what, "number": item.number, "name": item.name, "to": to}
    write_timeline(item.incident, actor, TimelineKind.EVIDENCE, at, text=text, data=data)


def _done(item: Evidence, at: datetime, **more: Any) -> Done[Evidence]:  # noqa: ANN401 - the ledger's JSON
    payload = evidence_payload(item) | more
    return Done(item, ("incident", item.incident.number), at, payload)
