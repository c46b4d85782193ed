"""Plans from files of others, and into them: brought, looked through, taken in; Excel, Project."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from shangdun.actions.exchange.bring import do_bring_plan, do_drop_import, plan_of
from shangdun.actions.exchange.take_in import do_take_plan_in
from shangdun.console.forms.schedule import PlanFileForm
from shangdun.console.problems import said
from shangdun.console.programme.plan_files import changed_rows, problem_rows
from shangdun.console.views.page import Request, page
from shangdun.console.views.programme.schedule import MANAGES, VIEWS
from shangdun.govern.exchange.ics import write_ics
from shangdun.govern.exchange.mspdi_write import write_mspdi
from shangdun.govern.exchange.plan import LARGEST
from shangdun.govern.exchange.sheet_write import write_sheet
from shangdun.kernel.errors import NotFound, UsageError
from shangdun.records.models import PlanImport, PlanImportState, User
from shangdun.records.plan_exchange import get_import, proposal, shared_plan
from shangdun.records.programmes import get_programme

SHOWN = 200
FORMS = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "xml": "application/xml",
    "ics": "text/calendar; charset=utf-8",
}


@page("programmes", *VIEWS)
def export(request: Request, number: int, form: str) -> HttpResponseBase:
    """The plan as Excel, Microsoft Project XML or iCalendar."""
    if form not in FORMS:
        raise NotFound("there is no such format", fix="xlsx, xml or ics")
    programme = get_programme(request.user, number)
    plan, now = shared_plan(programme), timezone.now()
    if form == "xlsx":
        content = write_sheet(plan, chinese=(get_language() or "").startswith("zh"))
    elif form == "xml":
        content = write_mspdi(plan, now)
    else:
        content = write_ics(plan, now, request.get_host().partition(":")[0])
    response = HttpResponse(content, content_type=FORMS[form])
    name = f"programme-{programme.number}-{timezone.localdate(now):%Y%m%d}.{form}"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@page("programmes", *MANAGES, methods=("GET", "HEAD", "POST"))
def bring(request: Request, number: int) -> HttpResponseBase:
    """Bring a file; what it says is shown before anything is taken in."""
    programme = get_programme(request.user, number)
    form = PlanFileForm(request.POST or None, request.FILES or None)
    problem = where = ""
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            if file.size > LARGEST:
                raise UsageError("too large", code="exchange.large", fix="at most 20 MB")  # noqa: TRY301 - answered as what reading says
            brought = do_bring_plan(
                request.user, number=number, name=file.name or "", content=file.read()
            )
        except UsageError as error:
            problem, where = str(said(error)), error.where
        else:
            return redirect("schedule_import", number, brought.pk)
    waiting = PlanImport.objects.filter(programme=programme, state=PlanImportState.LOOKED).first()
    context = {
        "programme": programme, "form": form, "problem": problem, "where": where,
        "waiting": waiting,
    }  # fmt: skip
    status = 422 if request.method == "POST" else 200
    return render(request, "schedule/bring.html", context, status=status)


@page("programmes", *MANAGES)
def look(request: Request, number: int, import_id: int) -> HttpResponseBase:
    """What taking it in would do, row by row what is wrong."""
    return _look(request, number, import_id)


def _look(
    request: Request, number: int, import_id: int, problem: str = "", status: int = 200
) -> HttpResponseBase:
    programme = get_programme(request.user, number)
    brought = get_import(request.user, programme, import_id)
    plan = plan_of(brought)
    found = proposal(programme, plan)
    people = {user.pk: user.get_full_name() or user.get_username() for user in User.objects.all()}
    rows = problem_rows(plan.problems)
    context = {
        "programme": programme,
        "brought": brought,
        "plan": plan,
        "open": brought.state == PlanImportState.LOOKED,
        "new": found.new[:SHOWN],
        "new_count": len(found.new),
        "changed": changed_rows(found.changed[:SHOWN], people),
        "changed_count": len(found.changed),
        "links": len(found.links),
        "left_out": len(plan.tasks) - len(found.changes),
        "wrong": len(plan.wrong_rows),
        "rows": rows[:SHOWN],
        "row_count": len(rows),
        "unknown": found.unknown[:SHOWN],
        "problem": problem,
    }
    return render(request, "schedule/look.html", context, status=status)


@page("programmes", *MANAGES, methods=("POST",))
def take_in(request: Request, number: int, import_id: int) -> HttpResponseBase:
    """Take it in: whole, or on request without the rows that are wrong."""
    partly = request.POST.get("partly") == "yes"
    try:
        taken = do_take_plan_in(request.user, number=number, import_id=import_id, partly=partly)
    except UsageError as error:
        text = str(said(error))
        problem = f"{text} ({error.where})" if error.where else text
        return _look(request, number, import_id, problem, status=422)
    text = ngettext("%(n)d task is new", "%(n)d tasks are new", taken.new) % {"n": taken.new}
    other = ngettext("%(n)d changed", "%(n)d changed", taken.changed) % {"n": taken.changed}
    messages.success(request, _("%(new)s, %(changed)s.") % {"new": text, "changed": other})
    return redirect("schedule", number)


@page("programmes", *MANAGES, methods=("POST",))
def drop(request: Request, number: int, import_id: int) -> HttpResponseBase:
    """Throw it away."""
    try:
        do_drop_import(request.user, number=number, import_id=import_id)
    except UsageError as error:
        messages.error(request, str(said(error)))
    return redirect("schedule_bring", number)
