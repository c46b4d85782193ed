"""The risk assessment report (风险评估报告) as a document to hand in."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import override, pgettext

from shangdun.actions.risks.report_text import report_markup
from shangdun.console.blocks import LANGUAGES
from shangdun.console.papers.saying import day_of, name_of
from shangdun.papers.blocks import Block, Callout, Paper
from shangdun.papers.markup import fill, read
from shangdun.records.actor import Actor
from shangdun.records.models import RiskAssessment, RiskAssessmentState


def risk_paper(actor: Actor, row: RiskAssessment) -> Paper:
    """The report in the assessment's language; one that is not finished says so."""
    blocks: tuple[Block, ...] = fill(read(report_markup(actor, row)), {})
    finished = row.state == RiskAssessmentState.CLOSED
    with override(row.language):
        if not finished:
            warning = Callout(_("This assessment is not finished yet."), tone="warning")
            blocks = (warning, *blocks)
        told = (
            (pgettext("risk assessment", "Number"), str(row.number)),
            (pgettext("risk assessment", "Begun on"), day_of(row.begun_at)),
            (pgettext("risk assessment", "Finished on"), day_of(row.closed_at)),
            (_("Finished by"), name_of(row.closed_by)),
        )
        return Paper(
            title=row.title,
            language=LANGUAGES.get(row.language, "zh-hans"),
            marking=_("Confidential"),
            meta=tuple((label, value) for label, value in told if value),
            date=day_of(row.closed_at or row.begun_at),
            author=name_of(row.closed_by),
            written=row.closed_at,
            contents=True,
            cover=True,
            blocks=blocks,
        )
