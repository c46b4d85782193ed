"""Drills: the year's plan, one drill, its clock and its marks."""

from __future__ import annotations

from datetime import date
from typing import Any, cast

from django.core.paginator import Paginator
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from shangdun.actions.action import SYSTEM_CLOCK
from shangdun.actions.drills.plan import do_change_drill, do_plan_drill
from shangdun.console.conflicts import conflict_page
from shangdun.console.forms.drills import PlanForm
from shangdun.console.forms.review import ImprovementForm
from shangdun.console.papers.answer import WRITERS, Form, paper_response
from shangdun.console.papers.drill import drill_paper
from shangdun.console.problems import said
from shangdun.console.response.drills import lines_of, state_of
from shangdun.console.views.fragment import Fragment, answer, render_fragment
from shangdun.console.views.page import Request, page
from shangdun.console.wordings.drills import MARKS, scenario_words
from shangdun.kernel.errors import NotFound, UsageError
from shangdun.records.conflict import EditConflict
from shangdun.records.drills import duties_of, get_drill, visible_drills
from shangdun.records.messages import console_zone
from shangdun.records.models import Drill, DrillState
from shangdun.records.reviews import owners
from shangdun.records.roles import Capability
from shangdun.respond.drill.scenario import scenarios

PAGE = 30


@page("drills", Capability.VIEW_DRILLS)
def drills(request: Request) -> HttpResponseBase:
    """What the year asks for, what is planned, what was held."""
    today = timezone.localdate()
    pages = Paginator(visible_drills(request.user), PAGE).get_page(request.GET.get("page"))
    for row in pages.object_list:
        row.scenario_title = scenario_words(row.scenario).title  # type: ignore[attr-defined]  # for the template
    context = {
        "pages": pages,
        "duties": [_duty(one, today) for one in duties_of(today.year, console_zone())],
        "scenarios": [(key, scenario_words(key)) for key in scenarios()],
        "manages": request.user.can(Capability.MANAGE_DRILLS),
    }
    return render(request, "drills/list.html", context)


@page("drills", Capability.MANAGE_DRILLS, methods=("GET", "HEAD", "POST"))
def plan(request: Request) -> HttpResponseBase:
    """Put a drill into the calendar."""
    people = owners(request.user)
    initial = {"scenario": request.GET.get("scenario", ""), "observer": request.user.pk}
    form = PlanForm(people, request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            drill = do_plan_drill(request.user, form.plan())
        except UsageError as error:
            form.add_error(None, str(said(error)))
        else:
            return redirect("drill", drill.number)
    status = 422 if form.errors else 200
    return render(request, "drills/plan.html", {"form": form}, status=status)


@page("drills", Capability.MANAGE_DRILLS, methods=("GET", "HEAD", "POST"))
def change(request: Request, number: int) -> HttpResponseBase:
    """Change the plan of a drill that has not begun."""
    drill = get_drill(request.user, number)
    initial = {
        name: getattr(drill, name)
        for name in ("version", "title", "scenario", "kind", "factor", "aims")
    }
    initial |= {"observer": drill.observer_id, "planned_at": timezone.localtime(drill.planned_at)}
    form = PlanForm(owners(request.user), request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        version = form.cleaned_data["version"]
        try:
            do_change_drill(request.user, form.plan(), number=number, version=version)
        except EditConflict as conflict:
            labels = {"title": _("Title"), "state": _("State"), "planned_at": _("When")}
            back = request.path
            return conflict_page(request, conflict, about=drill.title, back=back, labels=labels)
        except UsageError as error:
            form.add_error(None, str(said(error)))
        else:
            return redirect("drill", number)
    context = {"form": form, "drill": drill}
    return render(request, "drills/plan.html", context, status=422 if form.errors else 200)


@page("drills", Capability.VIEW_DRILLS)
def drill(request: Request, number: int) -> HttpResponseBase:
    """One drill: its plan, and while it is on its clock, injects and marks."""
    found = get_drill(request.user, number)
    user, ended = request.user, found.state == DrillState.ENDED
    context: dict[str, Any] = {
        "drill": found,
        "story": scenario_words(found.scenario),
        "state": _state(request, found),
        "manages": user.can(Capability.MANAGE_DRILLS),
        "signs": user.can(Capability.SIGN_REPORTS) and ended,
        "improvements": found.improvements.select_related("owner").order_by("number"),
        "improvement_form": ImprovementForm(owners(user)) if found.began_at else None,
        "scores": [one for one in lines_of(found) if one.row] if ended else [],
        "marks": MARKS.items(),
    }
    return render(request, "drills/page.html", context)


@page("drills", Capability.VIEW_DRILLS)
def state(request: Request, number: int) -> HttpResponseBase:
    """Clock, injects and marks alone, which renew themselves."""
    return answer(request, _state(request, get_drill(request.user, number)))


@page("drills", Capability.VIEW_DRILLS)
def export(request: Request, number: int, form: str) -> HttpResponseBase:
    """The drill's report as PDF or Word."""
    found = get_drill(request.user, number)
    if form not in WRITERS or found.began_at is None:
        raise NotFound(f"there is no report as {form}", fix="begin the drill; pdf or docx")
    paper = drill_paper(found)
    return paper_response(request, paper, cast("Form", form), filename=f"drill-{number}")


def _state(request: Request, found: Drill) -> Fragment:
    context = state_of(found, SYSTEM_CLOCK.now())
    context["manages"] = request.user.can(Capability.MANAGE_DRILLS)
    return render_fragment(request, "drills/state.html", context)


def _duty(one: Any, today: date) -> dict[str, Any]:  # noqa: ANN401 - respond.drill.calendar.Duty
    return {"duty": one, "overdue": one.overdue(today), "running": one.begins <= today <= one.ends}
