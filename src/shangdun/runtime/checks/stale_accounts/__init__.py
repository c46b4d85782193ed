"""Accounts that nobody uses."""

from __future__ import annotations

from datetime import timedelta

from shangdun.runtime.checks.asked import Asked, Seen, SeenFact, failed, passed

UNUSED = timedelta(days=90)


def check(asked: Asked) -> Seen:
    """Fails where an active account has not been signed into for 90 days."""
    from shangdun.records.models import User  # noqa: PLC0415  needs boot

    border = asked.now - UNUSED
    active = User.objects.filter(is_active=True).order_by("username")
    stale = [user for user in active if (user.last_login or user.date_joined) < border]
    facts = [SeenFact("active", str(active.count()), "/settings/people/")]
    for user in stale[:10]:
        last = user.last_login.astimezone(asked.zone) if user.last_login else None
        told = f"{last:%Y-%m-%d}" if last else "—"
        facts.append(SeenFact("last", told, "/settings/people/", {"name": user.username}))
    if stale:
        names = ", ".join(user.username for user in stale[:10])
        return failed("stale", *facts, count=len(stale), names=names, days=UNUSED.days)
    return passed("good", *facts, count=active.count(), days=UNUSED.days)
