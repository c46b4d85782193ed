"""What the search page shows of what was found: rows, values with their links, bars."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from shangdun.console.search import Found, Wanted
from shangdun.detect.entities import DEFAULTS
from shangdun.kernel.clock import from_millis
from shangdun.lake.query.fields import ALIASES
from shangdun.lake.query.results import with_raw

HIDDEN = frozenset({"day", "source_file", "source_offset", "timezone_offset", "time", "raw_data"})
NEARBY = 5 * 60_000
MOST_LETTERS = 2000
_SHORT = {column: short for short, column in ALIASES.items()}
_PIVOTS = frozenset(names[0] for names in DEFAULTS.values())


@dataclass(frozen=True)
class Value:
    """A value of a field with what one can do with it."""

    field: str
    short: str
    value: Any
    count: int = 0
    share: int = 0
    """Of the most frequent value of the facet, in twentieths."""
    include: str = ""
    exclude: str = ""
    everything: str = ""
    """Everything that this account, address … did."""


@dataclass(frozen=True)
class Event:
    """A row of the list."""

    time: int
    source: str
    raw: str
    cells: list[str]
    values: list[Value]
    around: str


def term(field: str, value: object) -> str:
    """The query for one value of a field."""
    name = _SHORT.get(field, field)
    if value is None:
        return f"{name}:null"
    if isinstance(value, bool):
        return f"{name}:{str(value).lower()}"
    if isinstance(value, int | float):
        return f"{name}:{value}"
    text = str(value).replace("\\", "\\\\").replace('"', '\\"')
    return f'{name}:"{text}"'


def search_address(query: str, since: str = "-24h", until: str = "", **more: str) -> str:
    """The address of a search."""
    values = {"q": query, "from": since, "to": until, **more}
    return f"{reverse('search')}?{urlencode({k: v for k, v in values.items() if v or k == 'q'})}"


def everything_of(kind: str, value: str) -> str:
    """The address of all that an account, an address … did in seven days; empty: no such field."""
    names = DEFAULTS.get(kind)
    return search_address(term(names[0], value), "-7d") if names else ""


def around(first: datetime, last: datetime, query: str = "") -> str:
    """The address of a search from five minutes before to five minutes after."""
    margin = timedelta(milliseconds=NEARBY)
    return search_address(
        query,
        (first - margin).isoformat(timespec="seconds"),
        (last + margin).isoformat(timespec="seconds"),
    )


def narrowed(wanted: Wanted, added: str) -> str:
    """The address of the same search with one more condition."""
    old = f"({wanted.q})" if " or " in wanted.q.lower() or "||" in wanted.q else wanted.q
    query = f"{old} {added}".strip()
    columns = ",".join(wanted.columns)
    return search_address(query, wanted.since, wanted.until, columns=columns)


def facets_of(found: Found, wanted: Wanted) -> list[dict[str, Any]]:
    """The facets in the order asked for; one that is still counted has no values."""
    shown = []
    for name in wanted.facets():
        facet = found.facets.get(name)
        values = facet.values if facet else []
        most = max((count for _, count in values), default=1)
        only_null = all(value is None for value, _ in values)
        shown.append(
            {
                "field": name,
                "short": _SHORT.get(name, name),
                "waiting": facet is None and not found.ended,
                "values": []
                if only_null and name != wanted.facet
                else [_value(wanted, name, v, n, n * 20 // most) for v, n in values],
            }
        )
    return [facet for facet in shown if facet["values"] or facet["waiting"]]


def events_of(found: Found, wanted: Wanted) -> list[Event]:
    """The rows with their lines."""
    return [
        Event(
            time=row["time"],
            source=str(row.get("source", "")),
            raw=raw[:MOST_LETTERS],
            cells=[_cell(row.get(name)) for name in wanted.columns],
            values=[_value(wanted, name, v) for name, v in row.items() if name not in HIDDEN],
            around=search_address(
                "",
                from_millis(row["time"] - NEARBY).isoformat(timespec="milliseconds"),
                from_millis(row["time"] + NEARBY).isoformat(timespec="milliseconds"),
            ),
        )
        for row, raw in with_raw(found.rows)
    ]


def _cell(value: object) -> str:
    return "" if value is None else str(value)[:MOST_LETTERS]


def _value(wanted: Wanted, field: str, value: object, count: int = 0, share: int = 0) -> Value:
    long = isinstance(value, str) and len(value) > MOST_LETTERS
    asked = term(field, value)
    return Value(
        field=field,
        short=_SHORT.get(field, field),
        value=value[:MOST_LETTERS] if isinstance(value, str) else value,
        count=count,
        share=share,
        include="" if long else narrowed(wanted, asked),
        exclude="" if long else narrowed(wanted, f"not {asked}"),
        everything=search_address(asked, "-7d") if field in _PIVOTS and value is not None else "",
    )


def bars_of(found: Found) -> dict[str, Any]:
    """The histogram for the chart; a bar without events stands there with 0."""
    bars = found.histogram.bars if found.histogram else {}
    step = found.histogram.step if found.histogram else 1
    first, last = min(bars, default=0), max(bars, default=0)
    starts = list(range(first, last + 1, step)) if bars else []
    return {
        "name": _("Events"),
        "done": found.ended,
        "labels": [_label(start, step) for start in starts],
        "values": [bars.get(start, 0) for start in starts],
        "starts": starts,
        "step": step,
    }


def _label(start: int, step: int) -> str:
    moment = timezone.localtime(from_millis(start))
    if step >= 86_400_000:
        return date_format(moment, "m-d", use_l10n=False)
    return date_format(moment, "m-d H:i" if step >= 60_000 else "H:i:s", use_l10n=False)
