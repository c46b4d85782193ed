"""Reports to regulators: written from what is known, handed in, kept with their proof."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from shangdun.actions.clocks.report import Draft, Handed, do_save_report, do_submit_report
from shangdun.actions.evidence.collect import keep_content
from shangdun.console.conflicts import conflict_page
from shangdun.console.forms.clocks import PROOFS_AT_MOST, HandInForm, ReportItemsForm
from shangdun.console.papers.answer import paper_response
from shangdun.console.papers.regulator import report_paper
from shangdun.console.problems import said
from shangdun.console.response.regulator import prefilled
from shangdun.console.response.room import room_context
from shangdun.console.views.page import Request, page
from shangdun.console.wordings.clocks import language
from shangdun.kernel.errors import NotFound, StoreError, UsageError
from shangdun.records.access import get_incident_by_number
from shangdun.records.clocks import clocks_of, get_clock, get_submission
from shangdun.records.conflict import EditConflict
from shangdun.records.models import Clock, ClockState, Incident, Submission, SubmissionState
from shangdun.records.roles import Capability
from shangdun.respond.regulators.forms import Form, get_form, unknown_items
from shangdun.respond.regulators.law import Certainty

STOPS = (ClockState.RUNNING, ClockState.MISSED, ClockState.MAY_APPLY, ClockState.WAITING)


@page("incidents", Capability.SUBMIT_REPORTS, methods=("GET", "HEAD", "POST"))
def new(request: Request, number: int, clock_id: int) -> HttpResponseBase:
    """A report for one clock, filled in with what is known."""
    incident = get_incident_by_number(request.user, number)
    clock = get_clock(request.user, clock_id)
    if clock.incident_id != incident.pk:
        raise NotFound(f"there is no clock {clock_id} here", fix="see the incident's clocks")
    form = get_form(str(clock.frozen["form"]))
    phase = request.GET.get("phase") or str(clock.frozen["phase"])
    spoken = request.GET.get("language") or form.language
    spoken = spoken if spoken in {"zh", "en"} else form.language
    draft = incident.submissions.filter(
        form=form.id, phase=phase, state=SubmissionState.DRAFT
    ).first()
    if request.method != "POST" and draft is not None:
        return redirect("incident_report", incident.number, draft.number)
    if request.method == "POST":
        return _save(request, incident, form, None)
    texts = prefilled(request.user, incident, form, spoken)
    initial = {f"item_{name}": text for name, text in texts.items()}
    filled = ReportItemsForm(form, initial={"language": spoken, "phase": phase, **initial})
    return _page(request, incident, form, filled, None, texts=texts, spoken=spoken)


@page("incidents", Capability.VIEW_INCIDENTS, methods=("GET", "HEAD", "POST"))
def report(request: Request, number: int, report_number: int) -> HttpResponseBase:
    """One report: a draft to write on, or what was handed in."""
    incident = get_incident_by_number(request.user, number)
    row = get_submission(request.user, incident, report_number)
    form = get_form(row.form)
    if request.method == "POST":
        return _save(request, incident, form, row)
    initial = {f"item_{name}": text for name, text in row.items.items()}
    standing = {"version": row.version, "language": row.language, "phase": row.phase}
    filled = ReportItemsForm(form, initial={**standing, **initial})
    return _page(request, incident, form, filled, row, texts=row.items, spoken=row.language)


@page("incidents", Capability.SUBMIT_REPORTS, methods=("POST",))
def hand_in(request: Request, number: int, report_number: int) -> HttpResponseBase:
    """Record that it was handed in, with the proof."""
    incident = get_incident_by_number(request.user, number)
    row = get_submission(request.user, incident, report_number)
    form = HandInForm(_choices(incident), request.POST)
    files = request.FILES.getlist("proofs")[:PROOFS_AT_MOST]
    if not form.is_valid():
        return _again(request, incident, row, form)
    values = form.cleaned_data
    try:
        proofs = [keep_content(file.name or "proof", file.read()) for file in files]
        handed = Handed(
            recipient=values["recipient"],
            channel=values["channel"],
            at=values["at"] or timezone.now(),
            receipt=values["receipt"],
            clocks=values["clocks"],
            proofs=proofs,
        )
        do_submit_report(
            request.user,
            incident_id=incident.pk,
            number=row.number,
            handed=handed,
            version=values["version"],
        )
    except EditConflict as conflict:
        return _conflict(request, conflict, get_form(row.form), incident, row)
    except (UsageError, StoreError) as error:
        form.add_error(None, str(said(error)))
        return _again(request, incident, row, form)
    done = _("Rehearsed: nothing left the company.") if row.rehearsal else _("It is on record.")
    messages.success(request, done)
    return redirect("incident_report", incident.number, row.number)


@page("incidents", Capability.VIEW_INCIDENTS)
def paper(request: Request, number: int, report_number: int, form: str) -> HttpResponseBase:
    """The report as PDF or Word."""
    incident = get_incident_by_number(request.user, number)
    row = get_submission(request.user, incident, report_number)
    if form not in {"pdf", "docx"}:
        raise NotFound(f"there is no form {form!r}", fix="pdf or docx")
    written = report_paper(row)
    name = f"{written.title} {incident.number}-{row.number}"
    return paper_response(request, written, "pdf" if form == "pdf" else "docx", name)


def _save(
    request: Request, incident: Incident, form: Form, row: Submission | None
) -> HttpResponseBase:
    filled = ReportItemsForm(form, request.POST)
    if not filled.is_valid():
        texts = {name: request.POST.get(f"item_{name}", "") for name in _names(form)}
        spoken = row.language if row else form.language
        return _page(request, incident, form, filled, row, texts=texts, spoken=spoken, status=422)
    values = filled.cleaned_data
    draft = Draft(
        form=form.id,
        language=values["language"],
        phase=row.phase if row else values["phase"],
        items=filled.items(),
        number=row.number if row else None,
        version=values["version"],
    )
    try:
        saved = do_save_report(request.user, incident_id=incident.pk, draft=draft)
    except EditConflict as conflict:
        return _conflict(request, conflict, form, incident, row)
    except UsageError as error:
        filled.add_error(None, str(said(error)))
        texts, spoken = filled.items(), values["language"]
        return _page(request, incident, form, filled, row, texts=texts, spoken=spoken, status=422)
    messages.success(request, _("Saved."))
    return redirect("incident_report", incident.number, saved.number)


def _page(
    request: Request,
    incident: Incident,
    form: Form,
    filled: ReportItemsForm,
    row: Submission | None,
    **more: Any,  # noqa: ANN401 - texts, language, status, another form
) -> HttpResponseBase:
    texts, spoken = more["texts"], more["spoken"]
    unknown = set(unknown_items(form, texts, spoken))
    fields = [(item, filled[f"item_{item.id}"], item.id in unknown) for item in form.items]
    editing = request.user.can(Capability.SUBMIT_REPORTS) and (
        row is None or row.state == SubmissionState.DRAFT
    )
    version = {"version": row.version} if row else {}
    context = {
        **room_context(request.user, incident, "clocks"),
        "form": form,
        "form_title": form.title[language()],
        "form_basis": form.basis[language()],
        "form_confirm": form.certainty != Certainty.VERIFIED,
        "confirm": {item.id for item in form.items if item.certainty},
        "filled": filled,
        "fields": fields,
        "unknown": len(unknown),
        "row": row,
        "editing": editing,
        "proofs": incident.evidence.filter(pk__in=row.evidence) if row else [],
        "hand_in": more.get("hand_in")
        or HandInForm(_choices(incident), initial={**version, **_expected(incident, form)}),
    }
    return render(request, "clocks/report.html", context, status=more.get("status", 200))


def _expected(incident: Incident, form: Form) -> dict[str, Any]:
    """The clocks that ask for this form, and to whom it goes."""
    asking = [c for c in _stoppable(incident) if c.frozen["form"] == form.id]
    to = asking[0].words("to", language()) if asking else ""
    return {"clocks": [clock.pk for clock in asking], "recipient": to}


def _stoppable(incident: Incident) -> list[Clock]:
    return [c for c in clocks_of(incident) if c.state in STOPS and c.met_at is None]


def _choices(incident: Incident) -> list[tuple[int, str]]:
    return [
        (clock.pk, f"{clock.words('law', language())} · {clock.words('to', language())}")
        for clock in _stoppable(incident)
    ]


def _again(
    request: Request, incident: Incident, row: Submission, form: HandInForm
) -> HttpResponseBase:
    law = get_form(row.form)
    initial = {f"item_{name}": text for name, text in row.items.items()}
    standing = {"version": row.version, "language": row.language, "phase": row.phase}
    filled = ReportItemsForm(law, initial={**standing, **initial})
    more = {"texts": row.items, "spoken": row.language, "status": 422, "hand_in": form}
    return _page(request, incident, law, filled, row, **more)


def _conflict(
    request: Request, conflict: EditConflict, form: Form, incident: Incident, row: Submission | None
) -> HttpResponseBase:
    labels = {item.id: item.title[language()] for item in form.items}
    back = reverse("incident_clocks", args=[incident.number])
    if row is not None:
        back = reverse("incident_report", args=[incident.number, row.number])
    title = form.title[language()]
    return conflict_page(request, conflict, about=title, back=back, labels=labels)


def _names(form: Form) -> list[str]:
    return [item.id for item in form.items]
