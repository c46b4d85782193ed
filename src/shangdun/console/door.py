"""What is answered before anybody is known: links with a token, and all while records are away."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase
from django.urls import Resolver404, resolve

from shangdun.console.outage import OUTAGE
from shangdun.console.views.programme.survey_public import public_survey
from shangdun.console.views.programme.unsubscribe import unsubscribe
from shangdun.console.views.reporting import public_report, records_away

LINKS = {"/r/": public_report, "/s/": public_survey, "/u/": unsubscribe}
"""Answered by their token alone: no session is read, so that nobody is known."""
WITHOUT_RECORDS = ("/api/ingest/", "/api/otlp/", "/api/incidents", "/healthz", "/static/")
"""What has its own way with records that are away: spools, and questions about them."""


class Door:
    """Middleware, before sessions: a report needs nobody to be known, and waits for no database."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        path = request.path_info
        linked = LINKS.get(path[:3])
        if linked is not None:
            request.get_host()  # raises for a host that is not ours, as later middleware would
            try:
                token = str(resolve(path).kwargs["token"])
            except (Resolver404, KeyError):
                token = ""
            return linked(request, token)
        if OUTAGE.since and not path.startswith(WITHOUT_RECORDS):
            return records_away(request)
        return self._get_response(request)
