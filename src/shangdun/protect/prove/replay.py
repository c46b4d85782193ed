"""An incident's own attack as a measure to prove: its requests, sent again as they were.

Only requests that read (RFC 9110, section 9.2.1: safe methods) are sent again by themselves; how
many others there were is said, because somebody has to try those by hand.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from shangdun.protect.prove.catalogue import Canary, Measure, MeasureKind

MOST_CANARIES = 40
LONGEST_TARGET = 8_000
_SAFE = ("GET", "HEAD")
_REQUEST = re.compile(r'"([A-Z]{3,10}) (\S{1,8000}) HTTP/\d')
_TARGET = re.compile(r"^/[\x21-\x7e]*$")


class Replay(msgspec.Struct, frozen=True):
    """What can be sent again, and how many requests cannot."""

    measure: Measure
    left_out: int


def replay_of(evidences: Iterable[Mapping[str, Any]], title: dict[str, str]) -> Replay:
    """The measure made of findings' evidence (``raw`` line, ``fields``), each request once.

    ``title`` is by language. A measure without canaries: there is nothing to send.
    """
    canaries: dict[tuple[str, str], Canary] = {}
    left_out: set[tuple[str, str]] = set()
    for evidence in evidences:
        request = _request(evidence)
        if request is None:
            continue
        method, target = request
        if method in _SAFE and _TARGET.match(target) and len(canaries) < MOST_CANARIES:
            canaries[request] = Canary(method=method, target=target)
        elif request not in canaries:
            left_out.add(request)
    measure = Measure(
        uid="replay", kind=MeasureKind.ATTACK, title=title, canaries=tuple(canaries.values())
    )
    return Replay(measure, len(left_out))


def _request(evidence: Mapping[str, Any]) -> tuple[str, str] | None:
    fields = evidence.get("fields") or {}
    method = fields.get("http_request.http_method")
    target = fields.get("http_request.url.url_string")
    if isinstance(method, str) and isinstance(target, str) and len(target) <= LONGEST_TARGET:
        return method, target
    found = _REQUEST.search(str(evidence.get("raw", "")))
    return (found[1], found[2]) if found else None
