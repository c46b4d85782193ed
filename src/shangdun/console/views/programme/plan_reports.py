"""Reports of the plan: what is due, drafted, approved, sent, missed; one report with its proof."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from shangdun.actions.documents.approve import do_publish_document
from shangdun.actions.reports.draft import do_draft_report
from shangdun.actions.reports.send import do_send_report
from shangdun.console.blocks import shown as blocks_shown
from shangdun.console.papers.document import document_blocks
from shangdun.console.problems import said
from shangdun.console.programme.reports import LOOKS, days_left, lines, proofs
from shangdun.console.views.page import Request, page
from shangdun.kernel.errors import UsageError
from shangdun.records.messages import console_zone
from shangdun.records.models import DocumentState, ReportState, RhythmMakes
from shangdun.records.plan_reports import get_run, newest_texts, state_of, visible_runs
from shangdun.records.rhythms import visible_rhythms
from shangdun.records.roles import Capability

MANAGES = Capability.MANAGE_REPORTS
SEES = Capability.VIEW_REPORTS
MOST = 2_000
"""Reports of some thirty years: so many are looked at for a state."""


@page("plan_reports", SEES)
def reports(request: Request) -> HttpResponseBase:
    """The latest window first."""
    rows = visible_runs(request.user)
    kind = request.GET.get("kind", "")
    if kind:
        rows = rows.filter(kind=kind)
    state = request.GET.get("state", "")
    if state in ReportState.values:  # it is reckoned, not kept: of all, then by pages
        chosen = [one.run.pk for one in lines(list(rows[:MOST])) if one.state == state]
        rows = rows.filter(pk__in=chosen)
    pages = Paginator(rows, 50).get_page(request.GET.get("page"))
    shown = lines(list(pages))
    today = timezone.now().astimezone(console_zone()).date()
    rhythms = visible_rhythms(request.user).filter(makes=RhythmMakes.REPORT, enabled=True)
    context = {
        "pages": pages,
        "rows": [(one, days_left(one.run, today)) for one in shown],
        "states": ReportState.choices,
        "state": state,
        "kinds": [(one.kind, one.title) for one in rhythms],
        "kind": kind,
        "today": today,
        "manages": request.user.can(MANAGES),
        "any_rhythm": rhythms.exists(),
    }
    return render(request, "plan_reports/list.html", context)


@page("plan_reports", SEES)
def report(request: Request, number: int) -> HttpResponseBase:
    """One report: its window, its document, to whom it was sent."""
    run = get_run(request.user, number)
    text = newest_texts([run]).get(run.document_id or 0)
    state = state_of(run, text)
    now = timezone.now()
    today = now.astimezone(console_zone()).date()
    blocks = []
    if text is not None and run.document is not None:
        text.document = run.document
        blocks = blocks_shown(document_blocks(request.user, run.document, text.body, now))
    manages = request.user.can(MANAGES)
    context = {
        "run": run,
        "state": state,
        "look": LOOKS[state],
        "text": text,
        "blocks": blocks,
        "proofs": proofs(run),
        "today": today,
        "left": days_left(run, today),
        "drafts": manages and run.document_id is None and run.until < today,
        "sends": manages and text is not None and _ready(text.state) and run.sent_at is None,
        "edits": text is not None and text.state == DocumentState.DRAFT and manages,
        "forms": ("pdf", "docx"),
    }
    return render(request, "plan_reports/page.html", context)


def _ready(state: str) -> bool:
    return state in (DocumentState.APPROVED, DocumentState.PUBLISHED)


@page("plan_reports", MANAGES, methods=("POST",))
def draft(request: Request, number: int) -> HttpResponseBase:
    """Draft it now; the clock would, when its window opens."""
    try:
        made = do_draft_report(request.user, number=number)
    except UsageError as error:
        messages.error(request, str(said(error)))
        return redirect("plan_report", number)
    messages.success(request, _("Drafted from the records. Edit it, then have it approved."))
    return redirect("document_edit", made.document.number, made.number)


@page("plan_reports", MANAGES, methods=("POST",))
def send(request: Request, number: int) -> HttpResponseBase:
    """Put the approved text into force, and send it to its readers."""
    run = get_run(request.user, number)
    text = newest_texts([run]).get(run.document_id or 0)
    try:
        if text is not None and run.document and text.state == DocumentState.APPROVED:
            do_publish_document(
                request.user, number=run.document.number, version_number=text.number
            )
        do_send_report(request.user, number=number)
    except UsageError as error:
        messages.error(request, str(said(error)))
    else:
        messages.success(request, _("It is sent; the proof is kept below."))
    return redirect("plan_report", number)
