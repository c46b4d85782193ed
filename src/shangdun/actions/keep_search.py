"""Keeping a search by name, and forgetting it."""

from __future__ import annotations

from collections.abc import Sequence

from shangdun.actions.action import SYSTEM_CLOCK, Done, Outcome, action
from shangdun.kernel.clock import Clock
from shangdun.kernel.errors import UsageError
from shangdun.records.access import require
from shangdun.records.actor import Actor, person
from shangdun.records.models import SavedSearch
from shangdun.records.roles import Capability
from shangdun.records.searches import get_saved_search
from shangdun.records.stored_text import clean_text

MOST = 200
"""Of one person."""
LONGEST = 20_000


@action(Capability.HANDLE_INCIDENTS)
def do_save_search(
    actor: Actor,
    *,
    name: str,
    query: str,
    sql: bool = False,
    since: str = "-24h",
    until: str = "",
    columns: Sequence[str] = (),
    shared: bool = False,
    clock: Clock = SYSTEM_CLOCK,
) -> Outcome[SavedSearch]:
    """Keep a search; one of the same name and owner is replaced."""
    require(actor, Capability.SEARCH_EVENTS)
    name = clean_text(name.strip())
    if not 0 < len(name) <= 100:
        raise UsageError("a saved search needs a name", fix="at most 100 characters")
    if len(query) > LONGEST or len(since) > 40 or len(until) > 40 or len(columns) > 100:
        raise UsageError("this search is too long to be kept", fix="shorten it")
    owner, now = person(actor), clock.now()
    if SavedSearch.objects.filter(owner=owner).exclude(name=name).count() >= MOST:
        raise UsageError(f"there are {MOST} saved searches already", fix="remove some first")
    SavedSearch.objects.filter(owner=owner, name=name).delete()
    row = SavedSearch.objects.create(
        name=name,
        owner=owner,
        shared=shared,
        query=clean_text(query),
        sql=sql,
        since=since,
        until=until,
        columns=list(columns),
        created=now,
    )
    payload = {"name": name, "query": row.query, "shared": shared}
    return Done(row, ("saved_search", row.pk), now, payload)


@action(Capability.HANDLE_INCIDENTS)
def do_remove_search(actor: Actor, *, search_id: int, clock: Clock = SYSTEM_CLOCK) -> Outcome[None]:
    """Forget a search of one's own."""
    row = get_saved_search(actor, search_id, own=True)
    payload = {"name": row.name}
    row.delete()
    return Done(None, ("saved_search", search_id), clock.now(), payload)
