"""Adding, changing and removing what is watched."""

from __future__ import annotations

from datetime import datetime

from shangdun.actions.action import SYSTEM_CLOCK, Done, Outcome, action
from shangdun.kernel.clock import Clock
from shangdun.kernel.config import SourceConfig
from shangdun.kernel.errors import UsageError
from shangdun.lake.parse import get_parser
from shangdun.observe.event import OWN_SOURCES
from shangdun.records.access import get_source
from shangdun.records.actor import Actor
from shangdun.records.configured_sources import configured_sources
from shangdun.records.conflict import EditConflict
from shangdun.records.models import Source
from shangdun.records.models.sources import CONFIG_FIELDS
from shangdun.records.roles import Capability
from shangdun.records.stored_text import clean_text


@action(Capability.MANAGE_SOURCES)
def do_add_source(
    actor: Actor, source: SourceConfig, *, clock: Clock = SYSTEM_CLOCK
) -> Outcome[Source]:
    """Watch something more, from now on."""
    del actor
    _check(source)
    if (
        source.name in {*OWN_SOURCES, *configured_sources()}
        or Source.objects.filter(name=source.name).exists()
    ):
        raise UsageError(
            f"there is a source named {source.name!r}",
            code="source.taken",
            fix="choose another name",
        )
    now = clock.now()
    row = Source(created=now)
    _write(row, source, now)
    return Done(row, ("source", row.name), now, _told(row))


@action(Capability.MANAGE_SOURCES)
def do_change_source(
    actor: Actor,
    source: SourceConfig,
    *,
    source_id: int,
    enabled: bool = True,
    version: int | None = None,
    clock: Clock = SYSTEM_CLOCK,
) -> Outcome[Source]:
    """Change or pause a source; its name stays, because stored events carry it."""
    row = get_source(actor, source_id)
    if version is not None and version != row.version:
        mine = {"version": version, "enabled": enabled, **_values(source)}
        theirs = {"version": row.version, "enabled": row.enabled, **_values(row)}
        raise EditConflict("somebody changed it meanwhile", mine=mine, theirs=theirs)
    if source.name != row.name:
        raise UsageError(
            "a source keeps its name, stored events carry it",
            code="source.name",
            fix="add a second source and remove this one",
        )
    _check(source)
    now = clock.now()
    row.enabled = enabled
    row.version += 1
    _write(row, source, now)
    return Done(row, ("source", row.name), now, _told(row))


@action(Capability.MANAGE_SOURCES)
def do_remove_source(actor: Actor, *, source_id: int, clock: Clock = SYSTEM_CLOCK) -> Outcome[None]:
    """Watch it no more; its events stay."""
    row = get_source(actor, source_id)
    payload = _told(row)
    row.delete()
    return Done(None, ("source", row.name), clock.now(), payload)


def _check(source: SourceConfig) -> None:
    name = source.name.strip()
    if not name or name != clean_text(source.name) or len(name) > 100 or "/" in name:
        raise UsageError(
            "a source needs a plain name",
            code="source.name",
            fix="at most 100 characters, no slash, no spaces around it",
        )
    get_parser(source.format)
    if len(source.ways) != 1:
        raise UsageError(
            "a source has exactly one of path, listen and http",
            code="source.way",
            fix="keep one of them",
        )


def _write(row: Source, source: SourceConfig, now: datetime) -> None:
    for field in CONFIG_FIELDS:
        setattr(row, field, getattr(source, field))
    row.changed = now
    row.save()


def _values(source: SourceConfig | Source) -> dict[str, str | bool]:
    return {field: getattr(source, field) for field in CONFIG_FIELDS}


def _told(row: Source) -> dict[str, str | bool]:
    return {**_values(row), "enabled": row.enabled}
