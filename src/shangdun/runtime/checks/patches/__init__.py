"""Vulnerabilities that should be mended by now."""

from __future__ import annotations

from shangdun.runtime.checks.asked import Asked, Seen, SeenFact, failed, passed, unknown


def check(asked: Asked) -> Seen:
    """Fails where an open vulnerability's day has passed; nothing ever reported proves nothing."""
    from shangdun.records.models import Vulnerability  # noqa: PLC0415  needs boot
    from shangdun.records.vulnerabilities import overdue_vulnerabilities  # noqa: PLC0415  as above

    if not Vulnerability.objects.exists():
        return unknown("nothing")
    late = list(overdue_vulnerabilities(asked.now)[:500])
    facts = [SeenFact("known", str(Vulnerability.objects.count()), "/vulnerabilities/")]
    facts += [
        SeenFact("late", str(one), f"/vulnerabilities/{one.number}/", {"number": one.number})
        for one in late[:10]
    ]
    if late:
        return failed("late", *facts, count=len(late))
    return passed("good", *facts)
