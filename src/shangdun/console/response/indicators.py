"""Indicators for their page: shown so that nobody clicks them, with where to look on."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import msgspec
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode

from shangdun.console.decisions import decide_link
from shangdun.console.searchpage import everything_of, search_address, term
from shangdun.detect.finding import Entity
from shangdun.kernel.config import home_directory
from shangdun.lake.query.export import safe_cell
from shangdun.records.models import Company, Incident, Indicator, User
from shangdun.records.roles import Capability
from shangdun.respond.indicators.kinds import Kind, Tlp, defang
from shangdun.respond.indicators.stix import Sharable, bundle

ENTITIES = {"address": Kind.IP, "account": Kind.ACCOUNT}
"""Kinds of entities that are indicators as they stand."""
COLUMNS = ("kind", "value", "defanged", "confidence", "tlp", "first_seen", "last_seen", "source",
           "note", "added_at")  # fmt: skip


@dataclass(frozen=True)
class Shown:
    """An indicator for the page."""

    row: Indicator
    text: str
    search: str
    decide: str
    elsewhere: list[int]


def shown(
    user: User, incident: Incident, rows: Iterable[Indicator], met: dict[str, list[int]]
) -> list[Shown]:
    """The rows with their links; ``met``: other incidents by digest."""
    return [
        Shown(
            row=row,
            text=defang(Kind(row.kind), row.value),
            search=search_of(row) if user.can(Capability.SEARCH_EVENTS) else "",
            decide=_decide(user, incident, row),
            elsewhere=met.get(row.digest, [])[:5],
        )
        for row in rows
    ]


def search_of(row: Indicator) -> str:
    """Where the events with it are looked for, over 30 days; empty where no field holds it."""
    if row.kind == Kind.IP:
        return everything_of("address", row.value)
    if row.kind == Kind.ACCOUNT:
        return everything_of("account", row.value)
    fields = {
        Kind.RANGE: "src_endpoint.ip",
        Kind.USER_AGENT: "http_request.user_agent",
        Kind.DOMAIN: "message",
        Kind.URL: "message",
        Kind.EMAIL: "message",
        Kind.HASH: "message",
    }
    return search_address(term(fields[Kind(row.kind)], row.value), "-30d")


def _decide(user: User, incident: Incident, row: Indicator) -> str:
    if row.kind == Kind.RANGE and user.can(Capability.DECIDE):
        asked: dict[str, Any] = {"kind": "range", "value": row.value, "incident": incident.number}
        return f"{reverse('decision_add')}?{urlencode(asked)}"
    kinds = {Kind.IP: "address", Kind.ACCOUNT: "account"}
    kind = kinds.get(Kind(row.kind))
    entity = [Entity(kind, row.value)] if kind else []
    return decide_link(user, entity, incident=incident.number)


def as_csv(rows: Iterable[Indicator]) -> bytes:
    """RFC 4180 with a byte order mark; no cell is a formula to a spreadsheet."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    for row in rows:
        values = {**row.__dict__, "defanged": defang(Kind(row.kind), row.value)}
        writer.writerow([safe_cell(_cell(values[name])) for name in COLUMNS])
    return text.getvalue().encode("utf-8-sig")


def _cell(value: Any) -> object:  # noqa: ANN401 - a column's value
    return value.isoformat() if hasattr(value, "isoformat") else ("" if value is None else value)


def as_stix(incident: Incident, rows: Iterable[Indicator]) -> bytes:
    """A STIX 2.1 bundle."""
    company = Company.objects.first()
    made = bundle(
        [
            Sharable(
                kind=Kind(row.kind), value=row.value, confidence=row.confidence, tlp=Tlp(row.tlp),
                source=row.source, note=row.note, added_at=row.added_at,
                first_seen=row.first_seen, last_seen=row.last_seen,
            )
            for row in rows
        ],
        company=(company.name_en or company.name_zh) if company else "",
        incident=f"{home_directory()}#{incident.number}@{incident.reported_at.isoformat()}",
        now=timezone.now(),
    )  # fmt: skip
    return msgspec.json.format(msgspec.json.encode(made), indent=1)
