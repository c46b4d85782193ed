"""The order of an incident: what leadership knows, what it decides, what each group was told."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from shangdun.actions.orders.asking import do_open_order
from shangdun.actions.orders.grading import do_override_grade, do_release_override
from shangdun.actions.orders.ordering import do_acknowledge_order, do_order
from shangdun.actions.orders.signing import sign_now
from shangdun.console.conflicts import conflict_page
from shangdun.console.forms.orders import INSTRUCTED, GradeForm, OrderForm
from shangdun.console.problems import said
from shangdun.console.response.order import (
    begins_with,
    order_context,
    playbook_choices,
    prefilled,
)
from shangdun.console.response.room import room_context
from shangdun.console.views.page import Request, page
from shangdun.console.wordings.orders import grade_word, group_word
from shangdun.kernel.errors import UsageError
from shangdun.records.access import get_incident_by_number
from shangdun.records.conflict import EditConflict
from shangdun.records.models import Incident, Ruling
from shangdun.records.orders import get_instruction, last_order_number
from shangdun.records.roles import Capability


@page("incidents", Capability.VIEW_INCIDENTS)
def order(request: Request, number: int) -> HttpResponseBase:
    """Facts, grade, the decision, and what became of it."""
    return _shown(request, get_incident_by_number(request.user, number))


@page("incidents", Capability.ORDER_INCIDENTS, methods=("POST",))
def give(request: Request, number: int) -> HttpResponseBase:
    """Start the plan or not, instruct further, stand down."""
    incident = get_incident_by_number(request.user, number)
    form = OrderForm(playbook_choices(incident), request.POST)
    if not form.is_valid():
        return _shown(request, incident, order_form=form)
    try:
        given = do_order(
            request.user,
            form.order(),
            incident_id=incident.pk,
            number=form.cleaned_data["version"],
        )
    except EditConflict as conflict:
        return _conflict(request, incident, conflict)
    except UsageError as error:
        form.add_error(None, str(said(error)))
        return _shown(request, incident, order_form=form)
    signed = sign_now(settings.HOME)
    told = _("Order %(number)d is given and signed: ledger entry #%(seq)d.")
    if not signed:
        told += " " + _("The ledger's head is signed within ten minutes.")
    messages.success(request, told % {"number": given.number, "seq": given.ledger_seq})
    return redirect("incident_order", number)


@page("incidents", Capability.ORDER_INCIDENTS, methods=("POST",))
def seen(request: Request, number: int) -> HttpResponseBase:
    """The page was opened by one of the leadership: the report has arrived."""
    incident = get_incident_by_number(request.user, number)
    do_open_order(request.user, incident_id=incident.pk)
    return HttpResponse(status=204)


@page("incidents", Capability.WORK_TASKS, Capability.ORDER_INCIDENTS, methods=("POST",))
def acknowledge(request: Request, number: int, instruction_id: int) -> HttpResponseBase:
    """A group understood what it was told."""
    incident = get_incident_by_number(request.user, number)
    instruction = get_instruction(request.user, instruction_id)
    try:
        do_acknowledge_order(request.user, instruction_id=instruction.pk)
    except UsageError as error:
        messages.error(request, str(said(error)))
    return redirect("incident_order", incident.number)


@page("incidents", Capability.ORDER_INCIDENTS, methods=("POST",))
def set_grade(request: Request, number: int) -> HttpResponseBase:
    """A grade by hand with its reason, or the reckoned one again."""
    incident = get_incident_by_number(request.user, number)
    form = GradeForm(request.POST)
    if not form.is_valid():
        return _shown(request, incident, grade_form=form)
    given = form.cleaned_data
    change = {"incident_id": incident.pk, "reason": given["reason"], "number": given["version"]}
    try:
        if given["grade"]:
            do_override_grade(request.user, grade=given["grade"], **change)
        else:
            do_release_override(request.user, **change)
    except EditConflict as conflict:
        for version in (conflict.mine, conflict.theirs):
            version["grade"] = grade_word(version["grade"])
        return conflict_page(
            request,
            conflict,
            about=_("Grade of incident #%(number)s") % {"number": number},
            back=reverse("incident_order", args=[number]),
            labels={"grade": _("Grade"), "reason": _("Why")},
        )
    except UsageError as error:
        form.add_error(None, str(said(error)))
        return _shown(request, incident, grade_form=form)
    messages.success(request, _("The grade is set; clocks and deadlines follow it."))
    return redirect("incident_order", number)


def _conflict(request: Request, incident: Incident, conflict: EditConflict) -> HttpResponseBase:
    titles = {str(row): title for row, title in playbook_choices(incident)}
    for version in (conflict.mine, conflict.theirs):
        if "ruling" in version:
            version["ruling"] = Ruling(version["ruling"]).label
        version["playbooks"] = [titles.get(row, row) for row in version.get("playbooks", [])]
    conflict.mine["by"] = request.user.get_full_name() or request.user.username
    labels = {"ruling": _("Decision"), "by": _("By"), "reason": _("Why")}
    labels |= {"playbooks": _("Playbooks that begin")}
    labels |= {group.value: group_word(group.value) for group in INSTRUCTED}
    return conflict_page(
        request,
        conflict,
        about=_("Order for incident #%(number)s") % {"number": incident.number},
        back=reverse("incident_order", args=[incident.number]),
        labels=labels,
    )


def _shown(request: Request, incident: Incident, **forms: Any) -> HttpResponseBase:  # noqa: ANN401 - forms of any kind
    context = order_context(request.user, incident)
    graded = context["graded"]
    if context["orders_now"] and "order_form" not in forms:
        choices = playbook_choices(incident)
        first = {} if context["started"] else {
            **prefilled(incident), "playbooks": begins_with(incident)
        }  # fmt: skip
        version = {"version": last_order_number(incident)}
        context["order_form"] = OrderForm(choices, initial={**first, **version})
    context["grade_form"] = GradeForm(
        initial={"version": graded.number, "grade": graded.held or None}
    )
    context |= {**room_context(request.user, incident, "order"), **forms}
    return render(request, "orders/page.html", context, status=422 if forms else 200)
