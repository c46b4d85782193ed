"""Fetching enforcers: with permission, or by the key that is the permission."""

from __future__ import annotations

import hmac

from django.db.models import QuerySet

from shangdun.kernel.errors import NotAllowed, NotFound
from shangdun.records.access import require, token_hash
from shangdun.records.actor import Actor
from shangdun.records.models import Enforcer, EnforcerKind
from shangdun.records.roles import Capability

LONGEST_KEY = 200


def visible_enforcers(actor: Actor) -> QuerySet[Enforcer]:
    require(actor, Capability.VIEW_ENFORCERS)
    return Enforcer.objects.all()


def get_enforcer(actor: Actor, enforcer_id: int) -> Enforcer:
    enforcer = visible_enforcers(actor).filter(pk=enforcer_id).first()
    if enforcer is None:
        raise NotFound(f"there is no enforcer {enforcer_id}", fix="look at the list")
    return enforcer


def enforcer_by_key(key: str, *kinds: EnforcerKind) -> Enforcer:
    """The enforcer whom this key names; raises ``NotAllowed`` for any other.

    Looked up by the key's hash, so how long it takes tells nothing about the key.
    """
    if 0 < len(key) <= LONGEST_KEY:
        given = token_hash(key)
        found = Enforcer.objects.filter(key_hash=given, kind__in=kinds).first()
        if found is not None and hmac.compare_digest(found.key_hash, given):
            return found
    raise NotAllowed("the key opens nothing here", fix="see the Enforcers page")
