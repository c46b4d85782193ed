"""Writing documents: a new one, a draft with its preview, what is said about it."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from shangdun.actions.documents.write import (
    do_describe_document,
    do_edit_draft,
    do_write_document,
)
from shangdun.console.blocks import shown
from shangdun.console.conflicts import conflict_page
from shangdun.console.forms.documents import (
    DescribeForm,
    NewForm,
    TextForm,
    described,
    text_of,
)
from shangdun.console.papers.document import document_blocks
from shangdun.console.problems import said
from shangdun.console.response.documents import slot_names
from shangdun.console.views.page import Request, page
from shangdun.console.wordings.documents import ABOUT_FIELDS, TEXT_FIELDS
from shangdun.kernel.errors import UsageError
from shangdun.papers.errors import PaperError
from shangdun.records.conflict import EditConflict
from shangdun.records.documents import get_document, get_version
from shangdun.records.models import Document, DocumentState, User
from shangdun.records.roles import Capability

BEGINNING = {"zh-hans": "## 一、目的与范围\n\n", "en": "## 1. Purpose and scope\n\n"}


@page("documents", Capability.MANAGE_DOCUMENTS, methods=("GET", "HEAD", "POST"))
def new(request: Request) -> HttpResponseBase:
    """Begin a document of one's own."""
    form = NewForm(request.POST or None, initial={"language": request.user.language})
    if request.method == "POST" and form.is_valid():
        try:
            body = BEGINNING[form.cleaned_data["language"]]
            draft = do_write_document(request.user, form.wanted(body))
        except UsageError as error:
            form.add_error("title" if error.where == "title" else None, str(said(error)))
        else:
            return redirect("document_edit", draft.document.number, draft.number)
    status = 422 if form.errors else 200
    return render(request, "documents/new.html", {"form": form}, status=status)


@page("documents", Capability.MANAGE_DOCUMENTS, methods=("GET", "HEAD", "POST"))
def edit(request: Request, number: int, version_number: int) -> HttpResponseBase:
    """A draft's text, with its preview beside it."""
    draft = get_version(request.user, number, version_number)
    if draft.state not in (DocumentState.DRAFT, DocumentState.REVIEW):
        messages.error(request, _("This version does not change any more: begin a new one."))
        return redirect("document_version", number, version_number)
    form = TextForm(request.POST or None, initial=text_of(draft))
    if request.method == "POST" and form.is_valid():
        try:
            do_edit_draft(
                request.user,
                number=number,
                version_number=version_number,
                wording=form.wording(),
                version=form.cleaned_data["version"],
            )
        except EditConflict as conflict:
            return conflict_page(
                request, conflict, about=draft.title, back=request.path, labels=TEXT_FIELDS
            )
        except UsageError as error:
            where = f"{error.where}: " if error.where.startswith("line") else ""
            field = "title" if error.where == "title" else "body"
            form.add_error(field, f"{where}{said(error)}")
        else:
            messages.success(request, _("Saved."))
            return redirect("document_version", number, version_number)
    context = {
        "form": form,
        "draft": draft,
        "document": draft.document,
        "slots": slot_names(),
        "preview": _preview(request, draft.document, str(form["body"].value() or "")),
    }
    return render(request, "documents/edit.html", context, status=422 if form.errors else 200)


@page("documents", Capability.MANAGE_DOCUMENTS, methods=("POST",))
def preview(request: Request, number: int) -> HttpResponse:
    """How a text that is being written will look."""
    document = get_document(request.user, number)
    context = _preview(request, document, request.POST.get("body", ""))
    return render(request, "documents/preview.html", {"preview": context})


@page("documents", Capability.MANAGE_DOCUMENTS, methods=("GET", "HEAD", "POST"))
def about(request: Request, number: int) -> HttpResponseBase:
    """Number, classification, readers, owner, how often it is reviewed."""
    document = get_document(request.user, number)
    active = User.objects.filter(is_active=True).order_by("username").prefetch_related("groups")
    people = [user for user in active if user.can(Capability.MANAGE_DOCUMENTS)]
    form = DescribeForm(request.POST or None, initial=described(document), people=people)
    if request.method == "POST" and form.is_valid():
        try:
            do_describe_document(
                request.user,
                number=number,
                wanted=form.description(),
                version=form.cleaned_data["version"],
            )
        except EditConflict as conflict:
            return conflict_page(
                request, conflict, about=document.title, back=request.path, labels=ABOUT_FIELDS
            )
        except UsageError as error:
            form.add_error(None, str(said(error)))
        else:
            messages.success(request, _("Saved."))
            return redirect("document", number)
    context = {"form": form, "document": document}
    return render(request, "documents/about.html", context, status=422 if form.errors else 200)


def _preview(request: Request, document: Document, body: str) -> dict[str, object]:
    try:
        blocks = document_blocks(request.user, document, body, timezone.now())
    except PaperError as error:
        return {"wrong": f"{error.where}: {said(error)}" if error.where else str(said(error))}
    return {"blocks": shown(blocks)}
