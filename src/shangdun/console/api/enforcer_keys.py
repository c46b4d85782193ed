"""Who follows decisions, known by the key in ``X-Api-Key``; wrong keys are counted."""

from __future__ import annotations

import logging
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest

from shangdun.actions.enforcer_progress import tell_enforcer
from shangdun.console.api.ingest import spool_of
from shangdun.kernel.clock import SystemClock, to_millis
from shangdun.kernel.errors import NotAllowed, ShangdunError
from shangdun.observe.event import SYSTEM, event
from shangdun.records.enforcers import enforcer_by_key
from shangdun.records.models import Enforcer, EnforcerKind

log = logging.getLogger(__name__)

HEADER = "X-Api-Key"
MOST_FAILURES = 20
PER_SECONDS = 60
CLOCK = SystemClock()


class TooMany(NotAllowed):
    """Wrong keys came too often from one address; right ones are let in all the same."""


def enforcer_of(request: HttpRequest, *kinds: EnforcerKind) -> Enforcer:
    """The enforcer that asks, marked as seen; raises ``NotAllowed``, or ``TooMany``."""
    try:
        row = enforcer_by_key(request.headers.get(HEADER, ""), *kinds)
    except NotAllowed:
        _count_failure(request.META.get("REMOTE_ADDR", ""))
        raise
    seen(request, row)
    return row


def seen(request: HttpRequest, row: Enforcer, **figures: Any) -> None:  # noqa: ANN401  columns of the row
    """Note when, from where and as what it asked."""
    agent = request.headers.get("User-Agent", "")[:100]
    address = request.META.get("REMOTE_ADDR") or None
    tell_enforcer(row, CLOCK.now(), agent=agent, address=address, **figures)


def _count_failure(address: str) -> None:
    key = f"enforcer-key:{address}"
    cache.add(key, 0, PER_SECONDS)
    try:
        count = cache.incr(key)
    except ValueError:  # it ran out in between
        return
    if count == MOST_FAILURES:
        log.warning("keys of enforcers are being tried from %s", address)
        _tell(address, count)
    if count > MOST_FAILURES:
        raise TooMany("too many wrong keys", code="enforcer.tried", fix="wait a minute")


def _tell(address: str, count: int) -> None:
    now = to_millis(CLOCK.now())
    line = event(
        "enforcer",
        now,
        f"{count} wrong keys of enforcers came from {address} within a minute",
        enforcer__change="refused",
        src_endpoint__ip=address,
    )
    try:
        spool_of(settings.HOME).append(SYSTEM, [line])
    except (ShangdunError, OSError) as error:
        log.warning("an event of our own is lost: %s", error)
