"""The order itself: start the plan or not, playbooks to begin, instructions to each group.

An order is never changed: who adds to it gives a further one. Its text is sealed in the ledger by
the entry that records it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec

from shangdun.actions.action import SYSTEM_CLOCK, Done, Outcome, Unchanged, action
from shangdun.actions.incident_changes import acknowledge, save_change, sealed, write_timeline
from shangdun.actions.messages.queue import Notice, queue_message
from shangdun.actions.move_incident import move
from shangdun.actions.orders.asking import end_asking
from shangdun.actions.orders.briefing import brief
from shangdun.kernel.clock import Clock
from shangdun.kernel.errors import NotAllowed, UsageError
from shangdun.kernel.ledger import canonical_json
from shangdun.records.access import get_incident
from shangdun.records.actor import Actor, actor_name, person
from shangdun.records.conflict import EditConflict
from shangdun.records.ledger_rows import head
from shangdun.records.models import (
    AskingState,
    Incident,
    Order,
    OrderInstruction,
    PlaybookVersion,
    Ruling,
    TimelineKind,
)
from shangdun.records.orders import last_order_number
from shangdun.records.roles import Capability
from shangdun.records.stored_text import clean_text
from shangdun.respond.groups import Group
from shangdun.respond.state import State

LONGEST_TEXT = 10_000
MOST_PLAYBOOKS = 20
NEEDS_REASON = (Ruling.NOT_START, Ruling.STAND_DOWN)
MOVES = {
    Ruling.START: dict.fromkeys((State.REPORTED, State.TRIAGED, State.CONTAINED), State.ACTIVE),
    Ruling.NOT_START: {State.REPORTED: State.TRIAGED},
    Ruling.STAND_DOWN: {State.ACTIVE: State.CONTAINED},
    Ruling.AMEND: {},
}
"""Where a ruling takes an incident from where it stands; elsewhere it stays."""


class NewOrder(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody of the leadership decides; ``playbooks`` are rows of versions."""

    ruling: Ruling
    reason: str = ""
    instructions: Mapping[Group, str] = {}
    playbooks: tuple[int, ...] = ()


@action(Capability.ORDER_INCIDENTS)
def do_order(
    actor: Actor,
    wanted: NewOrder,
    *,
    incident_id: int,
    number: int | None = None,
    clock: Clock = SYSTEM_CLOCK,
) -> Outcome[Order]:
    """Give the order. ``number`` is that of the last order the page saw, 0 for none.

    The same order of the same person twice is one. Who comes second sees both versions.
    """
    incident = get_incident(actor, incident_id)
    wanted = _checked(incident, wanted)
    standing = last_order_number(incident)
    if (last := _repeated(actor, incident, wanted)) is not None:
        return Unchanged(last)
    if number is not None and number != standing:
        raise EditConflict(
            "somebody ordered meanwhile",
            where=f"incident #{incident.number}",
            mine={"version": number, **shown(wanted)},
            theirs={"version": standing, **standing_order(incident)},
        )
    _check_course(incident, wanted)
    now = clock.now()
    playbooks = _playbooks(wanted.playbooks)
    order = _write(actor, incident, wanted, playbooks, standing + 1, now)
    payload: dict[str, Any] = {
        "order": order.number,
        "ruling": wanted.ruling.value,
        "order_sha256": order.text_sha256,
        "grade": incident.grade,
        "playbooks": [version.pk for version in playbooks],
        "groups": [one.value for one in wanted.instructions],
    }
    _move(actor, incident, wanted, now)
    end_asking(incident, AskingState.ANSWERED, now, by=actor)
    brief(order, playbooks, now, actor)
    _tell(actor, order, now)
    return Done(order, ("incident", incident.number), now, payload)


