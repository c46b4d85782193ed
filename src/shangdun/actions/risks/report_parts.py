"""The parts of the risk assessment report, each a table and what is to be said about it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime

from django.utils.formats import number_format
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from shangdun.assess.method.matrix import Matrix, Table
from shangdun.assess.method.review import Change, change
from shangdun.assess.method.scale import LEVELS
from shangdun.govern.controls.catalogue import measures
from shangdun.papers.escaped import table
from shangdun.records.actor import Actor
from shangdun.records.assets import visible_assets
from shangdun.records.messages import console_zone
from shangdun.records.models import (
    AssetLayer,
    Control,
    RiskAssessment,
    RiskEvidence,
    RiskLevel,
    RiskMeasure,
    RiskMeasureState,
    User,
)
from shangdun.records.risk_numbers import valued
from shangdun.records.risks import Standing, assessment_before
from shangdun.records.vulnerabilities import open_vulnerabilities

MOST_ROWS = 200


def day(moment: datetime | None) -> str:
    """The day in the company's time zone."""
    return f"{moment.astimezone(console_zone()):%Y-%m-%d}" if moment else "—"


def amount(value: float | None) -> str:
    """Whole money units, grouped."""
    return "—" if value is None else number_format(round(value), 0, force_grouping=True)


def level(value: int | None) -> str:
    """A level as number and word."""
    return f"{value} {RiskLevel(value).label}" if value else "—"


def name_of(user: User | None) -> str:
    return (user.get_full_name() or user.username) if user else "—"


def asset_part(actor: Actor) -> str:
    rows = list(visible_assets(actor).select_related("owner"))
    if not rows:
        return _("No asset is registered.")
    rows.sort(key=lambda one: AssetLayer.values.index(one.layer))  # what bears stands below
    head = (_("Asset"), _("Layer"), "C", "I", "A", _("Value"), _("Owner"))
    told = table(
        head,
        [
            (
                one.name, one.get_layer_display(), one.confidentiality or "—",
                one.integrity or "—", one.availability or "—", level(one.value),
                name_of(one.owner),
            )
            for one in rows[:MOST_ROWS]
        ],
    )  # fmt: skip
    more = len(rows) - MOST_ROWS
    return told if more <= 0 else told + "\n\n" + _("And %(n)d more in the register.") % {"n": more}


def threat_part(rows: Sequence[Standing]) -> str:
    risks: dict[int, list[Standing]] = {}
    for one in rows:
        if one.risk.threat_id:
            risks.setdefault(one.risk.threat_id, []).append(one)
    if not risks:
        return _("No threat is linked to a risk.")
    found = sorted(
        (group[0].risk.threat for group in risks.values() if group[0].risk.threat),
        key=lambda threat: (-threat.capability * threat.frequency, threat.name),
    )
    head = (_("Threat"), pgettext("threat", "Source"), _("Who, and why"), _("Capability"),
            _("Frequency"), _("Risks"))  # fmt: skip
    return table(
        head,
        [
            (
                one.name, one.get_source_display(), one.motive or "—", one.capability,
                one.frequency, ", ".join(f"R-{row.risk.number}" for row in risks[one.pk]),
            )
            for one in found
        ],
        right=(3, 4),
    )  # fmt: skip


def vulnerability_part(actor: Actor) -> str:
    rows = list(open_vulnerabilities(actor).select_related("asset", "owner"))
    if not rows:
        return _("No vulnerability is open.")
    counted = Counter(str(one.get_severity_display()) for one in rows)
    told = _(", ").join(f"{word}: {n}" for word, n in counted.items())
    head = (_("Vulnerability"), _("Severity"), _("Asset"), _("Owner"), _("Due"))
    listed = table(
        head,
        [
            (
                one.title, one.get_severity_display(), one.asset.name if one.asset else "—",
                name_of(one.owner), one.due or "—",
            )
            for one in rows[:MOST_ROWS]
        ],
    )  # fmt: skip
    first = _("%(n)d vulnerabilities are open (%(told)s).") % {"n": len(rows), "told": told}
    return f"{first}\n\n{listed}"


def standing_measures(rows: Sequence[Standing]) -> str:
    found = {one.pk: one for row in rows for one in row.effective}
    if not found:
        return _("No measure of the register is in effect yet.")
    head = (_("Measure"), _("Against"), pgettext("risk measure", "Shown by"), _("Since"))
    return table(
        head,
        [
            (one.title, f"R-{one.risk.number} {one.risk.title}", shown_by(one), day(one.done_at))
            for one in found.values()
        ],
    )


def shown_by(one: RiskMeasure) -> str:
    """What says that a measure is where it is."""
    if one.task:
        return _("task %(task)s") % {"task": one.task}
    if one.control:
        return _("protective measure %(key)s") % {"key": _title_of(one.control)}
    return one.reason or "—"


def _title_of(key: str) -> str:
    """What a protective measure is called; its key if the list has it no more."""
    shipped = measures().get(key)
    if shipped:
        return shipped.title["zh" if (get_language() or "").startswith("zh") else "en"]
    control = Control.objects.filter(key=key).first()
    return control.title if control else key


def risk_part(row: RiskAssessment) -> str:
    head = (_("Risk"), _("Before measures"), _("Likelihood"), _("Loss"), _("Now"), _("Planned"),
            _("Loss a year"))  # fmt: skip
    ratings = row.ratings.select_related("risk").order_by("-level", "-level_before", "risk__number")
    return table(
        head,
        [
            (
                f"R-{one.risk.number} {one.title}", level(one.level_before), one.likelihood,
                one.loss, level(one.level), level(one.level_planned),
                amount(None if one.yearly_loss is None else float(one.yearly_loss)),
            )
            for one in ratings
        ],
        right=(2, 3, 6),
    )  # fmt: skip


