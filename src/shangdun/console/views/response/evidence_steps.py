"""What is done with an item of evidence, each a form on its page."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from shangdun.actions.evidence.handle import (
    do_accept_evidence,
    do_decline_evidence,
    do_dispose_evidence,
    do_hand_out_evidence,
    do_hand_over,
    do_hold_evidence,
    do_note_evidence,
)
from shangdun.actions.evidence.verify import verify
from shangdun.console.papers.answer import paper_response
from shangdun.console.papers.custody import custody_paper
from shangdun.console.problems import said
from shangdun.console.views.page import Request, page
from shangdun.console.views.response.evidence import item_context
from shangdun.kernel.errors import NotFound, UsageError
from shangdun.records.evidence import get_evidence
from shangdun.records.roles import Capability

HANDLES = (Capability.HANDLE_EVIDENCE,)
HOLDS = (Capability.HANDLE_LEGAL, Capability.ORDER_INCIDENTS)


@page("incidents", *HANDLES, methods=("POST",))
def check(request: Request, number: int, item_number: int) -> HttpResponseBase:
    """Verify now."""
    checked = verify(request.user, number, item_number)
    if checked.sound:
        messages.success(request, _("Every byte is as it was collected, and the chain holds."))
    else:
        messages.error(
            request, _("It does not hold: content or chain was changed. The groups are told.")
        )
    return redirect("incident_evidence_item", number, item_number)


@page("incidents", *HANDLES, methods=("POST",))
def hand_over(request: Request, number: int, item_number: int) -> HttpResponseBase:
    """Offer it to somebody of the plan's groups."""
    to = request.POST.get("to", "")
    reason = request.POST.get("reason", "")
    return _do(
        request, number, item_number, "hand_over",
        lambda: do_hand_over(
            request.user, incident=number, number=item_number,
            to=int(to) if to.isdecimal() and len(to) < 12 else 0, reason=reason,
        ),
        _("Offered. It changes hands when it is accepted."),
    )  # fmt: skip


@page("incidents", *HANDLES, methods=("POST",))
def accept(request: Request, number: int, item_number: int) -> HttpResponseBase:
    """The second signature."""
    note = request.POST.get("note", "")
    return _do(
        request, number, item_number, "accept",
        lambda: do_accept_evidence(request.user, incident=number, number=item_number, note=note),
        _("You hold it now."),
    )  # fmt: skip


@page("incidents", *HANDLES, methods=("POST",))
def decline(request: Request, number: int, item_number: int) -> HttpResponseBase:
    """Not me; or: I keep it."""
    reason = request.POST.get("reason", "")
    return _do(
        request, number, item_number, "decline",
        lambda: do_decline_evidence(
            request.user, incident=number, number=item_number, reason=reason
        ),
        _("It stays where it was."),
    )  # fmt: skip


@page("incidents", *HANDLES, methods=("POST",))
def hand_out(request: Request, number: int, item_number: int) -> HttpResponseBase:
    """A copy went to somebody outside."""
    receiver, reason = request.POST.get("receiver", ""), request.POST.get("reason", "")
    return _do(
        request, number, item_number, "hand_out",
        lambda: do_hand_out_evidence(
            request.user, incident=number, number=item_number, receiver=receiver, reason=reason
        ),
        _("It is on record. Add the signed form as evidence too."),
    )  # fmt: skip


@page("incidents", *HANDLES, methods=("POST",))
def note(request: Request, number: int, item_number: int) -> HttpResponseBase:
    """Write into the chain."""
    text = request.POST.get("text", "")
    return _do(
        request, number, item_number, "note",
        lambda: do_note_evidence(request.user, incident=number, number=item_number, text=text),
        "",
    )  # fmt: skip


@page("incidents", *HOLDS, methods=("POST",))
def hold(request: Request, number: int, item_number: int) -> HttpResponseBase:
    """Legal hold, on or off."""
    wanted, reason = request.POST.get("hold") == "1", request.POST.get("reason", "")
    return _do(
        request, number, item_number, "hold",
        lambda: do_hold_evidence(
            request.user, incident=number, number=item_number, hold=wanted, reason=reason
        ),
        _("It is under legal hold.") if wanted else _("The legal hold has ended."),
    )  # fmt: skip


@page("incidents", Capability.ORDER_INCIDENTS, methods=("POST",))
def dispose(request: Request, number: int, item_number: int) -> HttpResponseBase:
    """Delete the content for good; record and chain stay."""
    reason = request.POST.get("reason", "")
    return _do(
        request, number, item_number, "dispose",
        lambda: do_dispose_evidence(
            request.user, incident=number, number=item_number, reason=reason
        ),
        _("The content is deleted; its record and chain of custody stay."),
    )  # fmt: skip


@page("incidents", Capability.VIEW_INCIDENTS)
def form(request: Request, number: int, item_number: int, form: str) -> HttpResponseBase:
    """The chain-of-custody form, to sign and to file."""
    if form not in {"pdf", "docx"}:
        raise NotFound("there is no such form", fix="pdf or docx")
    found = get_evidence(request.user, number, item_number)
    paper = custody_paper(found)
    name = f"custody-{number}-{found.label}"
    return paper_response(request, paper, "pdf" if form == "pdf" else "docx", name)


def _do(
    request: Request, number: int, item_number: int, opened: str,
    change: Callable[[], object], done: str,
) -> HttpResponseBase:  # fmt: skip
    try:
        change()
    except UsageError as error:
        found = get_evidence(request.user, number, item_number)
        given = {name: request.POST.get(name, "") for name in ("reason", "receiver", "text", "to")}
        context = item_context(request, found, problem=said(error), opened=opened, given=given)
        return render(request, "evidence/item.html", context, status=422)
    if done:
        messages.success(request, done)
    return redirect("incident_evidence_item", number, item_number)
