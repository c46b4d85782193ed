"""What is due to be told: the list, one item with text and proof, what its receivers read."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import FileResponse, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.csrf import csrf_exempt, csrf_protect

from shangdun.actions.communication.draft import (
    do_approve_item,
    do_draft_item,
    do_drop_item,
    do_edit_item,
)
from shangdun.actions.communication.make import do_add_item
from shangdun.actions.communication.send import Held, do_prove_item, do_send_item
from shangdun.console.conflicts import conflict_page
from shangdun.console.forms.communication import HeldForm, TellForm, TextForm
from shangdun.console.papers.answer import paper_response
from shangdun.console.problems import said
from shangdun.console.programme.communication import (
    body_blocks,
    item_context,
    item_paper,
    listed,
    preview_of,
    title_of,
)
from shangdun.console.response.uploads import Arrived, receiving
from shangdun.console.views.page import Request, page
from shangdun.console.views.programme.communication import FORM, MANAGES, SECTION, VIEWS, frame
from shangdun.govern.communication.lines import Way
from shangdun.kernel.errors import NotFound, ShangdunError, StoreError, UsageError
from shangdun.papers.errors import PaperError
from shangdun.records import evidence_store
from shangdun.records.communication import (
    OPEN_STATES,
    get_item,
    get_line,
    get_proof_file,
    get_readable,
    visible_items,
)
from shangdun.records.conflict import EditConflict
from shangdun.records.messages import console_zone
from shangdun.records.models import Communication, CommunicationState, ContentChoice

PAGE = 60
SHOWS = ("open", "missed", "done", "all")
LABELS = {
    "title": gettext_lazy("Title"),
    "body": gettext_lazy("Text"),
    "reason": gettext_lazy("Why"),
}
SANDBOX = "default-src 'none'; sandbox"


@page(SECTION, *VIEWS)
def due(request: Request) -> HttpResponseBase:
    """What is open, what was missed, what was done."""
    zone = console_zone()
    today = timezone.now().astimezone(zone).date()
    show = request.GET.get("show", "open")
    show = show if show in SHOWS else "open"
    rows = visible_items(request.user)
    if show == "open":
        rows = rows.filter(state__in=OPEN_STATES).order_by("due_on", "id")
    elif show == "missed":
        rows = rows.filter(state=CommunicationState.MISSED)
    elif show == "done":
        rows = rows.filter(state__in=(CommunicationState.SENT, CommunicationState.DROPPED))
    content = request.GET.get("content", "")
    if content in ContentChoice.values:
        rows = rows.filter(line__content=content)
    pages = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    context = frame(request, "due") | {
        "pages": pages,
        "rows": listed(pages, today, zone),
        "show": show,
        "shows": SHOWS,
        "contents": ContentChoice.choices,
    }
    return render(request, "communication/due.html", context)


@page(SECTION, *VIEWS)
def item(request: Request, item_id: int) -> HttpResponseBase:
    """One of them: its text, what may be done, what shows that it was done."""
    return _item(request, get_item(request.user, item_id))


def _item(
    request: Request, found: Communication, status: int = 200, **more: Any  # noqa: ANN401 - forms
) -> HttpResponseBase:  # fmt: skip
    zone = console_zone()
    today = timezone.now().astimezone(zone).date()
    context = frame(request, "due") | item_context(request.user, found, today, zone)
    context["held_form"] = HeldForm(
        initial={"version": found.version, "on": today, "way": (found.line.ways or [""])[-1]}
    )
    return render(request, "communication/item.html", context | more, status=status)


@page(SECTION, *MANAGES, methods=FORM)
def edit(request: Request, item_id: int) -> HttpResponseBase:
    """Change the text, with a preview beside it."""
    found = get_item(request.user, item_id)
    if request.method != "POST":
        values = {"version": found.version, "title": found.title, "body": found.body}
        return _edit(request, found, TextForm(initial=values))
    form = TextForm(request.POST)
    if not form.is_valid():
        return _edit(request, found, form, 422)
    given = form.cleaned_data
    try:
        do_edit_item(
            request.user, item_id=found.pk, title=given["title"], body=given["body"],
            version=given["version"],
        )  # fmt: skip
    except EditConflict as conflict:
        return _conflict(request, conflict, found)
    except (UsageError, PaperError) as error:
        form.add_error(None, str(said(error)))
        return _edit(request, found, form, 422)
    messages.success(request, _("Saved."))
    return redirect("communication_item", found.pk)


def _edit(
    request: Request, found: Communication, form: TextForm, status: int = 200
) -> HttpResponseBase:
    body = str(form["body"].value() or "")
    context = frame(request, "due") | {"item": found, "form": form, "preview": preview_of(body)}
    return render(request, "communication/edit.html", context, status=status)


@page(SECTION, *MANAGES, methods=("POST",))
def preview(request: Request) -> HttpResponse:
    """How a text that is being written will look."""
    context = {"preview": preview_of(request.POST.get("body", ""))}
    return render(request, "documents/preview.html", context)


@page(SECTION, *MANAGES, methods=("POST",))
def step(request: Request, item_id: int, verb: str) -> HttpResponseBase:
    """Draft anew, approve, send, set aside."""
    found = get_item(request.user, item_id)
    act = _STEPS.get(verb)
    if act is None:
        raise NotFound(f"nothing is called {verb[:20]}", fix="use the buttons of the page")
    text = request.POST.get("version", "")
    version = int(text) if text.isdecimal() and len(text) < 10 else None
    try:
        act(request, found.pk, version)
    except EditConflict as conflict:
        return _conflict(request, conflict, found)
    except UsageError as error:
        messages.error(request, str(said(error)))
        return redirect("communication_item", found.pk)
    messages.success(request, _told(verb))
    return redirect("communication_item", found.pk)


def _drop(request: Request, item_id: int, version: int | None) -> Any:  # noqa: ANN401  any record
    reason = request.POST.get("reason", "")
    return do_drop_item(request.user, item_id=item_id, reason=reason, version=version)


_STEPS: dict[str, Callable[[Request, int, int | None], Any]] = {
    "draft": lambda request, pk, version: do_draft_item(request.user, item_id=pk, version=version),
    "approve": lambda request, pk, version: do_approve_item(
        request.user, item_id=pk, version=version
    ),
    "send": lambda request, pk, version: do_send_item(request.user, item_id=pk, version=version),
    "drop": _drop,
}


def _told(verb: str) -> str:
    return {
        "draft": _("Drafted anew from the records."),
        "approve": _("Approved: it may leave as it stands."),
        "send": _("It is on its way."),
        "drop": _("Noted."),
    }[verb]


@csrf_exempt  # the token is checked below, after the person, and before anything is kept
@page(SECTION, *MANAGES, methods=("POST",))
def prove(request: Request, item_id: int) -> HttpResponseBase:
    """Note that people told it, with what shows it."""
    found = get_item(request.user, item_id)
    with receiving(request) as files:

        @csrf_protect
        def store(request: Request) -> HttpResponseBase:
            return _prove(request, found, files())

        try:
            return store(request)
        except EditConflict as conflict:
            return _conflict(request, conflict, found)
        except (UsageError, StoreError) as error:
            return _refused(request, found, error)


def _prove(request: Request, found: Communication, files: list[Arrived]) -> HttpResponseBase:
    form = HeldForm(request.POST)
    if not form.is_valid():
        return _item(request, found, 422, held_form=form)
    given = form.cleaned_data
    file = files[0] if files else None
    held = Held(
        way=Way(given["way"]), on=given["on"], text=given["text"], people=given["people"],
        count=given["count"], file_name=(file.name or "") if file else "",
        stored=file.draft.keep() if file else None,
    )  # fmt: skip
    do_prove_item(request.user, held, item_id=found.pk, version=given["version"])
    messages.success(request, _("The proof is on record."))
    return redirect("communication_item", found.pk)


def _refused(request: Request, found: Communication, error: ShangdunError) -> HttpResponseBase:
    form = HeldForm(request.POST)
    form.is_valid()
    form.add_error(None, str(said(error)))
    return _item(request, found, 422, held_form=form)


@page(SECTION, *VIEWS)
def proof(request: Request, item_id: int, proof_id: int) -> HttpResponseBase:
    """The file of a proof, to save."""
    found = get_proof_file(request.user, item_id, proof_id)
    content = evidence_store.open_content(found.sha256)
    response = FileResponse(
        content, as_attachment=True, filename=found.name or "file",
        content_type="application/octet-stream",
    )  # fmt: skip
    response.headers["Content-Security-Policy"] = SANDBOX
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "private, no-store"
    return response


@page(SECTION, *VIEWS)
def export(request: Request, item_id: int, form: str) -> HttpResponseBase:
    """The text as a formal report, PDF or Word."""
    found = get_item(request.user, item_id)
    if form not in {"pdf", "docx"}:
        raise NotFound(f"there is no form {form}", fix="pdf or docx")
    return paper_response(request, item_paper(found), "docx" if form == "docx" else "pdf")


@page("messages")
def reading(request: Request, item_id: int) -> HttpResponseBase:
    """What was told, for whoever received it."""
    found = get_readable(request.user, item_id)
    context = {"item": found, "blocks": body_blocks(found.body)}
    return render(request, "communication/read.html", context)


@page(SECTION, *MANAGES, methods=FORM)
def tell(request: Request, line_id: int) -> HttpResponseBase:
    """Something that must be told besides what recurs."""
    line = get_line(request.user, line_id)
    form = TellForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            made = do_add_item(
                request.user, line_id=line.pk, title=given["title"], body=given["body"],
                due_on=given["due_on"],
            )  # fmt: skip
        except (UsageError, PaperError) as error:
            form.add_error(None, str(said(error)))
        else:
            return redirect("communication_item", made.pk)
    context = frame(request, "due") | {"form": form, "line": line, "title": title_of(line)}
    status = 422 if request.method == "POST" else 200
    return render(request, "communication/tell.html", context, status=status)


def _conflict(request: Request, conflict: EditConflict, found: Communication) -> HttpResponseBase:
    back = f"/communication/{found.pk}/"
    return conflict_page(request, conflict, about=found.title, back=back, labels=LABELS)
