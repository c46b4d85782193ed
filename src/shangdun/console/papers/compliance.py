"""The report of an assessment of compliance (合规评估报告) as a document."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from shangdun.console.papers.saying import day_of, moment_of, name_of
from shangdun.console.programme.compliance import round_of
from shangdun.console.programme.controls import language
from shangdun.papers.blocks import (
    Block,
    Callout,
    Facts,
    Heading,
    Paper,
    Signature,
    Signatures,
    Table,
    Text,
)
from shangdun.records.models import AssessmentRound, AuditState, RoundState


def assessment_paper(row: AssessmentRound, now: datetime) -> Paper:
    """Scope, judgements with the texts they stand on, findings, counsel, conclusion."""
    return Paper(
        title=_("Report on the assessment of compliance"),
        subtitle=row.title,
        language="zh-hans" if language() == "zh" else "en",
        marking=_("Confidential"),
        meta=tuple(_meta(row)),
        blocks=tuple(_blocks(row, round_of(row, now))),
        date=day_of(row.closed_at or now),
        cover=True,
        contents=True,
    )


def _meta(row: AssessmentRound) -> Iterator[tuple[str, str]]:
    yield _("Year"), str(row.year)
    yield _("Internal auditor"), name_of(row.auditor, "—")
    yield _("Outside counsel"), f"{row.counsel_firm} {row.counsel_name}".strip() or "—"
    yield _("Began"), moment_of(row.opened_at, "—")
    yield _("Closed"), moment_of(row.closed_at, "—")


def _blocks(row: AssessmentRound, found: dict[str, Any]) -> Iterator[Block]:
    if row.state != RoundState.CLOSED:
        yield Callout(_("This assessment is not closed yet."), tone="warning")
    yield Heading(_("Conclusion"))
    yield Text(row.conclusion or _("Not written."), quiet=not row.conclusion)
    yield Heading(_("Judgements"))
    yield from _tally(found["lines"])
    yield Table(
        (_("Law, article"), pgettext("law", "Duty"), _("Internal audit"), _("Outside counsel")),
        tuple(_line(one) for one in found["lines"]),
        widths=(4, 4, 4, 4),
    )
    yield Heading(_("What the judgements stand on"))
    yield Text(
        _(
            "Each judgement was made against the text named here, and the measures and files that "
            "showed it on that day; their SHA-256 is in the ledger."
        ),
        quiet=True,
    )
    yield Table(
        (
            pgettext("law", "Duty"),
            _("Text in force from"),
            _("Measures in place"),
            _("Files"),
            _("Judged"),
        ),
        tuple(_basis(one) for one in found["lines"]),
        widths=(5, 3, 3, 2, 3),
    )
    yield from _findings(row)
    yield from _counsel(row)
    yield Signatures(
        (
            Signature(_("Internal auditor"), name_of(row.auditor), ""),
            Signature(_("Closed by"), name_of(row.closed_by), moment_of(row.closed_at)),
        )
    )
    if row.closed_sha256:
        seal = _("Seal of the signed contents (SHA-256), kept in the ledger: %(seal)s")
        yield Text(seal % {"seal": row.closed_sha256}, quiet=True)


def _tally(lines: list[dict[str, Any]]) -> Iterator[Block]:
    counts: dict[str, int] = {}
    for line in lines:
        if line["internal"]:
            label = line["internal"]["row"].get_verdict_display()
            counts[label] = counts.get(label, 0) + 1
    if counts:
        rows = tuple((label, str(number)) for label, number in counts.items())
        yield Facts(rows)


def _line(one: dict[str, Any]) -> tuple[str, ...]:
    said = (one["internal"] or one["counsel"] or {}).get("said") or one["duty"].said
    return (
        f"{said.law}\n{said.article}",
        said.title,
        _judged(one["internal"]),
        _judged(one["counsel"]),
    )


def _judged(made: dict[str, Any] | None) -> str:
    if made is None:
        return "—"
    verdict = str(made["row"].get_verdict_display())
    return f"{verdict}\n{made['row'].note}" if made["row"].note else verdict


def _basis(one: dict[str, Any]) -> tuple[str, ...]:
    made = one["internal"] or one["counsel"]
    if made is None:
        return one["duty"].said.title, "—", "—", "—", "—"
    return (
        made["said"].title,
        made["said"].effective_from.isoformat(),
        f"{made['proven']} / {made['measures']}",
        str(made["files"]),
        f"{day_of(made['row'].at)} {name_of(made['row'].by)}",
    )


def _findings(row: AssessmentRound) -> Iterator[Block]:
    yield Heading(pgettext("audit", "Findings"))
    rows = tuple(
        (
            f"#{one.number}",
            one.title,
            one.get_severity_display(),
            f"#{one.improvement.number}" if one.improvement else "—",
            one.get_state_display(),
        )
        for one in row.findings.select_related("improvement")
    )
    if rows:
        columns = (_("No."), _("What was found"), _("Severity"), _("Improvement"), _("State"))
        yield Table(columns, rows, widths=(1, 6, 2, 2, 2))
    else:
        yield Text(_("Nothing was found wanting."), quiet=True)
    steps = row.steps.select_related("finding", "by").order_by("finding__number", "at")
    if steps:
        yield Heading(_("Findings of earlier assessments"), level=2)
        told = tuple(
            (
                f"#{step.finding.number} {step.finding.title}",
                step.note,
                _("closed") if step.closes else _("still open"),
                day_of(step.at),
            )
            for step in steps
            if step.finding.raised_in_id != row.pk or step.finding.state == AuditState.CLOSED
        )
        yield Table((_("Finding"), _("What was seen"), _("State"), _("When")), told)


def _counsel(row: AssessmentRound) -> Iterator[Block]:
    yield Heading(_("Outside counsel's opinion"))
    if row.opinion is None:
        yield Text(row.without_counsel or _("No opinion is attached."), quiet=True)
        return
    yield Facts(
        (
            (_("Firm"), row.counsel_firm),
            (_("Lawyer"), row.counsel_name),
            (_("Date of the opinion"), row.opinion_on.isoformat() if row.opinion_on else "—"),
            (_("File"), row.opinion.name),
            ("SHA-256", row.opinion.sha256),
        )
    )
