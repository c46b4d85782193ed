"""Evidence out of what ShangDun itself holds: events that a search found, a finding."""

from __future__ import annotations

from typing import Any

import msgspec
from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from shangdun.actions.evidence.collect import keep_content
from shangdun.actions.evidence.upload import do_upload_evidence
from shangdun.console.evidence import evidences_for, reads_lines, reasons_for, with_lines
from shangdun.console.problems import said
from shangdun.console.search import folder_of, read_search
from shangdun.console.views.page import Request, page
from shangdun.kernel.errors import NotFound, StoreError, UsageError
from shangdun.records.access import get_finding, get_incident_by_number
from shangdun.records.models import EvidenceSource
from shangdun.records.roles import Capability


@page("findings", Capability.HANDLE_EVIDENCE, methods=("POST",))
def finding(request: Request, finding_id: int) -> HttpResponseBase:
    """A finding as it stands, with its raw lines, to its incident."""
    found = get_finding(request.user, finding_id)
    if found.incident is None:
        messages.error(request, _("This finding belongs to no incident yet."))
        return redirect("finding", finding_id)
    lines = evidences_for(request.user, found)
    record: dict[str, Any] = {
        "uid": found.uid,
        "rule": found.rule_uid,
        "title": found.title,
        "severity": found.severity,
        "time": found.time,
        "count": found.count,
        "entities": [[one.kind, one.value] for one in found.entities.all()],
        "reasons": reasons_for(request.user, found),
        "events": with_lines(lines) if reads_lines(request.user) else lines,
        "saved_at": timezone.now(),
    }
    content = msgspec.json.format(msgspec.json.encode(record, enc_hook=str), indent=1)
    try:
        item = do_upload_evidence(
            request.user,
            keep_content(f"finding-{found.uid}.json", content),
            incident_id=found.incident.pk,
            source=EvidenceSource.FINDING,
            origin=f"{found.uid} {found.title}",
        )
    except (UsageError, StoreError) as error:
        messages.error(request, str(said(error)))
        return redirect("finding", finding_id)
    messages.success(request, _("Kept as evidence %(label)s.") % {"label": item.label})
    return redirect("incident_evidence_item", found.incident.number, item.number)


@page("search", Capability.SEARCH_EVENTS, methods=("POST",))
def search(request: Request, token: str) -> HttpResponseBase:
    """The file of an export, to an incident."""
    found = read_search(request.user, token)
    path = next((p for p in sorted(folder_of(request.user, token).glob("events.*"))), None)
    if path is None or not found.done or found.done.cancelled:
        raise NotFound("there is no such file", fix="export again")
    number = request.POST.get("incident", "").strip().lstrip("#")
    incident = get_incident_by_number(
        request.user, int(number) if number.isdecimal() and len(number) < 12 else 0
    )
    try:
        item = do_upload_evidence(
            request.user,
            keep_content(f"events-{timezone.localtime():%Y%m%d-%H%M%S}{path.suffix}", path),
            incident_id=incident.pk,
            source=EvidenceSource.SEARCH,
            origin=request.POST.get("query", "")[:500],
        )
    except (UsageError, StoreError) as error:
        messages.error(request, str(said(error)))
        return redirect("search_exported", token)
    messages.success(request, _("Kept as evidence %(label)s.") % {"label": item.label})
    return redirect("incident_evidence_item", incident.number, item.number)
