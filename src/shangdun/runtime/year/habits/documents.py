"""Drafts are submitted, reviewed, approved, published and read: each by another person."""

from __future__ import annotations

from shangdun.actions.documents.approve import (
    do_approve_document,
    do_publish_document,
    do_review_document,
    do_submit_document,
)
from shangdun.actions.documents.changes import UNWRITTEN
from shangdun.actions.documents.readers import do_acknowledge_document
from shangdun.actions.documents.write import Wording, do_edit_draft
from shangdun.records.models import (
    Acknowledgement,
    ControlledKind,
    DocumentState,
    DocumentVersion,
    Programme,
    ProgrammeState,
)
from shangdun.records.money import money_of
from shangdun.runtime.year.day import Day

ORDER = 80
FORGETS = 0.06
"""Of reports and minutes that are drafted and never approved."""
QUICK = 0.85
"""Of texts that go through in an afternoon; the others take a step a day."""


def act(day: Day) -> None:
    if not day.workday:
        return
    day.reach(16)
    open_versions = DocumentVersion.objects.exclude(
        state__in=(DocumentState.PUBLISHED, DocumentState.SUPERSEDED, DocumentState.WITHDRAWN)
    ).select_related("document")
    for version in open_versions.order_by("pk"):
        steps = 3 if day.happens("quick", version.document.number, QUICK) else 1
        for _step in range(steps):
            _one(day, version)
            version.refresh_from_db()
    _read(day)


def _one(day: Day, version: DocumentVersion) -> None:
    """The next step of one text; a step a day at most, two where all goes well."""
    key = {"number": version.document.number, "version_number": version.number}
    kind = version.document.kind
    forgettable = kind in (ControlledKind.REPORT, ControlledKind.MINUTES)
    if forgettable and day.happens("forgotten", version.document.number, FORGETS):
        return
    lead, cio, deputy = (day.people[name] for name in ("lead", "cio", "deputy"))
    if version.state == DocumentState.DRAFT:
        _write_up(day, version)
        do_submit_document(lead, **key, reviewer=deputy.pk, approver=cio.pk, clock=day.clock)
    elif version.state == DocumentState.REVIEW and version.reviewed_at is None:
        if version.reviewer is not None:
            do_review_document(version.reviewer, **key, clock=day.clock)
    elif version.state == DocumentState.REVIEW and version.approver is not None:
        do_approve_document(version.approver, **key, clock=day.clock)
        do_publish_document(lead, **key, clock=day.clock)
        day.write(f"document.{kind}", version.document.number)


def _write_up(day: Day, version: DocumentVersion) -> None:
    """What a draft leaves to its author: what management has to decide, or nothing."""
    if not UNWRITTEN.search(version.body):
        return
    lead = day.people["lead"]
    asked = [
        day.say(
            f"- 预算科目“{one.line.title}”超支 {-one.position.left} 元，请决定是否动用预备费。",
            f"- The line “{one.line.title}” is overdrawn by {-one.position.left}: shall the reserve"
            " bear it?",
        )
        for programme in Programme.objects.filter(state=ProgrammeState.APPROVED).order_by("number")
        for one in money_of(lead, programme).overdrawn
    ]
    told = "\n".join(asked) or day.say("无。", "Nothing.")
    wording = Wording(
        title=version.title, body=UNWRITTEN.sub(lambda _: told, version.body),
        changes=version.changes,
    )  # fmt: skip
    do_edit_draft(
        lead, number=version.document.number, version_number=version.number, wording=wording,
        clock=day.clock,
    )  # fmt: skip
    day.write("report.asks" if asked else "report.filled", version.document.number)


def _read(day: Day) -> None:
    owed = Acknowledgement.objects.filter(acknowledged_at=None).select_related("person", "version")
    for row in owed.select_related("version__document").order_by("pk"):
        if day.chance(f"read {row.pk}").random() < 0.4:
            do_acknowledge_document(
                row.person,
                number=row.version.document.number,
                version_number=row.version.number,
                clock=day.clock,
            )