@action(Capability.WORK_TASKS, Capability.ORDER_INCIDENTS)
def do_acknowledge_order(
    actor: Actor, *, instruction_id: int, clock: Clock = SYSTEM_CLOCK
) -> Outcome[OrderInstruction]:
    """A group says that it understood what it was told; somebody of the group, the first time."""
    from_group = OrderInstruction.objects.select_related("order__incident")
    found = from_group.filter(pk=instruction_id).first()
    if found is None:
        raise UsageError("there is no such instruction", code="order.instruction", fix="see it")
    get_incident(actor, found.order.incident_id)
    if found.acknowledged_at is not None:
        return Unchanged(found)
    who = person(actor)
    if who is not None and found.group not in {role.value for role in who.roles}:
        raise NotAllowed(
            "this was told to another group", fix="somebody of that group acknowledges it"
        )
    now = clock.now()
    found.acknowledged_at, found.acknowledged_by = now, who
    found.save(update_fields=["acknowledged_at", "acknowledged_by"])
    data = {"what": "acknowledged", "group": str(found.group), "number": found.order.number}
    write_timeline(found.order.incident, actor, TimelineKind.ORDER, now, data=data)
    payload = {"order": found.order.number, "group": str(found.group)}
    return Done(found, ("incident", found.order.incident.number), now, payload)


def text_of(
    order: Order, by: str, instructions: Mapping[str, str], playbooks: Sequence[str]
) -> str:
    """The order as canonical JSON (RFC 8785): what the SHA-256 in the ledger is of.

    ``by`` as the ledger names the actor; ``playbooks`` as the SHA-256 of their documents.
    """
    return canonical_json(
        {
            "incident": order.incident.number,
            "number": order.number,
            "by": by,
            "at": order.at.isoformat(),
            "ruling": str(order.ruling),
            "grade": order.grade,
            "reason": order.reason,
            "instructions": dict(instructions),
            "playbooks": list(playbooks),
        }
    )


def shown(wanted: NewOrder) -> dict[str, Any]:
    """An order for showing beside another."""
    return {
        "ruling": wanted.ruling.value,
        "reason": wanted.reason,
        "playbooks": [str(row) for row in wanted.playbooks],
        **{group.value: text for group, text in wanted.instructions.items()},
    }


def standing_order(incident: Incident) -> dict[str, Any]:
    """The last order, likewise."""
    last = incident.orders.select_related("by").order_by("-number").first()
    if last is None:
        return {}
    told = {one.group: one.text for one in last.instructions.all()}
    who = last.by.get_full_name() or last.by.username if last.by else ""
    titles = [str(one["version"]) for one in last.playbooks]
    return {
        "ruling": last.ruling, "by": who, "reason": last.reason, "playbooks": titles, **told
    }  # fmt: skip


def _checked(incident: Incident, wanted: NewOrder) -> NewOrder:
    texts = {
        group: clean_text(text.strip())[:LONGEST_TEXT]
        for group, text in wanted.instructions.items()
        if text.strip()
    }
    reason = clean_text(wanted.reason.strip())[:LONGEST_TEXT]
    if wanted.ruling in NEEDS_REASON and not reason:
        raise UsageError(
            "not starting the plan, and standing down, need a reason",
            code="order.reason",
            where=f"incident #{incident.number}",
            fix="say why in a sentence: it is signed into the ledger",
        )
    if wanted.ruling is Ruling.AMEND and not texts and not wanted.playbooks:
        raise UsageError(
            "a further order says something",
            code="order.empty",
            fix="instruct a group or begin a playbook",
        )
    return msgspec.structs.replace(
        wanted,
        reason=reason,
        instructions=texts,
        playbooks=tuple(dict.fromkeys(wanted.playbooks))[:MOST_PLAYBOOKS],
    )


def _check_course(incident: Incident, wanted: NewOrder) -> None:
    """What may be ordered as the incident stands."""
    started = incident.activated_at is not None
    if incident.state == State.CLOSED.value or incident.merged_into_id:
        raise UsageError(
            "a closed incident takes no orders", code="order.closed", fix="reopen it first"
        )
    if wanted.ruling in {Ruling.AMEND, Ruling.STAND_DOWN} and not started:
        raise UsageError(
            "the plan has not been started", code="order.not_started", fix="start it first"
        )
    active = incident.state == State.ACTIVE.value
    if wanted.ruling is Ruling.START and active and incident.orders.filter(ruling="start").exists():
        raise UsageError(
            "the plan has been started", code="order.running", fix="give a further order"
        )
    if wanted.ruling is Ruling.NOT_START and started:
        raise UsageError(
            "the plan has been started", code="order.started", fix="stand down instead"
        )


