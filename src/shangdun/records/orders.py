"""Orders as they stand: what leadership decided, whom it was asked of, what each group was told."""

from __future__ import annotations

from django.db.models import QuerySet

from shangdun.kernel.errors import NotFound
from shangdun.records.access import get_incident, require
from shangdun.records.actor import Actor
from shangdun.records.models import (
    Asking,
    AskingPolicy,
    AskingState,
    Incident,
    Order,
    OrderInstruction,
    Ruling,
    User,
)
from shangdun.records.roles import Capability
from shangdun.respond.state import State

DEFAULT_MINUTES = (15, 30, 15, 10, 5)
"""To answer, by grade 0 to 4: the graver, the shorter; what is not graded yet may be grave."""


def asking_minutes() -> list[int]:
    """How long each of the leadership has, by grade 0 to 4."""
    row = AskingPolicy.objects.filter(pk=1).first()
    minutes = row.minutes if row else []
    return list(minutes) if len(minutes) == len(DEFAULT_MINUTES) else list(DEFAULT_MINUTES)


def still_to_decide(incident: Incident) -> bool:
    """Whether leadership has to say yet whether the plan starts; of a drill, while it is on."""
    return (
        incident.ordered_at is None
        and incident.merged_into_id is None
        and incident.state not in {State.CLOSED.value, State.CONTAINED.value}
        and (incident.drill is None or incident.drill.is_on)
    )


def plan_started(incident: Incident) -> bool:
    """Whether leadership made a case of the emergency plan of it."""
    return incident.orders.filter(ruling=Ruling.START).exists()


def visible_orders(actor: Actor, incident: Incident) -> QuerySet[Order]:
    """Of an incident that the actor may see, newest first."""
    require(actor, Capability.VIEW_INCIDENTS)
    get_incident(actor, incident.pk)
    return (
        incident.orders.select_related("by")
        .prefetch_related("instructions__acknowledged_by")
        .order_by("-number")
    )


def visible_askings(actor: Actor, incident: Incident) -> QuerySet[Asking]:
    """In which order the leadership was asked, the first first."""
    require(actor, Capability.VIEW_INCIDENTS)
    return incident.askings.select_related("person").order_by("pk")


def get_instruction(actor: Actor, instruction_id: int) -> OrderInstruction:
    require(actor, Capability.VIEW_INCIDENTS)
    rows = OrderInstruction.objects.select_related("order__incident")
    found = rows.filter(pk=instruction_id).first()
    if found is None:
        raise NotFound(f"there is no instruction {instruction_id}", fix="see the order")
    return found


def waiting_for(user: User) -> QuerySet[Asking]:
    """The questions that wait for this person, the most pressing first."""
    rows = Asking.objects.filter(person=user, state=AskingState.WAITING)
    return rows.select_related("incident").order_by("due")


def last_order_number(incident: Incident) -> int:
    """What a page saw, for optimistic locking; 0 before the first."""
    newest = incident.orders.order_by("-number").values_list("number", flat=True).first()
    return newest or 0
