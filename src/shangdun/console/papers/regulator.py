"""A report to a regulator as a document."""

from __future__ import annotations

from django.template.defaultfilters import date as format_date
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from shangdun.papers.blocks import Block, Callout, Heading, Paper, Signature, Signatures, Text
from shangdun.records.models import Submission, SubmissionPhase, SubmissionState
from shangdun.respond.regulators.forms import MARKS, get_form

LANGUAGES = {"zh": "zh-hans", "en": "en"}


def report_paper(row: Submission) -> Paper:
    """The report in its own language; items that say nothing carry the mark for it."""
    with override(LANGUAGES[row.language]):
        return _paper(row)


def _paper(row: Submission) -> Paper:
    form = get_form(row.form)
    blocks: list[Block] = []
    if row.rehearsal:
        blocks.append(Callout(_("A rehearsal. It was handed in to nobody."), tone="warning"))
    for item in form.items:
        text = row.items.get(item.id, "").strip()
        if not text and item.optional:
            continue
        blocks += [Heading(item.title[row.language]), Text(text or MARKS[row.language])]
    blocks.append(
        Signatures(
            (Signature(_("Written by")), Signature(_("Approved by")), Signature(_("Company seal")))
        )
    )
    moment = row.submitted_at or row.changed_at
    day = format_date(timezone.localtime(moment), "DATE_FORMAT")
    meta = [
        (_("Incident"), f"#{row.incident.number}"),
        (_("Report number"), f"{row.number} · {SubmissionPhase(row.phase).label}"),
        (_("Basis"), form.basis[row.language]),
    ]
    if row.recipient:
        meta.append((_("Addressee"), row.recipient))
    if row.receipt:
        meta.append((_("Receipt number"), row.receipt))
    draft = row.state == SubmissionState.DRAFT
    marking = _("DRILL") if row.rehearsal else _("DRAFT") if draft else ""
    return Paper(
        title=form.title[row.language],
        language="zh-hans" if row.language == "zh" else "en",
        blocks=tuple(blocks),
        marking=marking,
        meta=tuple(meta),
        date=day,
    )
