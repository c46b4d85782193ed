"""Incidents: the list and one of them; what is done to one is in ``incident_steps``."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode

from shangdun.actions.action import SYSTEM_CLOCK
from shangdun.actions.suppress_findings import HANDLERS
from shangdun.console.decisions import all_about, decide_link
from shangdun.console.forms.incidents import AssignForm, CloseForm, CommentForm
from shangdun.console.forms.suppressions import HOURS
from shangdun.console.incidents import list_incidents, title_of, told
from shangdun.console.programme.knowledge import beside_incident
from shangdun.console.response.cleanup import still_open
from shangdun.console.response.guide import next_steps
from shangdun.console.response.reporting import report_of
from shangdun.console.response.room import room_context
from shangdun.console.rulepage import explained
from shangdun.console.searchpage import around, everything_of
from shangdun.console.steps import TOLD_AT_MOST, chapters_of, entity_page
from shangdun.console.story import ENTRIES_SHOWN, story_of
from shangdun.console.views.fragment import Fragment, answer, render_fragment
from shangdun.console.views.page import Request, page
from shangdun.detect.finding import Entity
from shangdun.records.access import assignable_people, get_incident_by_number
from shangdun.records.closing import open_points
from shangdun.records.models import Incident, IncidentEntity
from shangdun.records.models.incidents import IncidentState, TimelineKind
from shangdun.records.rehearsal import played_out
from shangdun.records.roles import Capability
from shangdun.respond.state import State, moves_from
from shangdun.respond.storm import RULE

PAGE = 50
ENTITIES_SHOWN = 40
SHOWS = ("open", "mine", "unassigned", "contained", "closed", "all", "drills")
VIEWERS = (Capability.VIEW_INCIDENTS, Capability.REPORT_INCIDENT)
TOLD_TO_REPORTERS = (TimelineKind.REPORTED, TimelineKind.ASSIGNED, TimelineKind.STATE)
"""What becomes of a report. The rest is the response's own: whoever reported may be the insider."""


@page("incidents", *VIEWERS)
def incidents(request: Request) -> HttpResponseBase:
    """The list; who can only report sees his own."""
    found = list_incidents(request.user, request.GET)
    # The paginator would count the whole list: a page more than what is shown is enough.
    pages = Paginator(found, PAGE, allow_empty_first_page=True)
    pages.count = min(found[: PAGE * 20].count(), PAGE * 20)
    shown = pages.get_page(request.GET.get("page"))
    context = {
        "pages": shown,
        "incidents": told(shown.object_list),
        "show": request.GET.get("show", "open"),
        "shows": SHOWS
        if request.user.can(Capability.VIEW_INCIDENTS)
        else ("open", "closed", "all"),
        "q": request.GET.get("q", ""),
    }
    return render(request, "incidents/list.html", context)


@page("incidents", *VIEWERS)
def incident(request: Request, number: int) -> HttpResponseBase:
    """One incident: where it stands, what to do next, what happened, what it is about."""
    found = get_incident_by_number(request.user, number)
    return render(request, "incidents/page.html", page_context(request, found))


@page("incidents", *VIEWERS)
def story(request: Request, number: int) -> HttpResponse:
    """The timeline alone, which renews itself."""
    found = get_incident_by_number(request.user, number)
    return answer(request, _story(request, found))


def page_context(request: Request, found: Incident, **forms: Any) -> dict[str, Any]:  # noqa: ANN401 - forms of any kind
    """What the page shows; a form with mistakes takes the place of a fresh one."""
    user = request.user
    handles = user.can(Capability.HANDLE_INCIDENTS, Capability.ORDER_INCIDENTS)
    people = assignable_people(user) if handles else []
    version = {"version": found.version}
    named = _entities(found) if user.can(Capability.VIEW_INCIDENTS) else []
    concerned = [Entity(entity.kind, entity.value) for entity in named]
    context: dict[str, Any] = {
        **room_context(user, found, "overview"),
        **beside_incident(user, found),
        "next_steps": next_steps(user, found),
        "report": report_of(found),
        "rule": explained(found.rule_uid) if found.rule_uid else None,
        "moves": [
            _move(move.target, needs_note=move.needs_note)
            for move in moves_from(State(found.state))
            if move.target != State.CLOSED and not played_out(found)
        ],
        "handles": handles,
        "takes": user.can(Capability.HANDLE_INCIDENTS)
        and found.is_open
        and found.assignee_id != user.pk,
        "people": people,
        "story": _story(request, found),
        "snooze": _snooze(request, found),
        "snooze_hours": [pair for pair in HOURS if pair[0] in {1, 8, 24}],
        "entities": named,
        "decisions": all_about(user, concerned) if concerned else [],
        "decide": decide_link(user, concerned, incident=found.number, reason=title_of(found)),
        "around": around(found.occurred_at, max(found.occurred_at, found.last_activity)),
        "related": told(found.related.all()[:10]) if user.can(Capability.VIEW_INCIDENTS) else [],
        "comment_form": CommentForm(),
        "close_form": CloseForm(initial=version, leads=user.can(Capability.ORDER_INCIDENTS)),
        "still_open": still_open(open_points(found, SYSTEM_CLOCK.now())) if handles else [],
        "assign_form": AssignForm(people, initial={**version, "assignee": found.assignee_id}),
    }
    if user.can(Capability.VIEW_FINDINGS):
        context["steps_told"] = _tale(request, found) if found.finding_count else None
    return context | forms


@page("incidents", Capability.VIEW_FINDINGS)
def steps(request: Request, number: int) -> HttpResponse:
    """The story's steps alone, which renew themselves."""
    found = get_incident_by_number(request.user, number)
    return answer(request, _tale(request, found))


def _tale(request: Request, found: Incident) -> Fragment:
    chapters = chapters_of(request.user, found)
    context = {"chapters": chapters, "untold": found.finding_count - TOLD_AT_MOST}
    return render_fragment(request, "incidents/steps.html", context)


def _snooze(request: Request, found: Incident) -> str:
    """The form for keeping the rule quiet that opened it."""
    if not found.rule_uid or not request.user.can(*HANDLERS):
        return ""
    return f"{reverse('suppression_add')}?{urlencode({'rule': found.rule_uid})}"


def _story(request: Request, found: Incident) -> Fragment:
    asked = request.GET.get("before", "")
    before = int(asked) if asked.isdecimal() and len(asked) < 18 else 0
    kinds = () if request.user.can(Capability.VIEW_INCIDENTS) else TOLD_TO_REPORTERS
    entries = story_of(found, kinds=kinds, before=before)
    older = entries[-1].entry.pk if len(entries) == ENTRIES_SHOWN else 0
    context = {"entries": entries, "incident": found, "older": older, "before": before}
    return render_fragment(request, "incidents/story.html", context)


def _entities(found: Incident) -> list[IncidentEntity]:
    named = found.entities.exclude(kind=RULE)
    entities = list(named.order_by("-last_time")[:ENTITIES_SHOWN])
    for entity in entities:
        entity.link = entity_page(Entity(entity.kind, entity.value))  # type: ignore[attr-defined]  # for the template
        entity.events = everything_of(entity.kind, entity.value)  # type: ignore[attr-defined]  # likewise
    return entities


def _move(target: State, *, needs_note: bool) -> dict[str, Any]:
    return {
        "state": target.value,
        "label": IncidentState(target.value).label,
        "needs_note": needs_note,
    }
