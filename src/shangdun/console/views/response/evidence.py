"""Evidence of an incident: the list, one item with its chain of custody, adding, downloading."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import FileResponse, HttpResponseBase, JsonResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import ngettext
from django.views.decorators.csrf import csrf_exempt, csrf_protect

from shangdun.actions.evidence.collect import Kept, look_at_stored
from shangdun.actions.evidence.export import do_export_evidence
from shangdun.actions.evidence.handle import do_record_access
from shangdun.actions.evidence.upload import do_upload_evidence
from shangdun.console.problems import said
from shangdun.console.response.evidence import chain_of, may_of, shown_item, totals
from shangdun.console.response.room import room_context
from shangdun.console.response.uploads import Arrived, receiving
from shangdun.console.views.page import Request, page
from shangdun.kernel.errors import NotFound, ShangdunError, StoreError, UsageError
from shangdun.records import evidence_store
from shangdun.records.access import get_incident_by_number
from shangdun.records.evidence import get_evidence, longest_file, receivers, visible_evidence
from shangdun.records.evidence_export import export_name, zip_of
from shangdun.records.models import Evidence, Incident
from shangdun.records.roles import Capability

PAGE = 50
TOTALLED = ("number", "name", "size", "flags", "intact", "disposed_at", "incident_id")
SANDBOX = "default-src 'none'; sandbox"
OPEN = (Capability.VIEW_INCIDENTS,)


@page("incidents", *OPEN)
def evidence(request: Request, number: int) -> HttpResponseBase:
    """The list, with what waits for one's signature."""
    incident = get_incident_by_number(request.user, number)
    return _list(request, incident)


def _list(
    request: Request, incident: Incident, *, status: int = 200, **more: Any  # noqa: ANN401 - a form's values
) -> HttpResponseBase:  # fmt: skip
    rows = visible_evidence(request.user, incident)
    pages = Paginator(rows.order_by("-number"), PAGE).get_page(request.GET.get("page"))
    context = {
        **room_context(request.user, incident, "evidence"),
        "pages": pages,
        "items": [shown_item(item) for item in pages],
        "totals": totals(list(rows.select_related(None).only(*TOTALLED))),
        "offered": rows.filter(offered_to=request.user),
        "adds": request.user.can(Capability.HANDLE_EVIDENCE),
        "longest": longest_file() >> 20,
    }
    return render(request, "evidence/list.html", context | more, status=status)


@page("incidents", *OPEN)
def item(request: Request, number: int, item_number: int) -> HttpResponseBase:
    """One item: what it is, who had it, what can be done."""
    found = get_evidence(request.user, number, item_number)
    return render(request, "evidence/item.html", item_context(request, found))


def item_context(request: Request, found: Evidence, **more: Any) -> dict[str, Any]:  # noqa: ANN401 - a form's values
    """What the item's page shows."""
    steps, broken = chain_of(found)
    may = may_of(request.user, found)
    people = [user for user in receivers() if user.pk != request.user.pk] if may["handle"] else []
    return {
        **room_context(request.user, found.incident, "evidence"),
        "shown": shown_item(found),
        "item": found,
        "steps": steps,
        "broken": broken,
        "may": may,
        "people": people,
        "hides_name": found.original_name not in {"", found.name},
    } | more


@csrf_exempt  # the token is checked below, after the person, and before anything is kept
@page("incidents", Capability.HANDLE_EVIDENCE, methods=("POST",))
def add(request: Request, number: int) -> HttpResponseBase:
    """Take files in; asked by the page's script (one at a time) or by the form alone."""
    incident = get_incident_by_number(request.user, number)
    with receiving(request) as files:

        @csrf_protect
        def store(request: Request) -> HttpResponseBase:
            return _store(request, incident, files())

        try:
            return store(request)
        except (UsageError, StoreError) as error:
            return _refused(request, incident, error)


def _store(request: Request, incident: Incident, files: list[Arrived]) -> HttpResponseBase:
    if not files:
        raise UsageError("no file came", code="evidence.none", fix="choose a file")
    given = request.POST.getlist("original")  # the script's: Django has cleaned the other
    note = request.POST.get("note", "")
    for place, file in enumerate(files):
        name = given[place] if place < len(given) else file.name or ""
        stored = file.draft.keep()
        kept = Kept(name, stored, look_at_stored(name, stored))
        added = do_upload_evidence(request.user, kept, incident_id=incident.pk, note=note)
    if _scripted(request):
        return JsonResponse({"label": added.label, "sha256": added.sha256})
    text = ngettext("%(n)d file is kept.", "%(n)d files are kept.", len(files)) % {"n": len(files)}
    messages.success(request, text)
    return redirect("incident_evidence", incident.number)


def _refused(request: Request, incident: Incident, error: ShangdunError) -> HttpResponseBase:
    sentence = str(said(error))
    if _scripted(request):
        return JsonResponse({"problem": sentence}, status=422)
    messages.error(request, sentence)
    return redirect("incident_evidence", incident.number)


def _scripted(request: Request) -> bool:
    return request.headers.get("Accept") == "application/json"


@page("incidents", Capability.HANDLE_EVIDENCE, methods=("POST",))
def download(request: Request, number: int, item_number: int) -> HttpResponseBase:
    """The content, as bytes to save; the chain of custody says so first."""
    found = get_evidence(request.user, number, item_number)
    if not evidence_store.is_there(found.sha256):
        raise NotFound(
            "its content is gone", code="evidence.gone", where=found.label, fix="see a backup"
        )
    do_record_access(request.user, incident=number, number=item_number)
    content = evidence_store.open_content(found.sha256)
    response = FileResponse(
        content, as_attachment=True, filename=found.name, content_type="application/octet-stream"
    )
    return _harmless(response)


@page("incidents", Capability.HANDLE_EVIDENCE, methods=("POST",))
def export(request: Request, number: int) -> HttpResponseBase:
    """Chosen items as one ZIP with manifest, chains and the ledger's proof."""
    incident = get_incident_by_number(request.user, number)
    given = request.POST.getlist("item")
    numbers = [int(text) for text in given if text.isdecimal() and len(text) < 12]
    purpose = request.POST.get("purpose", "")
    try:
        parcel = do_export_evidence(request.user, incident=number, numbers=numbers, purpose=purpose)
    except UsageError as error:
        return _list(
            request, incident, status=422,
            problem=said(error), purpose=purpose, chosen=set(numbers),
        )  # fmt: skip
    response = StreamingHttpResponse(zip_of(*parcel), content_type="application/octet-stream")
    name = f"{export_name(parcel.incident, parcel.at)}.zip"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return _harmless(response)


def _harmless(response: HttpResponseBase) -> HttpResponseBase:
    """No browser shows it, guesses its type or runs anything of it."""
    response.headers["Content-Security-Policy"] = SANDBOX
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "private, no-store"
    return response
