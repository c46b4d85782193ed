"""People and materials: taking in, changing, archiving."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import msgspec
from django.db.models import Max

from shangdun.actions.action import SYSTEM_CLOCK, Done, Outcome, Unchanged, action
from shangdun.govern.money.amounts import CURRENCIES, MOST, in_places
from shangdun.kernel.clock import Clock
from shangdun.kernel.errors import UsageError
from shangdun.records.actor import Actor
from shangdun.records.conflict import EditConflict
from shangdun.records.models import Resource, ResourceKind, ResourceSource, User
from shangdun.records.programmes import OVER
from shangdun.records.resources import get_resource
from shangdun.records.roles import Capability
from shangdun.records.stored_text import clean_text

LONGEST = {"name": 200, "organisation": 200, "contact": 300, "unit": 20, "note": 5_000}
MOST_OF_ONE = 1_000_000


class NewResource(msgspec.Struct, kw_only=True, frozen=True):
    """A person or material as somebody wants it."""

    kind: str
    name: str = ""
    """Of a person with an account the account's name, where nothing is said."""
    user_id: int | None = None
    external: bool = False
    organisation: str = ""
    contact: str = ""
    capacity: int = 100
    since: date | None = None
    until: date | None = None
    day_rate: Decimal | None = None
    currency: str = "CNY"
    quantity: int = 1
    unit: str = ""
    source: str = ResourceSource.INTERNAL.value
    note: str = ""


FIELDS = NewResource.__struct_fields__


@action(Capability.MANAGE_PROGRAMMES)
def do_add_resource(
    actor: Actor, wanted: NewResource, *, clock: Clock = SYSTEM_CLOCK
) -> Outcome[Resource]:
    """Take a person or a material in; raises ``UsageError`` (``resource.…``)."""
    del actor
    wanted = checked(wanted)
    same = _same(wanted)
    if same is not None:
        if _values(same) == _values(wanted):
            return Unchanged(same)
        raise _taken(wanted)
    now = clock.now()
    resource = Resource.objects.create(
        number=next_number(), created_at=now, **msgspec.structs.asdict(wanted)
    )
    return Done(resource, ("resource", resource.number), now, _payload(resource))


@action(Capability.MANAGE_PROGRAMMES)
def do_change_resource(
    actor: Actor,
    wanted: NewResource,
    *,
    number: int,
    version: int | None = None,
    clock: Clock = SYSTEM_CLOCK,
) -> Outcome[Resource]:
    """Change it; ``version`` is that of the form."""
    resource = get_resource(actor, number)
    wanted = checked(wanted)
    if _values(resource) == _values(wanted):
        return Unchanged(resource)
    if version is not None and version != resource.version:
        raise EditConflict(
            "somebody changed this meanwhile",
            where=resource.name,
            mine={"version": version, **_values(wanted)},
            theirs={"version": resource.version, **_values(resource)},
        )
    if resource.archived_at or wanted.kind != resource.kind:
        raise UsageError(
            "it cannot become that", code="resource.archived", where=resource.name,
            fix="add it anew",
        )  # fmt: skip
    same = _same(wanted)
    if same is not None and same.pk != resource.pk:
        raise _taken(wanted)
    now = clock.now()
    for field in FIELDS:
        setattr(resource, field, getattr(wanted, field))
    resource.version += 1
    resource.save()
    return Done(resource, ("resource", number), now, _payload(resource))


@action(Capability.MANAGE_PROGRAMMES)
def do_archive_resource(
    actor: Actor, *, number: int, clock: Clock = SYSTEM_CLOCK
) -> Outcome[Resource]:
    """It is there no more; refused while work waits for it."""
    resource = get_resource(actor, number)
    if resource.archived_at:
        return Unchanged(resource)
    waiting = resource.assignments.filter(task__archived_at=None).exclude(task__state__in=OVER)
    if waiting.exists():
        raise UsageError(
            "tasks wait for it", code="resource.assigned", where=resource.name,
            fix="give them to somebody else first",
        )  # fmt: skip
    now = clock.now()
    resource.archived_at = now
    resource.user = None
    resource.version += 1
    resource.save(update_fields=["archived_at", "user", "version"])
    return Done(resource, ("resource", number), now, {"name": resource.name})


def next_number() -> int:
    """The number of the next one."""
    highest = Resource.objects.aggregate(top=Max("number"))["top"]
    return (highest or 0) + 1


def checked(wanted: NewResource) -> NewResource:
    """The same with clean texts. Raises ``UsageError`` (``resource.…``)."""
    texts = {name: clean_text(getattr(wanted, name).strip()) for name in LONGEST}
    user = User.objects.filter(pk=wanted.user_id).first() if wanted.user_id else None
    if wanted.user_id and (user is None or wanted.external):
        raise UsageError("there is no such account", code="resource.account", fix="choose another")
    if user is not None and not texts["name"]:
        texts["name"] = user.get_full_name() or user.username
    for name, length in LONGEST.items():
        if len(texts[name]) > length:
            raise UsageError(
                f"at most {length} characters", code="resource.long", where=name, fix="shorten it"
            )
    if not texts["name"]:
        raise UsageError("it needs a name", code="resource.name", fix="give it one")
    known = wanted.kind in ResourceKind.values and wanted.source in ResourceSource.values
    if not known or (wanted.kind == ResourceKind.MATERIAL and wanted.user_id):
        raise UsageError("no such kind", code="resource.kind", fix="a person or a material")
    if not 1 <= wanted.capacity <= 100:
        raise UsageError("no such share", code="resource.capacity", fix="1 to 100 per cent")
    if not 0 <= wanted.quantity <= MOST_OF_ONE:
        raise UsageError("no such number", code="resource.quantity", fix="0 to 1,000,000")
    if wanted.since and wanted.until and wanted.until < wanted.since:
        raise UsageError("it ends before it begins", code="resource.days", fix="turn them round")
    return msgspec.structs.replace(wanted, day_rate=_rate(wanted), **texts)


def _rate(wanted: NewResource) -> Decimal | None:
    if wanted.currency not in CURRENCIES:
        raise UsageError("no such currency", code="money.currency", fix=", ".join(CURRENCIES))
    if wanted.day_rate is None:
        return None
    if not wanted.day_rate.is_finite() or not 0 <= wanted.day_rate <= MOST:
        raise UsageError("no such amount", code="money.amount", fix="as 12000.50")
    return in_places(wanted.day_rate, wanted.currency)


def _same(wanted: NewResource) -> Resource | None:
    rows = Resource.objects.filter(archived_at=None, kind=wanted.kind)
    if wanted.user_id:
        return rows.filter(user=wanted.user_id).first()
    return rows.filter(name=wanted.name, user=None, organisation=wanted.organisation).first()


def _taken(wanted: NewResource) -> UsageError:
    return UsageError(
        "there is one already", code="resource.taken", where=wanted.name, fix="change that one"
    )


def _values(row: Resource | NewResource) -> dict[str, Any]:
    return {field: getattr(row, field) for field in FIELDS}


def _payload(row: Resource) -> dict[str, Any]:
    return {"kind": row.kind, "name": row.name, "account": row.user_id or 0,
            "capacity": row.capacity, "quantity": row.quantity, "source": row.source,
            "version": row.version}  # fmt: skip
