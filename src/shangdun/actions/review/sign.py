"""The report on its way: submitted to leadership, sent back, signed."""

from __future__ import annotations

from datetime import datetime

from shangdun.actions.action import SYSTEM_CLOCK, Done, Outcome, Unchanged, action
from shangdun.actions.incident_changes import sealed, write_timeline
from shangdun.kernel.clock import Clock
from shangdun.kernel.errors import UsageError
from shangdun.records.access import another_leads
from shangdun.records.actor import Actor, person
from shangdun.records.conflict import EditConflict
from shangdun.records.models import Review, ReviewState, TimelineKind
from shangdun.records.reviews import contents_sha256, get_review, written
from shangdun.records.roles import Capability
from shangdun.records.stored_text import clean_text
from shangdun.respond.review.sections import missing
from shangdun.respond.state import State


@action(Capability.WORK_TASKS)
def do_submit_review(
    actor: Actor, *, incident_id: int, version: int | None = None, clock: Clock = SYSTEM_CLOCK
) -> Outcome[Review]:
    """Hand the report to leadership; every required part is written and the incident closed."""
    review = _as_seen(actor, incident_id, version)
    if review.state == ReviewState.SUBMITTED:
        return Unchanged(review)
    if review.state == ReviewState.SIGNED:
        raise UsageError("it is signed", code="review.signed", fix="what is signed stands")
    if review.incident.state != State.CLOSED.value:
        raise UsageError(
            "the incident is still open", code="review.early", fix="close the incident first"
        )
    left = missing(written(review))
    if left:
        raise UsageError(
            f"nobody has written: {', '.join(left)}",
            code="review.missing",
            fix="each group writes its part; write “none” where there is nothing to say",
        )
    now = clock.now()
    review.state, review.submitted_at, review.submitted_by = (
        ReviewState.SUBMITTED,
        now,
        person(actor),
    )
    return _kept(actor, review, "submitted", now, told={})


@action(Capability.SIGN_REPORTS)
def do_return_review(
    actor: Actor,
    *,
    incident_id: int,
    note: str,
    version: int | None = None,
    clock: Clock = SYSTEM_CLOCK,
) -> Outcome[Review]:
    """Send it back to be mended, saying what."""
    review = _as_seen(actor, incident_id, version)
    note = clean_text(note.strip())
    if not note:
        raise UsageError("say what is to be mended", code="review.note", fix="in a sentence")
    if review.state != ReviewState.SUBMITTED:
        raise UsageError("it was not submitted", code="review.state", fix="see its page")
    review.state, review.return_note = ReviewState.RETURNED, note
    return _kept(actor, review, "returned", clock.now(), note=note, told={"note": sealed(note)})


@action(Capability.SIGN_REPORTS)
def do_sign_review(
    actor: Actor, *, incident_id: int, version: int | None = None, clock: Clock = SYSTEM_CLOCK
) -> Outcome[Review]:
    """Sign it: the ledger keeps the seal of every word and amount in it.

    Whoever handed it in does not sign it, unless nobody else leads; that is on record too.
    """
    review = _as_seen(actor, incident_id, version)
    if review.state == ReviewState.SIGNED:
        return Unchanged(review)
    if review.state != ReviewState.SUBMITTED:
        raise UsageError("it was not submitted", code="review.state", fix="submit it first")
    alone = review.submitted_by_id is not None and review.submitted_by == person(actor)
    if alone and another_leads(actor):
        raise UsageError(
            "whoever handed it in does not sign it",
            code="review.four_eyes",
            fix="let another of the leadership group sign",
        )
    now = clock.now()
    seal = contents_sha256(review)
    review.state, review.signed_at, review.signed_by = ReviewState.SIGNED, now, person(actor)
    review.signed_sha256 = seal
    review.incident.signed_at = now
    review.incident.save(update_fields=["signed_at"])
    payload = {"report_sha256": seal, "alone": alone}
    return _kept(actor, review, "signed", now, told=payload)


def _as_seen(actor: Actor, incident_id: int, version: int | None) -> Review:
    review = get_review(actor, incident_id)
    if version is not None and version != review.version:
        raise EditConflict(
            "the report moved on meanwhile",
            where=f"incident #{review.incident.number}",
            mine={"version": version},
            theirs={"version": review.version, "state": review.get_state_display()},
        )
    return review


def _kept(
    actor: Actor,
    review: Review,
    what: str,
    now: datetime,
    *,
    told: dict[str, object],
    note: str = "",
) -> Done[Review]:
    review.version += 1
    review.save()
    incident = review.incident
    write_timeline(incident, actor, TimelineKind.REVIEW, now, text=note, data={"what": what})
    payload = {"state": str(review.state), **told}
    return Done(review, ("incident", incident.number), now, payload)
