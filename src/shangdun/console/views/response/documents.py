"""Controlled documents: the list, a version, what happens to it, who has read it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from shangdun.actions.documents import approve, readers
from shangdun.actions.documents.duties import BEIJING, do_finish_duty
from shangdun.actions.documents.plan import built_in_plan
from shangdun.actions.documents.write import do_begin_version, do_write_document
from shangdun.console.blocks import shown
from shangdun.console.conflicts import conflict_page
from shangdun.console.papers.answer import paper_response
from shangdun.console.papers.document import document_blocks, document_paper
from shangdun.console.problems import said
from shangdun.console.response.documents import (
    PAPER_FORMS,
    duties_context,
    list_context,
    version_context,
)
from shangdun.console.ruletext import difference
from shangdun.console.views.page import Request, page
from shangdun.console.wordings.documents import FIELDS
from shangdun.kernel.errors import NotFound, UsageError
from shangdun.records.conflict import EditConflict
from shangdun.records.documents import (
    company,
    get_document,
    get_version,
    open_version,
    published_version,
    visible_versions,
)
from shangdun.records.models import DocumentState, DocumentVersion
from shangdun.records.roles import Capability

LONGEST_NUMBER = 9


@page("documents", Capability.VIEW_DOCUMENTS)
def documents(request: Request) -> HttpResponseBase:
    """All of them, what this person owes, what is due."""
    now = timezone.now()
    return render(request, "documents/list.html", list_context(request.user, now, _today(now)))


@page("documents", Capability.MANAGE_DOCUMENTS, methods=("POST",))
def plan(request: Request) -> HttpResponseBase:
    """Begin with the response plan that comes with the product."""
    try:
        draft = do_write_document(
            request.user, built_in_plan(request.POST.get("language", ""), company())
        )
    except UsageError as error:
        messages.error(request, str(said(error)))
        return redirect("documents")
    messages.success(request, _("The plan is there as a draft: make it yours."))
    return _to(draft)


@page("documents", Capability.VIEW_DOCUMENTS)
def document(request: Request, number: int) -> HttpResponseBase:
    """The version in force; before there is one, the one on its way."""
    found = get_document(request.user, number)
    version = published_version(found) or open_version(found)
    version = version or visible_versions(request.user, found).first()
    if version is None:
        raise NotFound(f"document {number} has no version", fix="look at the list")
    return _version(request, get_version(request.user, number, version.number))


@page("documents", Capability.VIEW_DOCUMENTS)
def version(request: Request, number: int, version_number: int) -> HttpResponseBase:
    """One version, whatever became of it."""
    return _version(request, get_version(request.user, number, version_number))


@page("documents", Capability.VIEW_DOCUMENTS)
def export(request: Request, number: int, version_number: int, form: str) -> HttpResponseBase:
    """The version as PDF or Word, in the company's layout."""
    found = get_version(request.user, number, version_number)
    if form not in PAPER_FORMS:
        raise NotFound(f"there is no form {form}", fix="pdf or docx")
    paper = document_paper(request.user, found, timezone.now())
    name = f"{found.title} V{found.number}"
    return paper_response(request, paper, "docx" if form == "docx" else "pdf", name)


@page("documents", Capability.VIEW_DOCUMENTS)
def changes(request: Request, number: int) -> HttpResponseBase:
    """What changed from one version to another; without a choice, between the last two."""
    found = get_document(request.user, number)
    versions = list(visible_versions(request.user, found))
    known = {one.number: one for one in versions}
    newer = known.get(_number(request.GET.get("to"))) or versions[0]
    earlier = [one for one in versions if one.number < newer.number]
    older = known.get(_number(request.GET.get("from"))) or (earlier[0] if earlier else None)
    before = f"{older.title}\n\n{older.body}" if older else ""
    context = {
        "document": found,
        "versions": versions,
        "older": older,
        "newer": newer,
        "lines": difference(before, f"{newer.title}\n\n{newer.body}"),
    }
    return render(request, "documents/changes.html", context)


@page("documents", Capability.MANAGE_DOCUMENTS, Capability.APPROVE_DOCUMENTS)
def reading(request: Request, number: int) -> HttpResponseBase:
    """Who has acknowledged the version in force, and who has not."""
    found = get_document(request.user, number)
    current = published_version(found)
    rows = (
        current.acknowledgements.select_related("person").order_by("acknowledged_at", "due_at")
        if current
        else []
    )
    context = {"document": found, "version": current, "rows": rows, "now": timezone.now()}
    return render(request, "documents/readers.html", context)


