"""Sources of logs were live on each of the last so many days.

A day counts where the source was looked at and at least 95 of 100 looks found it live by its own
rhythm. A source that was added within the span is judged by its own days.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from shangdun.records.configured_sources import configured_sources
from shangdun.records.criteria import Asked, Link, Param, State, Verdict
from shangdun.records.models import Source, SourceDay
from shangdun.records.roles import Capability

LABEL = gettext_lazy("Sources of logs live for so many days")
PARAMS = (
    Param("days", gettext_lazy("Days without a break"), "number", default=30, least=1, most=365),
    Param("least", gettext_lazy("At least so many sources"), "number", default=1, least=1),
)
SHARE = 95
"""Percent of a day's looks."""
LINK = Link(gettext_lazy("Sources"), "/sources/", (Capability.VIEW_SOURCES,))


def asked(params: Mapping[str, Any]) -> str:
    days = int(params["days"])
    return ngettext(
        "all sources of logs live for %(n)s day", "all sources of logs live for %(n)s days", days
    ) % {"n": days}


def check(params: Mapping[str, Any], asked: Asked) -> Verdict:
    days, least = int(params["days"]), int(params["least"])
    names = set(Source.objects.filter(enabled=True).values_list("name", flat=True))
    names |= configured_sources().keys()
    if not names:
        return Verdict(State.UNMET, _("No source of logs is connected yet."), (LINK,))
    seen = _days(names, asked.today - timedelta(days=days - 1), asked.today)
    fresh = asked.today - timedelta(days=1)
    if not any(day >= fresh for found in seen.values() for day in found):
        says = _("Nobody has looked at the sources since yesterday: the watch does not run.")
        return Verdict(State.UNKNOWN, says, (LINK,))
    whole, broken = _judged(names, seen, asked.today, days)
    told: dict[str, Any] = {"whole": whole, "all": len(names), "days": days}
    if whole >= least and not broken:
        says = _("%(whole)s of %(all)s sources were live on each of the last %(days)s days.")
        return Verdict(State.MET, says % told, (LINK,))
    says = _("%(whole)s of %(all)s sources were live on each of the last %(days)s days.") % told
    if broken:
        says += " " + _("Not so: %(names)s.") % {"names": _(", ").join(broken[:5])}
    return Verdict(State.UNMET, says, (LINK,))


def _days(names: set[str], first: date, last: date) -> dict[str, dict[date, bool]]:
    rows = SourceDay.objects.filter(name__in=names, day__gte=first, day__lte=last, looks__gt=0)
    seen: dict[str, dict[date, bool]] = {name: {} for name in names}
    for name, day, looks, live in rows.values_list("name", "day", "looks", "live"):
        seen[name][day] = 100 * live >= SHARE * looks
    return seen


def _judged(
    names: set[str], seen: Mapping[str, Mapping[date, bool]], today: date, days: int
) -> tuple[int, list[str]]:
    """How many were live throughout, and what the others lack."""
    oldest = dict(
        SourceDay.objects.filter(name__in=names, looks__gt=0)
        .order_by("name", "-day")
        .values_list("name", "day")
    )
    span = [today - timedelta(days=back) for back in range(days)]
    # Today counts once somebody has looked: at one past midnight nothing is lost yet.
    whole, broken = 0, []
    for name in sorted(names):
        mine = [day for day in span if day >= oldest.get(name, today)]
        mine = [day for day in mine if day != today or day in seen[name]]
        bad = [day for day in mine if not seen[name].get(day, False)]
        if bad:
            broken.append(_("%(source)s (%(day)s)") % {"source": name, "day": max(bad).isoformat()})
        elif len(mine) >= days - (today not in seen[name]):
            whole += 1
        else:
            told = ngettext(
                "%(source)s (%(n)s day so far)", "%(source)s (%(n)s days so far)", len(mine)
            )
            broken.append(told % {"source": name, "n": len(mine)})
    return whole, broken
