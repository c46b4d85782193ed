"""Reports of the plan as they are read: what is due, where each stands, the templates."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db.models import QuerySet

from shangdun.kernel.errors import NotFound
from shangdun.records.access import require
from shangdun.records.actor import Actor
from shangdun.records.models import (
    DocumentState,
    DocumentVersion,
    ReportRun,
    ReportSending,
    ReportState,
    ReportTemplate,
    ReportTemplateText,
)
from shangdun.records.roles import Capability

_READY = (DocumentState.APPROVED, DocumentState.PUBLISHED)


def visible_runs(actor: Actor) -> QuerySet[ReportRun]:
    """The latest window first."""
    require(actor, Capability.VIEW_REPORTS)
    rows = ReportRun.objects.select_related("rhythm__owner", "document", "programme")
    return rows.order_by("-first", "-pk")


def get_run(actor: Actor, number: int) -> ReportRun:
    found = visible_runs(actor).filter(number=number).first()
    if found is None:
        raise NotFound(f"there is no report {number}", fix="see the list of reports")
    return found


def newest_texts(runs: Iterable[ReportRun]) -> dict[int, DocumentVersion]:
    """Document → its newest version that was not withdrawn, in one query."""
    documents = [run.document_id for run in runs if run.document_id]
    rows = DocumentVersion.objects.filter(document__in=documents)
    rows = rows.exclude(state=DocumentState.WITHDRAWN).order_by("number")
    return {row.document_id: row for row in rows.defer("body")}


def state_of(run: ReportRun, text: DocumentVersion | None) -> ReportState:
    """Where a report stands, reckoned from what is known of it.

    A report that was missed and sent all the same is ``SENT``; ``missed_at`` says it was late.
    """
    if run.sent_at is not None:
        return ReportState.SENT
    if run.missed_at is not None:
        return ReportState.MISSED
    if text is not None and text.state in _READY:
        return ReportState.APPROVED
    return ReportState.DUE if run.drafted_at is None else ReportState.DRAFTED


def states_of(runs: Iterable[ReportRun]) -> list[tuple[ReportRun, ReportState]]:
    """The same for many, in one query."""
    rows = list(runs)
    texts = newest_texts(rows)
    return [(run, state_of(run, texts.get(run.document_id or 0))) for run in rows]


def sendings_of(run: ReportRun) -> QuerySet[ReportSending]:
    """The proof that it was sent: each time, with how its messages fared."""
    return run.sendings.select_related("by", "text", "message").order_by("at", "pk")


def late(run: ReportRun, today: date) -> bool:
    """Whether its window has closed and it was not sent."""
    return run.sent_at is None and today > run.last


def visible_templates(actor: Actor) -> QuerySet[ReportTemplate]:
    require(actor, Capability.VIEW_REPORTS)
    return ReportTemplate.objects.order_by("key", "language")


def template_text(key: str, language: str) -> ReportTemplateText | None:
    """What drafts of this report are made of; None: the template that came with the product."""
    texts = ReportTemplateText.objects.filter(template__key=key, template__language=language)
    return texts.order_by("-number").first()
