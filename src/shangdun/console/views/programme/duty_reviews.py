"""One's own duties, confirmed or corrected; the rounds of review as leadership sees them."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shangdun.actions.duties.review import (
    do_close_duty_review,
    do_confirm_duties,
    do_correct_duties,
    do_settle_correction,
)
from shangdun.console.conflicts import conflict_page
from shangdun.console.problems import said
from shangdun.console.programme.duties import LETTER_WORDS, OWN_WORDS, together
from shangdun.console.views.page import Request, page
from shangdun.console.views.programme.communication import MANAGES, SECTION, VIEWS, frame
from shangdun.govern.rhythm.periods import Period, span_of
from shangdun.kernel.errors import UsageError
from shangdun.records.conflict import EditConflict
from shangdun.records.duties import (
    duties_of,
    get_review,
    own_answer,
    visible_reviews,
)
from shangdun.records.messages import console_zone
from shangdun.records.models import AnswerState
from shangdun.records.roles import Capability

OWN = (Capability.WORK_PLAN,)
LABELS = {"outcome": gettext_lazy("What came of it")}


@page("own_duties", *OWN)
def mine(request: Request) -> HttpResponseBase:
    """What the records say that this person answers for."""
    rows = [
        {
            "kind": OWN_WORDS[one.kind],
            "title": one.title,
            "part": LETTER_WORDS.get(one.part, one.part),
            "letter": one.part if one.part in {"R", "A", "C", "I"} else "",
        }
        for one in duties_of(request.user)
    ]
    context = {"rows": rows, "answer": own_answer(request.user), "states": AnswerState}
    return render(request, "duties/mine.html", context)


@page(SECTION, *OWN, methods=("POST",))
def answer(request: Request) -> HttpResponseBase:
    """Confirm one's duties, or say what is not right."""
    try:
        if request.POST.get("verb") == "confirm":
            do_confirm_duties(request.user)
            messages.success(request, _("Thank you: your duties are confirmed."))
        else:
            do_correct_duties(request.user, text=request.POST.get("text", ""))
            messages.success(request, _("Thank you: leadership is told."))
    except UsageError as error:
        messages.error(request, str(said(error)))
    return redirect("own_duties")


@page(SECTION, *VIEWS)
def reviews(request: Request) -> HttpResponseBase:
    """All rounds, and how people work together now."""
    now, zone = timezone.now(), console_zone()
    span = span_of(Period.HALF, now.astimezone(zone).date())
    rows = [
        {
            "review": row,
            "all": len(row.answers.all()),
            "open": sum(one.state == AnswerState.OPEN for one in row.answers.all()),
            "wants": sum(one.state == AnswerState.CORRECTED for one in row.answers.all()),
        }
        for row in visible_reviews(request.user)
    ]
    context = frame(request, "reviews") | {
        "rows": rows,
        "together": together(request.user, span.since, span.until, now, zone),
        "period": span.key,
    }
    return render(request, "duties/reviews.html", context)


@page(SECTION, *VIEWS)
def review(request: Request, key: str) -> HttpResponseBase:
    """One round: who answered, what is to be corrected, where work got stuck, what came of it."""
    now, zone = timezone.now(), console_zone()
    row = get_review(request.user, key)
    span = span_of(Period.HALF, row.opens_on)
    context = frame(request, "reviews") | {
        "review": row,
        "answers": list(row.answers.select_related("person", "settled_by")),
        "together": together(request.user, span.since, span.until, now, zone),
        "late": row.closed_at is None and row.due_on < now.astimezone(zone).date(),
    }
    return render(request, "duties/review.html", context)


@page(SECTION, *MANAGES, methods=("POST",))
def close(request: Request, key: str) -> HttpResponseBase:
    """Close a round with what came of it."""
    text = request.POST.get("version", "")
    version = int(text) if text.isdecimal() and len(text) < 10 else None
    outcome = request.POST.get("outcome", "")
    try:
        do_close_duty_review(request.user, key=key, outcome=outcome, version=version)
    except EditConflict as conflict:
        back = f"/duties/reviews/{key}/"
        return conflict_page(request, conflict, about=key, back=back, labels=LABELS)
    except UsageError as error:
        messages.error(request, str(said(error)))
    else:
        messages.success(request, _("The round is closed."))
    return redirect("duty_review", key)


@page(SECTION, *MANAGES, methods=("POST",))
def settle(request: Request, key: str, answer_id: int) -> HttpResponseBase:
    """Say what was done about a correction."""
    get_review(request.user, key)
    try:
        do_settle_correction(request.user, answer_id=answer_id, text=request.POST.get("text", ""))
    except UsageError as error:
        messages.error(request, str(said(error)))
    return redirect("duty_review", key)
