"""Keeping a search by name, and forgetting it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from shangdun.actions.action import SYSTEM_CLOCK, Done, Outcome, action
from shangdun.kernel.clock import Clock
from shangdun.kernel.errors import NotAllowed, UsageError
from shangdun.records.access import require
from shangdun.records.actor import Actor, person
from shangdun.records.models import SavedSearch
from shangdun.records.roles import Capability
from shangdun.records.searches import get_saved_search
from shangdun.records.stored_text import clean_text

MOST = 200
"""Of one person."""
LONGEST = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What is kept of a search, as a person typed it."""

    query: str
    sql: bool = False
    since: str = "-24h"
    until: str = ""
    columns: Sequence[str] = ()


@action(Capability.HANDLE_INCIDENTS)
def do_save_search(
    actor: Actor, kept: Kept, *, name: str, shared: bool = False, clock: Clock = SYSTEM_CLOCK
) -> Outcome[SavedSearch]:
    """Keep a search; one of the same name and owner is replaced."""
    require(actor, Capability.SEARCH_EVENTS)
    name = clean_text(name.strip())
    if not 0 < len(name) <= 100:
        raise UsageError(
            "a saved search needs a name", code="search.name", fix="at most 100 characters"
        )
    too_long = len(kept.query) > LONGEST or max(len(kept.since), len(kept.until)) > 40
    if too_long or len(kept.columns) > 100:
        raise UsageError("the search is too long to be kept", code="search.long", fix="shorten it")
    owner, now = person(actor), clock.now()
    if SavedSearch.objects.filter(owner=owner).exclude(name=name).count() >= MOST:
        raise UsageError("there are too many saved searches", code="search.many", fix="remove some")
    SavedSearch.objects.filter(owner=owner, name=name).delete()
    row = SavedSearch.objects.create(
        name=name,
        owner=owner,
        shared=shared,
        query=clean_text(kept.query),
        sql=kept.sql,
        since=kept.since,
        until=kept.until,
        columns=list(kept.columns),
        created=now,
    )
    payload = {"name": name, "query": row.query, "shared": shared}
    return Done(row, ("saved_search", row.pk), now, payload)


@action(Capability.HANDLE_INCIDENTS)
def do_remove_search(actor: Actor, *, search_id: int, clock: Clock = SYSTEM_CLOCK) -> Outcome[None]:
    """Forget a search of one's own."""
    row = get_saved_search(actor, search_id)
    if row.owner != person(actor):
        raise NotAllowed("it is somebody else's", fix="ask whoever saved it")
    payload = {"name": row.name}
    row.delete()
    return Done(None, ("saved_search", search_id), clock.now(), payload)
