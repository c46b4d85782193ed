"""Round-the-clock monitoring (24/7, plan section 五.1.c): the line is drawn from its evidence."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shangdun.actions.reports.sections import Asked, table
from shangdun.kernel.clock import to_millis
from shangdun.kernel.config import home_directory, load_config
from shangdun.lake.health import read_health
from shangdun.records.access import visible_findings, visible_sources

title = gettext_lazy("Round-the-clock monitoring")


def section(asked: Asked) -> str:
    """What is watched now, and what the watch saw in the period."""
    now = to_millis(asked.now)
    rows = visible_sources(asked.actor).filter(enabled=True)
    known = {row.name for row in rows} | {one.name for one in load_config(home_directory()).sources}
    health = read_health(home_directory())
    fresh = health is not None and health.fresh(now)
    seen = {one.name: one for one in health.sources} if health and fresh else {}
    live = [
        name
        for name in known
        if name in seen
        and seen[name].last_received
        and not seen[name].error
        and not seen[name].silent(now)
    ]
    found = visible_findings(asked.actor).filter(time__gte=asked.begins_at, time__lt=asked.ends_at)
    serious = found.filter(severity__gte=4).count()
    state = _("running") if fresh else _("not running when this was drafted")
    cells = [
        (_("The watch"), state),
        (_("Sources that bring events now"), f"{len(live)} / {len(known)}"),
        (_("Findings of the period"), found.count()),
        (_("Of these high or critical"), serious),
    ]
    return table((_("Evidence"), _("Value")), cells)
