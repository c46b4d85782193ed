"""CrowdSec's local API for bouncers: ``/v1/decisions``, its stream, and usage metrics.

It stands at the root, because bouncers add ``/v1/…`` to the address they are given.
"""

from __future__ import annotations

import gzip
from collections.abc import Callable
from functools import wraps
from typing import Any

import orjson
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from shangdun.console.api.body import read_body
from shangdun.console.api.enforcer_keys import CLOCK, TooMany, enforcer_of, seen
from shangdun.console.api.snapshots import snapshot
from shangdun.kernel.clock import to_millis
from shangdun.kernel.errors import NotAllowed, ParseError, UsageError
from shangdun.protect.enforcers.crowdsec import (
    SCOPES,
    Entries,
    Wanted,
    as_json,
    strictest_first,
    wanted,
)
from shangdun.protect.target import target
from shangdun.records import bouncer_stream
from shangdun.records.bouncer_stream import Told
from shangdun.records.models import Enforcer, EnforcerKind

DEFAULT_SCOPES = "ip,range"
METRICS_LIMIT = 1 << 20
WORTH_PACKING = 1024
YES = frozenset({"true", "1", "t", "yes"})

View = Callable[[HttpRequest, Enforcer], HttpResponse]


def bouncer(view: View) -> Callable[[HttpRequest], HttpResponse]:
    """A view for whoever has a bouncer's key; errors in the words bouncers know."""

    @csrf_exempt
    @wraps(view)
    def respond(request: HttpRequest) -> HttpResponse:
        try:
            row = enforcer_of(request, EnforcerKind.BOUNCER)
            return view(request, row)
        except TooMany:
            return _message("too many attempts", 429)
        except NotAllowed:
            return _message("access forbidden", 403)
        except (UsageError, ParseError) as error:
            return _message(error.message, 400)

    return respond


@require_safe
@bouncer
def decisions(request: HttpRequest, row: Enforcer) -> HttpResponse:
    """Live mode: what holds for an address, a range or another value; ``null`` for nothing."""
    del row
    now = CLOCK.now()
    query = request.GET.dict()
    asked = wanted(query)
    place = query.get("ip") or query.get("range")
    if place:
        contains = query.get("contains", "true").lower() in YES
        found = bouncer_stream.meeting(place, now, contains=contains)
    elif value := query.get("value"):
        found = _of_value(asked, value)
    else:
        found = bouncer_stream.everything(snapshot(now)).new
    listed = _listed(found, asked, to_millis(now))
    return _answer(request, listed or None)


@require_safe
@bouncer
def stream(request: HttpRequest, row: Enforcer) -> HttpResponse:
    """Stream mode: everything at the start, then what changed since this key last asked.

    What was told last time is told once more, since nobody says whether it arrived.
    """
    query = request.GET.dict()
    asked = wanted(query, DEFAULT_SCOPES)
    if request.method == "HEAD":
        return _answer(request, None)
    now = CLOCK.now()
    begins = query.get("startup", "").lower() in YES or not row.pulled
    if begins:
        told = bouncer_stream.everything(snapshot(now))
    else:
        told = bouncer_stream.changes(row.acknowledged, row.pulled, now)
    overlaps = not begins and not told.more
    acknowledged = min(row.sent, told.head) if overlaps else told.head
    body = _stream_body(told, asked, to_millis(now))
    seen(request, row, acknowledged=acknowledged, sent=told.head, pulled=now)
    return _packed(request, body)


@require_POST
@bouncer
def usage_metrics(request: HttpRequest, row: Enforcer) -> HttpResponse:
    """What a bouncer counted; taken so that it does not complain, and not kept."""
    del row
    try:
        found = orjson.loads(read_body(request, METRICS_LIMIT))
    except orjson.JSONDecodeError as error:
        raise ParseError("the body is no JSON", code="metrics.malformed") from error
    components = found.get("remediation_components") if isinstance(found, dict) else None
    if not isinstance(components, list) or len(components) != 1:
        raise ParseError("Missing remediation component data", code="metrics.malformed")
    return HttpResponse(status=201)


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST", "DELETE"])
def unknown(request: HttpRequest, rest: str) -> HttpResponse:
    """Whatever else CrowdSec's API has: machines and alerts are not taken in here."""
    del request, rest
    return _message("not found", 404)


def _of_value(asked: Wanted, value: str) -> Entries:
    now = CLOCK.now()
    found: Entries = {}
    for kind, name in SCOPES.items():
        if not asked.scopes or name.lower() in asked.scopes:
            try:
                exact = target(kind, value)
            except UsageError:
                continue  # it is no value of this kind
            if exact.network is not None:
                found |= bouncer_stream.meeting(exact.value, now)
            else:
                found |= bouncer_stream.of_value(exact.kind, exact.value, now)
    return found


def _listed(found: Entries, asked: Wanted, now: int) -> list[dict[str, Any]]:
    return [
        as_json(entry, held, now)
        for entry, held in strictest_first(found)
        if asked.takes(entry, held)
    ]


def _stream_body(told: Told, asked: Wanted, now: int) -> bytes:
    """``null`` for nothing, as Go writes an empty list: bouncers compare with it."""
    gone = {
        entry: held._replace(until=min(held.until or now, now) - 1)
        for entry, held in told.deleted.items()
    }
    listed = {
        "deleted": _listed(gone, asked, now) or None,
        "new": _listed(told.new, asked, now) or None,
    }
    return orjson.dumps(listed)


def _answer(request: HttpRequest, listed: list[dict[str, Any]] | None) -> HttpResponse:
    return _packed(request, orjson.dumps(listed))


def _packed(request: HttpRequest, body: bytes) -> HttpResponse:
    headers = {"Vary": "Accept-Encoding"}
    if len(body) > WORTH_PACKING and "gzip" in request.headers.get("Accept-Encoding", ""):
        body, headers["Content-Encoding"] = gzip.compress(body, 1, mtime=0), "gzip"
    return HttpResponse(body, content_type="application/json; charset=utf-8", headers=headers)


def _message(text: str, status: int) -> HttpResponse:
    return HttpResponse(
        orjson.dumps({"message": text}),
        status=status,
        content_type="application/json; charset=utf-8",
    )
