"""Asking logistics for something, and its answer: given out, refused, withdrawn, taken back."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import msgspec
from django.db.models import Max

from shangdun.actions.action import SYSTEM_CLOCK, Done, Outcome, Unchanged, action
from shangdun.actions.incident_changes import sealed, write_timeline
from shangdun.actions.messages.queue import Notice, queue_message
from shangdun.kernel.clock import Clock
from shangdun.kernel.errors import NotAllowed, UsageError
from shangdun.records.access import get_incident
from shangdun.records.actor import Actor, person
from shangdun.records.conflict import EditConflict
from shangdun.records.models import (
    Incident,
    MoveKind,
    RequestState,
    Supply,
    SupplyAllocation,
    SupplyMove,
    SupplyRequest,
    TimelineKind,
)
from shangdun.records.roles import Capability
from shangdun.records.stored_text import clean_text
from shangdun.records.supplies import WAITING, get_allocation, get_request, get_supply
from shangdun.respond.groups import Group
from shangdun.respond.supplies import check_return

LARGEST = 1_000_000
SECOND_CLICK = timedelta(seconds=10)


class Wish(msgspec.Struct, kw_only=True, frozen=True):
    """What somebody asks for; ``supply_id`` where it was chosen of the inventory."""

    what: str
    quantity: int = 1
    why: str = ""
    urgent: bool = False
    needed_by: datetime | None = None
    supply_id: int | None = None


@action(Capability.REQUEST_SUPPLIES, Capability.MANAGE_SUPPLIES)
def do_request_supplies(
    actor: Actor, wish: Wish, *, incident_id: int, clock: Clock = SYSTEM_CLOCK
) -> Outcome[SupplyRequest]:
    """Ask logistics for something; the group is told at once."""
    incident = get_incident(actor, incident_id)
    now = clock.now()
    request, made = request_supplies(incident, actor, wish, now)
    if not made:
        return Unchanged(request)
    payload = {"request": request.number, "what": request.what, "quantity": request.quantity}
    return Done(request, ("incident", incident.number), now, payload)


def request_supplies(
    incident: Incident, actor: Actor, wish: Wish, at: datetime
) -> tuple[SupplyRequest, bool]:
    """The same within a caller's transaction, for steps of a playbook; whether it is new."""
    supply = get_supply(actor, wish.supply_id) if wish.supply_id else None
    what = clean_text(wish.what.strip())[:300] or (supply.name if supply else "")
    if not what:
        raise UsageError("say what is needed", code="request.what", fix="a few words are enough")
    if not 1 <= wish.quantity <= LARGEST:
        raise UsageError("no such number", code="supply.quantity", fix="1 to 1,000,000")
    asked = SupplyRequest.objects.filter(incident=incident)
    twice = asked.filter(
        what=what, quantity=wish.quantity, asked_by=person(actor), state=RequestState.OPEN,
        asked_at__gte=at - SECOND_CLICK,
    ).first()  # fmt: skip
    if twice is not None:
        return twice, False
    highest = asked.aggregate(top=Max("number"))["top"]
    request = SupplyRequest.objects.create(
        incident=incident,
        number=(highest or 0) + 1,
        what=what,
        supply=supply,
        quantity=wish.quantity,
        why=clean_text(wish.why.strip())[:5000],
        urgent=wish.urgent,
        needed_by=wish.needed_by,
        asked_at=at,
        asked_by=person(actor),
    )
    _tell(incident, actor, "requested", at, request.why, what_for=what, quantity=wish.quantity)
    queue_message(
        Notice(
            kind="supplies_requested",
            incident=incident,
            groups=(Group.LOGISTICS,),
            urgency="urgent" if wish.urgent else "normal",
            key=f"supply_request:{request.pk}",
            data={"what": what, "quantity": wish.quantity, "why": request.why},
        ),
        at,
    )
    return request, True


