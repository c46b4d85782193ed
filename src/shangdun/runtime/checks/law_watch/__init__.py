"""Changes of law are looked at before they are in force."""

from __future__ import annotations

from shangdun.runtime.checks.asked import Asked, Seen, SeenFact, failed, passed, unknown


def check(asked: Asked) -> Seen:
    """Fails where a change of law waits for its review past its day."""
    from shangdun.govern.law.register import edition  # noqa: PLC0415  beside the next
    from shangdun.records.models import LawReview, LegalDuty  # noqa: PLC0415  needs boot

    if not LegalDuty.objects.exists():
        return unknown("nothing")
    waiting = LawReview.objects.filter(done_at=None).select_related("duty")
    late = waiting.filter(due_on__lt=asked.today).order_by("due_on")
    facts = [
        SeenFact("edition", edition(), "/law/"),
        SeenFact("open", str(waiting.count()), "/law/changes/"),
    ]
    facts += [
        SeenFact(
            "late", one.due_on.isoformat(), f"/law/duties/{one.duty.uid}/", {"duty": one.duty.uid}
        )
        for one in late[:10]
    ]
    if late:
        return failed("late", *facts, count=late.count())
    return passed("good", *facts)
