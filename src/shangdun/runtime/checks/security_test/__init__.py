"""The protection was tried: canaries of a security test, within a quarter."""

from __future__ import annotations

from datetime import timedelta

from shangdun.runtime.checks.asked import Asked, Seen, SeenFact, failed, passed, unknown

FRESH = timedelta(days=92)


def check(asked: Asked) -> Seen:
    """Fails where the last security test is older than a quarter, or a measure did not work."""
    from shangdun.records.models import ProofRun, ProofState  # noqa: PLC0415  needs boot

    runs = ProofRun.objects.filter(state=ProofState.DONE, incident=None)
    last = runs.order_by("-finished", "-id").first()
    if last is None or last.finished is None:
        return unknown("never")
    path = f"/proofs/{last.pk}/"
    facts = (
        SeenFact("when", f"{last.finished.astimezone(asked.zone):%Y-%m-%d %H:%M}", path),
        SeenFact("working", f"{last.working} / {last.known}", path),
    )
    if asked.now - last.finished > FRESH:
        return failed("old", *facts, days=(asked.now - last.finished).days)
    if last.working < last.known:
        return failed("broken", *facts, broken=last.known - last.working, known=last.known)
    return passed("good", *facts, known=last.known)
