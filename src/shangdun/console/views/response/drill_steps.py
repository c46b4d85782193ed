"""What is done to a drill: announced, begun, paused, ended, judged, signed."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from shangdun.actions.drills.marks import do_add_drill_finding, do_judge_score, do_sign_drill
from shangdun.actions.drills.plan import do_announce_drill, do_cancel_drill
from shangdun.actions.drills.play import (
    do_begin_drill,
    do_end_drill,
    do_pause_drill,
    do_resume_drill,
)
from shangdun.console.conflicts import conflict_page
from shangdun.console.forms.drills import JudgeForm, SayForm
from shangdun.console.forms.incidents import VersionForm
from shangdun.console.forms.review import ImprovementForm
from shangdun.console.problems import said
from shangdun.console.views.page import Request, page
from shangdun.kernel.errors import UsageError
from shangdun.records.conflict import EditConflict
from shangdun.records.drills import get_drill
from shangdun.records.reviews import owners
from shangdun.records.roles import Capability

_STEPS: dict[str, Callable[..., object]] = {
    "announce": do_announce_drill,
    "begin": do_begin_drill,
    "pause": do_pause_drill,
    "resume": do_resume_drill,
    "end": do_end_drill,
}
_VERSIONED = {"begin", "end"}


@page("drills", Capability.MANAGE_DRILLS, methods=("POST",))
def step(request: Request, number: int, name: str) -> HttpResponseBase:
    """Announce, begin, pause, resume, end."""
    do = _STEPS.get(name)
    if do is None:
        return redirect("drill", number)
    form = VersionForm(request.POST)
    seen = form.cleaned_data["version"] if form.is_valid() else None
    given = {"version": seen} if name in _VERSIONED else {}
    return _do(request, number, lambda: do(request.user, number=number, **given))


@page("drills", Capability.MANAGE_DRILLS, methods=("POST",))
def cancel(request: Request, number: int) -> HttpResponseBase:
    form = SayForm(request.POST)
    if not form.is_valid():
        return _mistake(request, number)
    note = form.cleaned_data["text"]
    return _do(request, number, lambda: do_cancel_drill(request.user, number=number, note=note))


@page("drills", Capability.MANAGE_DRILLS, methods=("POST",))
def judge(request: Request, number: int, score_id: int) -> HttpResponseBase:
    """The observer saw it otherwise."""
    form = JudgeForm(request.POST)
    if not form.is_valid():
        return _mistake(request, number)
    given = form.cleaned_data
    return _do(request, number, lambda: do_judge_score(request.user, score_id=score_id, **given))


@page("drills", Capability.MANAGE_DRILLS, methods=("POST",))
def finding(request: Request, number: int) -> HttpResponseBase:
    """What the drill taught."""
    form = ImprovementForm(owners(request.user), request.POST)
    if not form.is_valid():
        return _mistake(request, number)
    return _do(
        request,
        number,
        lambda: do_add_drill_finding(request.user, number=number, plan=form.plan()),
    )


@page("drills", Capability.SIGN_REPORTS, methods=("POST",))
def sign(request: Request, number: int) -> HttpResponseBase:
    form = SayForm(request.POST)
    if not form.is_valid():
        return _mistake(request, number)
    given = {"conclusion": form.cleaned_data["text"], "version": form.cleaned_data["version"]}
    return _do(request, number, lambda: do_sign_drill(request.user, number=number, **given))


def _mistake(request: Request, number: int) -> HttpResponseBase:
    messages.error(request, _("Something is missing: fill in every field that is not optional."))
    return redirect("drill", number)


def _do(request: Request, number: int, change: Callable[[], object]) -> HttpResponseBase:
    drill = get_drill(request.user, number)
    back = reverse("drill", args=[number])
    try:
        change()
    except EditConflict as conflict:
        labels = {"state": _("State"), "mark": _("Mark"), "note": _("Why")}
        return conflict_page(request, conflict, about=drill.title, back=back, labels=labels)
    except UsageError as error:
        messages.error(request, str(said(error)))
    return redirect(back)
