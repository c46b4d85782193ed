"""Names that a query may ask for: the lake's columns, short names for them, and ``unmapped.…``."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from types import MappingProxyType

from shangdun.lake.schema import FIELD_BY_NAME, Kind

ALIASES: Mapping[str, str] = MappingProxyType(
    {
        "ip": "src_endpoint.ip",
        "user": "user.name",
        "path": "http_request.url.path",
        "url": "http_request.url.url_string",
        "query": "http_request.url.query_string",
        "site": "http_request.url.hostname",
        "status": "http_response.code",
        "method": "http_request.http_method",
        "agent": "http_request.user_agent",
        "referrer": "http_request.referrer",
        "bytes": "http_response.length",
        "latency": "http_response.latency",
        "country": "src_endpoint.location.country",
        "host": "device.hostname",
        "device": "device.uid",
        "session": "session.uid",
        "email": "user.email_addr",
        "class": "class_uid",
        "outcome": "status_id",
        "process": "process.name",
        "cmd": "process.cmd_line",
        "order": "order.uid",
        "total": "order.total",
        "card": "card.fingerprint",
        "amount": "payment.amount",
        "coupon": "coupon.code",
        "product": "product.uid",
        "sni": "tls.sni",
        "raw": "raw_data",
    }
)
"""What people type → the column that is meant."""

UNMAPPED = "unmapped."
"""``unmapped.EventID`` is the value of that name among what has no column."""

TEXT_COLUMNS = (
    "http_request.url.url_string",
    "http_request.user_agent",
    "http_request.referrer",
    "http_request.body",
    "src_endpoint.ip",
    "user.name",
    "message",
    "process.cmd_line",
    "unmapped",
    "raw_data",
)
"""Where a word without a field is looked for: together they hold what a line says."""


def column_of(name: str) -> str | None:
    """The column (or ``unmapped.…``) behind a name as typed; None where there is none."""
    if name in FIELD_BY_NAME or (name.startswith(UNMAPPED) and len(name) > len(UNMAPPED)):
        return name
    return ALIASES.get(name) or ALIASES.get(name.lower())


def kind_of(column: str) -> Kind:
    """What a column holds; what is ``unmapped`` is text."""
    return Kind.STRING if column.startswith(UNMAPPED) else FIELD_BY_NAME[column].kind


def close_names(name: str) -> list[str]:
    """Up to three names that whoever typed this may have meant."""
    known = [*ALIASES, *FIELD_BY_NAME]
    tails = [column for column in FIELD_BY_NAME if column.rpartition(".")[2] == name.lower()]
    return [*tails, *difflib.get_close_matches(name, known, n=3, cutoff=0.5)][:3]
