"""What legal makes of an incident, version by version."""

from __future__ import annotations

from typing import Any

import msgspec

from shangdun.actions.action import SYSTEM_CLOCK, Done, Outcome, Unchanged, action
from shangdun.actions.incident_changes import sealed, write_timeline
from shangdun.kernel.clock import Clock
from shangdun.kernel.errors import UsageError
from shangdun.records.access import get_incident
from shangdun.records.actor import Actor, person
from shangdun.records.conflict import EditConflict
from shangdun.records.models import LegalAssessment, TimelineKind
from shangdun.records.roles import Capability
from shangdun.records.stored_text import clean_text

LONGEST = 50_000
SECTIONS = ("facts_of_law", "duties", "exposure", "advice", "counsel", "counsel_contact")


class Assessment(msgspec.Struct, frozen=True, kw_only=True):
    """The sections of an assessment, as somebody wrote them."""

    facts_of_law: str = ""
    duties: str = ""
    exposure: str = ""
    advice: str = ""
    counsel: str = ""
    counsel_contact: str = ""


@action(Capability.HANDLE_LEGAL)
def do_assess_legally(
    actor: Actor,
    *,
    incident_id: int,
    assessment: Assessment,
    version: int | None = None,
    clock: Clock = SYSTEM_CLOCK,
) -> Outcome[LegalAssessment | None]:
    """Keep a new version; ``version`` is the number that the form showed, 0 for none."""
    now = clock.now()
    incident = get_incident(actor, incident_id)
    texts = {name: clean_text(getattr(assessment, name).strip()) for name in SECTIONS}
    if any(len(text) > (200 if "counsel" in name else LONGEST) for name, text in texts.items()):
        raise UsageError("a section is too long", code="legal.long", fix="shorten it")
    last = incident.assessments.order_by("-number").first()
    before: dict[str, Any] = {name: getattr(last, name, "") for name in SECTIONS}
    if texts == before:
        return Unchanged(last)
    standing = last.number if last else 0
    if version is not None and version != standing:
        raise EditConflict(
            "somebody changed the assessment meanwhile",
            where=f"incident #{incident.number}",
            mine={"version": version, **texts},
            theirs={"version": standing, **before},
        )
    row = LegalAssessment.objects.create(
        incident=incident, number=standing + 1, at=now, by=person(actor), **texts
    )
    data = {"what": "assessed", "number": row.number}
    write_timeline(incident, actor, TimelineKind.LEGAL, now, data=data)
    text = msgspec.json.encode(texts, order="deterministic").decode()
    payload = {"number": row.number, "assessment_sha256": sealed(text)}
    return Done(row, ("incident", incident.number), now, payload)
