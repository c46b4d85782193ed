"""Reviews and meetings that documents ask for, and texts that somebody has to have read."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import pgettext_lazy

from shangdun.records.actor import person
from shangdun.records.dated import Asked, Dated, DatedState
from shangdun.records.documents import owed_by, visible_documents
from shangdun.records.models import DutyKind, ReviewDuty
from shangdun.records.roles import Capability

KINDS = {
    "review": (pgettext_lazy("dated", "Review of a document"), "document-check"),
    "reading": (pgettext_lazy("dated", "To be read"), "document-text"),
}


def dated(asked: Asked) -> Iterator[Dated]:
    """Duties of the documents that one sees; readings only one's own."""
    if not asked.actor.can(Capability.VIEW_DOCUMENTS):
        return
    seen = visible_documents(asked.actor).order_by().values("pk")
    duties = ReviewDuty.objects.filter(
        document__in=seen, due_on__gte=asked.since, due_on__lte=asked.until
    )
    for duty in duties.select_related("document"):
        yield _duty(duty, asked)
    if person(asked.actor) is not None:
        yield from _readings(asked)


def _duty(duty: ReviewDuty, asked: Asked) -> Dated:
    if duty.done_at is not None:
        state = DatedState.DONE
    elif duty.due_on < asked.today:
        state = DatedState.LATE
    else:
        state = DatedState.DUE if duty.due_on == asked.today else DatedState.AHEAD
    document = duty.document
    return Dated(
        uid=f"document-duty-{duty.pk}",
        kind="review" if duty.kind == DutyKind.REVIEW else "meeting",
        title=document.title,
        day=duty.due_on,
        state=state,
        path=f"/documents/{document.number}/",
        people=(document.owner_id,) if document.owner_id else (),
        detail=str(duty.get_kind_display()),
    )


def _readings(asked: Asked) -> Iterator[Dated]:
    for row in owed_by(asked.actor):
        day = row.due_at.astimezone(asked.zone).date()
        if asked.since <= day <= asked.until:
            yield Dated(
                uid=f"reading-{row.pk}",
                kind="reading",
                title=row.version.title,
                day=day,
                state=DatedState.LATE if day < asked.today else DatedState.AHEAD,
                path=f"/documents/{row.version.document.number}/",
                people=(row.person_id,),
            )
