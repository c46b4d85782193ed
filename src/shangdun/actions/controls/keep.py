"""The list of measures: taking over what is shipped, adding one's own, changing, taking out."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec
from django.db.models import Max

from shangdun.actions.action import SYSTEM_CLOCK, Done, Outcome, Unchanged, action
from shangdun.actions.incident_changes import sealed
from shangdun.govern.controls.catalogue import Measure, measures
from shangdun.govern.law.binding import binding
from shangdun.kernel.clock import Clock
from shangdun.kernel.errors import NotFound, UsageError
from shangdun.records.actor import Actor
from shangdun.records.compliance import situation
from shangdun.records.conflict import EditConflict
from shangdun.records.controls import get_control
from shangdun.records.messages import console_zone
from shangdun.records.models import (
    Control,
    ControlFactor,
    ControlKind,
    ControlLayer,
    ControlMethod,
    ControlRhythm,
    PlanGroup,
    User,
)
from shangdun.records.roles import Capability
from shangdun.records.stored_text import clean_text

MOST = 500
BY_FACTS = "facts:"
"""A reason that begins so is no person's: the facts, as conditions name them, follow."""
LONGEST_TITLE, LONGEST_TEXT = 200, 5000
MOST_TARGETS, LONGEST_TARGET = 10, 300


class ControlPlan(msgspec.Struct, kw_only=True, frozen=True):
    """What may be changed of a measure; words, kind and layer only of the company's own."""

    rhythm: str
    group: str
    owner_id: int | None = None
    applies: bool = True
    reason: str = ""
    """Why it does not apply; needed then."""
    targets: tuple[str, ...] = ()
    """Of an automatic check that looks at something outside: addresses."""
    kind: str = ""
    method: str = ""
    layer: str = ""
    factors: tuple[str, ...] = ()
    duties: tuple[str, ...] = ()
    title: str = ""
    what: str = ""
    how: str = ""


OWN = ("kind", "method", "layer", "factors", "duties", "title", "what", "how")
SHARED = ("rhythm", "group", "owner_id", "applies", "reason")


@action(Capability.MANAGE_CONTROLS)
def do_adopt_controls(
    actor: Actor,
    *,
    keys: Collection[str] | None = None,
    owners: Mapping[str, int] | None = None,
    clock: Clock = SYSTEM_CLOCK,
) -> Outcome[int]:
    """Take measures of the shipped list over; None: all. What is kept already stays as it is.

    ``owners`` are people by group. A measure whose condition the facts deny is taken over as one
    that does not apply, with that reason.
    """
    del actor
    now = clock.now()
    made = adopt(keys, owners or {}, now)
    if not made:
        return Unchanged(0)
    payload = {"measures": [row.key for row in made]}
    return Done(len(made), ("control", "many"), now, payload)


def adopt(keys: Collection[str] | None, owners: Mapping[str, int], now: datetime) -> list[Control]:
    """The rows, within the caller's transaction; those there already are left out."""
    wanted = measures()
    if keys is not None and (strange := set(keys) - set(wanted)):
        raise NotFound(f"there is no measure {min(strange)}", fix="see the shipped list")
    kept = set(Control.objects.values_list("key", flat=True))
    facts = situation()
    rows = [
        _from_list(one, owners, facts, now)
        for one in wanted.values()
        if one.key not in kept and (keys is None or one.key in keys)
    ]
    return list(Control.objects.bulk_create(rows))


def _from_list(
    one: Measure, owners: Mapping[str, int], facts: Mapping[str, Any], now: datetime
) -> Control:
    bound = binding(one.condition, facts)
    return Control(
        key=one.key,
        kind=one.kind.value,
        method=one.method.value,
        check_name=one.check,
        layer=one.layer.value,
        factors=[factor.value for factor in one.factors],
        duties=list(one.duties),
        rhythm=one.rhythm.value,
        group=one.group,
        owner_id=owners.get(one.group),
        applies=bound.applies is not False,
        reason="" if bound.applies is not False else BY_FACTS + ",".join(bound.because),
        since=now.astimezone(console_zone()).date(),
        created_at=now,
    )


@action(Capability.MANAGE_CONTROLS)
def do_add_control(
    actor: Actor, plan: ControlPlan, *, clock: Clock = SYSTEM_CLOCK
) -> Outcome[Control]:
    """A measure of the company's own; the same title twice is one."""
    del actor
    plan = _checked(plan, own=True)
    same = Control.objects.filter(key__startswith="own-", title=plan.title, archived_at=None)
    if (there := same.first()) is not None:
        return Unchanged(there)
    if Control.objects.filter(archived_at=None).count() >= MOST:
        raise UsageError("the list is full", code="control.many", fix="take measures out first")
    now = clock.now()
    newest = Control.objects.aggregate(Max("id"))["id__max"] or 0
    row = Control(key=f"own-{newest + 1}", created_at=now)
    row.since = now.astimezone(console_zone()).date()
    _fill(row, plan)
    row.save()
    return Done(row, ("control", row.key), now, _payload(row))


@action(Capability.MANAGE_CONTROLS)
def do_change_control(
    actor: Actor,
    plan: ControlPlan,
    *,
    key: str,
    version: int | None = None,
    clock: Clock = SYSTEM_CLOCK,
) -> Outcome[Control]:
    """Another owner, rhythm, reason not to apply, target; of one's own measure also its words."""
    row = get_control(actor, key)
    plan = _checked(plan, own=is_own(row))
    if _values(row) == _wanted(row, plan):
        return Unchanged(row)
    if version is not None and version != row.version:
        raise EditConflict(
            "somebody changed this measure meanwhile",
            where=row.key,
            mine={"version": version, **_wanted(row, plan)},
            theirs={"version": row.version, **_values(row)},
        )
    _standing(row)
    now = clock.now()
    if plan.applies and not row.applies:
        row.since = now.astimezone(console_zone()).date()  # owed from now on, not from before
    _fill(row, plan)
    row.version += 1
    row.save()
    return Done(row, ("control", row.key), now, _payload(row))