def tracked_part(row: RiskAssessment) -> str:
    """What became of each finding of the assessment before."""
    before = assessment_before(row)
    if before is None:
        return _("This is the first assessment.")
    old = {one.risk_id: one for one in before.ratings.select_related("risk")}
    new = {one.risk_id: one for one in row.ratings.select_related("risk")}
    words = {
        Change.NEW: pgettext("tracked risk", "new"),
        Change.WORSE: pgettext("tracked risk", "worse"),
        Change.SAME: pgettext("tracked risk", "unchanged"),
        Change.BETTER: pgettext("tracked risk", "better"),
        Change.GONE: pgettext("tracked risk", "no longer there"),
    }
    lines = []
    for key in sorted(old.keys() | new.keys()):
        was, now = old.get(key), new.get(key)
        known = now or was
        if known is None:
            continue
        became = change(was.level if was else None, now.level if now else None)
        lines.append(
            (f"R-{known.risk.number} {known.title}", level(was.level if was else None),
             level(now.level if now else None), words[became])
        )  # fmt: skip
    head = (_("Risk"), _("Assessment before"), _("This assessment"), _("What became of it"))
    told = _("Compared with %(title)s, finished on %(day)s.")
    first = told % {"title": before.title, "day": day(before.closed_at)}
    return f"{first}\n\n{table(head, lines)}"


def figures_part(row: RiskAssessment) -> str:
    """The simulated year as it was kept at the close."""
    kept = row.figures
    if not kept:
        return _("No risk was put into numbers.")
    words = {
        "before": pgettext("risk stage", "before measures"),
        "now": pgettext("risk stage", "now"),
        "planned": pgettext("risk stage", "with what is planned"),
    }
    first = _("Loss of a year in %(currency)s") % {"currency": kept["currency"]}
    head = (first, _("Expected loss"), _("Half of the years below"), _("1 year in 20 above"),
            _("1 year in 100 above"))  # fmt: skip
    lines = [
        (words[stage], f"{amount(one['mean'])} ± {amount(one['error'])}", amount(one["p50"]),
         amount(one["p95"]), amount(one["p99"]))
        for stage, one in kept["stages"].items()
    ]  # fmt: skip
    told = _(
        "%(n)d risks in numbers, %(trials)s simulated years (Monte Carlo, seed %(seed)s; ± is the "
        "95%% interval of the simulation itself). The risks are drawn independently of one another."
    ) % {
        "n": kept["risks"], "trials": number_format(kept["trials"], 0, force_grouping=True),
        "seed": kept["seed"],
    }  # fmt: skip
    return f"{table(head, lines, right=(1, 2, 3, 4))}\n\n{told}"


def improvement_part(rows: Sequence[Standing], currency: str) -> str:
    found = [one for one in valued(rows, currency) if not one.in_effect]
    if not found:
        return _("No measure is outstanding.")
    head = (_("Measure"), _("Against"), _("Owner"), _("Due"), _("State"), _("Cost a year"),
            _("Saves a year"))  # fmt: skip
    return table(
        head,
        [
            (
                one.measure.title, f"R-{one.measure.risk.number}", name_of(one.measure.owner),
                one.measure.due or "—", RiskMeasureState(one.measure.state).label,
                amount(one.worth.cost if one.worth else None),
                amount(one.worth.saved if one.worth else None),
            )
            for one in found
        ],
        right=(5, 6),
    )  # fmt: skip


def acceptance_part(row: RiskAssessment, rows: Sequence[Standing]) -> str:
    above = set(
        row.ratings.filter(level__gt=row.matrix.acceptable).values_list("risk_id", flat=True)
    )
    found = [one for one in rows if one.risk.pk in above or one.acceptance]
    if not found:
        return _("No risk is above the acceptable level.")
    head = (_("Risk"), _("Now"), _("Planned"), _("Accepted by"), _("Until"), _("Why it is borne"))
    return table(
        head,
        [
            (
                f"R-{one.risk.number} {one.risk.title}",
                level(one.now.level if one.now else None),
                level(one.planned.level if one.planned else None),
                name_of(one.acceptance.approver) if one.acceptance else _("not accepted"),
                _until(one),
                one.acceptance.reason if one.acceptance else "—",
            )
            for one in found
        ],
    )


def _until(one: Standing) -> date | str:
    return one.acceptance.expires_on if one.acceptance else "—"


def matrix_part(matrix: Matrix) -> str:
    """The three tables, rows and columns from 1 to 5."""
    parts = (
        (_("Likelihood, from threat (rows) and ease of exploitation (columns)"), matrix.likelihood),
        (_("Loss, from the asset's value (rows) and the harm (columns)"), matrix.loss),
        (_("Level of risk, from likelihood (rows) and loss (columns)"), matrix.risk),
    )
    return "\n\n".join(f"**{title}**\n\n{_cells(cells)}" for title, cells in parts)


def _cells(cells: Table) -> str:
    rows = [(row, *cells[row - 1]) for row in LEVELS]
    return table(("", *LEVELS), rows, right=range(1, 6))


def evidence_part(rows: Sequence[Standing]) -> str:
    risks = {one.risk.pk: one.risk for one in rows}
    found = RiskEvidence.objects.filter(risk__in=risks, counts=True).select_related("incident")
    told = [
        (f"#{one.incident.number}", one.incident.title, day(one.incident.occurred_at),
         f"R-{risks[one.risk_id].number}")
        for one in found.order_by("incident__number", "risk__number")[:MOST_ROWS]
    ]  # fmt: skip
    if not told:
        return _("No incident was counted.")
    return table((_("Incident"), _("What happened"), _("When"), _("Risk")), told)
