"""Notices to customers: the list, writing one, its way through approval, how far it is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from shangdun.actions.notices.approve import (
    do_approve_notice,
    do_approve_notice_legally,
    do_return_notice,
)
from shangdun.actions.notices.send import (
    do_pause_notice,
    do_post_notice,
    do_resume_notice,
    do_settle_uncertain,
    do_start_notice,
    do_stop_notice,
)
from shangdun.actions.notices.write import do_edit_notice, do_write_notice, proposed
from shangdun.console.conflicts import conflict_page
from shangdun.console.forms.notices import NoticeForm, SupportForm, initial_of
from shangdun.console.problems import said
from shangdun.console.response.notices import (
    complaint_figures,
    notice_context,
    progress_of,
    rows_of,
)
from shangdun.console.response.room import room_context
from shangdun.console.views.fragment import Fragment, answer, render_fragment
from shangdun.console.views.page import Request, page
from shangdun.console.wordings.notices import LABELS
from shangdun.kernel.errors import NotAllowed, NotFound, UsageError
from shangdun.records.access import get_incident_by_number
from shangdun.records.affected import affected_count
from shangdun.records.conflict import EditConflict
from shangdun.records.letter_settings import letter_settings
from shangdun.records.models import Incident, Notice
from shangdun.records.notices import (
    get_notice,
    visible_complaints,
    visible_notices,
    visible_support,
)
from shangdun.records.roles import Capability

COMPLAINTS_SHOWN = 200
APPROVERS = (Capability.APPROVE_NOTICES_LEGALLY, Capability.APPROVE_NOTICES)
MOVERS = (Capability.PREPARE_NOTICES, *APPROVERS)


@page("incidents", Capability.VIEW_INCIDENTS)
def notices(request: Request, number: int) -> HttpResponseBase:
    """Everything that customers are told, ask and are offered."""
    user = request.user
    incident = get_incident_by_number(user, number)
    complaints = list(visible_complaints(user, number)[:COMPLAINTS_SHOWN])
    context = {
        **room_context(user, incident, "notices"),
        "notices": rows_of(list(visible_notices(user, number))),
        "writes": user.can(Capability.PREPARE_NOTICES),
        "supports": user.can(Capability.PREPARE_NOTICES, Capability.HANDLE_COMPLAINTS),
        "handles": user.can(Capability.HANDLE_COMPLAINTS),
        "reads": user.can(Capability.READ_AFFECTED),
        "support": list(visible_support(user, number)),
        "support_form": SupportForm(),
        "complaints": complaints,
        "complaint_figures": complaint_figures(complaints),
        "affected": affected_count(incident),
    }
    return render(request, "notices/list.html", context)


@page("incidents", Capability.PREPARE_NOTICES, methods=("GET", "HEAD", "POST"))
def new(request: Request, number: int) -> HttpResponseBase:
    """Begin with the type's letter, filled with what is known."""
    incident = get_incident_by_number(request.user, number)
    if request.method != "POST":
        texts = proposed(incident, str(incident.type))
        initial: dict[str, Any] = {
            "title": _("First notice"),
            "per_minute": letter_settings().per_minute,
        }
        for language, text in texts.items():
            initial |= {f"subject_{language}": text.subject, f"body_{language}": text.body}
        return _form(request, incident, NoticeForm(initial=initial))
    form = NoticeForm(request.POST)
    if form.is_valid():
        try:
            notice = do_write_notice(request.user, form.draft(), incident_id=incident.pk)
        except UsageError as error:
            _blame(form, error)
        else:
            return redirect("incident_notice", number, notice.number)
    return _form(request, incident, form)


@page("incidents", Capability.PREPARE_NOTICES, methods=("GET", "HEAD", "POST"))
def edit(request: Request, number: int, notice_number: int) -> HttpResponseBase:
    """Change a notice; another text needs its approvals again."""
    notice = get_notice(request.user, number, notice_number)
    if request.method != "POST":
        form = NoticeForm(initial={**initial_of(notice), **notice.segment})
        return _form(request, notice.incident, form, notice)
    form = NoticeForm(request.POST)
    if not form.is_valid():
        return _form(request, notice.incident, form, notice)
    try:
        do_edit_notice(
            request.user,
            form.draft(),
            number=number,
            notice_number=notice_number,
            version=form.cleaned_data["version"],
        )
    except EditConflict as conflict:
        return conflict_page(
            request,
            conflict,
            about=notice.title,
            back=reverse("incident_notice", args=(number, notice_number)),
            labels=LABELS,
        )
    except UsageError as error:
        _blame(form, error)
        return _form(request, notice.incident, form, notice)
    return redirect("incident_notice", number, notice_number)


