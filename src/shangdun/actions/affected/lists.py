"""Taking in lists of who is affected: from a file, from a search, by hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Max

from shangdun.actions.action import SYSTEM_CLOCK, Done, Outcome, Unchanged, action
from shangdun.actions.affected.take import take
from shangdun.actions.incident_changes import sealed, write_timeline
from shangdun.kernel.clock import Clock
from shangdun.kernel.errors import UsageError
from shangdun.records import affected_upload
from shangdun.records.access import get_incident, require
from shangdun.records.actor import Actor, person
from shangdun.records.affected import get_list
from shangdun.records.models import (
    AffectedList,
    AffectedSource,
    Incident,
    ListState,
    TimelineKind,
)
from shangdun.records.roles import Capability
from shangdun.records.sealing import seal
from shangdun.records.stored_text import clean_text
from shangdun.respond.affected.columns import Field
from shangdun.respond.affected.identity import Certainty, Identity, Kind
from shangdun.respond.facts import DataKind

MOST_LISTS = 200
MOST_BY_HAND = 500
QUERY = "affected query"
SEARCHED = (Field.ACCOUNT, Field.EMAIL, Field.ORDER)
KEYS = frozenset(Field) - {Field.NAME, Field.LANGUAGE}


class About:
    """What every list says of itself."""

    def __init__(
        self,
        title: str,
        *,
        certainty: str = Certainty.CONFIRMED,
        data_kinds: Sequence[str] = (),
    ) -> None:
        self.title = " ".join(clean_text(title).split())[:200]
        if not self.title:
            raise UsageError("a list needs a name", code="affected.title", fix="say what it is")
        try:
            self.certainty = Certainty(certainty)
            self.data_kinds = sorted({DataKind(kind).value for kind in data_kinds})
        except ValueError as error:
            raise UsageError(
                str(error), code="affected.kind", fix="choose from the list"
            ) from error


@dataclass(frozen=True)
class Search:
    """What to look for in the lake, and which column names the affected."""

    query: str
    field: str
    since: datetime
    until: datetime


@action(Capability.READ_AFFECTED)
def do_add_affected_file(
    actor: Actor,
    *,
    incident_id: int,
    about: About,
    upload: affected_upload.Upload,
    columns: Mapping[str, int],
    heading: bool = True,
    clock: Clock = SYSTEM_CLOCK,
) -> Outcome[AffectedList]:
    """An uploaded file joins the incident; its columns are confirmed before it is read."""
    incident = get_incident(actor, incident_id)
    row = _new(
        actor,
        incident,
        about,
        clock.now(),
        source=AffectedSource.FILE,
        state=ListState.CHECKING,
        token=upload.token,
        sha256=upload.sha256,
        size=upload.size,
        columns={"heading": heading, **columns},
    )
    payload = {**_told(row), "sha256": row.sha256, "bytes": row.size}
    return Done(row, ("incident", incident.number), row.created, payload)


@action(Capability.READ_AFFECTED)
def do_read_affected_file(
    actor: Actor,
    *,
    number: int,
    list_number: int,
    columns: Mapping[str, int],
    heading: bool,
    clock: Clock = SYSTEM_CLOCK,
) -> Outcome[AffectedList]:
    """Say what the columns hold; the file is read from then on."""
    row = get_list(actor, number, list_number)
    if row.state != ListState.CHECKING:
        return Unchanged(row)
    chosen = {Field(name): int(place) for name, place in columns.items()}
    if not KEYS & chosen.keys():
        raise UsageError(
            "no column says who is affected",
            code="affected.columns",
            fix="choose the column with the e-mail address, telephone, account or order",
        )
    if len(set(chosen.values())) < len(chosen):
        raise UsageError(
            "one column is chosen twice", code="affected.twice", fix="choose each column once"
        )
    row.columns = {"heading": heading, **{field.value: place for field, place in chosen.items()}}
    row.state = ListState.WAITING
    row.save(update_fields=["columns", "state"])
    payload = {**_told(row), "fields": sorted(field.value for field in chosen)}
    return Done(row, ("incident", number), clock.now(), payload)


@action(Capability.READ_AFFECTED)
def do_search_affected(
    actor: Actor,
    *,
    incident_id: int,
    about: About,
    search: Search,
    clock: Clock = SYSTEM_CLOCK,
) -> Outcome[AffectedList]:
    """Whoever the lake's events of a search name: distinct accounts, addresses or orders."""
    require(actor, Capability.SEARCH_EVENTS)
    incident = get_incident(actor, incident_id)
    if search.field not in SEARCHED or search.since >= search.until or len(search.query) > 20_000:
        raise UsageError(
            "the search cannot be run",
            code="affected.search",
            fix="choose accounts, addresses or orders, and a time that ends after it begins",
        )
    row = _new(
        actor,
        incident,
        about,
        clock.now(),
        source=AffectedSource.SEARCH,
        state=ListState.WAITING,
        query=seal(clean_text(search.query), QUERY).hex(),
        field=search.field,
        since=search.since,
        until=search.until,
    )
    payload = {**_told(row), "query_sha256": sealed(search.query), "field": search.field}
    return Done(row, ("incident", incident.number), row.created, payload)


