"""What is known of an incident, said by whoever knows it."""

from __future__ import annotations

from itertools import zip_longest
from typing import Any

import msgspec
from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from shangdun.actions.state_facts import do_state_facts
from shangdun.console.conflicts import conflict_page
from shangdun.console.forms.facts import FactsForm, initial_of
from shangdun.console.problems import said
from shangdun.console.response.facts import conflict_words
from shangdun.console.response.order import grade_shown
from shangdun.console.response.room import room_context
from shangdun.console.views.page import Request, page
from shangdun.console.wordings.facts import FIELDS
from shangdun.console.wordings.orders import grade_word
from shangdun.kernel.errors import UsageError
from shangdun.records.access import get_incident_by_number
from shangdun.records.conflict import EditConflict
from shangdun.records.facts import facts_of
from shangdun.records.models import Company, Incident
from shangdun.records.roles import Capability
from shangdun.respond.facts import DataKind, Facts

HISTORY = 20


@page("incidents", Capability.STATE_FACTS, methods=("GET", "HEAD", "POST"))
def facts(request: Request, number: int) -> HttpResponseBase:
    """The form; saying something reckons grade and clocks anew."""
    incident = get_incident_by_number(request.user, number)
    if request.method != "POST":
        return _shown(request, incident, FactsForm(initial=_initial(incident) | _brought(request)))
    form = FactsForm(request.POST)
    if not form.is_valid():
        return _shown(request, incident, form, status=422)
    before = incident.grade
    try:
        do_state_facts(
            request.user,
            incident_id=incident.pk,
            facts=form.facts(),
            note=form.cleaned_data["note"],
            number=form.cleaned_data["version"],
        )
    except EditConflict as conflict:
        conflict.mine, conflict.theirs = map(conflict_words, (conflict.mine, conflict.theirs))
        return conflict_page(
            request,
            conflict,
            about=_("What is known of incident #%(number)s") % {"number": number},
            back=reverse("incident_facts", args=[number]),
            labels=FIELDS,
        )
    except UsageError as error:
        form.add_error(error.where if error.where in form.fields else None, str(said(error)))
        return _shown(request, incident, form, status=422)
    incident.refresh_from_db()
    messages.success(request, _told(before, incident.grade))
    return redirect("incident_order", number)


def _told(before: int, after: int) -> str:
    if before == after:
        return _("It is on record. The grade stays: %(grade)s.") % {"grade": grade_word(after)}
    told = _("It is on record. The grade is now: %(grade)s (before: %(before)s).")
    return told % {"grade": grade_word(after), "before": grade_word(before)}


def _initial(incident: Incident) -> dict[str, Any]:
    """What stands; before anybody said anything what is known of the company."""
    last = incident.facts_changes.order_by("-number").first()
    initial = initial_of(facts_of(incident), last.number if last else 0)
    company = Company.objects.first()
    if last is None and company is not None:
        initial["critical_infrastructure"] = "" if company.critical_infrastructure else "no"
    return initial


def _brought(request: Request) -> dict[str, Any]:
    """What a link from elsewhere proposes, such as how many the scope page counts."""
    given = request.GET
    brought: dict[str, Any] = {}
    if given.get("people", "").isdecimal() and len(given["people"]) < 12:
        brought["people"] = int(given["people"])
    if given.get("personal_data") == "yes":
        brought["personal_data"] = "yes"
    if kinds := [kind.value for kind in DataKind if kind.value in given.getlist("data_kinds")]:
        brought["data_kinds"] = kinds
    return brought


def _shown(
    request: Request, incident: Incident, form: FactsForm, *, status: int = 200
) -> HttpResponseBase:
    context = {
        **room_context(request.user, incident, "order"),
        "form": form,
        "changes": _changes(incident),
        "graded": grade_shown(incident),
    }
    return render(request, "orders/facts.html", context, status=status)


def _changes(incident: Incident) -> list[dict[str, Any]]:
    """Who said what, newest first."""
    rows = list(incident.facts_changes.select_related("by").order_by("-number")[: HISTORY + 1])
    blank = msgspec.to_builtins(Facts(known_at=incident.reported_at))
    told = []
    for row, before in zip_longest(rows[:HISTORY], rows[1 : HISTORY + 1]):
        old = before.facts if before else blank
        named = [name for name, value in row.facts.items() if value != old.get(name)]
        words = conflict_words({name: row.facts[name] for name in named})
        told.append({"row": row, "fields": [f"{FIELDS[n]}: {words[n]}" for n in named]})
    return told