@page("documents", Capability.MANAGE_DOCUMENTS, Capability.APPROVE_DOCUMENTS, methods=("POST",))
def duty(request: Request, number: int, duty_id: int) -> HttpResponseBase:
    """A review or meeting was held."""
    try:
        do_finish_duty(
            request.user,
            number=number,
            duty_id=duty_id,
            outcome=request.POST.get("outcome", ""),
        )
        messages.success(request, _("Noted. The next one is dated."))
    except UsageError as error:
        messages.error(request, str(said(error)))
    return redirect("document", number)


@page("documents", Capability.VIEW_DOCUMENTS, methods=("POST",))
def step(request: Request, number: int, version_number: int) -> HttpResponseBase:
    """Submit, review, approve, send back, publish, withdraw, acknowledge, begin a new version."""
    verb = request.POST.get("verb", "")
    act = _STEPS.get(verb)
    if act is None:
        messages.error(request, _("Use the buttons of the page."))
        return redirect("document_version", number, version_number)
    try:
        told = act(request, number, version_number)
    except EditConflict as conflict:
        found = get_version(request.user, number, version_number)
        back = f"/documents/{number}/versions/{version_number}/"
        return conflict_page(request, conflict, about=found.title, back=back, labels=FIELDS)
    except UsageError as error:
        messages.error(request, str(said(error)))
        return redirect("document_version", number, version_number)
    if verb == "begin":
        return redirect("document_edit", number, told.number)
    messages.success(request, _told(verb))
    return redirect("document_version", number, version_number)


def _submit(request: Request, number: int, version_number: int) -> Any:  # noqa: ANN401  any record
    return approve.do_submit_document(
        request.user,
        number=number,
        version_number=version_number,
        reviewer=_number(request.POST.get("reviewer")),
        approver=_number(request.POST.get("approver")),
        version=_seen(request),
    )


def _with_remark(action: Callable[..., Any]) -> Callable[[Request, int, int], Any]:
    def act(request: Request, number: int, version_number: int) -> Any:  # noqa: ANN401  any record
        return action(
            request.user,
            number=number,
            version_number=version_number,
            remark=request.POST.get("remark", ""),
            version=_seen(request),
        )

    return act


def _plainly(action: Callable[..., Any]) -> Callable[[Request, int, int], Any]:
    def act(request: Request, number: int, version_number: int) -> Any:  # noqa: ANN401  any record
        return action(
            request.user, number=number, version_number=version_number, version=_seen(request)
        )

    return act


_STEPS: dict[str, Callable[[Request, int, int], Any]] = {
    "submit": _submit,
    "review": _plainly(approve.do_review_document),
    "approve": _plainly(approve.do_approve_document),
    "return": _with_remark(approve.do_return_document),
    "publish": _plainly(approve.do_publish_document),
    "withdraw": _with_remark(approve.do_withdraw_document),
    "acknowledge": lambda request, number, version_number: readers.do_acknowledge_document(
        request.user, number=number, version_number=version_number
    ),
    "begin": lambda request, number, version_number: do_begin_version(
        request.user, number=number, of=version_number
    ),
}


def _told(verb: str) -> str:
    return {
        "submit": _("Its reviewer is told."),
        "review": _("Its approver is told."),
        "approve": _("Approved. Its text does not change any more."),
        "return": _("Its author is told."),
        "publish": _("It is in force. Its readers are told."),
        "withdraw": _("It is withdrawn."),
        "acknowledge": _("Noted that you have read it."),
    }[verb]


def _version(request: Request, found: DocumentVersion) -> HttpResponse:
    now = timezone.now()
    blocks = document_blocks(request.user, found.document, found.body, now)
    context = version_context(request.user, found, blocks, now)
    context["blocks"] = shown(blocks)
    context |= duties_context(found.document, _today(now))
    context["public"] = found.state in (DocumentState.PUBLISHED, DocumentState.SUPERSEDED)
    return render(request, "documents/page.html", context)


def _to(found: DocumentVersion) -> HttpResponse:
    return redirect("document_version", found.document.number, found.number)


def _today(now: datetime) -> Any:  # noqa: ANN401  a date
    return now.astimezone(BEIJING).date()


def _seen(request: Request) -> int | None:
    return _number(request.POST.get("version")) or None


def _number(text: str | None) -> int:
    given = text or ""
    return (
        int(given) if given.isascii() and given.isdecimal() and len(given) < LONGEST_NUMBER else 0
    )
