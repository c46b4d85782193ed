"""The feed that guards follow, and ``shangdun enforce`` on another machine."""

from __future__ import annotations

import gzip
import hashlib
from typing import Any

import msgspec
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.http import parse_etags
from ninja import Router
from ninja.security import APIKeyHeader

from shangdun.console.api import snapshots
from shangdun.console.api.enforcer_keys import CLOCK, HEADER, TooMany, enforcer_of, seen
from shangdun.kernel.errors import NotAllowed
from shangdun.protect.decision import Decision
from shangdun.protect.settings import protect_config
from shangdun.records import decision_feed
from shangdun.records.models import Enforcer, EnforcerKind

WORTH_PACKING = 1024
PROBLEM = "X-Guard-Problem"

router = Router(tags=["enforcers"])


class EnforcerKey(APIKeyHeader):
    """``X-Api-Key: sde_…``, as the Enforcers page shows it once."""

    param_name = HEADER

    def authenticate(self, request: HttpRequest, key: str | None) -> Enforcer | None:
        del key
        try:
            return enforcer_of(request, EnforcerKind.GUARD, EnforcerKind.PROCESS)
        except TooMany:
            raise
        except NotAllowed:
            return None


@router.get(
    "/guard/v1/feed",
    auth=EnforcerKey(),
    summary="Decisions in force, as they change",
    openapi_extra={
        "responses": {
            "200": {"description": "What changed"},
            "304": {"description": "Nothing did"},
        }
    },
)
def guard_feed(request: HttpRequest, after: int = 0) -> HttpResponse:
    """What changed behind `after`; `full` says that everything else goes. Times are seconds.

    Take `removed` away first, then put `added` in: one that is there already is replaced. With
    `more`, ask again at once. Send the `ETag` back and an answer without news is a 304.
    """
    row: Enforcer = request.auth  # type: ignore[attr-defined]  # set by ninja
    now = CLOCK.now()
    after = max(0, min(after, 2**62))
    feed = decision_feed.feed(after, now=now) if after else snapshots.snapshot(now)
    if feed.full and after:
        feed = snapshots.snapshot(now)
    told = _settings()
    tag = _tag(feed.head, told)
    problem = request.headers.get(PROBLEM, "")[:200]
    seen(request, row, acknowledged=after, sent=feed.head, problem=problem)
    known = parse_etags(request.headers.get("If-None-Match", ""))
    if not feed.full and feed.head == after and tag in known:
        return HttpResponse(status=304, headers={"ETag": tag, "Cache-Control": "private, no-cache"})
    return _answer(request, _body(feed, told), tag)


def _body(feed: decision_feed.Feed, told: dict[str, Any]) -> bytes:
    return msgspec.json.encode(
        {
            "head": feed.head,
            "full": feed.full,
            "more": feed.more,
            "added": [_row(decision) for decision in feed.added],
            "removed": feed.removed,
            "settings": told,
        }
    )


def _row(decision: Decision) -> dict[str, Any]:
    return {
        "uid": decision.uid,
        "measure": decision.measure,
        "kind": decision.target.kind,
        "value": decision.target.value,
        "scope": str(decision.scope),
        "until": None if decision.until is None else decision.until / 1000,
        "rate": decision.rate,
        "reason": decision.reason,
        "appeal": decision.appeal,
    }


def _settings() -> dict[str, Any]:
    """What holds for every guard and is set here."""
    return {"contact": protect_config(settings.CONFIG).contact}


def _tag(head: int, told: dict[str, Any]) -> str:
    digest = hashlib.blake2b(msgspec.json.encode(told), digest_size=8).hexdigest()
    return f'"{head}-{digest}"'


def _answer(request: HttpRequest, body: bytes, tag: str) -> HttpResponse:
    headers = {"ETag": tag, "Cache-Control": "private, no-cache", "Vary": "Accept-Encoding"}
    if len(body) > WORTH_PACKING and "gzip" in request.headers.get("Accept-Encoding", ""):
        body, headers["Content-Encoding"] = gzip.compress(body, 1, mtime=0), "gzip"
    return HttpResponse(body, content_type="application/json", headers=headers)
