"""The list of findings, newest first, page by page, at any size of the table.

A filter on severity or state is asked as one seek per combination, each in the order of an index
and cut to a page, and the seeks are merged: a rare combination costs no walk through the table.
Pages follow one another by key (time, id), not by offset.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from itertools import product
from typing import Any

import msgspec
from django.db import connection
from django.db.models import F, Q, QuerySet

from shangdun.detect.finding import Entity
from shangdun.kernel.clock import from_millis, to_millis
from shangdun.kernel.errors import UsageError
from shangdun.kernel.severity import Severity
from shangdun.records.access import visible_findings
from shangdun.records.actor import Actor
from shangdun.records.models import Finding, FindingEntity, FindingState

PAGE = 50
LARGEST_PAGE = 500


SHOWN = frozenset(FindingState.values) - {FindingState.WITHHELD.value}
"""What a list holds unless it is asked for more: withheld findings are seen on request."""


class FindingFilter(msgspec.Struct, frozen=True, kw_only=True):
    """Empty means all but what is withheld."""

    severities: frozenset[int] = frozenset()
    states: frozenset[str] = frozenset()
    rule_uid: str = ""
    entity: Entity | None = None
    since: datetime | None = None
    incident: int = 0
    """Number of the incident that they belong to."""
    suppression: int = 0
    """Row of the suppression that withheld them."""


class FindingPage(msgspec.Struct, frozen=True):
    """``older`` is the cursor of the next page, empty on the last one."""

    findings: list[Finding]
    older: str


class _Key(msgspec.Struct, frozen=True):
    time: datetime
    id: int


def list_findings(
    actor: Actor, wanted: FindingFilter, *, after: str = "", size: int = PAGE
) -> FindingPage:
    """A page of findings with their entities and incidents, without evidences; three queries."""
    findings = visible_findings(actor)
    size = max(1, min(size, LARGEST_PAGE))
    key = _read(after) if after else None
    legs = [_page(leg, key, size + 1) for leg in _legs(wanted)]
    ids = _merge(legs, size + 1)
    rows = findings.filter(pk__in=ids[:size]).select_related("incident")
    found = rows.defer("evidences", "reasons", "sketch").prefetch_related("entities")
    ordered = sorted(found, key=lambda row: (row.time, row.pk), reverse=True)
    older = _write(ordered[-1]) if len(ids) > size and ordered else ""
    return FindingPage(ordered, older)


def count_findings(actor: Actor, wanted: FindingFilter, *, up_to: int = 1000) -> int:
    """How many match, counted to ``up_to`` at most: a page says "1000+"."""
    visible_findings(actor)
    total = 0
    for leg in _legs(wanted):
        total += leg.order_by()[: up_to - total].count()
        if total >= up_to:
            break
    return total


def _legs(wanted: FindingFilter) -> Iterable[QuerySet[Any]]:
    """Queries that each walk one index in order and together give the answer."""
    severities = wanted.severities or frozenset(Severity)
    states = wanted.states or SHOWN
    narrow = Q(time__gte=wanted.since) if wanted.since else Q()
    if wanted.entity:
        about = FindingEntity.objects.filter(
            narrow, kind=wanted.entity.kind, value=wanted.entity.value
        ).annotate(key=F("finding_id"))
        if wanted.severities:
            about = about.filter(finding__severity__in=severities)
        if states == SHOWN:
            about = about.exclude(finding__state=FindingState.WITHHELD)
        else:
            about = about.filter(finding__state__in=states)
        if wanted.rule_uid:
            about = about.filter(finding__rule_uid=wanted.rule_uid)
        return [about]
    rows = Finding.objects.filter(narrow).annotate(key=F("id"))
    if wanted.suppression:
        return [rows.filter(suppression=wanted.suppression)]
    if wanted.incident:  # a withheld finding is in none
        return [rows.filter(incident__number=wanted.incident)]
    if wanted.rule_uid:
        rows = rows.filter(rule_uid=wanted.rule_uid)
        if wanted.severities:  # a rule has nearly always one severity: nothing is walked in vain
            rows = rows.filter(severity__in=severities)
        return [rows.filter(state=state) for state in sorted(states)]
    if wanted.severities:
        pairs = product(sorted(severities), sorted(states))
        return [rows.filter(severity=severity, state=state) for severity, state in pairs]
    return [rows.filter(state=state) for state in sorted(states)]


def _page(leg: QuerySet[Any], key: _Key | None, size: int) -> QuerySet[Any]:
    if key:
        # The first condition is the seek; the second leaves out what stood on the page before.
        leg = leg.filter(Q(time__lte=key.time), Q(time__lt=key.time) | Q(key__lt=key.id))
    return leg.order_by("-time", "-key").values("key", "time")[:size]


def _merge(legs: list[QuerySet[Any]], size: int) -> list[int]:
    if len(legs) == 1:
        return [row["key"] for row in legs[0]]
    compiled = [leg.query.sql_with_params() for leg in legs]
    parts = " UNION ALL ".join(
        f"SELECT * FROM ({sql}) AS leg{number}"  # noqa: S608 - Django's own SQL, values are parameters
        for number, (sql, _) in enumerate(compiled)
    )
    values = [value for _, params in compiled for value in params]
    with connection.cursor() as cursor:
        cursor.execute(f"{parts} ORDER BY 2 DESC, 1 DESC LIMIT {int(size)}", values)
        return [row[0] for row in cursor.fetchall()]


def _write(row: Finding) -> str:
    return f"{to_millis(row.time)}-{row.pk}"


def _read(cursor: str) -> _Key:
    millis, dash, number = cursor.partition("-")
    if not (dash and millis.isdecimal() and number.isdecimal() and len(cursor) < 40):
        raise UsageError("this is no page of the list", code="list.cursor", fix="start at the top")
    try:
        return _Key(from_millis(int(millis)), int(number))
    except (OverflowError, ValueError) as error:
        raise UsageError(
            "this is no page of the list", code="list.cursor", fix="start at the top"
        ) from error
