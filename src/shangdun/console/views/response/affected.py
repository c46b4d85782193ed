"""Who is affected, in plain: page by page, as a file, erased. Each is in the ledger."""

from __future__ import annotations

import csv
from collections.abc import Iterator

from django.contrib import messages
from django.http import HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from shangdun.actions.affected.reading import (
    PAGE,
    do_erase_affected,
    do_export_affected,
    do_read_affected,
)
from shangdun.console.problems import said
from shangdun.console.response.room import room_context
from shangdun.console.views.page import Request, page
from shangdun.kernel.errors import UsageError
from shangdun.lake.query.export import safe_cell
from shangdun.records.access import get_incident_by_number
from shangdun.records.affected import identity_in, scope_of
from shangdun.records.models import AffectedKind, Incident
from shangdun.records.roles import Capability

HEADINGS = ("kind", "certainty", "reference", "name", "email", "phone", "language", "list")


@page("incidents", Capability.READ_AFFECTED)
def people(request: Request, number: int) -> HttpResponseBase:
    """A page of them; reading it is an entry of the ledger."""
    incident = get_incident_by_number(request.user, number)
    after = request.GET.get("after", "")
    kind = request.GET.get("kind", "")
    rows = do_read_affected(
        request.user,
        incident_id=incident.pk,
        after=int(after) if after.isascii() and after.isdigit() and len(after) < 18 else 0,
        kind=kind if kind in AffectedKind.values else "",
        find=request.GET.get("q", "")[:200],
    )
    context = {
        **room_context(request.user, incident, "scope"),
        "rows": rows,
        "scope": scope_of(incident),
        "next": rows[-1][0].pk if len(rows) == PAGE else 0,
        "kinds": AffectedKind.choices,
        "kind": kind,
        "q": request.GET.get("q", ""),
    }
    response = render(request, "scope/people.html", context)
    response.headers["Cache-Control"] = "no-store"
    return response


@page("incidents", Capability.READ_AFFECTED, methods=("POST",))
def export(request: Request, number: int) -> HttpResponseBase:
    """The whole list as CSV that no spreadsheet takes for formulas."""
    incident = get_incident_by_number(request.user, number)
    try:
        do_export_affected(
            request.user, incident_id=incident.pk, reason=request.POST.get("reason", "")
        )
    except UsageError as error:
        messages.error(request, str(said(error)))
        return redirect("incident_scope", number)
    response = StreamingHttpResponse(_lines(incident), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="affected-{number}.csv"'
    response.headers["Cache-Control"] = "no-store"
    return response


@page("incidents", Capability.READ_AFFECTED, methods=("POST",))
def erase(request: Request, number: int) -> HttpResponseBase:
    """Let the list go once the incident is over."""
    incident = get_incident_by_number(request.user, number)
    try:
        count = do_erase_affected(
            request.user, incident_id=incident.pk, reason=request.POST.get("reason", "")
        )
    except UsageError as error:
        messages.error(request, str(said(error)))
    else:
        messages.success(request, _("%(n)s rows were erased; their number stays.") % {"n": count})
    return redirect("incident_scope", number)


class _Line:
    def write(self, text: str) -> str:
        return text


def _lines(incident: Incident) -> Iterator[str]:
    writer = csv.writer(_Line())
    yield "\ufeff" + writer.writerow(HEADINGS)
    after = 0
    while True:
        rows = list(
            incident.affected_subjects.filter(pk__gt=after)
            .order_by("pk")
            .select_related("list")[:500]
        )
        for row in rows:
            one = identity_in(row)
            cells = (
                row.kind, row.certainty, one.reference, one.name, one.email, one.phone,
                one.language, row.list.title,
            )  # fmt: skip
            yield writer.writerow([safe_cell(cell) for cell in cells])
        if len(rows) < 500:
            return
        after = rows[-1].pk
