"""The post-incident report as its page shows it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise

from shangdun.console.response.drafts import draft_of
from shangdun.console.wordings.review import LOSS_WORDS, SECTION_ASKS, SECTION_WORDS
from shangdun.records.models import (
    Incident,
    PlanGroup,
    Review,
    ReviewSection,
    ReviewState,
    User,
)
from shangdun.records.reviews import losses_of
from shangdun.records.roles import Capability, Role
from shangdun.respond.review.loss import totals
from shangdun.respond.review.sections import WRITERS, Section


@dataclass(frozen=True)
class Part:
    """One part: what it asks, what stands there, or what it may begin with."""

    section: Section
    label: Promise
    asks: Promise
    group: str
    row: ReviewSection | None
    draft: str
    writes: bool

    @property
    def written(self) -> bool:
        return bool(self.row and self.row.text)

    @property
    def text(self) -> str:
        return self.row.text if self.row and self.row.text else self.draft


def parts_of(user: User, review: Review) -> list[Part]:
    """Every part, in the order of the report."""
    rows = {row.section: row for row in review.sections.select_related("by")}
    open_ = review.state in (ReviewState.WRITING, ReviewState.RETURNED)
    parts = []
    for section, assigned in WRITERS.items():
        row = rows.get(section.value)
        own = bool(user.roles & {Role(assigned.group.value), Role.LEADERSHIP})
        writes = open_ and own and user.can(Capability.WORK_TASKS)
        draft = draft_of(review.incident, section) if not (row and row.text) else ""
        label, asks = SECTION_WORDS[section], SECTION_ASKS[section]
        group = str(PlanGroup(assigned.group.value).label)
        parts.append(Part(section, label, asks, group, row, draft, writes))
    return parts


def losses_shown(incident: Incident) -> dict[str, Any]:
    """Amounts with their kind in words, and the totals by currency."""
    rows = list(incident.losses.select_related("by").order_by("pk"))
    for row in rows:
        row.kind_label = LOSS_WORDS[row.kind]  # type: ignore[attr-defined]  # for the template
    return {"losses": rows, "totals": totals(losses_of(incident))}
