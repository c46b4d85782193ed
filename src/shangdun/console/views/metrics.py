"""``/metrics`` for Prometheus: this machine itself, or whoever has the token."""

from __future__ import annotations

import hmac
import ipaddress
from pathlib import Path

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from shangdun.console.measures import families
from shangdun.console.watching import now_ms
from shangdun.observe.exposition import OPEN_METRICS, TEXT, accepts_open_metrics, render
from shangdun.observe.settings import monitor_config
from shangdun.records.models import Probe

KEPT_SECONDS = 1
"""However often it is asked for, it is made once a second."""
FORWARDED = ("X-Forwarded-For", "Forwarded", "X-Real-Ip", "Via")


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    if not _may_read(request):
        return HttpResponse(
            "this machine or a token: see docs/monitoring.md\n",
            status=401,
            content_type="text/plain",
            headers={"WWW-Authenticate": "Bearer"},
        )
    open_metrics = accepts_open_metrics(request.headers.get("Accept", ""))
    key = f"metrics:{open_metrics}"
    text = cache.get(key)
    if text is None:
        names = dict(Probe.objects.values_list("pk", "name"))
        text = render(families(Path(settings.HOME), names, now_ms()), open_metrics=open_metrics)
        cache.set(key, text, KEPT_SECONDS)
    kind = OPEN_METRICS if open_metrics else TEXT
    return HttpResponse(text, content_type=kind, headers={"Cache-Control": "no-store"})


def _may_read(request: HttpRequest) -> bool:
    token = monitor_config(settings.CONFIG).metrics_token
    given = request.headers.get("Authorization", "")
    if token and hmac.compare_digest(given.encode(), f"Bearer {token}".encode()):
        return True
    if settings.CONFIG.web.https or any(name in request.headers for name in FORWARDED):
        return False  # a proxy stands in front: its address says nothing about who asks
    try:
        return ipaddress.ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False
