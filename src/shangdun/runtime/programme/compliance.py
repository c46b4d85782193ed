"""The law by the clock: the register taken in, changes and the yearly assessment reminded of."""

from __future__ import annotations

from shangdun.kernel.clock import Clock


def follow_law(clock: Clock) -> None:
    """Bring a known register up to date, remind of reviews and of the assessment; repeatable.

    A register that nobody set up is left alone: the guided questions or the Law page begin it.
    """
    from shangdun.actions.compliance.register import do_take_in_law  # noqa: PLC0415  needs boot
    from shangdun.actions.compliance.remind import do_remind_of_assessment  # noqa: PLC0415  as above
    from shangdun.actions.compliance.reviews import (  # noqa: PLC0415  as above
        do_remind_of_law_review,
        review_mark,
    )
    from shangdun.records.actor import JOBS  # noqa: PLC0415  as above
    from shangdun.records.models import LawReview, LegalDuty  # noqa: PLC0415  as above

    if not LegalDuty.objects.exists():
        return
    do_take_in_law(JOBS, clock=clock)
    for row in LawReview.objects.filter(done_at=None).order_by("pk"):
        if row.reminded != review_mark(row, clock.now()):
            do_remind_of_law_review(JOBS, review_id=row.pk, clock=clock)
    do_remind_of_assessment(JOBS, clock=clock)