@page("incidents", Capability.VIEW_INCIDENTS)
def notice(request: Request, number: int, notice_number: int) -> HttpResponseBase:
    """One notice: as customers read it, where it stands, what comes next."""
    found = get_notice(request.user, number, notice_number)
    context = {
        **room_context(request.user, found.incident, "notices"),
        **notice_context(request.user, found),
        "live": _progress(request, found),
    }
    return render(request, "notices/page.html", context)


@page("incidents", Capability.VIEW_INCIDENTS)
def progress(request: Request, number: int, notice_number: int) -> HttpResponse:
    """How far it is, alone; it renews itself."""
    return answer(request, _progress(request, get_notice(request.user, number, notice_number)))


@page("incidents", *MOVERS, methods=("POST",))
def step(request: Request, number: int, notice_number: int, verb: str) -> HttpResponseBase:
    """Approve, give back, start, pause, go on, stop, post: one click each."""
    get_notice(request.user, number, notice_number)
    if verb not in _STEPS:
        raise NotFound(f"there is no step {verb}", fix="use the buttons of the page")
    given = request.POST
    seen = given.get("version", "")
    version = int(seen) if seen.isdecimal() and len(seen) < 12 else None
    try:
        _STEPS[verb](request, {"number": number, "notice_number": notice_number}, version)
    except EditConflict:
        messages.warning(request, _("Somebody changed it meanwhile: this is how it stands now."))
    except (UsageError, NotAllowed) as error:
        if isinstance(error, NotAllowed) and not error.code.startswith("notice."):
            raise
        messages.error(request, str(said(error)))
    return redirect("incident_notice", number, notice_number)


Step = Callable[[Request, dict[str, Any], int | None], Notice]
_STEPS: dict[str, Step] = {
    "legal": lambda r, at, v: do_approve_notice_legally(r.user, **at, version=v),
    "approve": lambda r, at, v: do_approve_notice(r.user, **at, version=v),
    "return": lambda r, at, v: do_return_notice(
        r.user, **at, version=v, reason=r.POST.get("reason", "")
    ),
    "start": lambda r, at, v: do_start_notice(r.user, **at, version=v),
    "pause": lambda r, at, _v: do_pause_notice(r.user, **at),
    "resume": lambda r, at, _v: do_resume_notice(r.user, **at),
    "stop": lambda r, at, _v: do_stop_notice(r.user, **at, reason=r.POST.get("reason", "")),
    "post": lambda r, at, _v: do_post_notice(r.user, **at, where=r.POST.get("where", "")),
    "again": lambda r, at, _v: do_settle_uncertain(r.user, **at, again=True),
    "arrived": lambda r, at, _v: do_settle_uncertain(r.user, **at, again=False),
}


def _progress(request: Request, found: Notice) -> Fragment:
    context = {
        "notice": found,
        "incident": found.incident,
        "progress": progress_of(found),
        "sends": request.user.can(Capability.PREPARE_NOTICES, Capability.APPROVE_NOTICES),
    }
    return render_fragment(request, "notices/progress.html", context)


def _form(
    request: Request, incident: Incident, form: NoticeForm, found: Notice | None = None
) -> HttpResponse:
    context = {
        **room_context(request.user, incident, "notices"),
        "form": form,
        "notice": found,
        "approved": found is not None and bool(found.legal_by_id),
    }
    return render(request, "notices/form.html", context, status=422 if form.errors else 200)


def _blame(form: NoticeForm, error: UsageError) -> None:
    """The error at the field it is about, with its line."""
    part = {"notice.subject": "subject", "notice.body": "body", "notice.place": "body"}.get(
        error.code
    )
    language, _sep, line = error.where.partition(", ")
    field = f"{part}_{language}" if part and language in {"zh", "en"} else None
    form.add_error(field, f"{said(error)} {line}".strip())
