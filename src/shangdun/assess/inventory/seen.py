"""What events say of the shop's own things; bounded whatever attackers send.

Anybody can send any ``Host`` header and ask for any path. A virtual host counts once several
clients were served under it; a route once it answered; an address only if it is a private one.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from shangdun.assess.inventory.layers import MarkKind
from shangdun.assess.inventory.marks import Mark, mark_of
from shangdun.kernel.errors import UsageError

QUERY = """
WITH named AS (
  SELECT 'host' AS kind, lower("device.hostname") AS value, source, time
  FROM events WHERE time >= $since AND time < $until AND "device.hostname" IS NOT NULL
  UNION ALL
  SELECT 'host', "dst_endpoint.ip", source, time
  FROM events WHERE time >= $since AND time < $until AND "dst_endpoint.ip" IS NOT NULL
    AND regexp_matches("dst_endpoint.ip", '^(10|192|172|f[cd][0-9a-f][0-9a-f])[.:]')
  UNION ALL
  SELECT 'service', coalesce("api.service.name", "service.name"), source, time
  FROM events WHERE time >= $since AND time < $until
    AND coalesce("api.service.name", "service.name") IS NOT NULL
), served AS (
  SELECT 'host' AS kind, lower("http_request.url.hostname") AS value, any_value(source) AS source,
         count(*) AS events, min(time) AS first, max(time) AS last
  FROM events WHERE time >= $since AND time < $until AND class_uid = 4002
    AND "http_request.url.hostname" IS NOT NULL AND "http_response.code" BETWEEN 200 AND 399
  GROUP BY 2
  HAVING count(*) >= 10 AND count(DISTINCT "src_endpoint.ip") >= 3
  ORDER BY events DESC LIMIT 500
), counted AS (
  SELECT kind, value, any_value(source) AS source, count(*) AS events, min(time) AS first,
         max(time) AS last
  FROM named GROUP BY kind, value ORDER BY events DESC LIMIT 1000
)
SELECT * FROM served UNION ALL SELECT * FROM counted
"""
"""Over the lake's events; ``$since`` and ``$until`` in milliseconds. Rows: kind, value, source,
events, first, last: the busiest of each kind. Ten requests of three clients make a virtual host."""


class Spotted(NamedTuple):
    """A thing that was seen: how often, from when to when (ms), in which source."""

    mark: Mark
    source: str
    events: int
    first: int
    last: int


def spotted(rows: Iterable[Mapping[str, Any]]) -> list[Spotted]:
    """Rows of ``QUERY`` as marks; what cannot be one (a broken Host header) is left out."""
    found: dict[Mark, Spotted] = {}
    for row in rows:
        kind, text = MarkKind(row["kind"]), str(row["value"])
        if kind is MarkKind.HOST:
            text = _without_port(text)
        try:
            mark = mark_of(kind, text)
        except UsageError:
            continue
        if kind is MarkKind.HOST and not _worth(mark.value):
            continue
        one = Spotted(
            mark, str(row["source"] or ""), int(row["events"]), int(row["first"]), int(row["last"])
        )
        before = found.get(mark)
        if before is None:
            found[mark] = one
        else:
            found[mark] = Spotted(
                mark, before.source, before.events + one.events, min(before.first, one.first),
                max(before.last, one.last),
            )  # fmt: skip
    return list(found.values())


def _without_port(text: str) -> str:
    if text.startswith("["):
        return text[1:].partition("]")[0]
    name, colon, port = text.rpartition(":")
    return name if colon and port.isdecimal() and ":" not in name else text


def _worth(value: str) -> bool:
    """Names, and private addresses; the loopback is every machine's own."""
    if "*" in value or "/" in value or value == "localhost":
        return False
    try:
        address = ipaddress.ip_address(value)
    except ValueError:
        return True
    return address.is_private and not (
        address.is_loopback or address.is_unspecified or address.is_link_local
    )
