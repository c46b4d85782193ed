"""Saved searches and hunts: fetching and permission in one call."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from shangdun.kernel.errors import NotFound
from shangdun.records.access import require
from shangdun.records.actor import Actor, person
from shangdun.records.models import HuntRun, SavedSearch
from shangdun.records.roles import Capability


def visible_searches(actor: Actor) -> QuerySet[SavedSearch]:
    """One's own and those that are shared."""
    require(actor, Capability.SEARCH_EVENTS)
    own = Q(owner=person(actor))
    return SavedSearch.objects.filter(own | Q(shared=True)).select_related("owner")


def get_saved_search(actor: Actor, search_id: int) -> SavedSearch:
    found = visible_searches(actor).filter(pk=search_id).first()
    if found is None:
        raise NotFound(f"there is no saved search {search_id}", fix="look at the list")
    return found


def visible_hunts(actor: Actor) -> QuerySet[HuntRun]:
    """Newest first; whoever may search may see what others looked for."""
    require(actor, Capability.SEARCH_EVENTS)
    return HuntRun.objects.order_by("-created", "-id").select_related("owner")


def get_hunt(actor: Actor, hunt_id: int) -> HuntRun:
    found = visible_hunts(actor).filter(pk=hunt_id).first()
    if found is None:
        raise NotFound(f"there is no hunt {hunt_id}", fix="look at the list")
    return found
