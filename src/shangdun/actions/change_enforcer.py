"""Letting somebody follow the stream of decisions, giving a new key, ending it."""

from __future__ import annotations

import secrets

from shangdun.actions.action import SYSTEM_CLOCK, Done, Outcome, action
from shangdun.kernel.clock import Clock
from shangdun.kernel.errors import UsageError
from shangdun.records.access import token_hash
from shangdun.records.actor import Actor
from shangdun.records.enforcers import get_enforcer
from shangdun.records.models import Enforcer, EnforcerKind
from shangdun.records.roles import Capability
from shangdun.records.stored_text import clean_text

PREFIX = "sde_"  # recognisable when it leaks into a repository
MOST_ENFORCERS = 500


@action(Capability.MANAGE_ENFORCERS)
def do_add_enforcer(
    actor: Actor, *, name: str, kind: str, product: str = "", clock: Clock = SYSTEM_CLOCK
) -> Outcome[tuple[Enforcer, str]]:
    """The enforcer and its key, which is given here and nowhere else, ever."""
    del actor
    if kind not in EnforcerKind.values or len(product) > 20 or product != clean_text(product):
        raise UsageError(f"{kind!r} is no kind of enforcer", code="enforcer.kind", fix="")
    if not name.strip() or name != clean_text(name) or name != name.strip() or len(name) > 100:
        raise UsageError(
            "an enforcer needs a plain name", code="enforcer.name", fix="at most 100 characters"
        )
    if Enforcer.objects.filter(name=name).exists():
        raise UsageError(
            f"there is an enforcer named {name!r}",
            code="enforcer.name",
            fix="choose another name",
        )
    if Enforcer.objects.count() >= MOST_ENFORCERS:
        raise UsageError(
            f"there are {MOST_ENFORCERS} enforcers already",
            code="enforcer.many",
            fix="remove one first",
        )
    now = clock.now()
    key = _new_key()
    row = Enforcer.objects.create(
        name=name,
        kind=kind,
        product=product,
        key_hash=token_hash(key),
        key_issued=now,
        created=now,
    )
    payload = {"kind": kind, "product": product}
    return Done((row, key), ("enforcer", row.name), now, payload)


@action(Capability.MANAGE_ENFORCERS)
def do_issue_enforcer_key(
    actor: Actor, *, enforcer_id: int, clock: Clock = SYSTEM_CLOCK
) -> Outcome[str]:
    """A new key; the old one opens nothing from now on."""
    row = get_enforcer(actor, enforcer_id)
    now = clock.now()
    key = _new_key()
    row.key_hash, row.key_issued = token_hash(key), now
    row.save(update_fields=["key_hash", "key_issued"])
    return Done(key, ("enforcer", row.name), now)


@action(Capability.MANAGE_ENFORCERS)
def do_remove_enforcer(
    actor: Actor, *, enforcer_id: int, clock: Clock = SYSTEM_CLOCK
) -> Outcome[None]:
    """It learns of no further decision; what it has runs out there."""
    row = get_enforcer(actor, enforcer_id)
    payload = {"kind": row.kind, "product": row.product}
    row.delete()
    return Done(None, ("enforcer", row.name), clock.now(), payload)


def _new_key() -> str:
    """Hexadecimal: bouncers keep keys in YAML, INI and shell files, each with signs of its own."""
    return PREFIX + secrets.token_hex(24)
