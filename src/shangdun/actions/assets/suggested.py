"""First assets: what such a shop usually has, and the sources of logs that are known already."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from datetime import datetime
from typing import Literal

from shangdun.actions.action import SYSTEM_CLOCK, Done, Outcome, Unchanged, action
from shangdun.actions.assets.rows import NewAsset, checked, create, same_as
from shangdun.assess.inventory.layers import AssetKind, MarkKind
from shangdun.assess.inventory.marks import Mark, mark_of
from shangdun.assess.inventory.starter import suggested_for
from shangdun.kernel.clock import Clock
from shangdun.kernel.errors import UsageError
from shangdun.records.actor import Actor
from shangdun.records.configured_sources import configured_sources
from shangdun.records.models import Asset, AssetMark, Source
from shangdun.records.roles import Capability


@action(Capability.MANAGE_ASSETS)
def do_suggest_assets(
    actor: Actor,
    *,
    platform: AbstractSet[str],
    language: Literal["zh", "en"],
    clock: Clock = SYSTEM_CLOCK,
) -> Outcome[int]:
    """Take in what is usual and not there yet; how many."""
    del actor
    now = clock.now()
    made = suggest_assets(platform, language, now)
    if not made:
        return Unchanged(0)
    return Done(made, ("asset", "many"), now, {"suggested": made})


def suggest_assets(platform: AbstractSet[str], language: Literal["zh", "en"], at: datetime) -> int:
    """The same within a caller's transaction. What was taken out once is not suggested again."""
    known = {row.starter: row for row in Asset.objects.exclude(starter="").order_by("pk")}
    made = 0
    for one in suggested_for(platform):
        if one.id in known:
            continue
        bears = {
            known[upper].pk: how
            for upper, how in one.bears.items()
            if upper in known and not known[upper].archived_at
        }
        wanted = NewAsset(
            name=one.name(language), kind=one.kind, description=one.note(language),
            confidentiality=one.c, integrity=one.i, availability=one.a,
            importance=one.importance, bears=bears, starter=one.id,
        )  # fmt: skip
        if same_as(wanted) is None:
            known[one.id] = create(checked(wanted), at)
            made += 1
    return made + _sources(at)


def _sources(at: datetime) -> int:
    """Each source of logs is something that runs."""
    formats = {name: source.format for name, source in configured_sources().items()}
    formats |= dict(Source.objects.filter(enabled=True).values_list("name", "format"))
    made = 0
    for name, form in sorted(formats.items()):
        try:
            mark: Mark = mark_of(MarkKind.SERVICE, name)
        except UsageError:
            continue
        starter = f"source:{name}"[:60]
        wanted = NewAsset(
            name=name, kind=AssetKind.SOFTWARE, description=form, marks=(mark,), starter=starter
        )
        taken = AssetMark.objects.filter(kind=mark.kind, value=mark.value, current=True).exists()
        there = Asset.objects.filter(starter=starter).exists()
        if not there and not taken and same_as(wanted) is None:
            create(checked(wanted), at)
            made += 1
    return made
