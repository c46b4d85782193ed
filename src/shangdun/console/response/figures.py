"""The response's figures as a page, a chart and a table for a spreadsheet show them."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from shangdun.console.response.clocks import spoken
from shangdun.console.wordings.grades import GRADE_WORDS
from shangdun.lake.query.export import safe_cell
from shangdun.records.models import IncidentType
from shangdun.respond.figures import Course, Figures, Row, Span, Spread, span_of

SPAN_WORDS: dict[Span, tuple[Promise, Promise]] = {
    Span.DETECT: (
        gettext_lazy("To detect"),
        gettext_lazy("from when it began to when it was reported"),
    ),
    Span.ACKNOWLEDGE: (
        gettext_lazy("To acknowledge"),
        gettext_lazy("from the report to the first person who took it up"),
    ),
    Span.ACTIVATE: (
        gettext_lazy("To activate"),
        gettext_lazy("from the report to the start of the plan"),
    ),
    Span.CONTAIN: (
        gettext_lazy("To contain"),
        gettext_lazy("from the report to the end of the harm"),
    ),
    Span.RECOVER: (
        gettext_lazy("To recover"),
        gettext_lazy("from the report to the shop working as before"),
    ),
}
COLOURS = ("primary", "fill-high", "fill-medium", "fill-low", "fill-informational")


@dataclass(frozen=True)
class Cell:
    """One spread in words."""

    name: str
    meaning: str
    median: str
    p90: str
    count: int
    missing: int


@dataclass(frozen=True)
class Line:
    """One row of a table of figures, and where it leads."""

    label: str
    query: str
    row: Row
    cells: list[Cell]


def span_words(seconds: float | None) -> str:
    """A span in words; "—" where none is known."""
    if seconds is None:
        return "—"
    if seconds < 60:
        return _("%(n)s s") % {"n": int(seconds)}
    return spoken(int(seconds))


def cells(row: Row) -> list[Cell]:
    """The spans of a row, in the order of a response."""
    return [_cell(span, row.spans[span]) for span in Span]


def _cell(span: Span, found: Spread) -> Cell:
    name, meaning = SPAN_WORDS[span]
    return Cell(
        name=str(name),
        meaning=str(meaning),
        median=span_words(found.median),
        p90=span_words(found.p90),
        count=found.count,
        missing=found.missing,
    )


def tables(found: Figures) -> list[tuple[str, list[Line]]]:
    """By quarter (the newest first), type and grade."""
    quarters = [_line(row, quarter_words(row.key), "quarter") for row in found.by_quarter[::-1]]
    types = dict(IncidentType.choices)
    by_type = [_line(row, str(types.get(row.key, row.key)), "type") for row in found.by_type]
    by_grade = [_line(row, str(GRADE_WORDS[int(row.key)]), "grade") for row in found.by_grade[::-1]]
    return [(_("By quarter"), quarters), (_("By type"), by_type), (_("By grade"), by_grade)]


def quarter_words(key: str) -> str:
    """``2026Q1`` as people write it."""
    year, quarter = key.split("Q")
    return _("%(year)s Q%(quarter)s") % {"year": year, "quarter": quarter}


def _line(row: Row, label: str, query: str) -> Line:
    return Line(label=label, query=f"{query}={row.key}", row=row, cells=cells(row))


def span_chart(found: Figures) -> dict[str, Any]:
    """Median hours by quarter, a line a span; what is not known is a gap."""
    return {
        "labels": [quarter_words(row.key) for row in found.by_quarter],
        "series": [
            {
                "name": str(SPAN_WORDS[span][0]),
                "key": colour,
                "values": [_hours(row.spans[span].median) for row in found.by_quarter],
            }
            for span, colour in zip(Span, COLOURS, strict=True)
        ],
    }


def clock_chart(found: Figures) -> dict[str, Any]:
    """Reporting clocks kept and missed, by quarter."""
    rows = found.by_quarter
    return {
        "labels": [quarter_words(row.key) for row in rows],
        "series": [
            {
                "name": pgettext("deadline", "Kept"),
                "key": "primary",
                "values": [row.kept for row in rows],
            },
            {"name": _("Missed"), "key": "fill-critical", "values": [row.missed for row in rows]},
        ],
    }


def _hours(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds / 3600, 2)


def course_lines(courses: Iterable[Course]) -> list[tuple[Course, str, list[str]]]:
    """Incidents with their type and spans in words."""
    types = dict(IncidentType.choices)
    return [
        (one, str(types[one.type]), [span_words(span_of(one, span)) for span in Span])
        for one in courses
    ]


def as_csv(courses: Iterable[Course]) -> bytes:
    """Every incident with its moments and spans in seconds; no cell that a spreadsheet would run.

    UTF-8 with a byte order mark, without which Excel garbles Chinese.
    """
    text = io.StringIO()
    write = csv.writer(text)
    moments = ("reported", "acknowledged", "activated", "contained", "recovered")
    head = ["incident", "type", "grade", "drill", "began", *moments]
    write.writerow([*head, *(f"{span.value}_seconds" for span in Span), "kept", "missed"])
    for one in courses:
        m = one.moments
        ends = (m.reported_at, m.acknowledged_at, m.activated_at, m.contained_at, m.recovered_at)
        spans = [_seconds(span_of(one, span)) for span in Span]
        cells = [one.number, one.type, one.grade, int(one.drill), _iso(one.occurred_at)]
        cells += [*map(_iso, ends), *spans, one.kept, one.missed]
        write.writerow([safe_cell(cell) for cell in cells])
    return text.getvalue().encode("utf-8-sig")


def _iso(moment: datetime | None) -> str:
    return timezone.localtime(moment).isoformat(timespec="seconds") if moment else ""


def _seconds(span: float | None) -> int | str:
    return "" if span is None else int(span)