@action(Capability.READ_AFFECTED)
def do_add_affected(
    actor: Actor,
    *,
    incident_id: int,
    about: About,
    subjects: Sequence[tuple[Kind, Identity]],
    clock: Clock = SYSTEM_CLOCK,
) -> Outcome[AffectedList]:
    """Add some by hand: a customer who called, the hosts that were touched."""
    incident = get_incident(actor, incident_id)
    if not 0 < len(subjects) <= MOST_BY_HAND or any(one.empty for _, one in subjects):
        raise UsageError(
            "name at least one, and at most 500 by hand",
            code="affected.nobody",
            fix="write an e-mail address, telephone, account, order or host a line",
        )
    now = clock.now()
    row = _new(
        actor, incident, about, now, source=AffectedSource.HAND, state=ListState.DONE, finished=now
    )
    taken = take(row, subjects)
    row.rows, row.fresh, row.repeated = len(subjects), taken.fresh, taken.repeated
    row.save(update_fields=["rows", "fresh", "repeated"])
    tell_list(row, actor, now)
    return Done(row, ("incident", incident.number), now, {**_told(row), **counts_of(row)})


@action(Capability.READ_AFFECTED)
def do_stop_affected_list(
    actor: Actor, *, number: int, list_number: int, clock: Clock = SYSTEM_CLOCK
) -> Outcome[AffectedList]:
    """Stop the reading of a list, or drop one that waits; whom it named so far stays."""
    row = get_list(actor, number, list_number)
    if row.state not in {ListState.CHECKING, ListState.WAITING, ListState.READING}:
        return Unchanged(row)
    row.state, row.finished = ListState.STOPPED, clock.now()
    row.save(update_fields=["state", "finished"])
    affected_upload.forget(row.token)
    return Done(row, ("incident", number), row.finished, {**_told(row), **counts_of(row)})


@action(Capability.RUN_PLAYBOOKS)
def do_finish_affected_list(
    actor: Actor, *, list_id: int, state: ListState, error: str = "", clock: Clock = SYSTEM_CLOCK
) -> Outcome[AffectedList]:
    """A list has been read to its end, or cannot be; its upload is deleted."""
    row = AffectedList.objects.select_related("incident").get(pk=list_id)
    if row.state != ListState.READING:
        return Unchanged(row)
    row.state, row.error, row.finished = state, error[:300], clock.now()
    row.save(update_fields=["state", "error", "finished"])
    affected_upload.forget(row.token)
    tell_list(row, actor, row.finished)
    payload = {**_told(row), **counts_of(row), "state": str(state), "error": error[:300]}
    return Done(row, ("incident", row.incident.number), row.finished, payload)


def tell_list(row: AffectedList, actor: Actor, at: datetime) -> None:
    """The timeline's entry of a list: how many, never whom."""
    data: dict[str, Any] = {
        "what": "list" if row.state == ListState.DONE else "list_failed",
        "list": row.number,
        "title": row.title,
        **counts_of(row),
    }
    write_timeline(row.incident, actor, TimelineKind.AFFECTED, at, data=data)


def counts_of(row: AffectedList) -> dict[str, int]:
    """What the ledger and the timeline say of a list's rows."""
    return {
        "rows": row.rows, "new": row.fresh, "repeated": row.repeated, "refused": row.refused,
    }  # fmt: skip


def _told(row: AffectedList) -> dict[str, Any]:
    return {"list": row.number, "source": str(row.source), "title_sha256": sealed(row.title)}


def _new(
    actor: Actor,
    incident: Incident,
    about: About,
    now: datetime,
    **fields: Any,  # noqa: ANN401  columns of the row
) -> AffectedList:
    last = incident.affected_lists.aggregate(last=Max("number"))["last"] or 0
    if last >= MOST_LISTS:
        raise UsageError(
            "an incident has at most 200 lists", code="affected.many", fix="join some of them"
        )
    return AffectedList.objects.create(
        incident=incident,
        number=last + 1,
        title=about.title,
        certainty=about.certainty,
        data_kinds=about.data_kinds,
        by=person(actor),
        created=now,
        **fields,
    )
