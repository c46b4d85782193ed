"""Management's page: where the whole plan stands, in two minutes on a phone; the same on paper."""

from __future__ import annotations

from django.http import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone

from shangdun.console.papers.answer import paper_response
from shangdun.console.papers.management import management_paper
from shangdun.console.programme.management import look, told
from shangdun.console.views.page import Request, page
from shangdun.records.roles import Capability

VIEWS = (Capability.VIEW_MANAGEMENT,)


@page("management", *VIEWS)
def management(request: Request) -> HttpResponseBase:
    """The page."""
    found = look(request.user, timezone.now())
    return render(request, "management/page.html", {"told": told(found, request.user)})


@page("management", *VIEWS)
def paper(request: Request) -> HttpResponseBase:
    """The same as PDF."""
    found = look(request.user, timezone.now())
    name = f"management-{timezone.localdate():%Y%m%d}"
    return paper_response(request, management_paper(told(found, request.user)), filename=name)
