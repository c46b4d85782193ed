"""TLS of the shop: a real handshake with every server, its chain, its end, what is too old."""

from __future__ import annotations

from shangdun.kernel.errors import ShangdunError
from shangdun.runtime.checks.asked import Asked, Seen, SeenFact, failed, passed, unknown
from shangdun.runtime.checks.outside import hosts, said, shake_hands, takes_old_versions

LEAST_DAYS = 21
GOOD = {"TLSv1.2", "TLSv1.3"}


def check(asked: Asked) -> Seen:
    """Fails where a certificate is not good or ends within three weeks, or TLS 1.1 is spoken."""
    targets = hosts(asked)
    if not targets:
        return unknown("nothing")
    facts: list[SeenFact] = []
    wrong: list[str] = []
    unreached: list[str] = []
    for target in targets:
        asked.in_time()
        try:
            problem, fact = _look(target, asked)
        except (OSError, ShangdunError, ValueError) as error:
            verified = type(error).__name__ == "SSLCertVerificationError"
            (wrong if verified else unreached).append(f"{target}: {said(error)}")
            facts.append(SeenFact("problem", said(error), "/health/", {"target": target}))
            continue
        facts.append(fact)
        if problem:
            wrong.append(f"{target}: {problem}")
    if wrong:
        return failed("bad", *facts, problems="; ".join(wrong))
    if unreached:
        return unknown("unreached", *facts, problems="; ".join(unreached))
    return passed("good", *facts, count=len(targets), days=LEAST_DAYS)


def _look(target: str, asked: Asked) -> tuple[str, SeenFact]:
    shown = shake_hands(target, asked.guard)
    days = (shown.ends - asked.now).days
    old = takes_old_versions(target, asked.guard)
    value = f"{shown.version} · {shown.cipher} · {shown.issuer} · {shown.ends:%Y-%m-%d} ({days} d)"
    problem = ""
    if shown.version not in GOOD:
        problem = shown.version
    elif days < LEAST_DAYS:
        problem = f"{days} d"
    elif old:
        problem = "TLS 1.1"
    return problem, SeenFact("server", value, "/health/", {"target": target})
