"""What one visitor may take of the shop, and whether he can hide who he is."""

from __future__ import annotations

import re
from collections.abc import Iterator

from shangdun.kernel.severity import Severity
from shangdun.protect.edge.problem import Problem, Subject, named, shops

_CLAIMED_ADDRESS = re.compile(r"\$(?:http_x_forwarded_for|http_x_real_ip|http_client_ip|http_cf_)")
_LONGEST = 60


def check_rates(subject: Subject) -> Iterator[Problem]:
    """No limit at all, or one that a visitor resets himself."""
    for server in shops(subject.nginx):
        limits = [*server.effective("limit_req"), *server.every("limit_req")]
        if not limits:
            yield Problem(
                code="limits.none",
                severity=Severity.HIGH,
                where=server.where,
                what="one address may ask as often as it likes",
                why="Passwords and coupon codes can be tried by the thousand.",
                fix="limit_req_zone and limit_req; `shangdun edge render` writes them by class",
            )
    for zone in subject.nginx.root.every("limit_req_zone", "limit_conn_zone"):
        if zone.args and _CLAIMED_ADDRESS.search(zone.args[0]):
            yield Problem(
                code="limits.claimed",
                severity=Severity.HIGH,
                where=zone.where,
                what="the limit counts by an address that the visitor writes himself",
                why="A new X-Forwarded-For with each request, and no limit holds.",
                fix="count by $binary_remote_addr, with set_real_ip_from for your own proxies",
            )


def check_sizes(subject: Subject) -> Iterator[Problem]:
    """Bodies without end, and connections that are held by a byte a minute (CWE-400)."""
    for one in subject.nginx.root.every("client_max_body_size"):
        if one.args in (["0"], ["0m"], ["0k"]):
            yield Problem(
                code="limits.body",
                severity=Severity.MEDIUM,
                where=one.where,
                what="a body may have any size",
                why="A few uploads fill the disk.",
                fix="client_max_body_size 10m; and more only where files are uploaded",
            )
    for one in subject.nginx.root.every(
        "client_body_timeout", "client_header_timeout", "send_timeout"
    ):
        if (seconds := _seconds(named(one.args))) is not None and seconds > _LONGEST:
            yield Problem(
                code="limits.slow",
                severity=Severity.MEDIUM,
                where=one.where,
                what=f"a connection that says nothing is kept {seconds} seconds",
                why="Slow requests by the hundred leave no connection to customers (CWE-400).",
                fix=f"{one.name} 15s;",
            )


def _seconds(text: str) -> int | None:
    found = re.fullmatch(r"(\d{1,6})(ms|s|m|h)?", text)
    if not found:
        return None
    number, unit = int(found[1]), found[2] or "s"
    return number // 1000 if unit == "ms" else number * {"s": 1, "m": 60, "h": 3600}[unit]


def check_addresses(subject: Subject) -> Iterator[Problem]:
    """Who is believed when he says where a request came from."""
    for one in subject.nginx.root.every("set_real_ip_from"):
        if named(one.args) in {"0.0.0.0/0", "::/0", "0/0"}:
            yield Problem(
                code="limits.everyone",
                severity=Severity.CRITICAL,
                where=one.where,
                what="everybody is believed about his address",
                why="An attacker writes a customer's address, and the customer is blocked.",
                fix="set_real_ip_from with the networks of your CDN or load balancer alone",
            )
    for one in subject.nginx.root.every("proxy_set_header"):
        appended = "$proxy_add_x_forwarded_for" in one.args
        if appended and one.parent and not one.parent.effective("set_real_ip_from"):
            yield Problem(
                code="limits.appended",
                severity=Severity.MEDIUM,
                where=one.where,
                what="what a visitor claims about his address is handed on",
                why="A shop that reads the first entry believes it.",
                fix="proxy_set_header X-Forwarded-For $remote_addr;",
            )
