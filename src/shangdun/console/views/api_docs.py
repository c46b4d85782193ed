"""The API's page, written from its own schema by our own script."""

from __future__ import annotations

from django.http import HttpResponseBase
from django.shortcuts import render

from shangdun.console.views.page import Request, page


@page("api")
def api_docs(request: Request) -> HttpResponseBase:
    base = request.build_absolute_uri("/").rstrip("/")
    return render(request, "api/docs.html", {"base": base})
