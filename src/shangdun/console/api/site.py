"""The API put together: one schema, one shape of error, and its own page without foreign script."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import AuthenticationError

from shangdun import __version__
from shangdun.console.api import guards, ingest, triage
from shangdun.console.api.ingest import PushRefused
from shangdun.console.api.reports import reporting
from shangdun.console.middleware.errors import status_of
from shangdun.kernel.errors import ShangdunError

RETRY_SECONDS = "5"
STATUSES = {
    "ingest.too_large": 413,
    "ingest.line_too_long": 413,
    "ingest.type": 415,
    "spool.full": 429,
    "enforcer.tried": 429,
    "report.often": 429,
    "report.full": 507,
}

api = NinjaAPI(
    title="ShangDun",
    version=__version__,
    description="Push log lines in; read findings and incidents.",
    docs_url=None,
    openapi_url="/openapi.json",
    urls_namespace="api",
)
api.add_router("", ingest.router)
api.add_router("", reporting)  # and what is read beside it
api.add_router("", triage.router)
api.add_router("", guards.router)


@api.exception_handler(ShangdunError)
def explain(request: HttpRequest, error: ShangdunError) -> HttpResponse:
    """An error of ours as JSON, with the status that tells a sender whether to try again."""
    cause = error.cause if isinstance(error, PushRefused) else error
    status = STATUSES.get(cause.code) or status_of(cause)
    body = {"code": error.code, "message": error.message, "fix": error.fix}
    response = api.create_response(request, body, status=status)
    if isinstance(error, PushRefused):
        response = HttpResponse(error.body, status=status, content_type=error.kind)
    if status in {429, 503}:
        response.headers["Retry-After"] = RETRY_SECONDS
    return response


@api.exception_handler(AuthenticationError)
def refuse(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
    """401 with the way to do it right."""
    del error
    body = {"code": "not_allowed", "message": "no valid token or session", "fix": "see /api/docs"}
    response = api.create_response(request, body, status=401)
    response.headers["WWW-Authenticate"] = "Bearer"
    return response
