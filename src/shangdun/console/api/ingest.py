"""Pushing events: lines in the source's format, or OpenTelemetry logs.

A good answer (202, for OTLP 200) means that the lines are on the disk (fsync) and will reach the
lake, whatever happens to this process or machine. Any other means that none of them was kept.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from ninja import Router, Schema, Status
from ninja.security import HttpBearer

from shangdun.console.api.body import read_body
from shangdun.kernel.errors import NotAllowed, ShangdunError, UsageError
from shangdun.lake.collect import ndjson, otlp, otlp_metrics
from shangdun.lake.collect.spool import Spool
from shangdun.lake.places import spool_folder
from shangdun.records.access import source_by_token
from shangdun.records.models import Source

LONGEST_TOKEN = 200
TEXT_FORMATS = frozenset({"auditd", "combined", "http", "syslog"})
"""Formats whose lines are no JSON: a log record's body is such a line by itself."""

router = Router(tags=["ingest"])


@cache
def spool_of(home: Path) -> Spool:
    """One spool a home directory and process; the watch follows it."""
    return Spool(spool_folder(home))


class PushRefused(ShangdunError):
    """An error about an OTLP push: collectors read its text in their own encoding."""

    def __init__(self, error: ShangdunError, kind: str) -> None:
        super().__init__(error.message, code=error.code, where=error.where, fix=error.fix)
        self.cause = error
        self.kind = kind
        self.body = otlp.failure(kind, str(error))


class Accepted(Schema):
    """How many lines are stored."""

    accepted: int


class Problem(Schema):
    """What was wrong, and what to do."""

    code: str
    message: str
    fix: str = ""


class SourceToken(HttpBearer):
    """``Authorization: Bearer sdt_…``: the token of exactly the source in the address."""

    def authenticate(self, request: HttpRequest, token: str) -> Source | None:
        match = request.resolver_match
        name = str(match.kwargs.get("source", "")) if match else ""
        if len(token) > LONGEST_TOKEN:
            return None
        try:
            return source_by_token(name, token)
        except NotAllowed:
            return None


ANSWERS: Any = {202: Accepted, 400: Problem, 401: Problem, 413: Problem, 429: Problem, 503: Problem}


@router.post("/ingest/{source}", auth=SourceToken(), response=ANSWERS, summary="Push log lines")
def ingest(request: HttpRequest, source: str) -> Status[Accepted]:
    """One event a line in the source's own format, or a JSON array of events.

    `Content-Encoding: gzip` is welcome. At most 16 MiB, packed and unpacked, and 1 MiB an event.
    429 and 503 mean: send the same again later.
    """
    kind, encoding = _headers(request)
    lines = ndjson.to_lines(read_body(request), kind, encoding)
    spool_of(settings.HOME).append(source, lines)
    return Status(202, Accepted(accepted=len(lines)))


@router.post(
    "/otlp/{source}/v1/logs",
    auth=SourceToken(),
    summary="Push OpenTelemetry logs",
    openapi_extra={"responses": {"200": {"description": "Stored"}}},
)
def otlp_logs(request: HttpRequest, source: str) -> HttpResponse:
    """OTLP/HTTP, protobuf or JSON, gzip or not: what an OpenTelemetry Collector sends.

    At most 16 MiB, packed and unpacked. 429 and 503 mean: send the same again later.
    """
    kind, encoding = _headers(request)
    try:
        lines = otlp.to_lines(read_body(request), kind, encoding, text_format=_is_text(request))
        spool_of(settings.HOME).append(source, lines)
    except ShangdunError as error:
        raise PushRefused(error, kind) from error
    return HttpResponse(otlp.response(kind), content_type=kind)


@router.post(
    "/otlp/{source}/v1/metrics",
    auth=SourceToken(),
    summary="Push OpenTelemetry metrics",
    openapi_extra={"responses": {"200": {"description": "Stored"}}},
)
def push_otlp_metrics(request: HttpRequest, source: str) -> HttpResponse:
    """OTLP/HTTP, protobuf or JSON, gzip or not, to a source of the format JSON lines.

    At most 4 MiB, packed and unpacked. `system.*` metrics of hosts are shown on the Health page.
    """
    kind, encoding = _headers(request)
    try:
        if getattr(request.auth, "format", "") != "json":  # type: ignore[attr-defined]  # set by ninja
            raise UsageError(
                "metrics need a source of the format json",
                code="ingest.format",
                fix="add one on the Sources page and send metrics there",
            )
        lines = otlp_metrics.to_lines(read_body(request, otlp_metrics.BODY_LIMIT), kind, encoding)
        spool_of(settings.HOME).append(source, lines)
    except ShangdunError as error:
        raise PushRefused(error, kind) from error
    return HttpResponse(otlp_metrics.response(kind), content_type=kind)


def _headers(request: HttpRequest) -> tuple[str, str]:
    return request.headers.get("Content-Type", ""), request.headers.get("Content-Encoding", "")


def _is_text(request: HttpRequest) -> bool:
    source = getattr(request, "auth", None)
    return isinstance(source, Source) and source.format in TEXT_FORMATS
