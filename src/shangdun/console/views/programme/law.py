"""The law register: duties by law, one duty, changes of law."""

from __future__ import annotations

from django.http import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone

from shangdun.console.forms.compliance import DutyForm, EvidenceForm, ReviewForm
from shangdun.console.programme.compliance import (
    ShownDuty,
    by_law,
    history_of,
    shown_duties,
    shown_judgement,
    shown_review,
    tally_duties,
)
from shangdun.console.views.page import Request, page
from shangdun.govern.law.register import edition
from shangdun.records.compliance import (
    DutyStands,
    compliance_rate,
    duties_standing,
    get_duty,
    law_facts,
    open_findings,
    open_round,
    today_of,
    visible_duties,
    visible_reviews,
)
from shangdun.records.models import LegalDuty
from shangdun.records.roles import Capability

VIEWS = (Capability.VIEW_COMPLIANCE,)
MANAGES = (Capability.MANAGE_COMPLIANCE,)
SHOWS = ("bind", "all", "mine", "wanting")
DONE_SHOWN = 100


@page("law", *VIEWS)
def law(request: Request) -> HttpResponseBase:
    """The register: what binds, who looks after it, what shows it, what was judged."""
    now = timezone.now()
    show = request.GET.get("show", "bind")
    known = visible_duties(request.user).exists()
    rate = compliance_rate(now)
    standing = [row.detail for row in rate.rows if isinstance(row.detail, DutyStands)]
    duties = [one for one in shown_duties(standing) if _wanted(request, one)]
    waiting = visible_reviews(request.user).filter(done_at=None)
    facts = law_facts()
    context = {
        "known": known,
        "show": show if show in SHOWS else "bind",
        "rate": rate,
        "tally": tally_duties(rate),
        "laws": by_law(duties),
        "waiting": waiting.count(),
        "late": waiting.filter(due_on__lt=today_of(now)).count(),
        "round": open_round(),
        "findings": open_findings().count(),
        "edition": edition(),
        "unstated": known and not facts.pk,
        "manages": request.user.can(*MANAGES),
        "here": "law",
    }
    return render(request, "law/register.html", context)


def _wanted(request: Request, one: ShownDuty) -> bool:
    show = request.GET.get("show", "bind")
    if show == "all":
        return True
    if show == "mine":
        return one.stands.duty.owner_id == request.user.pk
    if show == "wanting":
        return one.stands.state in ("partly", "not_kept", "out_of_date", "not_assessed")
    return one.stands.counts


@page("law", *VIEWS)
def duty(request: Request, uid: str) -> HttpResponseBase:
    """One duty: its texts over time, who, evidence, judgements."""
    return duty_page(request, get_duty(request.user, uid))


def duty_page(
    request: Request, row: LegalDuty, *, status: int = 200, **forms: object
) -> HttpResponseBase:
    """Also as the answer to a form of it that was wrong."""
    now = timezone.now()
    one = shown_duties(duties_standing(now, duties=[row]))[0]
    context = {
        "duty": row,
        "one": one,
        "texts": history_of(row.versions.select_related("by"), today_of(now)),
        "judgements": [shown_judgement(made) for made in one.stands.judgements][::-1],
        "findings": list(row.findings.select_related("raised_in", "improvement")),
        "reviews": [
            shown_review(review)
            for review in visible_reviews(request.user).filter(duty=row, done_at=None)
        ],
        "manages": request.user.can(*MANAGES),
        "form": DutyForm(initial=DutyForm.initial_of(row)),
        "evidence_form": EvidenceForm(),
        "here": "law",
        **forms,
    }
    return render(request, "law/duty.html", context, status=status)


@page("law", *VIEWS)
def changes(request: Request) -> HttpResponseBase:
    """Changes of law: those that wait for a review, those that were reviewed."""
    return changes_page(request)


def changes_page(
    request: Request, *, status: int = 200, wrong: ReviewForm | None = None, wrong_id: int = 0
) -> HttpResponseBase:
    """Also as the answer to a review that was wrong: what was typed stays."""
    rows = visible_reviews(request.user)
    today = today_of(timezone.now())
    waiting = []
    for row in rows.filter(done_at=None):
        blank = ReviewForm(initial={"version": row.version}, auto_id=f"review-{row.pk}-%s")
        form = wrong if wrong is not None and row.pk == wrong_id else blank
        waiting.append({**shown_review(row), "form": form, "late": row.due_on < today})
    done = rows.exclude(done_at=None).select_related("done_by").order_by("-done_at")[:DONE_SHOWN]
    context = {
        "waiting": waiting,
        "done": [shown_review(row) for row in done],
        "reviews": request.user.can(*MANAGES, Capability.ASSESS_COMPLIANCE),
        "wrong_id": wrong_id,
        "here": "changes",
    }
    return render(request, "law/changes.html", context, status=status)
