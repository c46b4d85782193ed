"""Post-incident reports, losses and improvements as they are read."""

from __future__ import annotations

import hashlib

import msgspec
from django.db.models import QuerySet

from shangdun.kernel.errors import NotFound
from shangdun.records.access import get_incident, require
from shangdun.records.actor import Actor
from shangdun.records.models import Improvement, Incident, LossItem, Review, User
from shangdun.records.roles import Capability
from shangdun.respond.groups import Group
from shangdun.respond.review.loss import Loss, LossKind
from shangdun.respond.review.sections import Section


def get_review(actor: Actor, incident_id: int) -> Review:
    """The report of an incident, for whoever may see incidents."""
    require(actor, Capability.VIEW_INCIDENTS)
    incident = get_incident(actor, incident_id)
    review = Review.objects.select_related("signed_by", "submitted_by").filter(incident=incident)
    found = review.first()
    if found is None:
        raise NotFound("it has no report yet", fix="begin it on the incident's report page")
    found.incident = incident
    return found


def written(review: Review) -> dict[Section, str]:
    """What is written so far, by part."""
    rows = review.sections.values_list("section", "text")
    return {Section(section): text for section, text in rows}


def losses_of(incident: Incident) -> list[Loss]:
    """Its losses as values, in the order they were entered."""
    return [as_loss(row) for row in incident.losses.order_by("pk")]


def as_loss(row: LossItem) -> Loss:
    return Loss(
        kind=LossKind(row.kind),
        direct=row.direct,
        low=row.low,
        high=row.high,
        currency=row.currency,
        basis=row.basis,
    )


def contents_sha256(review: Review) -> str:
    """The seal of all that is signed: every part, every loss, every improvement, in fixed order."""
    contents = {
        "incident": review.incident.number,
        "parts": dict(sorted(written(review).items())),
        "losses": [msgspec.to_builtins(loss) for loss in losses_of(review.incident)],
        "improvements": list(
            review.incident.improvements.order_by("number").values_list(
                "number", "title", "detail", "group", "retest"
            )
        ),
    }
    return hashlib.sha256(msgspec.json.encode(contents, order="deterministic")).hexdigest()


def visible_improvements(actor: Actor) -> QuerySet[Improvement]:
    """All of them, the soonest due first."""
    require(actor, Capability.VIEW_INCIDENTS)
    rows = Improvement.objects.select_related("owner", "incident", "drill", "retested_by")
    return rows.order_by("due", "number")


def get_improvement(actor: Actor, improvement_id: int) -> Improvement:
    found = visible_improvements(actor).filter(pk=improvement_id).first()
    if found is None:
        raise NotFound(f"there is no improvement {improvement_id}", fix="see the list")
    return found


def owners(actor: Actor) -> list[User]:
    """Whom an improvement can be given to: everybody of the plan's groups who is active."""
    require(actor, Capability.VIEW_INCIDENTS)
    names = {group.value for group in Group}
    people = User.objects.filter(is_active=True, groups__name__in=names).distinct()
    return list(people.order_by("username"))
