"""Whether the console answers, for a load balancer; strangers learn nothing else from it."""

from __future__ import annotations

from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe


@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    del request
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return HttpResponse("records are away\n", status=503, content_type="text/plain")
    return HttpResponse("ok\n", content_type="text/plain")
