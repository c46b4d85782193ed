"""Our errors as answers: the right status, and a page that says what to do."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render

from shangdun.kernel.errors import (
    Conflict,
    NotAllowed,
    NotFound,
    ParseError,
    ShangdunError,
    StoreError,
    UsageError,
)

STATUSES: list[tuple[type[ShangdunError], int]] = [
    (NotAllowed, 403),
    (NotFound, 404),
    (Conflict, 409),
    (UsageError, 400),
    (ParseError, 400),
    (StoreError, 503),
]


def status_of(error: ShangdunError) -> int:
    """The HTTP status of an error of ours; what nobody foresaw is a 500."""
    return next((status for kind, status in STATUSES if isinstance(error, kind)), 500)


class Explain:
    """Middleware: turns an error of ours into its page."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self._get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if not isinstance(error, ShangdunError):
            return None
        status = status_of(error)
        if status == 500:
            return None
        return render(request, "error.html", {"status": status, "error": error}, status=status)
