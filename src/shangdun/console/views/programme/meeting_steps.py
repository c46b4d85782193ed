"""What is done with a meeting: inviting, answering, its agenda, holding it, following up."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shangdun.actions.meetings import call, follow, hold
from shangdun.actions.meetings.minutes import do_write_minutes
from shangdun.actions.reports.agenda import do_draft_agenda
from shangdun.actions.review.improve import Plan
from shangdun.console.conflicts import conflict_page
from shangdun.console.forms.meetings import ActionForm
from shangdun.console.problems import said
from shangdun.console.views.page import Request, page
from shangdun.console.views.programme.meetings import MANAGES, SEES, shown
from shangdun.console.wordings.meetings import FIELDS, ITEM_FIELDS
from shangdun.kernel.errors import NotFound, UsageError
from shangdun.records.actor import person
from shangdun.records.conflict import EditConflict
from shangdun.records.meetings import get_action, get_meeting, visible_actions
from shangdun.records.messages import console_zone
from shangdun.records.models import ActionItemState
from shangdun.respond.groups import Group

SHOWS = ("open", "overdue", "done")


def _did(
    request: Request, number: int, act: Callable[[], object], told: str | Promise
) -> HttpResponseBase:
    """Do it and go back to the meeting; what is wrong is said there."""
    try:
        act()
    except EditConflict as conflict:
        back, about = f"/meetings/{number}/", get_meeting(request.user, number).title
        return conflict_page(request, conflict, about=about, back=back, labels=FIELDS)
    except UsageError as error:
        return shown(request, number, problem=str(said(error)))
    messages.success(request, str(told))
    return redirect("meeting", number)


def _seen(request: Request) -> int | None:
    text = request.POST.get("version", "")
    return int(text) if text.isdecimal() and len(text) < 10 else None


@page("meetings", MANAGES, methods=("POST",))
def step(request: Request, number: int) -> HttpResponseBase:
    """Invite, call off, draft the agenda anew."""
    user, verb = request.user, request.POST.get("do", "")
    if verb == "invite":
        told: str | Promise = gettext_lazy("The invitations are on their way.")
        return _did(request, number, lambda: call.do_send_invitations(user, number=number), told)
    if verb == "draft":
        told = gettext_lazy("The agenda says what the records say now.")
        return _did(request, number, lambda: do_draft_agenda(user, number=number), told)
    if verb == "cancel":
        reason = request.POST.get("reason", "")
        return _did(
            request,
            number,
            lambda: call.do_cancel_meeting(
                user, number=number, reason=reason, version=_seen(request)
            ),
            gettext_lazy("It is called off; everybody who was invited is told."),
        )
    return _did(request, number, lambda: get_meeting(user, number), _("Use the buttons."))


@page("meetings", *SEES, methods=("POST",))
def answer(request: Request, number: int) -> HttpResponseBase:
    """One's own answer to the invitation."""
    given, note = request.POST.get("answer", ""), request.POST.get("note", "")
    return _did(
        request,
        number,
        lambda: call.do_answer_invitation(request.user, number=number, answer=given, note=note),
        gettext_lazy("Your answer is noted."),
    )


@page("meetings", MANAGES, methods=("POST",))
def agenda(request: Request, number: int) -> HttpResponseBase:
    """The points as they stand in the form; one without a title is left out."""
    fields = ("item", "point", "section", "note")
    rows = zip(*(request.POST.getlist(name) for name in fields), strict=False)
    points = tuple(
        hold.Point(item=int(item) if item.isdecimal() else 0, title=title, section=part, note=note)
        for item, title, part, note in rows
        if title.strip()
    )
    return _did(
        request,
        number,
        lambda: hold.do_set_agenda(request.user, points, number=number, version=_seen(request)),
        gettext_lazy("The agenda is kept."),
    )


@page("meetings", MANAGES, methods=("POST",))
def held(request: Request, number: int) -> HttpResponseBase:
    """Who came and what was said."""
    came = frozenset(int(one) for one in request.POST.getlist("came") if one.isdecimal())
    outcomes = {
        int(name.removeprefix("outcome-")): str(value)
        for name, value in request.POST.items()
        if name.startswith("outcome-") and name.removeprefix("outcome-").isdecimal()
    }
    wanted = hold.Held(came=came, outcomes=outcomes)
    return _did(
        request,
        number,
        lambda: hold.do_hold_meeting(request.user, wanted, number=number, version=_seen(request)),
        gettext_lazy("Kept. Write down decisions and actions, then draft the minutes."),
    )


@page("meetings", MANAGES, methods=("POST",))
def decide(request: Request, number: int) -> HttpResponseBase:
    """A decision."""
    text = request.POST.get("text", "")
    return _did(
        request,
        number,
        lambda: hold.do_minute_decision(request.user, number=number, text=text),
        gettext_lazy("The decision is noted."),
    )


