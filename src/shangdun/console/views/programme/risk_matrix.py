"""The matrix by which levels are read off, and the catalogue of threats."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponseBase, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shangdun.actions.risks.matrix import (
    NewMatrix,
    NewThreat,
    do_archive_threat,
    do_change_risk_matrix,
    do_keep_threat,
)
from shangdun.assess.method.matrix import NAMES, default
from shangdun.assess.method.scale import LEVELS
from shangdun.console.conflicts import conflict_page
from shangdun.console.problems import said
from shangdun.console.views.page import Request, page
from shangdun.console.views.programme.risks import MANAGES, VIEWS
from shangdun.kernel.errors import ShangdunError, UsageError
from shangdun.records.conflict import EditConflict
from shangdun.records.models import RiskLevel, RiskMatrix, ThreatSources
from shangdun.records.risks import current_matrix, visible_threats

TITLES = {
    "likelihood": (
        gettext_lazy("Likelihood"), gettext_lazy("threat"), gettext_lazy("ease of exploitation"),
    ),
    "loss": (gettext_lazy("Loss"), gettext_lazy("value of the asset"), gettext_lazy("harm")),
    "risk": (gettext_lazy("Level of risk"), gettext_lazy("likelihood"), gettext_lazy("loss")),
}  # fmt: skip
LABELS = {"acceptable": gettext_lazy("Acceptable level"), "currency": gettext_lazy("Currency")}
THREAT_LABELS = {
    "name": gettext_lazy("Threat"),
    "motive": gettext_lazy("Who, and why"),
    "timing": gettext_lazy("When"),
    "capability": gettext_lazy("Capability"),
    "frequency": gettext_lazy("Frequency"),
}


@page("risks", *VIEWS, methods=("GET", "HEAD", "POST"))
def matrix(request: Request) -> HttpResponseBase:
    """The three tables; who may, changes them cell by cell."""
    if request.method == "POST":
        return _change(request)
    return _matrix(request)


def _matrix(
    request: Request, *, status: int = 200, problem: str = "", where: str = ""
) -> HttpResponseBase:
    row = current_matrix()
    typed = request.POST if request.method == "POST" else None
    context = {
        "row": row,
        "tables": [_table(name, row, typed, where) for name in NAMES],
        "levels": RiskLevel.choices,
        "days": [
            (level, label, typed.get(f"days-{level}") if typed else row.review_days[level - 1])
            for level, label in RiskLevel.choices
        ],
        "acceptable": typed.get("acceptable") if typed else str(row.acceptable),
        "currency": typed.get("currency") if typed else row.currency,
        "note": typed.get("note", "") if typed else "",
        "manages": request.user.can(*MANAGES),
        "versions": RiskMatrix.objects.select_related("by").order_by("-number")[:50],
        "problem": problem,
        "own": default(),
    }
    return render(request, "risks/matrix.html", context, status=status)


def _table(name: str, row: RiskMatrix, typed: QueryDict | None, where: str) -> dict[str, Any]:
    stored = getattr(row, name)
    title, rows, columns = TITLES[name]
    lines = [
        (
            line,
            [
                {
                    "name": f"{name}-{line}-{column}",
                    "column": column,
                    "value": _typed(typed, name, line, column, stored[line - 1][column - 1]),
                    "wrong": where == f"{name} {line}×{column}",
                }
                for column in LEVELS
            ],
        )
        for line in reversed(LEVELS)
    ]
    return {"name": name, "title": title, "rows": rows, "columns": columns, "lines": lines,
            "heads": LEVELS}  # fmt: skip


def _typed(typed: QueryDict | None, name: str, line: int, column: int, stored: int) -> int:
    text = typed.get(f"{name}-{line}-{column}", "") if typed else ""
    return int(text) if text.isdecimal() and len(text) == 1 else stored


def _change(request: Request) -> HttpResponseBase:
    given = request.POST
    numbers = [given.get(f"days-{level}", "") for level in LEVELS]
    number, acceptable = given.get("version", ""), given.get("acceptable", "")
    cells = {
        name: [[_typed(given, name, line, column, 0) for column in LEVELS] for line in LEVELS]
        for name in NAMES
    }
    try:
        do_change_risk_matrix(
            request.user,
            NewMatrix(
                **cells,
                acceptable=int(acceptable) if acceptable.isdecimal() else 0,
                review_days=tuple(
                    int(one) if one.isdecimal() and len(one) < 6 else 0 for one in numbers
                ),
                currency=given.get("currency", ""),
                note=given.get("note", ""),
            ),
            number=int(number) if number.isdecimal() else None,
        )
    except EditConflict as conflict:
        return conflict_page(
            request, conflict, about=_("Risk matrix"), back="/risks/matrix/", labels=LABELS
        )
    except UsageError as error:
        return _matrix(request, status=422, problem=str(said(error)), where=error.where)
    messages.success(request, _("From now on levels are read off this matrix."))
    return redirect("risk_matrix")


@page("risks", *VIEWS, methods=("GET", "HEAD", "POST"))
def threats(request: Request) -> HttpResponseBase:
    """The catalogue; a line more for who may."""
    if request.method != "POST":
        return _threats(request)
    try:
        do_keep_threat(request.user, _threat(request.POST))
    except (UsageError, ValueError) as error:
        return _threats(request, problem=_sentence(error), typed=request.POST)
    messages.success(request, _("Saved."))
    return redirect("risk_threats")


@page("risks", *MANAGES, methods=("POST",))
def threat(request: Request, threat_id: int) -> HttpResponseBase:
    """Change one line."""
    version = request.POST.get("version", "")
    try:
        do_keep_threat(
            request.user, _threat(request.POST), threat_id=threat_id,
            version=int(version) if version.isdecimal() else None,
        )  # fmt: skip
    except EditConflict as conflict:
        return conflict_page(
            request, conflict, about=_("Threat"), back="/risks/threats/", labels=THREAT_LABELS
        )
    except (UsageError, ValueError) as error:
        return _threats(request, problem=_sentence(error))
    messages.success(request, _("Saved."))
    return redirect("risk_threats")


@page("risks", *MANAGES, methods=("POST",))
def threat_archive(request: Request, threat_id: int) -> HttpResponseBase:
    """Out of the catalogue."""
    try:
        do_archive_threat(request.user, threat_id=threat_id)
    except UsageError as error:
        return _threats(request, problem=_sentence(error))
    messages.success(request, _("Saved."))
    return redirect("risk_threats")


def _threats(
    request: Request, problem: str = "", typed: QueryDict | None = None
) -> HttpResponseBase:
    context = {
        "rows": visible_threats(request.user).prefetch_related("risks"),
        "sources": ThreatSources.choices,
        "levels": RiskLevel.choices,
        "manages": request.user.can(*MANAGES),
        "problem": problem,
        "typed": typed,
    }
    return render(request, "risks/threats.html", context, status=422 if problem else 200)


def _threat(given: QueryDict) -> NewThreat:
    capability, frequency = given.get("capability", ""), given.get("frequency", "")
    return NewThreat(
        name=given.get("name", ""),
        source=given.get("source", ""),
        motive=given.get("motive", ""),
        timing=given.get("timing", ""),
        description=given.get("description", ""),
        capability=int(capability) if capability.isdecimal() else 0,
        frequency=int(frequency) if frequency.isdecimal() else 0,
    )


def _sentence(error: Exception) -> str:
    return (
        str(said(error)) if isinstance(error, ShangdunError) else _("Choose where it comes from.")
    )
