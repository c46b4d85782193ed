"""Response figures: how long it takes, by quarter, type and grade, down to each incident."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone

from shangdun.console.response.figures import (
    SPAN_WORDS,
    as_csv,
    cells,
    clock_chart,
    course_lines,
    quarter_words,
    span_chart,
    tables,
)
from shangdun.console.views.fragment import answer_json
from shangdun.console.views.page import Request, page
from shangdun.console.wordings.grades import GRADE_WORDS
from shangdun.records.figures import Chosen
from shangdun.records.figures import courses as read_courses
from shangdun.records.models import IncidentType
from shangdun.records.roles import Capability
from shangdun.respond.figures import Course, figures, quarter_of

PAGE = 50
QUARTERS = (4, 8, 20)


@page("figures", Capability.VIEW_INCIDENTS)
def overview(request: Request) -> HttpResponseBase:
    """All of it on one page; every line leads to its incidents."""
    chosen, quarters = _chosen(request)
    found = _courses(request, chosen)
    zone = _zone()
    counted = figures(found, zone, drills=chosen.drills)
    quarter = request.GET.get("quarter", "")
    listed = [
        one for one in found if not quarter or quarter_of(one.moments.reported_at, zone) == quarter
    ]
    pages = Paginator(listed, PAGE).get_page(request.GET.get("page"))
    narrowed = any(request.GET.get(name) for name in ("quarter", "type", "grade"))
    context = {
        "figures": counted,
        "cells": cells(counted.all),
        "tables": tables(counted),
        "pages": pages,
        "rows": course_lines(pages),
        "types": dict(IncidentType.choices),
        "grades": GRADE_WORDS,
        "spans": [words for words, _meaning in SPAN_WORDS.values()],
        "drills": chosen.drills,
        "quarters": quarters,
        "choices": QUARTERS,
        "quarter": quarter_words(quarter) if _is_quarter(quarter) else "",
        "type": IncidentType(chosen.type).label if chosen.type else "",
        "grade": GRADE_WORDS[chosen.grade] if chosen.grade is not None else "",
        "narrowed": narrowed,
        "query": request.GET.urlencode(),
        "zone": zone.key,
    }
    return render(request, "figures/page.html", context)


@page("figures", Capability.VIEW_INCIDENTS)
def chart(request: Request, kind: str) -> HttpResponse:
    """What a chart draws."""
    chosen, _quarters = _chosen(request)
    counted = figures(_courses(request, chosen), _zone(), drills=chosen.drills)
    data: dict[str, Any] = clock_chart(counted) if kind == "clocks" else span_chart(counted)
    return answer_json(request, data)


@page("figures", Capability.VIEW_INCIDENTS)
def export(request: Request) -> HttpResponse:
    """The incidents behind the figures, for a spreadsheet."""
    chosen, _quarters = _chosen(request)
    response = HttpResponse(
        as_csv(_courses(request, chosen)), content_type="text/csv; charset=utf-8"
    )
    name = f"response-{timezone.localtime():%Y%m%d}.csv"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _courses(request: Request, chosen: Chosen) -> list[Course]:
    return read_courses(request.user, chosen)


def _chosen(request: Request) -> tuple[Chosen, int]:
    """What the address asks for; what makes no sense is left out."""
    asked = request.GET
    count = asked.get("quarters", "")
    quarters = int(count) if count in {str(number) for number in QUARTERS} else QUARTERS[0]
    kind, grade = asked.get("type", ""), asked.get("grade", "")
    chosen = Chosen(
        since=_since(timezone.now(), quarters),
        until=timezone.now() + timedelta(days=1),
        drills=asked.get("drills") == "1",
        type=kind if kind in IncidentType.values else "",
        grade=int(grade) if grade in {str(number) for number in GRADE_WORDS} else None,
    )
    return chosen, quarters


def _since(now: datetime, quarters: int) -> datetime:
    """Midnight of the first day of the quarter that many quarters ago, this one counted."""
    local = now.astimezone(_zone())
    months = local.year * 12 + (local.month - 1) // 3 * 3 - 3 * (quarters - 1)
    return datetime(months // 12, months % 12 + 1, 1, tzinfo=_zone())


def _zone() -> ZoneInfo:
    return ZoneInfo(settings.TIME_ZONE)


def _is_quarter(text: str) -> bool:
    year, mark, quarter = text.partition("Q")
    known = year.isascii() and year.isdecimal() and len(year) == 4 and year >= "1970"
    return bool(mark) and known and quarter in {"1", "2", "3", "4"}
