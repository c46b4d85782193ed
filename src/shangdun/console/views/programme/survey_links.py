"""A survey on its way: opened, closed, copied, put away; invitations and reminders as lists."""

from __future__ import annotations

from collections.abc import Sequence

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from shangdun.actions.surveys.drafts import do_archive_survey, do_prepare_survey
from shangdun.actions.surveys.invite import do_invite, do_make_links, do_remind_invited
from shangdun.actions.surveys.opening import do_close_survey, do_open_survey
from shangdun.console.forms.surveys import InviteForm
from shangdun.console.problems import said
from shangdun.console.views.page import Request, page
from shangdun.console.views.programme.surveys import MANAGES, show
from shangdun.govern.survey.roster import Roster, decoded, read_roster, written
from shangdun.kernel.errors import NotFound, UsageError
from shangdun.records.conflict import EditConflict
from shangdun.records.models import Survey
from shangdun.records.surveys import get_survey

STEPS = {
    "open": do_open_survey,
    "close": do_close_survey,
    "archive": do_archive_survey,
}


@page("measures", *MANAGES, methods=("POST",))
def step(request: Request, number: int, step: str) -> HttpResponseBase:
    """Open, close, put away, or copy a survey."""
    found = get_survey(request.user, number)
    if step == "copy":
        made = do_prepare_survey(request.user, follows=number)
        messages.success(request, _("This is a copy, to be changed as you like."))
        return redirect("survey", made.number)
    do = STEPS.get(step)
    if do is None:
        raise NotFound("there is no such step", fix="see the survey")
    try:
        do(request.user, number=number)
    except (UsageError, EditConflict) as error:
        where = error.where if isinstance(error, UsageError) else ""
        return show(request, found, problem=str(said(error)), where=where, status=422)
    return redirect("surveys") if step == "archive" else redirect("survey", number)


@page("measures", *MANAGES, methods=("POST",))
def invite(request: Request, number: int) -> HttpResponseBase:
    """Links for a list, for nobody in particular, or for those who have not answered: as CSV."""
    found = get_survey(request.user, number)
    try:
        if request.POST.get("what") == "count":
            return _counted(request, found)
        return _listed(request, found)
    except UsageError as error:
        return show(request, found, problem=str(said(error)), status=422)


def _counted(request: Request, found: Survey) -> HttpResponseBase:
    text = request.POST.get("count", "")
    count = int(text) if text.isdecimal() and len(text) < 7 else 0
    tokens = do_make_links(request.user, count, number=found.number)
    rows = [(str(place), _link(request, token)) for place, token in enumerate(tokens, 1)]
    return _csv(found, "links", ("", _("Link")), rows)


def _listed(request: Request, found: Survey) -> HttpResponseBase:
    form = InviteForm(request.POST, request.FILES)
    if not form.is_valid():
        raise UsageError("this is no list", code="survey.list", fix="one address a line")
    given = form.cleaned_data
    text = decoded(given["file"].read()) if given["file"] else given["names"]
    roster = read_roster(text, heading=given["heading"])
    if roster.wrong and not given["partly"]:
        return show(request, found, roster=roster, wrong=_wrong(roster), names=text, status=422)
    if not roster.rows:
        raise UsageError("the list is empty", code="survey.list", fix="one address a line")
    head = (*roster.heading, _("Link")) if roster.heading else ()
    if request.POST.get("what") == "remind":
        unused = dict(do_remind_invited(request.user, roster.names, number=found.number))
        rows = [(*row, _link(request, unused[row[0]])) for row in roster.rows if row[0] in unused]
        return _csv(found, "reminders", head, rows)
    tokens = do_invite(request.user, roster.names, number=found.number)
    rows = [(*row, _link(request, token)) for row, token in zip(roster.rows, tokens, strict=True)]
    return _csv(found, "invitations", head, rows)


def _wrong(roster: Roster) -> list[tuple[int, str]]:
    words = {
        "empty": _("the first column is empty"),
        "twice": _("it is in the list twice"),
        "long": _("it is longer than 200 characters"),
    }
    return [(number, words[code]) for number, code in roster.wrong[:200]]


def _link(request: Request, token: str) -> str:
    return request.build_absolute_uri(f"/s/{token}/")


def _csv(
    found: Survey, name: str, head: Sequence[str], rows: Sequence[Sequence[str]]
) -> HttpResponse:
    response = HttpResponse(written(head, rows), content_type="text/csv; charset=utf-8")
    file = f"survey-{found.number}-{name}-{timezone.localdate():%Y%m%d}.csv"
    response.headers["Content-Disposition"] = f'attachment; filename="{file}"'
    response.headers["Cache-Control"] = "private, no-store"
    return response
