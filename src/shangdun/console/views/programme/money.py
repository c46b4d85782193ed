"""A programme's money: planned, committed, spent, left; by line, source and currency."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from shangdun.actions.resources.money import (
    do_add_budget_line,
    do_add_money_entry,
    do_archive_budget_line,
    do_cancel_money_entry,
    do_change_budget_line,
    do_move_budget,
)
from shangdun.console.conflicts import conflict_page
from shangdun.console.forms.resources import EntryForm, LineForm, MoveForm
from shangdun.console.problems import said
from shangdun.console.programme.resources import bar_of, tabs
from shangdun.console.views.page import Request, page
from shangdun.kernel.errors import NotFound, UsageError
from shangdun.records.conflict import EditConflict
from shangdun.records.models import BudgetLine, BudgetMove, Programme, ResourceSource
from shangdun.records.money import get_line, line_standing, money_of
from shangdun.records.programmes import get_programme
from shangdun.records.roles import Capability
from shangdun.respond.supply_sheet import write_csv, write_xlsx

VIEWS = (Capability.VIEW_MONEY,)
MANAGES = (Capability.MANAGE_MONEY,)
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
LABELS = {
    "title": pgettext_lazy("money", "What for"),
    "planned": gettext_lazy("Planned"),
    "currency": gettext_lazy("Currency"),
    "source": gettext_lazy("Paid by"),
    "note": gettext_lazy("Note"),
    "what": pgettext_lazy("money", "What for"),
    "amount": gettext_lazy("Amount"),
    "left": pgettext_lazy("money", "Free"),
}


@page("programmes", *VIEWS)
def money(request: Request, number: int) -> HttpResponseBase:
    """The budget."""
    programme = get_programme(request.user, number)
    found = money_of(request.user, programme)
    labels = dict(ResourceSource.choices)
    context = {
        "programme": programme,
        "parts": tabs(request.user),
        "part": "money",
        "money": found,
        "lines": [(one, bar_of(one)) for one in found.lines],
        "sources": [(labels[key], sums) for key, sums in found.sources.items()],
        "manages": request.user.can(*MANAGES),
        "open": programme.state != "closed" and not programme.archived_at,
    }
    return render(request, "resources/money.html", context)


@page("programmes", *MANAGES, methods=("GET", "HEAD", "POST"))
def add(request: Request, number: int) -> HttpResponseBase:
    """Plan money."""
    programme = get_programme(request.user, number)
    form = LineForm(request.POST or None, programme=programme)
    if request.method == "POST" and form.is_valid():
        try:
            line = do_add_budget_line(request.user, form.wanted(), number=number)
        except UsageError as error:
            form.add_error(None, str(said(error)))
        else:
            return redirect("money_line", number, line.number)
    status = 422 if request.method == "POST" else 200
    context = {"programme": programme, "form": form}
    return render(request, "resources/line_add.html", context, status=status)


@page("programmes", *VIEWS)
def line(request: Request, number: int, line_number: int) -> HttpResponseBase:
    """One line with all that was booked on it."""
    programme = get_programme(request.user, number)
    return _line(request, programme, get_line(request.user, programme, line_number))


def _line(
    request: Request, programme: Programme, found: BudgetLine, status: int = 200, **forms: Any  # noqa: ANN401 - forms of any kind
) -> HttpResponseBase:  # fmt: skip
    standing = line_standing(found)
    version = {"version": found.version}
    moves = BudgetMove.objects.filter(giver=found) | BudgetMove.objects.filter(taker=found)
    context = {
        "programme": programme,
        "line": found,
        "standing": standing,
        "bar": bar_of(standing),
        "moves": moves.select_related("giver", "taker", "by").order_by("-at", "-id")[:50],
        "manages": request.user.can(*MANAGES) and not found.archived_at,
        "line_form": LineForm(
            initial=LineForm.initial_of(found), programme=programme, auto_id="line_%s"
        ),
        "entry_form": EntryForm(
            initial=version | {"day": timezone.localdate()}, line=found, open_=standing.open,
            auto_id="entry_%s",
        ),
        "move_form": MoveForm(initial=version, line=found, auto_id="move_%s"),
        **forms,
    }  # fmt: skip
    return render(request, "resources/line.html", context, status=status)


@page("programmes", *MANAGES, methods=("POST",))
def change(request: Request, number: int, line_number: int) -> HttpResponseBase:
    """Change what is planned."""
    programme = get_programme(request.user, number)
    found = get_line(request.user, programme, line_number)
    form = LineForm(request.POST, programme=programme, auto_id="line_%s")
    if form.is_valid():
        version = form.cleaned_data["version"]
        try:
            do_change_budget_line(
                request.user, form.wanted(), number=number, line_number=line_number,
                version=version,
            )  # fmt: skip
        except EditConflict as conflict:
            return _conflict(request, conflict, found)
        except UsageError as error:
            form.add_error(None, str(said(error)))
        else:
            messages.success(request, _("Saved."))
            return redirect("money_line", number, line_number)
    return _line(request, programme, found, 422, line_form=form)


@page("programmes", *MANAGES, methods=("POST",))
def book(request: Request, number: int, line_number: int) -> HttpResponseBase:
    """Bind or spend."""
    programme = get_programme(request.user, number)
    found = get_line(request.user, programme, line_number)
    open_ = line_standing(found).open
    form = EntryForm(request.POST, line=found, open_=open_, auto_id="entry_%s")
    if form.is_valid():
        version = form.cleaned_data["version"]
        try:
            do_add_money_entry(
                request.user, form.wanted(), number=number, line_number=line_number,
                version=version,
            )  # fmt: skip
        except EditConflict as conflict:
            return _conflict(request, conflict, found)
        except UsageError as error:
            form.add_error(None, str(said(error)))
        else:
            messages.success(request, _("Booked."))
            return redirect("money_line", number, line_number)
    return _line(request, programme, found, 422, entry_form=form)


@page("programmes", *MANAGES, methods=("POST",))
def move(request: Request, number: int, line_number: int) -> HttpResponseBase:
    """Budget to another line."""
    programme = get_programme(request.user, number)
    found = get_line(request.user, programme, line_number)
    form = MoveForm(request.POST, line=found, auto_id="move_%s")
    if form.is_valid():
        data = form.cleaned_data
        try:
            do_move_budget(
                request.user, number=number, giver=line_number, taker=data["taker"],
                amount=data["amount"], reason=data["reason"], version=data["version"],
            )  # fmt: skip
        except EditConflict as conflict:
            return _conflict(request, conflict, found)
        except UsageError as error:
            place = f" ({error.where})" if error.where else ""
            form.add_error(None, f"{said(error)}{place}")
        else:
            messages.success(request, _("Moved."))
            return redirect("money_line", number, line_number)
    return _line(request, programme, found, 422, move_form=form)


def _conflict(request: Request, conflict: EditConflict, found: BudgetLine) -> HttpResponseBase:
    back = f"/programmes/{found.programme.number}/resources/money/{found.number}/"
    labels = {name: label for name, label in LABELS.items() if name in conflict.mine}
    return conflict_page(request, conflict, about=found.title, back=back, labels=labels)


@page("programmes", *MANAGES, methods=("POST",))
def cancel(request: Request, number: int, entry_id: int) -> HttpResponseBase:
    """A booking was a mistake, or did not come about."""
    try:
        entry = do_cancel_money_entry(
            request.user, number=number, entry_id=entry_id, reason=request.POST.get("reason", "")
        )
    except UsageError as error:
        messages.error(request, str(said(error)))
        return redirect("resources_money", number)
    messages.success(request, _("Cancelled; it stays readable."))
    return redirect("money_line", number, entry.line.number)


@page("programmes", *MANAGES, methods=("POST",))
def archive(request: Request, number: int, line_number: int) -> HttpResponseBase:
    """Take a line out of the budget."""
    try:
        do_archive_budget_line(request.user, number=number, line_number=line_number)
    except UsageError as error:
        messages.error(request, str(said(error)))
        return redirect("money_line", number, line_number)
    return redirect("resources_money", number)


@page("programmes", *VIEWS)
def export(request: Request, number: int, form: str) -> HttpResponseBase:
    """The lines as CSV or XLSX; amounts are numbers."""
    if form not in {"csv", "xlsx"}:
        raise NotFound("there is no such format", fix="csv or xlsx")
    programme = get_programme(request.user, number)
    found = money_of(request.user, programme)
    headings = [_("Number"), *(str(LABELS[name]) for name in ("title", "source", "currency")),
                _("Planned"), _("Committed"), _("Spent"), pgettext("money", "Free")]  # fmt: skip
    rows = [
        [one.line.number, one.line.title, one.line.get_source_display(), one.line.currency,
         one.position.planned, one.position.committed, one.position.spent, one.position.left]
        for one in found.lines
    ]  # fmt: skip
    write = write_csv if form == "csv" else write_xlsx
    response = HttpResponse(
        write(headings, rows), content_type="text/csv" if form == "csv" else XLSX
    )
    name = f"budget-{number}-{timezone.localdate():%Y%m%d}.{form}"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