@action(Capability.MANAGE_SUPPLIES)
def do_allocate(  # noqa: PLR0913 - what a form gives
    actor: Actor,
    *,
    incident_id: int,
    supply_id: int,
    quantity: int,
    request_id: int | None = None,
    version: int | None = None,
    receiver: str = "",
    clock: Clock = SYSTEM_CLOCK,
) -> Outcome[SupplyAllocation]:
    """Give so many of a supply to an incident, answering a request or on one's own.

    ``version`` is that of the request as it was shown. Never more than is there: two people of
    logistics at once are one after the other, and the second is told what is left.
    """
    incident = get_incident(actor, incident_id)
    if not supply_id:
        raise UsageError("nothing is chosen", code="supply.none", fix="choose of the inventory")
    supply = get_supply(actor, supply_id)
    now = clock.now()
    request = _answerable(actor, incident, request_id, version) if request_id else None
    there = 0 if supply.archived_at else supply.on_hand - _rehearsed(incident, supply)
    if not 1 <= quantity <= there:
        raise UsageError(
            f"only {there} are there",
            code="supply.short", where=supply.name, fix="give fewer, or of another supply",
        )  # fmt: skip
    if not incident.is_drill:  # what a drill has stays on the shelf for what is real
        supply.away += quantity
        _save(supply, "away")
    allocation = SupplyAllocation.objects.create(
        supply=supply, incident=incident, request=request, quantity=quantity,
        receiver=clean_text(receiver.strip())[:100], at=now, by=person(actor),
    )  # fmt: skip
    _move(allocation, actor, MoveKind.ALLOCATED, now, -quantity)
    if request is not None:
        request.given += quantity
        met = request.given >= request.quantity
        _answer(request, actor, RequestState.MET if met else RequestState.PARTLY, now)
    _tell(incident, actor, "allocated", now, "", what_for=supply.name, quantity=quantity)
    payload = {"supply": supply.pk, "name": supply.name, "quantity": quantity,
               "left": there - quantity, "request": request.number if request else 0}  # fmt: skip
    return Done(allocation, ("incident", incident.number), now, payload)


@action(Capability.MANAGE_SUPPLIES)
def do_return(
    actor: Actor,
    *,
    allocation_id: int,
    returned: int,
    used: int = 0,
    version: int | None = None,
    note: str = "",
    clock: Clock = SYSTEM_CLOCK,
) -> Outcome[SupplyAllocation]:
    """Take back what an incident had; ``used`` is used up, lost or broken and leaves the stock.

    ``version`` is that of the allocation as it was shown: a second click does nothing twice.
    """
    allocation = get_allocation(actor, allocation_id)
    if version is not None and version != allocation.version:
        raise EditConflict(
            "somebody took something back meanwhile", where=allocation.supply.name,
            mine={"version": version, "returned": returned, "used": used},
            theirs={
                "version": allocation.version, "returned": allocation.returned,
                "used": allocation.used,
            },
        )  # fmt: skip
    check_return(allocation.outstanding, returned, used)
    now = clock.now()
    supply = allocation.supply
    if not allocation.incident.is_drill:
        supply.away -= returned + used
        supply.quantity -= used
        _save(supply, "away", "quantity")
    allocation.returned += returned
    allocation.used += used
    allocation.version += 1
    if not allocation.outstanding:
        allocation.ended_at = now
    allocation.save()
    if returned:
        _move(allocation, actor, MoveKind.RETURNED, now, returned, note)
    if used:
        _move(allocation, actor, MoveKind.USED, now, -used, note)
    _tell(allocation.incident, actor, "returned", now, note,
          what_for=supply.name, quantity=returned, used=used)  # fmt: skip
    payload = {"supply": supply.pk, "returned": returned, "used": used,
               "outstanding": allocation.outstanding}  # fmt: skip
    return Done(allocation, ("incident", allocation.incident.number), now, payload)


@action(Capability.MANAGE_SUPPLIES)
def do_refuse_supplies(
    actor: Actor, *, request_id: int, reason: str, version: int | None = None,
    clock: Clock = SYSTEM_CLOCK,
) -> Outcome[SupplyRequest]:  # fmt: skip
    """Say that it cannot be had (any more of it), and why or where else it comes from."""
    request = get_request(actor, request_id)
    if request.state == RequestState.REFUSED:
        return Unchanged(request)
    request = _answerable(actor, request.incident, request_id, version)
    if not reason.strip():
        raise UsageError("say why", code="request.reason", fix="and what else would do")
    return _close(actor, request, RequestState.REFUSED, reason, clock.now())


