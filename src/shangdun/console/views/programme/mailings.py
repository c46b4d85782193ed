"""Letters to lists of recipients: looked at, sent, held, stopped; what came back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from shangdun.actions.mailings.changes import MOVERS
from shangdun.actions.mailings.send import (
    do_pause_mailing,
    do_resume_mailing,
    do_settle_uncertain_mailing,
    do_start_mailing,
    do_stop_mailing,
    do_take_mailing_bounces,
)
from shangdun.actions.mailings.survey import (
    do_edit_mailing,
    do_invite_by_letter,
    do_remind_by_letter,
)
from shangdun.actions.mailings.try_out import do_try_mailing
from shangdun.console.conflicts import conflict_page
from shangdun.console.forms.mailings import MailingForm
from shangdun.console.problems import said
from shangdun.console.programme.mailings import mailing_context, progress_of_mailing, samples
from shangdun.console.views.fragment import Fragment, answer, render_fragment
from shangdun.console.views.page import Request, page
from shangdun.console.views.programme.surveys import MANAGES, show
from shangdun.console.views.response.letters import send_trial
from shangdun.console.wordings.notices import LABELS
from shangdun.kernel.errors import NotFound, UsageError
from shangdun.notify.letters.dsn import LARGEST, returned_in
from shangdun.notify.letters.template import Text
from shangdun.records.conflict import EditConflict
from shangdun.records.mailings import get_mailing
from shangdun.records.models import Mailing, MailingKind
from shangdun.records.roles import Capability
from shangdun.records.surveys import get_survey

VIEWS = (Capability.VIEW_COMMUNICATION, Capability.VIEW_MEASURES)
MARKS = {"zh": "【测试】", "en": "[TEST] "}


@page("measures", *MANAGES, methods=("POST",))
def invite(request: Request, number: int) -> HttpResponseBase:
    """The draft of a survey's invitation to the lists that were ticked."""
    found = get_survey(request.user, number)
    lists = [int(one) for one in request.POST.getlist("list") if one.isdecimal() and len(one) < 10]
    base = request.build_absolute_uri("/").rstrip("/")
    try:
        made = do_invite_by_letter(
            request.user, lists, number=number, base=base, remind="remind" in request.POST
        )
    except UsageError as error:
        return show(request, found, problem=str(said(error)), status=422)
    return redirect("mailing", made.pk)


@page("measures", *MANAGES, methods=("POST",))
def remind(request: Request, number: int) -> HttpResponseBase:
    """Remind once those whose link is unused."""
    found = get_survey(request.user, number)
    try:
        made = do_remind_by_letter(request.user, number=number)
    except UsageError as error:
        return show(request, found, problem=str(said(error)), status=422)
    return redirect("mailing", made.pk)


@page("communication", *VIEWS)
def mailing(request: Request, mailing_id: int) -> HttpResponseBase:
    """One mailing: as it is read, to whom, how far it is."""
    return _page(request, get_mailing(request.user, mailing_id))


def _page(request: Request, found: Mailing, form: MailingForm | None = None) -> HttpResponseBase:
    context = mailing_context(request.user, found) | {"live": _progress(request, found)}
    if context["starts"]:
        context["form"] = form or MailingForm(initial=MailingForm.initial_of(found))
    return render(request, "mailings/page.html", context, status=422 if form else 200)


@page("communication", *VIEWS)
def progress(request: Request, mailing_id: int) -> HttpResponse:
    """How far it is, alone; it renews itself."""
    return answer(request, _progress(request, get_mailing(request.user, mailing_id)))


@page("communication", *MANAGES, methods=("POST",))
def edit(request: Request, mailing_id: int) -> HttpResponseBase:
    """Change an invitation before it leaves."""
    found, form = get_mailing(request.user, mailing_id), MailingForm(request.POST)
    if not form.is_valid():
        return _page(request, found, form)
    try:
        version = form.cleaned_data["version"]
        do_edit_mailing(request.user, form.texts(), mailing_id=found.pk, version=version)
    except EditConflict as conflict:
        back = f"/mailings/{found.pk}/"
        about = found.get_kind_display()
        return conflict_page(request, conflict, about=about, back=back, labels=LABELS)
    except UsageError as error:
        language, _sep, line = error.where.partition(", ")
        form.add_error(
            f"body_{language}" if language in MARKS else None, f"{said(error)} {line}".strip()
        )
        return _page(request, found, form)
    messages.success(request, _("Saved."))
    return redirect("mailing", found.pk)


@page("communication", *MOVERS, methods=("POST",))
def step(request: Request, mailing_id: int, verb: str) -> HttpResponseBase:
    """Start, pause, go on, stop; what remains uncertain: one click each."""
    found = get_mailing(request.user, mailing_id)
    if verb not in _STEPS:
        raise NotFound(f"there is no step {verb[:20]}", fix="use the buttons of the page")
    seen = request.POST.get("version", "")
    version = int(seen) if seen.isdecimal() and len(seen) < 10 else None
    try:
        _STEPS[verb](request, {"mailing_id": found.pk}, version)
    except EditConflict:
        messages.warning(request, _("Somebody changed it meanwhile: this is how it stands now."))
    except UsageError as error:
        messages.error(request, str(said(error)))
    return redirect("mailing", found.pk)


Step = Callable[[Request, dict[str, Any], int | None], Mailing]
_STEPS: dict[str, Step] = {
    "start": lambda r, at, v: do_start_mailing(r.user, **at, version=v),
    "pause": lambda r, at, _v: do_pause_mailing(r.user, **at),
    "resume": lambda r, at, _v: do_resume_mailing(r.user, **at),
    "stop": lambda r, at, _v: do_stop_mailing(r.user, **at),
    "again": lambda r, at, _v: do_settle_uncertain_mailing(r.user, **at, again=True),
    "arrived": lambda r, at, _v: do_settle_uncertain_mailing(r.user, **at, again=False),
}


@page("communication", *MOVERS, methods=("POST",))
def test(request: Request, mailing_id: int) -> HttpResponseBase:
    """The letter as it is read, to an address of one's own; its links open nothing."""
    found = get_mailing(request.user, mailing_id)
    try:
        to = do_try_mailing(request.user, request.POST.get("to", ""), mailing_id=found.pk)
    except UsageError as error:
        messages.error(request, str(said(error)))
        return redirect("mailing", found.pk)
    marked = {
        code: Text(f"{MARKS[code]}{one.subject}", one.body) for code, one in samples(found).items()
    }
    send_trial(request, found.channel, marked, to)
    return redirect("mailing", found.pk)


@page("communication", *MOVERS, methods=("POST",))
def bounces(request: Request, mailing_id: int) -> HttpResponseBase:
    """Returned mail, or a list of addresses."""
    found = get_mailing(request.user, mailing_id)
    file = request.FILES.get("file")
    content = file.read(LARGEST + 1) if file else b""
    try:
        bounced, strange = do_take_mailing_bounces(
            request.user, mailing_id=found.pk, returned=list(returned_in(content[:LARGEST]))
        )
    except UsageError as error:
        messages.error(request, str(said(error)))
    else:
        told = _("%(bounced)s letters are marked as bounced; %(strange)s lines match no letter.")
        messages.success(request, told % {"bounced": bounced, "strange": strange})
    return redirect("mailing", found.pk)


def _progress(request: Request, found: Mailing) -> Fragment:
    context = {
        "mailing": found,
        "progress": progress_of_mailing(found),
        "needless": found.kind == MailingKind.REMINDER,
        "sends": request.user.can(*MOVERS),
    }
    return render_fragment(request, "mailings/progress.html", context)
