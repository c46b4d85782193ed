"""What is done with the law register: facts, owners, evidence, texts, reviews of changes."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from shangdun.actions.compliance.duties import (
    do_add_duty_evidence,
    do_add_law_duty,
    do_add_law_version,
    do_change_law_duty,
    do_drop_duty_evidence,
    do_state_shop_facts,
)
from shangdun.actions.compliance.register import do_take_in_law
from shangdun.actions.compliance.reviews import do_review_law_change
from shangdun.console.conflicts import conflict_page
from shangdun.console.forms.compliance import (
    DutyForm,
    EvidenceForm,
    FactsForm,
    OwnDutyForm,
    ReviewForm,
    TextForm,
)
from shangdun.console.problems import said
from shangdun.console.programme.compliance import said_of
from shangdun.console.views.page import Request, page
from shangdun.console.views.programme.control_steps import given_files
from shangdun.console.views.programme.law import changes_page, duty_page
from shangdun.kernel.errors import UsageError
from shangdun.records.compliance import get_duty, get_review, law_facts, newest_texts, text_of
from shangdun.records.conflict import EditConflict
from shangdun.records.models import LegalDuty
from shangdun.records.roles import Capability

MANAGES = (Capability.MANAGE_COMPLIANCE,)
REVIEWS = (Capability.MANAGE_COMPLIANCE, Capability.ASSESS_COMPLIANCE)
FACT_LABELS = {
    "platform": gettext_lazy("What the shop is made of"),
    "customers": gettext_lazy("People whose personal data is processed"),
    "important_data": gettext_lazy("Important data is processed"),
    "personalised": gettext_lazy("Search results or offers are personalised"),
    "mlps_level": gettext_lazy("MLPS level"),
}
DUTY_LABELS = {
    "owner_id": gettext_lazy("Owner"),
    "applies": gettext_lazy("Does it apply?"),
    "reason": gettext_lazy("Why, against the facts"),
}
REVIEW_LABELS = {"outcome": gettext_lazy("What it means for us"), "note": gettext_lazy("Why")}


@page("law", *MANAGES, methods=("POST",))
def begin(request: Request) -> HttpResponseBase:
    """Take the shipped register in."""
    made = do_take_in_law(request.user)
    text = ngettext("%(n)d duty taken in.", "%(n)d duties taken in.", made.duties)
    messages.success(request, text % {"n": made.duties})
    return redirect("law_facts" if not law_facts().pk else "law")


@page("law", *MANAGES, methods=("GET", "HEAD", "POST"))
def facts(request: Request) -> HttpResponseBase:
    """What the shop is: which duties bind follows from it."""
    row = law_facts()
    form = FactsForm(request.POST or None, initial=FactsForm.initial_of(row))
    if request.method == "POST" and form.is_valid():
        version = form.cleaned_data["version"]
        try:
            do_state_shop_facts(request.user, form.facts(), version=version)
        except EditConflict as conflict:
            about = str(_("Facts for the law register"))
            return conflict_page(
                request, conflict, about=about, back="/law/facts/", labels=FACT_LABELS
            )
        except UsageError as error:
            form.add_error(None, str(said(error)))
        else:
            messages.success(request, _("Saved: the register follows the facts."))
            return redirect("law")
    status = 422 if request.method == "POST" else 200
    return render(request, "law/facts.html", {"form": form, "here": "law"}, status=status)


@page("law", *MANAGES, methods=("POST",))
def change(request: Request, uid: str) -> HttpResponseBase:
    """Another owner; whether it applies."""
    row = get_duty(request.user, uid)
    form = DutyForm(request.POST)
    if not form.is_valid():
        return duty_page(request, row, status=422, form=form)
    version = form.cleaned_data["version"]
    try:
        do_change_law_duty(request.user, form.plan(), uid=uid, version=version)
    except EditConflict as conflict:
        back = f"/law/duties/{uid}/"
        return conflict_page(request, conflict, about=uid, back=back, labels=DUTY_LABELS)
    except UsageError as error:
        form.add_error(None, str(said(error)))
        return duty_page(request, row, status=422, form=form)
    messages.success(request, _("Saved."))
    return redirect("law_duty", uid)


@page("law", *MANAGES, methods=("GET", "HEAD", "POST"))
def version(request: Request, uid: str) -> HttpResponseBase:
    """A new text of a duty."""
    row = get_duty(request.user, uid)
    form = TextForm(request.POST or None, initial=_newest(row))
    if request.method == "POST" and form.is_valid():
        try:
            do_add_law_version(request.user, form.own(), uid=uid)
        except UsageError as error:
            form.add_error(None, str(said(error)))
        else:
            messages.success(request, _("The text is in the register; it waits for a review."))
            return redirect("law_duty", uid)
    context = {"form": form, "duty": row, "title": _newest(row)["title"], "here": "law"}
    return render(request, "law/text.html", context, status=422 if request.POST else 200)


def _newest(row: LegalDuty) -> dict[str, object]:
    texts = newest_texts(row.versions.all())
    told = said_of(text_of(texts[-1]))
    names = ("law", "article", "title", "text", "quote", "source")
    return {name: getattr(told, name) for name in names}


@page("law", *MANAGES, methods=("GET", "HEAD", "POST"))
def add(request: Request) -> HttpResponseBase:
    """A duty that the register does not have."""
    form = OwnDutyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = do_add_law_duty(request.user, form.own(), group=form.cleaned_data["group"])
        except UsageError as error:
            form.add_error(None, str(said(error)))
        else:
            messages.success(request, _("The duty is in the register."))
            return redirect("law_duty", made.uid)
    context = {"form": form, "here": "law"}
    return render(request, "law/text.html", context, status=422 if request.POST else 200)


@page("law", *MANAGES, methods=("POST",))
def evidence(request: Request, uid: str) -> HttpResponseBase:
    """Something else that shows that it is kept."""
    row = get_duty(request.user, uid)
    form = EvidenceForm(request.POST)
    if not form.is_valid():
        return duty_page(request, row, status=422, evidence_form=form)
    try:
        files = given_files(request, "file")
        do_add_duty_evidence(
            request.user, uid=uid, file=files[0] if files else None, **form.cleaned_data
        )
    except UsageError as error:
        form.add_error(None, str(said(error)))
        return duty_page(request, row, status=422, evidence_form=form)
    messages.success(request, _("The evidence is kept."))
    return redirect("law_duty", uid)


@page("law", *MANAGES, methods=("POST",))
def evidence_drop(request: Request, uid: str, evidence_id: int) -> HttpResponseBase:
    """It no longer shows it."""
    get_duty(request.user, uid)
    do_drop_duty_evidence(request.user, evidence_id=evidence_id)
    messages.success(request, _("Taken off; judgements that were made with it keep it."))
    return redirect("law_duty", uid)


@page("law", *REVIEWS, methods=("POST",))
def review(request: Request, review_id: int) -> HttpResponseBase:
    """What a change means, and what has to change for it."""
    row = get_review(request.user, review_id)
    form = ReviewForm(request.POST, auto_id=f"review-{row.pk}-%s")
    if not form.is_valid():
        return changes_page(request, status=422, wrong=form, wrong_id=row.pk)
    told = said_of(text_of(row.after))
    detail = f"{told.law} {told.article}: {told.title}"
    try:
        do_review_law_change(
            request.user, review_id=row.pk, outcome=form.cleaned_data["outcome"],
            note=form.cleaned_data["note"], plan=form.plan(row.duty.group, detail),
            version=form.cleaned_data["version"],
        )  # fmt: skip
    except EditConflict as conflict:
        back = "/law/changes/"
        return conflict_page(request, conflict, about=detail, back=back, labels=REVIEW_LABELS)
    except UsageError as error:
        form.add_error(None, str(said(error)))
        return changes_page(request, status=422, wrong=form, wrong_id=row.pk)
    messages.success(request, _("Reviewed."))
    return redirect("law_changes")
