"""The response plan is approved, published, acknowledged and looked through in time."""

from __future__ import annotations

from shangdun.runtime.checks.asked import Asked, Seen, SeenFact, failed, passed


def check(asked: Asked) -> Seen:
    """Fails without a published plan, with readers who are late, or with a review that is."""
    from shangdun.records.documents import reading_tally  # noqa: PLC0415  needs boot
    from shangdun.records.models import (  # noqa: PLC0415  as above
        ControlledKind,
        DocumentState,
        DocumentVersion,
        ReviewDuty,
    )

    rows = DocumentVersion.objects.filter(
        state=DocumentState.PUBLISHED, document__kind=ControlledKind.PLAN
    )
    plan = rows.select_related("document").order_by("-published_at").first()
    if plan is None:
        return failed("none")
    tally = reading_tally([plan], asked.now).get(plan.pk, {"asked": 0, "read": 0, "late": 0})
    path = f"/documents/{plan.document.number}/"
    when = f"{plan.published_at.astimezone(asked.zone):%Y-%m-%d}" if plan.published_at else "—"
    facts = (
        SeenFact("plan", f"{plan.title} v{plan.number} ({when})", path),
        SeenFact("read", f"{tally['read']} / {tally['asked']}", path),
    )
    if tally["late"]:
        return failed("unread", *facts, late=tally["late"], asked=tally["asked"])
    late = ReviewDuty.objects.filter(
        document=plan.document, done_at=None, due_on__lt=asked.today
    ).first()
    if late:
        return failed("review", *facts, due=late.due_on.isoformat())
    return passed("good", *facts, read=tally["read"], asked=tally["asked"])
