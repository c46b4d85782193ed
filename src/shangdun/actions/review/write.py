"""Writing the report: each group its part, and the losses with how they were reckoned."""

from __future__ import annotations

from shangdun.actions.action import SYSTEM_CLOCK, Done, Outcome, Unchanged, action
from shangdun.actions.incident_changes import sealed, write_timeline
from shangdun.actions.review.begin import DUE
from shangdun.kernel.clock import Clock
from shangdun.kernel.errors import NotAllowed, NotFound, UsageError
from shangdun.records.access import get_incident
from shangdun.records.actor import Actor, person
from shangdun.records.conflict import EditConflict
from shangdun.records.models import (
    LossItem,
    Review,
    ReviewSection,
    ReviewState,
    TimelineKind,
    User,
)
from shangdun.records.reviews import get_review
from shangdun.records.roles import Capability, Role
from shangdun.records.stored_text import clean_text
from shangdun.respond.review.loss import Loss, check_loss
from shangdun.respond.review.sections import WRITERS, Section

LONGEST = 50_000
MOST_LOSSES = 200


@action(Capability.WORK_TASKS)
def do_begin_review(
    actor: Actor, *, incident_id: int, clock: Clock = SYSTEM_CLOCK
) -> Outcome[Review]:
    """Begin the report before the incident closes, while people remember."""
    now = clock.now()
    incident = get_incident(actor, incident_id)
    review, new = Review.objects.get_or_create(
        incident=incident, defaults={"began_at": now, "due_at": now + DUE}
    )
    if not new:
        return Unchanged(review)
    write_timeline(incident, actor, TimelineKind.REVIEW, now, data={"what": "begun"})
    return Done(review, ("incident", incident.number), now)


@action(Capability.WORK_TASKS)
def do_write_section(
    actor: Actor,
    *,
    incident_id: int,
    section: str,
    text: str,
    version: int | None = None,
    clock: Clock = SYSTEM_CLOCK,
) -> Outcome[ReviewSection]:
    """Keep a group's part; another group's is only for leadership to touch."""
    part = _section(section)
    review = _writable(actor, incident_id)
    require_writer(actor, part)
    text = clean_text(text.replace("\r\n", "\n").strip())
    if len(text) > LONGEST:
        raise UsageError(
            "this part is too long", code="review.long", fix=f"at most {LONGEST} characters"
        )
    row, _ = ReviewSection.objects.get_or_create(
        review=review, section=part.value, defaults={"version": 0}
    )
    if row.text == text and row.version:
        return Unchanged(row)
    if version is not None and version != row.version:
        raise EditConflict(
            "somebody wrote this part meanwhile",
            where=part.value,
            mine={"version": version, "text": text},
            theirs={"version": row.version, "text": row.text},
        )
    now = clock.now()
    row.text, row.by, row.at, row.version = text, person(actor), now, row.version + 1
    row.save()
    incident = review.incident
    data = {"what": "written", "section": part.value}
    write_timeline(incident, actor, TimelineKind.REVIEW, now, data=data)
    payload = {"section": part.value, "text_sha256": sealed(text)}
    return Done(row, ("incident", incident.number), now, payload)


@action(Capability.WORK_TASKS)
def do_add_loss(
    actor: Actor, *, incident_id: int, loss: Loss, clock: Clock = SYSTEM_CLOCK
) -> Outcome[LossItem]:
    """Enter one amount."""
    review = _writable(actor, incident_id)
    check_loss(loss)
    incident = review.incident
    same = incident.losses.filter(
        kind=loss.kind.value, low=loss.low, high=loss.high, currency=loss.currency, basis=loss.basis
    ).first()
    if same:
        return Unchanged(same)
    if incident.losses.count() >= MOST_LOSSES:
        raise UsageError(
            "there are enough amounts", code="loss.many", fix="put small ones together"
        )
    now = clock.now()
    row = LossItem.objects.create(
        incident=incident,
        kind=loss.kind.value,
        direct=loss.direct,
        low=loss.low,
        high=loss.high,
        currency=loss.currency,
        basis=clean_text(loss.basis.strip()),
        by=person(actor),
        at=now,
    )
    amounts = {"low": str(loss.low), "high": str(loss.high), "currency": loss.currency}
    data = {"what": "loss", "kind": loss.kind.value, **amounts}
    write_timeline(incident, actor, TimelineKind.REVIEW, now, data=data)
    return Done(row, ("incident", incident.number), now, {"kind": loss.kind.value, **amounts})


@action(Capability.WORK_TASKS)
def do_remove_loss(
    actor: Actor, *, incident_id: int, loss_id: int, clock: Clock = SYSTEM_CLOCK
) -> Outcome[None]:
    """Take an amount out again; the timeline keeps that it stood there."""
    review = _writable(actor, incident_id)
    row = review.incident.losses.filter(pk=loss_id).first()
    if row is None:
        raise NotFound(f"there is no amount {loss_id}", fix="see the report")
    now = clock.now()
    amounts = {"low": str(row.low), "high": str(row.high), "currency": row.currency}
    data = {"what": "loss_removed", "kind": row.kind, **amounts}
    write_timeline(review.incident, actor, TimelineKind.REVIEW, now, data=data)
    payload = {"kind": row.kind, **amounts}
    row.delete()
    return Done(None, ("incident", review.incident.number), now, payload)


def require_writer(actor: Actor, part: Section) -> None:
    """Raise ``NotAllowed`` unless the part is the actor's group's, or the actor leads."""
    own = {Role(WRITERS[part].group.value), Role.LEADERSHIP}
    if isinstance(actor, User) and not actor.roles & own:
        raise NotAllowed("another group writes this part", fix="comment on the incident instead")


def _writable(actor: Actor, incident_id: int) -> Review:
    review = get_review(actor, incident_id)
    if review.state in (ReviewState.SUBMITTED, ReviewState.SIGNED):
        raise UsageError(
            "the report lies with leadership",
            code="review.submitted",
            fix="ask leadership to send it back",
        )
    return review


def _section(text: str) -> Section:
    try:
        return Section(text)
    except ValueError:
        fix = ", ".join(Section)
        raise UsageError(f"{text!r} is no part", code="review.section", fix=fix) from None