@action(Capability.MANAGE_CONTROLS)
def do_archive_control(actor: Actor, *, key: str, clock: Clock = SYSTEM_CLOCK) -> Outcome[Control]:
    """Take a measure out of the list; what its checks found stays."""
    row = get_control(actor, key)
    if row.archived_at:
        return Unchanged(row)
    row.archived_at = clock.now()
    row.version += 1
    row.save(update_fields=["archived_at", "version"])
    return Done(row, ("control", row.key), row.archived_at, {"key": row.key})


@action(Capability.MANAGE_CONTROLS)
def do_restore_control(actor: Actor, *, key: str, clock: Clock = SYSTEM_CLOCK) -> Outcome[Control]:
    """Take a measure into the list again; checks are owed from now on."""
    row = get_control(actor, key)
    if not row.archived_at:
        return Unchanged(row)
    now = clock.now()
    row.archived_at, row.since = None, now.astimezone(console_zone()).date()
    row.version += 1
    row.save(update_fields=["archived_at", "since", "version"])
    return Done(row, ("control", row.key), now, {"key": row.key})


def is_own(row: Control) -> bool:
    """Whether the company wrote it itself."""
    return row.key not in measures()


def targets_of(row: Control) -> tuple[str, ...]:
    """The addresses that its automatic check looks at."""
    return tuple(row.params.get("targets", ()))


def _fill(row: Control, plan: ControlPlan) -> None:
    for name in SHARED:
        setattr(row, name, getattr(plan, name))
    row.params = {**row.params, "targets": list(plan.targets)} if plan.targets else {}
    if is_own(row):
        for name in OWN:
            value = getattr(plan, name)
            setattr(row, name, list(value) if isinstance(value, tuple) else value)


def _values(row: Control) -> dict[str, Any]:
    found = {name: getattr(row, name) for name in SHARED} | {"targets": list(targets_of(row))}
    return found | ({name: getattr(row, name) for name in OWN} if is_own(row) else {})


def _wanted(row: Control, plan: ControlPlan) -> dict[str, Any]:
    names = (*SHARED, "targets", *(OWN if is_own(row) else ()))
    values = {name: getattr(plan, name) for name in names}
    return {name: list(v) if isinstance(v, tuple) else v for name, v in values.items()}


def _checked(plan: ControlPlan, *, own: bool) -> ControlPlan:
    words = {name: clean_text(getattr(plan, name).strip()) for name in ("title", "what", "how")}
    reason = "" if plan.applies else clean_text(plan.reason.strip())[:LONGEST_TEXT]
    targets = tuple(clean_text(one.strip()) for one in plan.targets if one.strip())
    plan = msgspec.structs.replace(plan, **words, reason=reason, targets=targets)
    if not plan.applies and not plan.reason:
        raise UsageError("why not?", code="control.reason", fix="say why it does not apply")
    _one_of("rhythm", plan.rhythm, ControlRhythm.values)
    _one_of("group", plan.group, PlanGroup.values)
    if plan.owner_id and not User.objects.filter(pk=plan.owner_id, is_active=True).exists():
        raise NotFound("there is no such person", fix="choose somebody from the list")
    if len(targets) > MOST_TARGETS or any(len(one) > LONGEST_TARGET for one in targets):
        raise UsageError("too many or too long", code="control.targets", fix="at most 10 addresses")
    if own:
        _own_words(plan)
    return plan


def _own_words(plan: ControlPlan) -> None:
    if not plan.title or len(plan.title) > LONGEST_TITLE:
        raise UsageError("a measure needs a title", code="control.title", fix="one line")
    if not plan.what or max(len(plan.what), len(plan.how)) > LONGEST_TEXT:
        raise UsageError("what is it?", code="control.what", fix="say what is to be found in place")
    _one_of("kind", plan.kind, ControlKind.values)
    _one_of("layer", plan.layer, ControlLayer.values)
    if plan.method == ControlMethod.AUTOMATIC:
        raise UsageError(
            "only shipped measures are checked automatically", code="control.method",
            fix="choose on-site check or document review",
        )  # fmt: skip
    _one_of("method", plan.method, ControlMethod.values)
    for factor in plan.factors:
        _one_of("factors", factor, ControlFactor.values)


def _one_of(name: str, value: str, allowed: Sequence[str]) -> None:
    if value not in allowed:
        raise UsageError(
            f"{value!r} is no {name}", code="control.choice", where=name, fix=", ".join(allowed)
        )


def _standing(row: Control) -> None:
    if row.archived_at:
        raise UsageError(
            "it was taken out of the list", code="control.archived", where=row.key,
            fix="take it into the list again",
        )  # fmt: skip


def _payload(row: Control) -> dict[str, Any]:
    text = f"{row.title}\n{row.what}\n{row.how}\n{row.reason}"
    return {
        "key": row.key, "kind": row.kind, "rhythm": row.rhythm, "owner": row.owner_id or 0,
        "applies": row.applies, "version": row.version, "text_sha256": sealed(text),
        "targets": list(targets_of(row)),  # who points a check elsewhere makes it green
    }  # fmt: skip
