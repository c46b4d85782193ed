"""The lists that rules name as ``%name%``: who is on them, since when, and why."""

from __future__ import annotations

import re

from shangdun.actions.action import SYSTEM_CLOCK, Done, Outcome, Unchanged, action
from shangdun.actions.rule_changes import next_generation, said_reason
from shangdun.kernel.clock import Clock
from shangdun.kernel.errors import NotFound, UsageError
from shangdun.records.actor import Actor, actor_name
from shangdun.records.models import RuleList, RuleListEntry
from shangdun.records.roles import Capability
from shangdun.records.rule_documents import KNOWN_LISTS
from shangdun.records.stored_text import clean_text

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,59}")
LONGEST_VALUE = 300
MOST_ENTRIES = 10_000
"""Of one list; each is a value in every rule that names it."""


@action(Capability.MANAGE_RULES)
def do_add_to_rule_list(
    actor: Actor,
    *,
    list_name: str,
    values: list[str],
    reason: str,
    clock: Clock = SYSTEM_CLOCK,
) -> Outcome[list[RuleListEntry]]:
    """Put values on a list, which is made when there is none; those on it already stay."""
    reason = said_reason(reason)[:300]
    if not _NAME.fullmatch(list_name):
        raise UsageError(
            "a list needs a plain name",
            code="list.name",
            fix="letters, digits and underscores, beginning with a letter",
        )
    wanted = [value for value in dict.fromkeys(map(_value, values)) if value]
    now = clock.now()
    row, _ = RuleList.objects.get_or_create(name=list_name, defaults={"changed": now})
    known = set(row.entries.values_list("value", flat=True))
    fresh = [value for value in wanted if value not in known]
    if len(known) + len(fresh) > MOST_ENTRIES:
        raise UsageError(
            f"a list has at most {MOST_ENTRIES} entries",
            code="list.full",
            fix="write networks instead of single addresses",
        )
    if not fresh:
        return Unchanged([])
    entries = RuleListEntry.objects.bulk_create(
        RuleListEntry(belongs_to=row, value=value, reason=reason, by=actor_name(actor), added=now)
        for value in fresh
    )
    row.changed = now
    row.save()
    next_generation()
    told = {"added": fresh[:100], "number": len(fresh), "reason": reason}
    return Done(entries, ("rule_list", list_name), now, told)


@action(Capability.MANAGE_RULES)
def do_remove_from_rule_list(
    actor: Actor, *, list_name: str, value: str, reason: str, clock: Clock = SYSTEM_CLOCK
) -> Outcome[None]:
    """Take a value off a list."""
    del actor
    reason = said_reason(reason)
    entry = RuleListEntry.objects.filter(belongs_to__name=list_name, value=value).first()
    if entry is None:
        return Unchanged(None)
    entry.delete()
    now = clock.now()
    RuleList.objects.filter(name=list_name).update(changed=now)
    next_generation()
    return Done(None, ("rule_list", list_name), now, {"removed": value, "reason": reason})


@action(Capability.MANAGE_RULES)
def do_remove_rule_list(
    actor: Actor, *, list_name: str, reason: str, clock: Clock = SYSTEM_CLOCK
) -> Outcome[None]:
    """Remove a whole list; rules that name it cannot be used any more, and say so."""
    del actor
    reason = said_reason(reason)
    row = RuleList.objects.filter(name=list_name).first()
    if row is None:
        raise NotFound(f"there is no list {list_name}", fix="see the lists page")
    if list_name in KNOWN_LISTS:
        raise UsageError(
            "rules of the product name this list",
            code="list.known",
            fix="take its entries off instead",
        )
    number = row.entries.count()
    row.delete()
    next_generation()
    return Done(None, ("rule_list", list_name), clock.now(), {"number": number, "reason": reason})


def _value(text: str) -> str:
    value = clean_text(text.strip())
    if len(value) > LONGEST_VALUE:
        raise UsageError(
            f"a value has at most {LONGEST_VALUE} characters",
            code="list.value",
            where=value[:40],
            fix="write one value a line",
        )
    return value
