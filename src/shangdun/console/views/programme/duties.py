"""Who answers for what: the RACI table and the groups across teams."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import get_language, gettext_lazy, pgettext_lazy
from django.utils.translation import gettext as _

from shangdun.actions.duties.groups import do_add_group, do_archive_group, do_change_group
from shangdun.actions.duties.raci import (
    do_add_duty,
    do_adopt_duties,
    do_archive_duty,
    do_change_duty,
)
from shangdun.console.conflicts import conflict_page
from shangdun.console.forms.duties import DutyForm, GroupForm, member_rows, rows_for
from shangdun.console.problems import said
from shangdun.console.programme.duties import table
from shangdun.console.views.page import Request, page
from shangdun.console.views.programme.communication import (
    FORM,
    MANAGES,
    SECTION,
    VIEWS,
    frame,
    people,
)
from shangdun.kernel.errors import UsageError
from shangdun.records.conflict import EditConflict
from shangdun.records.duties import get_duty, get_group, visible_duties, visible_groups
from shangdun.records.models import (
    AudienceChoice,
    CrossTeamGroup,
    Meeting,
    MeetingState,
    RaciDuty,
)

DUTY_LABELS = {
    "title": pgettext_lazy("raci", "Duty"),
    "description": gettext_lazy("Description"),
    "parts": gettext_lazy("Parts"),
}
GROUP_LABELS = {
    "name": gettext_lazy("Name"),
    "purpose": gettext_lazy("Purpose"),
    "expected": gettext_lazy("Expected results"),
    "teams": gettext_lazy("Teams"),
    "members": gettext_lazy("Members"),
}


@page(SECTION, *VIEWS)
def duties(request: Request) -> HttpResponseBase:
    """The table, with every gap named."""
    lines, heavy, gaps = table(visible_duties(request.user))
    context = frame(request, "duties") | {"lines": lines, "heavy": heavy, "gaps": gaps}
    return render(request, "duties/table.html", context)


@page(SECTION, *MANAGES, methods=("POST",))
def adopt(request: Request) -> HttpResponseBase:
    """Take over the product's table."""
    language = "en" if get_language() == "en" else "zh-hans"
    made = do_adopt_duties(request.user, language=language)
    messages.success(request, _("%(n)d duties are in the table. Name people next.") % {"n": made})
    return redirect("duties")


@page(SECTION, *MANAGES, methods=FORM)
def duty_add(request: Request) -> HttpResponseBase:
    """Add a duty."""
    given = request.POST or None
    form = DutyForm(people(), rows_for(None, given), given)
    if request.method == "POST" and form.is_valid():
        try:
            do_add_duty(request.user, form.duty())
        except UsageError as error:
            form.add_error(None, str(said(error)))
        else:
            return redirect("duties")
    return _duty(request, form, None)


@page(SECTION, *MANAGES, methods=FORM)
def duty(request: Request, duty_id: int) -> HttpResponseBase:
    """One duty, to change."""
    found = get_duty(request.user, duty_id)
    if request.method != "POST":
        initial = DutyForm.initial_of(found)
        return _duty(request, DutyForm(people(), rows_for(found), initial=initial), found)
    form = DutyForm(people(), rows_for(found, request.POST), request.POST)
    if not form.is_valid():
        return _duty(request, form, found)
    try:
        version = form.cleaned_data["version"]
        do_change_duty(request.user, form.duty(), duty_id=found.pk, version=version)
    except EditConflict as conflict:
        back = f"/duties/{found.pk}/"
        return conflict_page(request, conflict, about=found.title, back=back, labels=DUTY_LABELS)
    except UsageError as error:
        form.add_error(None, str(said(error)))
        return _duty(request, form, found)
    messages.success(request, _("Saved."))
    return redirect("duties")


def _duty(request: Request, form: DutyForm, found: RaciDuty | None) -> HttpResponseBase:
    context = frame(request, "duties") | {"form": form, "duty": found}
    return render(request, "duties/duty.html", context, status=_status(request))


@page(SECTION, *MANAGES, methods=("POST",))
def duty_archive(request: Request, duty_id: int) -> HttpResponseBase:
    """Take a duty out."""
    do_archive_duty(request.user, duty_id=get_duty(request.user, duty_id).pk)
    messages.success(request, _("It is out of the table; who had it stays on record."))
    return redirect("duties")


@page(SECTION, *VIEWS)
def groups(request: Request) -> HttpResponseBase:
    """The groups across teams, their members, their meetings."""
    rows = [_shown(group) for group in visible_groups(request.user)]
    context = frame(request, "groups") | {"rows": rows}
    return render(request, "duties/groups.html", context)


def _shown(group: CrossTeamGroup) -> dict[str, Any]:
    meetings = Meeting.objects.filter(rhythm=group.rhythm) if group.rhythm_id else None
    held = (
        meetings.filter(state=MeetingState.HELD).order_by("-held_at").first() if meetings else None
    )
    planned = (
        meetings.filter(state=MeetingState.PLANNED).order_by("begins_at").first()
        if meetings
        else None
    )
    return {
        "group": group,
        "teams": [AudienceChoice(name).label for name in group.teams],
        "members": list(group.members.all()),
        "held": held,
        "planned": planned,
    }


@page(SECTION, *MANAGES, methods=FORM)
def group_add(request: Request) -> HttpResponseBase:
    """Set a group up."""
    given = request.POST or None
    form = GroupForm(people(), member_rows(None, given), given)
    if request.method == "POST" and form.is_valid():
        try:
            do_add_group(request.user, form.group())
        except UsageError as error:
            form.add_error(None, str(said(error)))
        else:
            return redirect("groups_across")
    return _group(request, form, None)


@page(SECTION, *MANAGES, methods=FORM)
def group(request: Request, group_id: int) -> HttpResponseBase:
    """One group, to change."""
    found = get_group(request.user, group_id)
    if request.method != "POST":
        initial = GroupForm.initial_of(found)
        return _group(request, GroupForm(people(), member_rows(found), initial=initial), found)
    form = GroupForm(people(), member_rows(found, request.POST), request.POST)
    if not form.is_valid():
        return _group(request, form, found)
    try:
        version = form.cleaned_data["version"]
        do_change_group(request.user, form.group(), group_id=found.pk, version=version)
    except EditConflict as conflict:
        back = f"/duties/groups/{found.pk}/"
        return conflict_page(request, conflict, about=found.name, back=back, labels=GROUP_LABELS)
    except UsageError as error:
        form.add_error(None, str(said(error)))
        return _group(request, form, found)
    messages.success(request, _("Saved."))
    return redirect("groups_across")


def _group(request: Request, form: GroupForm, found: CrossTeamGroup | None) -> HttpResponseBase:
    context = frame(request, "groups") | {"form": form, "group": found}
    return render(request, "duties/group.html", context, status=_status(request))


@page(SECTION, *MANAGES, methods=("POST",))
def group_archive(request: Request, group_id: int) -> HttpResponseBase:
    """Dissolve a group."""
    do_archive_group(request.user, group_id=get_group(request.user, group_id).pk)
    messages.success(request, _("It is dissolved; who was in it stays on record."))
    return redirect("groups_across")


def _status(request: Request) -> int:
    return 422 if request.method == "POST" else 200