def _repeated(actor: Actor, incident: Incident, wanted: NewOrder) -> Order | None:
    """The last order, if it is this one: a second click."""
    last = incident.orders.select_related("by").order_by("-number").first()
    if last is None or last.by_id != getattr(person(actor), "pk", None):
        return None
    told = {one.group: one.text for one in last.instructions.all()}
    same = (last.ruling, last.reason, [one["version"] for one in last.playbooks], told) == (
        wanted.ruling.value,
        wanted.reason,
        list(wanted.playbooks),
        {group.value: text for group, text in wanted.instructions.items()},
    )
    return last if same else None


def _playbooks(rows: tuple[int, ...]) -> list[PlaybookVersion]:
    found = {
        version.pk: version
        for version in PlaybookVersion.objects.select_related("playbook").filter(pk__in=rows)
    }
    missing = [row for row in rows if row not in found]
    if missing:
        raise UsageError(
            "this playbook is not there any more",
            code="order.playbook",
            where=str(missing[0]),
            fix="choose another",
        )
    return [found[row] for row in rows]


def _write(
    actor: Actor,
    incident: Incident,
    wanted: NewOrder,
    playbooks: list[PlaybookVersion],
    number: int,
    now: datetime,
) -> Order:
    texts = {group.value: text for group, text in wanted.instructions.items()}
    last = head()
    order = Order(
        incident=incident,
        number=number,
        ruling=wanted.ruling,
        reason=wanted.reason,
        by=person(actor),
        at=now,
        grade=incident.grade,
        playbooks=[
            {
                "version": version.pk,
                "title_zh": version.playbook.title_zh,
                "title_en": version.playbook.title_en,
            }
            for version in playbooks
        ],
        # The ledger's lock is held until this action's own entry is appended: it is the next one.
        ledger_seq=last.seq + 1 if last else 1,
    )
    documents = [version.sha256 for version in playbooks]
    order.text_sha256 = sealed(text_of(order, actor_name(actor), texts, documents))
    order.save()
    OrderInstruction.objects.bulk_create(
        [OrderInstruction(order=order, group=group, text=said) for group, said in texts.items()]
    )
    return order


def _move(actor: Actor, incident: Incident, wanted: NewOrder, now: datetime) -> None:
    data = {"what": wanted.ruling.value, "number": last_order_number(incident)}
    write_timeline(incident, actor, TimelineKind.ORDER, now, text=wanted.reason, data=data)
    fields = [*acknowledge(incident, now)]
    if incident.ordered_at is None:
        incident.ordered_at = now
        fields.append("ordered_at")
    if fields:
        save_change(incident, *fields)
    target = MOVES[wanted.ruling].get(State(incident.state))
    if target is not None:
        move(actor, incident, target, note=wanted.reason, verdict="", at=now)


def _tell(actor: Actor, order: Order, now: datetime) -> None:
    """Each group hears its own instruction; who hears nothing special hears the decision."""
    by = actor_name(actor).split(":")[-1]
    who = person(actor)
    told = {one.group: one.text for one in order.instructions.all()}
    for group in Group:
        queue_message(
            Notice(
                kind="ordered",
                incident=order.incident,
                groups=(group,),
                urgency="urgent" if group.value in told else "normal",
                data={
                    "decision": DECISIONS[Ruling(order.ruling)],
                    "by": (who.get_full_name() or who.username) if who else by,
                    "instruction": told.get(group.value, ""),
                },
                key=f"ordered:{order.pk}:{group.value}",
            ),
            now,
        )


DECISIONS = {
    Ruling.START: {"zh": "启动应急预案", "en": "start the plan"},
    Ruling.NOT_START: {"zh": "不启动应急预案", "en": "do not start the plan"},
    Ruling.AMEND: {"zh": "补充指令", "en": "further instructions"},
    Ruling.STAND_DOWN: {"zh": "解除应急响应", "en": "stand down"},
}
"""For messages, which are written in both languages whoever reads them."""
