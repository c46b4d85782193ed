"""Headers by which a shop tells browsers to protect its visitors."""

from __future__ import annotations

from collections.abc import Mapping

from shangdun.kernel.errors import ShangdunError
from shangdun.runtime.checks.asked import Asked, Seen, SeenFact, failed, passed, unknown
from shangdun.runtime.checks.outside import headers_of, pages, said

LEAST_HSTS = 180 * 86_400
"""Half a year in seconds."""


def check(asked: Asked) -> Seen:
    """HSTS (over HTTPS), a content security policy, no sniffing, no framing by strangers."""
    targets = pages(asked)
    if not targets:
        return unknown("nothing")
    facts: list[SeenFact] = []
    missing: list[str] = []
    unreached: list[str] = []
    for target in targets:
        asked.in_time()
        try:
            headers = headers_of(target, asked.guard)
        except (OSError, ShangdunError, ValueError) as error:
            unreached.append(f"{target}: {said(error)}")
            facts.append(SeenFact("problem", said(error), "/health/", {"target": target}))
            continue
        lacks = lacking(headers, secure=target.startswith("https://"))
        value = ", ".join(lacks) or "—"
        facts.append(SeenFact("page", value, "/health/", {"target": target}))
        missing += [f"{target}: {value}"] if lacks else []
    if missing:
        return failed("bad", *facts, problems="; ".join(missing))
    if unreached:
        return unknown("unreached", *facts, problems="; ".join(unreached))
    return passed("good", *facts, count=len(targets))


def lacking(headers: Mapping[str, str], *, secure: bool) -> list[str]:
    """Which of the headers are not there, or weaker than they should be."""
    policy = headers.get("content-security-policy", "").lower()
    framing = headers.get("x-frame-options", "").lower() in {"deny", "sameorigin"}
    found = {
        "Strict-Transport-Security": not secure or _hsts(headers) >= LEAST_HSTS,
        "Content-Security-Policy": bool(policy),
        "X-Content-Type-Options": headers.get("x-content-type-options", "").lower() == "nosniff",
        "frame-ancestors": framing or "frame-ancestors" in policy,
        "Referrer-Policy": bool(headers.get("referrer-policy")),
    }
    return [name for name, there in found.items() if not there]


def _hsts(headers: Mapping[str, str]) -> int:
    for part in headers.get("strict-transport-security", "").lower().split(";"):
        name, _, value = part.strip().partition("=")
        if name == "max-age" and value.strip('"').isdecimal():
            return int(value.strip('"')[:12])
    return 0
