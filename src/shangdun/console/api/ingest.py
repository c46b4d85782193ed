"""Pushing events: lines in the source's format, or OpenTelemetry logs.

An answer of 202 means that the lines are on the disk (fsync) and will reach the lake, whatever
happens to this process or machine. Anything else means that none of them was kept.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from ninja import Router, Schema, Status
from ninja.security import HttpBearer

from shangdun.console.api.body import lines_of, read_body
from shangdun.kernel.errors import NotAllowed
from shangdun.lake.collect.spool import Spool
from shangdun.records.access import source_by_token
from shangdun.records.models import Source

LONGEST_TOKEN = 200

router = Router(tags=["ingest"])
SPOOL = Spool(settings.HOME / "spool")


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
    """One event a line in the source's own format; `Content-Encoding: gzip` is welcome.

    At most 8 MiB on the wire, 32 MiB unpacked, 1 MiB a line. 429 and 503 mean: send the same
    again later.
    """
    lines = lines_of(read_body(request))
    SPOOL.append(source, lines)
    return Status(202, Accepted(accepted=len(lines)))
