"""A finding: what a rule saw, where, and why it matched."""

from __future__ import annotations

from typing import Any

import msgspec


class Entity(msgspec.Struct, frozen=True, order=True):
    """Somebody or something a finding is about; findings that share one join an incident."""

    kind: str
    """account, address, session, order, card, coupon, product, host or staff."""
    value: str


class Evidence(msgspec.Struct, kw_only=True):
    """One matching event with its raw line."""

    source: str
    file: str
    line: int
    offset: int
    time: int
    """Milliseconds since the epoch."""
    raw: str
    """The line as text; bytes that are not UTF-8 are shown as ``\\xNN``."""
    fields: dict[str, Any] = msgspec.field(default_factory=dict)


class Reason(msgspec.Struct, frozen=True):
    """One condition that held: field, the operator with its modifiers, pattern, value seen.

    Of a baseline: what is measured, ``usual …``, the usual range, what was seen.
    """

    field: str
    operator: str
    pattern: str
    value: str
    note: str = ""
    """Of a baseline: how the range is known, as ``name=value`` joined by ``;``."""


class Finding(msgspec.Struct, kw_only=True):
    """OCSF 1.8.0 Detection Finding (class_uid 2004) before it is written as such."""

    uid: str
    """Made from the rule and the events (``content_id``): the same input gives the same uid."""
    rule_uid: str
    title: str
    severity_id: int
    time: int
    """Of the last event, in milliseconds; ``first_time`` of the first."""
    first_time: int
    confidence: float = 1.0
    """How sure whoever made it is that it means what it says, 0 to 1; risk is weighed by it."""
    count: int = 1
    """Events behind it; ``evidences`` holds at most 20 of them."""
    entities: list[Entity] = msgspec.field(default_factory=list)
    evidences: list[Evidence] = msgspec.field(default_factory=list)
    reasons: list[Reason] = msgspec.field(default_factory=list)
    tags: list[str] = msgspec.field(default_factory=list)