@page("meetings", MANAGES, methods=("POST",))
def minutes(request: Request, number: int) -> HttpResponseBase:
    """Draft the minutes, and go on in the document."""
    try:
        draft = do_write_minutes(request.user, number=number)
    except UsageError as error:
        return shown(request, number, problem=str(said(error)))
    messages.success(request, _("The minutes are drafted. Give them to somebody to review."))
    return redirect("document_version", draft.document.number, draft.number)


@page("meetings", MANAGES, methods=("POST",))
def action_add(request: Request, number: int) -> HttpResponseBase:
    """Give somebody something to do."""
    form = ActionForm(request.POST)
    if not form.is_valid():
        return shown(request, number, action_form=form)
    try:
        follow.do_add_action_item(request.user, form.wanted(_task(request)), number=number)
    except (UsageError, NotFound) as error:
        form.add_error(None, str(said(error)))
        return shown(request, number, action_form=form)
    messages.success(request, _("It is given; the person is told and reminded."))
    return redirect("meeting", number)


def _task(request: Request) -> int | None:
    text = request.POST.get("task", "")
    return int(text) if text.isdecimal() and len(text) < 10 else None


@page("meetings", *SEES)
def actions(request: Request) -> HttpResponseBase:
    """The follow-up list: what meetings gave people to do."""
    today = timezone.now().astimezone(console_zone()).date()
    show = request.GET.get("show", "open")
    show = show if show in SHOWS else "open"
    rows = visible_actions(request.user)
    mine = request.GET.get("who") == "me"
    if mine:
        rows = rows.filter(owner=person(request.user))
    if show == "done":
        rows = rows.exclude(state=ActionItemState.OPEN).order_by("-done_at")
    else:
        rows = rows.filter(state=ActionItemState.OPEN)
    if show == "overdue":
        rows = rows.filter(due__lt=today)
    context = {"rows": list(rows[:200]), "shows": SHOWS, "show": show, "today": today, "mine": mine}
    return render(request, "meetings/actions.html", context)


@page("meetings", *SEES)
def action(request: Request, number: int) -> HttpResponseBase:
    """One action."""
    return _action(request, number)


def _action(
    request: Request, number: int, form: ActionForm | None = None, problem: str = ""
) -> HttpResponseBase:
    row = get_action(request.user, number)
    manages = request.user.can(MANAGES)
    is_open = row.state == ActionItemState.OPEN
    context = {
        "row": row,
        "manages": manages and is_open,
        "finishes": is_open and (manages or row.owner == person(request.user)),
        "today": timezone.now().astimezone(console_zone()).date(),
        "problem": problem,
        "sees_meeting": _sees_meeting(request, row.meeting.number),
    }
    if manages and is_open:
        context["form"] = form or ActionForm(initial=ActionForm.initial_of(row))
    status = 422 if problem or (form is not None and form.errors) else 200
    return render(request, "meetings/action.html", context, status=status)


def _sees_meeting(request: Request, number: int) -> bool:
    try:
        get_meeting(request.user, number)
    except NotFound:
        return False
    return True


@page("meetings", *SEES, methods=("POST",))
def action_settle(request: Request, number: int) -> HttpResponseBase:
    """Done, dropped, changed, or followed up as an improvement."""
    row = get_action(request.user, number)
    verb = request.POST.get("do", "")
    form = ActionForm(request.POST) if verb == "change" else None
    if form is not None and not form.is_valid():
        return _action(request, number, form)
    try:
        _settle(request, number, verb, form)
    except EditConflict as conflict:
        back = f"/meetings/actions/{number}/"
        return conflict_page(request, conflict, about=row.title, back=back, labels=ITEM_FIELDS)
    except (UsageError, NotFound) as error:
        return _action(request, number, form, problem=str(said(error)))
    messages.success(request, _("Saved."))
    return redirect("meeting_action", number)


def _settle(request: Request, number: int, verb: str, form: ActionForm | None) -> None:
    user, version = request.user, _seen(request)
    result = request.POST.get("result", "")
    if verb == "finish":
        follow.do_finish_action_item(user, number=number, result=result, version=version)
    elif verb == "drop":
        follow.do_drop_action_item(user, number=number, result=result, version=version)
    elif verb == "change" and form is not None:
        wanted = form.wanted(get_action(user, number).task_id)
        follow.do_change_action_item(user, wanted, number=number, version=version)
    elif verb == "improve":
        row = get_action(user, number)
        group = next((one for one in Group if row.owner.groups.filter(name=one).exists()), None)
        plan = Plan(
            title=row.title,
            group=(group or Group.TECHNICAL_SUPPORT).value,
            due=row.due,
            retest=request.POST.get("retest", ""),
            owner_id=row.owner_id,
        )
        follow.do_improve_from_action(user, plan, number=number)
