"""The worst risks: level before and now, what became of them, who bears what."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from shangdun.actions.reports.sections import Asked
from shangdun.actions.risks.report_parts import amount, level
from shangdun.papers.escaped import table
from shangdun.records.risk_numbers import quantified, simulated
from shangdun.records.risks import Standing, current_matrix, leaves, standings, worst_first

title = gettext_lazy("Risks")
SHOWN = 10


def section(asked: Asked) -> str:
    """The ten worst, what stands untreated, and the year in money where it is known."""
    rows = leaves(standings(asked.actor))
    rated = worst_first(one for one in rows if one.now is not None)
    if not rated:
        return _("No risk has been assessed yet.")
    trend = {
        "up": pgettext("risk trend", "rising"),
        "down": pgettext("risk trend", "falling"),
        "same": pgettext("risk trend", "unchanged"),
        "new": pgettext("risk trend", "new"),
    }
    head = (_("Risk"), _("Before measures"), _("Now"), _("Trend"), _("Measures"))
    told = table(
        head,
        [
            (
                f"R-{one.risk.number} {one.risk.title}",
                level(one.before.level if one.before else None),
                level(one.now.level if one.now else None),
                trend[one.trend],
                f"{len(one.effective)}/{len(one.measures)}",
            )
            for one in rated[:SHOWN]
        ],
    )
    return "\n\n".join([told, *_remarks(asked, rows)])


def _remarks(asked: Asked, rows: list[Standing]) -> list[str]:
    said = []
    untreated = sum(one.untreated for one in rows)
    if untreated:
        said.append(
            _("%(n)d above the acceptable level, with nothing planned that suffices and not "
              "accepted.") % {"n": untreated}
        )  # fmt: skip
    late = sum(bool(one.late(asked.today)) for one in rows)
    if late:
        said.append(_("%(n)d with measures that are late.") % {"n": late})
    risks = quantified(rows)
    if risks:
        year = simulated(risks).spreads[1]
        said.append(
            _("Expected loss of a year as things stand: %(mean)s %(currency)s; one year in twenty "
              "costs more than %(p95)s.") % {
                "mean": amount(year.mean), "p95": amount(year.percentiles[2]),
                "currency": current_matrix().currency,
            }
        )  # fmt: skip
    return said


def has(asked: Asked) -> bool:
    """Whether anything is in the register."""
    return bool(standings(asked.actor))
