"""Another's eyes: who owned something a short while ago, and who changed it, is not another."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings

from shangdun.kernel.clock import to_millis
from shangdun.kernel.errors import UsageError
from shangdun.records.access import another_can
from shangdun.records.actor import Actor, actor_name
from shangdun.records.models import LedgerEntry, User
from shangdun.records.roles import Capability

LATELY = timedelta(days=30)
BEFORE: Final = "owner_before"
"""In the ledger's entry of a change: the id of who owned it until then, 0 for nobody."""


def owned_lately(person: User, subject: tuple[str, str | int], action: str, now: datetime) -> bool:
    """Whether it was handed over by, or taken from, this person within ``LATELY``.

    Asked of the ledger, which nobody rewrites; ``action`` is the one that changes its owner.
    """
    kind, identifier = subject
    changes = LedgerEntry.objects.filter(
        subject_kind=kind, subject_id=str(identifier), action=action,
        time__gt=to_millis(now - LATELY),
    )  # fmt: skip
    # Canonical JSON: a quote within a text is escaped, so only the field itself reads like this.
    owned = tuple(f'"{BEFORE}":{person.pk}{end}' for end in ",}")
    payloads = changes.values_list("payload", flat=True)
    return any(one in payload for payload in payloads for one in owned)


def changed_since(
    person: User, kind: str, actions: Collection[str], since: datetime
) -> frozenset[str]:
    """What of that kind this person did any of the actions to after that moment: its ids."""
    entries = LedgerEntry.objects.filter(
        subject_kind=kind, action__in=actions, actor=actor_name(person),
        time__gt=to_millis(since),
    )  # fmt: skip
    return frozenset(entries.values_list("subject_id", flat=True))


def refuse_alone(actor: Actor, *capabilities: Capability, code: str, fix: str) -> None:
    """Raise ``UsageError`` where the company asks for two people and another one could decide.

    ``respond.two_people`` stands in the configuration, where no page changes it. Whoever is alone
    in being able to decide is not locked out.
    """
    if settings.CONFIG.respond.two_people and another_can(actor, *capabilities):
        raise UsageError("who answers for it does not decide alone", code=code, fix=fix)
