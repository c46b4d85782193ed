"""Vulnerabilities: what is open by severity, what came and went, the worst that are overdue."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shangdun.actions.reports.sections import Asked, plain, table
from shangdun.records.models import Vulnerability, VulnerabilitySeverity
from shangdun.records.vulnerabilities import overdue_vulnerabilities
from shangdun.records.vulnerability_figures import vulnerability_figures

title = gettext_lazy("Vulnerabilities")
NAMED = 5


def has(asked: Asked) -> bool:
    """Whether any was ever found."""
    del asked
    return Vulnerability.objects.exists()


def section(asked: Asked) -> str:
    """The figures of the period, then what is overdue."""
    if not has(asked):
        return _("No report of vulnerabilities was taken in yet.")
    figures = vulnerability_figures(asked.actor, asked.begins_at, asked.ends_at, asked.now)
    labels = dict(VulnerabilitySeverity.choices)
    rows = [
        (labels[one.grade.value], one.open, one.overdue, one.opened, one.fixed,
         "—" if one.median_days is None else one.median_days)
        for one in figures.grades
    ]  # fmt: skip
    head = (_("Severity"), _("Open"), _("Overdue"), _("Found in the period"),
            _("Fixed in the period"), _("Days to fix (median)"))  # fmt: skip
    parts = [table(head, rows, right=range(1, 6))]
    if figures.known_exploited:
        words = _("Known to be exploited and open: %(n)d.")
        parts.append(words % {"n": figures.known_exploited})
    late = list(overdue_vulnerabilities(asked.now)[:NAMED])
    if late:
        parts.append(_("Overdue, the worst first:"))
        parts.append("\n".join(f"- {_line(row)}" for row in late))
    return "\n\n".join(parts)


def _line(row: Vulnerability) -> str:
    due = row.due.isoformat() if row.due else ""
    where = f" · {plain(row.asset.name)}" if row.asset else ""
    return f"V-{row.number} {plain(row.title)}{where} · {_('due')} {due}"