@action(Capability.REQUEST_SUPPLIES, Capability.MANAGE_SUPPLIES)
def do_close_request(
    actor: Actor, *, request_id: int, note: str = "", version: int | None = None,
    clock: Clock = SYSTEM_CLOCK,
) -> Outcome[SupplyRequest]:  # fmt: skip
    """It is not needed any more, or what came is enough, or it came from elsewhere.

    Who asked may close it, and logistics.
    """
    request = get_request(actor, request_id)
    if request.state not in WAITING:
        return Unchanged(request)
    request = _answerable(actor, request.incident, request_id, version)
    who = person(actor)
    mine = who is not None and request.asked_by_id == who.pk
    if not mine and not actor.can(Capability.MANAGE_SUPPLIES):
        raise NotAllowed("somebody else asked for it", fix="ask logistics")
    state = RequestState.MET if request.given else RequestState.WITHDRAWN
    return _close(actor, request, state, note, clock.now())


def _rehearsed(incident: Incident, supply: Supply) -> int:
    """What a drill has of it already, though it never left."""
    if not incident.is_drill:
        return 0
    given = incident.supply_allocations.filter(supply=supply, ended_at=None)
    return sum(one.outstanding for one in given)


def _answerable(
    actor: Actor, incident: Incident, request_id: int, version: int | None
) -> SupplyRequest:
    request = get_request(actor, request_id)
    if request.incident_id != incident.pk:
        raise UsageError("it is another incident's", code="request.other", fix="see its page")
    if version is not None and version != request.version:
        raise EditConflict(
            "somebody answered this request meanwhile", where=request.what,
            mine={"version": version},
            theirs={
                "version": request.version, "state": str(request.get_state_display()),
                "given": request.given,
                "by": request.answered_by.username if request.answered_by else "",
            },
        )  # fmt: skip
    if request.state not in WAITING:
        raise UsageError(
            "it is answered already", code="request.answered", where=request.what,
            fix="ask again if more is needed",
        )  # fmt: skip
    return request


def _close(
    actor: Actor, request: SupplyRequest, state: RequestState, text: str, now: datetime
) -> Done[SupplyRequest]:
    request.answer = clean_text(text.strip())[:5000]
    _answer(request, actor, state, now)
    _tell(request.incident, actor, state.value, now, request.answer,
          what_for=request.what, quantity=request.quantity)  # fmt: skip
    payload = {"request": request.number, "state": state.value, "given": request.given,
               "text_sha256": sealed(request.answer)}  # fmt: skip
    return Done(request, ("incident", request.incident.number), now, payload)


def _answer(request: SupplyRequest, actor: Actor, state: RequestState, now: datetime) -> None:
    request.state = state
    request.version += 1
    request.answered_by = person(actor)
    request.answered_at = None if state in WAITING else now
    request.save()


def _save(supply: Supply, *fields: str) -> None:
    supply.version += 1
    supply.save(update_fields=[*fields, "version"])


def _move(
    allocation: SupplyAllocation, actor: Actor, kind: MoveKind, at: datetime, quantity: int,
    note: str = "",
) -> None:  # fmt: skip
    if allocation.incident.is_drill:
        return
    SupplyMove.objects.create(
        supply=allocation.supply, incident=allocation.incident, at=at, kind=kind,
        quantity=quantity, by=person(actor), note=clean_text(note.strip())[:500],
    )  # fmt: skip


def _tell(
    incident: Incident, actor: Actor, what: str, at: datetime, text: str, **more: Any  # noqa: ANN401 - JSON
) -> None:  # fmt: skip
    data = {"what": what, "supply": more.pop("what_for"), **more}
    write_timeline(incident, actor, TimelineKind.SUPPLY, at, text=clean_text(text), data=data)
