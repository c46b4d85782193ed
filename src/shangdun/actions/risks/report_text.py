"""The risk assessment report as a text: scope, method, assets, findings, risks, improvements.

Written in the markup of ``papers.markup`` from what the finished round kept, so that the paper and
the controlled document say the same, to the letter.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from django.utils.translation import gettext as _
from django.utils.translation import override, pgettext

from shangdun.actions.risks.report_parts import (
    acceptance_part,
    asset_part,
    day,
    evidence_part,
    figures_part,
    improvement_part,
    matrix_part,
    risk_part,
    standing_measures,
    threat_part,
    tracked_part,
    vulnerability_part,
)
from shangdun.papers.escaped import line, lines
from shangdun.records.actor import Actor
from shangdun.records.models import RiskAssessment, RiskLevel
from shangdun.records.risks import Standing, leaves, matrix_of, standings


def report_markup(actor: Actor, row: RiskAssessment) -> str:
    """The whole report in the assessment's language."""
    numbers = list(row.ratings.values_list("risk__number", flat=True))
    rows = leaves(standings(actor, numbers=numbers))
    with override(row.language):
        return "\n\n".join(part for part in _parts(actor, row, rows) if part)


def _parts(actor: Actor, row: RiskAssessment, rows: Sequence[Standing]) -> Iterator[str]:
    yield "## " + _("Summary")
    yield from _summary(row)
    yield "## " + _("Purpose, scope and basis")
    yield _("What is assessed:") + "\n\n" + lines(row.scope)
    if row.basis:
        yield _("On what ground:") + "\n\n" + lines(row.basis)
    if row.team:
        yield _("Who took part:") + "\n\n" + lines(row.team)
    yield _("Begun on %(begun)s, finished on %(closed)s.") % {
        "begun": day(row.begun_at), "closed": day(row.closed_at),
    }  # fmt: skip
    yield "## " + _("Method")
    yield _method()
    yield "## " + _("Assets")
    yield asset_part(actor)
    yield "## " + _("Threats")
    yield threat_part(rows)
    yield "## " + _("Findings: vulnerabilities")
    yield vulnerability_part(actor)
    yield "## " + _("Measures in effect")
    yield standing_measures(rows)
    yield "## " + _("Risks")
    yield risk_part(row)
    yield "## " + _("Against the assessment before")
    yield tracked_part(row)
    yield "## " + _("Risks in money")
    yield figures_part(row)
    yield "## " + _("Improvement measures")
    yield improvement_part(rows, row.matrix.currency)
    yield "## " + _("Residual risks and acceptance")
    yield acceptance_part(row, rows)
    yield "## " + _("Conclusion")
    yield lines(row.conclusion) or _("No conclusion was written.")
    yield "---"
    yield "## " + _("Appendix A: the matrix")
    yield matrix_part(matrix_of(row.matrix))
    yield "## " + _("Appendix B: incidents counted as evidence")
    yield evidence_part(rows)


def _summary(row: RiskAssessment) -> Iterator[str]:
    ratings = list(row.ratings.all())
    counted = {level: sum(one.level == level for one in ratings) for level in RiskLevel.values}
    told = [
        f"{RiskLevel(level).label}: {counted[level]}"
        for level in sorted(counted, reverse=True)
        if counted[level]
    ]
    yield _("%(n)d risks were assessed. As things stand now: %(levels)s.") % {
        "n": len(ratings), "levels": _(", ").join(map(str, told)),
    }  # fmt: skip
    above = [one for one in ratings if one.level > row.matrix.acceptable]
    if above:
        yield _("%(n)d of them are above the acceptable level (%(level)s):") % {
            "n": len(above), "level": RiskLevel(row.matrix.acceptable).label,
        } + "\n\n" + "\n".join(f"- {line(one.title)}" for one in above)  # fmt: skip
    else:
        yield _("None of them is above the acceptable level (%(level)s).") % {
            "level": RiskLevel(row.matrix.acceptable).label
        }


def _method() -> str:
    steps = (
        _("Assets are told apart in three layers (business, system assets, components and units) "
          "and valued from 1 to 5 by confidentiality, integrity and availability and by what the "
          "business bears."),
        _("Threats are described by source, kind, motive, timing and frequency; capability and "
          "frequency give how strongly they press."),
        _("Vulnerabilities are rated by how easily they are exploited and how badly the asset "
          "suffers; measures in effect are taken into account apart, as preventive (likelihood) or "
          "protective (loss)."),
        _("Threat and ease of exploitation give the likelihood of a security event, the asset's "
          "value and the harm give its loss, likelihood and loss give the level of the risk."),
    )  # fmt: skip
    return "\n\n".join(
        (
            _("The assessment follows the structure of GB/T 20984-2022:"),
            "\n".join(f"{number}. {text}" for number, text in enumerate(steps, 1)),
            "> [!note] "
            + pgettext("risk report", "About the tables")
            + "\n> "
            + _(
                "The tables by which levels are read off (appendix A) are the company's own "
                "configuration in ShangDun; they are not the formula tables printed in the "
                "standard."
            ),
        )
    )
