"""The knowledge base: searching, pages, their versions, what lies beside incidents and tasks."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from shangdun.actions.knowledge.pages import (
    do_archive_page,
    do_bring_back_page,
    do_change_page,
    do_pin_page,
    do_restore_page,
    do_unpin_page,
    do_write_page,
)
from shangdun.console.conflicts import conflict_page
from shangdun.console.forms.knowledge import PageForm
from shangdun.console.problems import said
from shangdun.console.programme.knowledge import page_blocks, preview_of
from shangdun.console.ruletext import difference
from shangdun.console.views.page import Request, page, way_back
from shangdun.kernel.errors import NotFound, UsageError
from shangdun.papers.errors import PaperError
from shangdun.records.conflict import EditConflict
from shangdun.records.knowledge import (
    get_page,
    get_version,
    linked_from,
    pinned_to,
    search,
    tagged,
    tags_in_use,
    visible_pages,
    wanted_pages,
)
from shangdun.records.models import ContentChoice, IncidentType, KnowledgePage, PinnedTo
from shangdun.records.roles import Capability

SECTION = "knowledge"
READS = (Capability.READ_KNOWLEDGE,)
WRITES = (Capability.WRITE_KNOWLEDGE,)
FORM = ("GET", "HEAD", "POST")
PAGE = 40
LABELS = {
    "title": gettext_lazy("Title"),
    "tags": gettext_lazy("Tags"),
    "body": gettext_lazy("Text"),
}


@page(SECTION, *READS)
def knowledge(request: Request) -> HttpResponseBase:
    """Searching in both languages; otherwise the latest pages, tags, what is still missing."""
    question, tag = request.GET.get("q", "").strip()[:100], request.GET.get("tag", "")[:40]
    context: dict[str, Any] = {
        "question": question,
        "tag": tag,
        "tag_label": tag_label(tag),
        "writes": request.user.can(*WRITES),
        "tags": [(one, tag_label(one), n) for one, n in tags_in_use(request.user)[:30]],
    }
    if question:
        hits, count = search(request.user, question, tag=tag)
        context |= {"hits": hits, "count": count}
        return render(request, "knowledge/found.html", context)
    archived = request.GET.get("show") == "archived"
    rows = visible_pages(request.user, archived=archived)
    rows = tagged(rows, tag) if tag else rows
    pages = Paginator(rows.defer("body", "words"), PAGE).get_page(request.GET.get("page"))
    context |= {
        "pages": pages,
        "rows": [(row, [tag_label(one) for one in row.tags]) for row in pages],
        "archived": archived,
        "wanted": wanted_pages(request.user),
    }
    return render(request, "knowledge/list.html", context)


def tag_label(tag: str) -> str:
    """Types of incidents and contents of the plan in words, other tags as they are."""
    if tag in ContentChoice.values:
        return str(ContentChoice(tag).label)
    return str(IncidentType(tag).label) if tag in IncidentType.values else tag


@page(SECTION, *READS)
def article(request: Request, number: int) -> HttpResponseBase:
    """A page as it stands."""
    found = get_page(request.user, number)
    context = {
        "page": found,
        "blocks": page_blocks(found.body),
        "tags": [(one, tag_label(one)) for one in found.tags],
        "writes": request.user.can(*WRITES),
        "from_here": list(linked_from(request.user, found)[:30]),
        "incidents": list(pinned_to(request.user, found)[:20]),
        "versions": found.versions.count(),
    }
    return render(request, "knowledge/page.html", context)


@page(SECTION, *WRITES, methods=FORM)
def write(request: Request) -> HttpResponseBase:
    """Write a new page, perhaps one that a link or an incident asks for."""
    language = "en" if get_language() == "en" else "zh-hans"
    asked = {name: request.GET.get(name, "")[:200] for name in ("title", "tags")}
    form = PageForm(request.POST or None, initial={"language": language, **asked})
    if request.method == "POST" and form.is_valid():
        try:
            made = do_write_page(request.user, form.wanted())
            _pin_asked(request, made)
        except (UsageError, PaperError) as error:
            form.add_error(None, str(said(error)))
        else:
            messages.success(request, _("The page is there."))
            return redirect("knowledge_page", made.number)
    return _form(request, form, None)


def _pin_asked(request: Request, made: KnowledgePage) -> None:
    """Put it where it was asked for: ``?kind=incident&subject=7``."""
    kind, subject = request.GET.get("kind", ""), request.GET.get("subject", "")
    if kind in PinnedTo.values and subject.isdecimal() and len(subject) < 12:
        do_pin_page(request.user, number=made.number, kind=PinnedTo(kind), subject=int(subject))


@page(SECTION, *WRITES, methods=FORM)
def edit(request: Request, number: int) -> HttpResponseBase:
    """Write the next version."""
    found = get_page(request.user, number)
    if request.method != "POST":
        return _form(request, PageForm(initial=PageForm.initial_of(found)), found)
    form = PageForm(request.POST)
    if not form.is_valid():
        return _form(request, form, found)
    try:
        version = form.cleaned_data["version"]
        do_change_page(request.user, form.wanted(), number=number, version=version)
    except EditConflict as conflict:
        back = f"/knowledge/{number}/"
        return conflict_page(request, conflict, about=found.title, back=back, labels=LABELS)
    except (UsageError, PaperError) as error:
        form.add_error(None, str(said(error)))
        return _form(request, form, found)
    messages.success(request, _("Saved; the version before is kept."))
    return redirect("knowledge_page", number)


def _form(request: Request, form: PageForm, found: KnowledgePage | None) -> HttpResponseBase:
    body = str(form["body"].value() or "")
    context = {"form": form, "page": found, "preview": preview_of(body)}
    status = 422 if request.method == "POST" else 200
    return render(request, "knowledge/edit.html", context, status=status)


@page(SECTION, *WRITES, methods=("POST",))
def preview(request: Request) -> HttpResponse:
    """How a text that is being written will look."""
    context = {"preview": preview_of(request.POST.get("body", ""))}
    return render(request, "documents/preview.html", context)


@page(SECTION, *READS)
def versions(request: Request, number: int) -> HttpResponseBase:
    """Every version, and what changed from one to another; at first between the last two."""
    found = get_page(request.user, number)
    rows = list(found.versions.select_related("by"))
    known = {row.number: row for row in rows}
    newer = known.get(_number(request.GET.get("to"))) or rows[0]
    earlier = [row for row in rows if row.number < newer.number]
    older = known.get(_number(request.GET.get("from"))) or (earlier[0] if earlier else None)
    before = f"{older.title}\n\n{older.body}" if older else ""
    context = {
        "page": found,
        "rows": rows,
        "older": older,
        "newer": newer,
        "lines": difference(before, f"{newer.title}\n\n{newer.body}"),
        "writes": request.user.can(*WRITES) and not found.archived_at,
    }
    return render(request, "knowledge/versions.html", context)


@page(SECTION, *READS)
def version(request: Request, number: int, version_number: int) -> HttpResponseBase:
    """A page as it was once."""
    found = get_version(request.user, number, version_number)
    context = {
        "version": found,
        "page": found.page,
        "blocks": page_blocks(found.body),
        "writes": request.user.can(*WRITES) and not found.page.archived_at,
    }
    return render(request, "knowledge/version.html", context)


@page(SECTION, *WRITES, methods=("POST",))
def step(request: Request, number: int, verb: str) -> HttpResponseBase:
    """Bring an old version back, archive the page, put an archived one back."""
    found = get_page(request.user, number)
    try:
        if verb == "restore":
            do_restore_page(
                request.user, number=number, of=_number(request.POST.get("of")),
                version=_number(request.POST.get("version")) or None,
            )  # fmt: skip
        elif verb == "archive":
            do_archive_page(request.user, number=number)
        elif verb == "back":
            do_bring_back_page(request.user, number=number)
        else:
            raise NotFound(f"nothing is called {verb[:20]}", fix="see the page")
    except EditConflict as conflict:
        back = f"/knowledge/{number}/"
        return conflict_page(request, conflict, about=found.title, back=back, labels=LABELS)
    except UsageError as error:
        messages.error(request, str(said(error)))
    return redirect("knowledge_page", number)


@page(SECTION, *WRITES, methods=("POST",))
def pin(request: Request, verb: str) -> HttpResponseBase:
    """Put a page beside an incident or a task, or take it away."""
    kind = request.POST.get("kind", "")
    if kind not in PinnedTo.values or verb not in {"add", "remove"}:
        return redirect("knowledge")  # nothing is named: one looks for the page first
    act = do_pin_page if verb == "add" else do_unpin_page
    try:
        act(
            request.user, number=_page_number(request.POST.get("page", "")), kind=PinnedTo(kind),
            subject=_number(request.POST.get("subject")),
        )  # fmt: skip
    except (UsageError, NotFound) as error:
        messages.error(request, str(said(error)))
    return redirect(way_back(request, "/knowledge/"))


def _page_number(text: str) -> int:
    """``12``, ``#12`` or the page's address."""
    return _number(text.strip().rstrip("/").rpartition("/")[2].lstrip("#"))


def _number(text: str | None) -> int:
    return int(text) if text and text.isdecimal() and len(text) < 12 else 0
