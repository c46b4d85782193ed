"""Changes of law: what came into force in the period, and what will within three months."""

from __future__ import annotations

from datetime import date, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shangdun.actions.reports.sections import Asked, table
from shangdun.govern.law.register import LawVersion, read_version
from shangdun.records.access import require
from shangdun.records.models import DutyVersion
from shangdun.records.roles import Capability

title = gettext_lazy("Changes of law")
AHEAD = timedelta(days=90)
MOST = 15


def has(asked: Asked) -> bool:
    """Whether a text changed or will."""
    return bool(_changes(asked))


def section(asked: Asked) -> str:
    """The articles by the day on which they hold; what nobody verified says so."""
    rows = _changes(asked)
    if not rows:
        return _("No article of the register changes in this period or the three months after it.")
    language = "zh" if asked.language == "zh-hans" else "en"
    head = (_("In force from"), _("Law"), _("Article"), _("What it asks"))
    cells = [
        (day.isoformat(), one.law[language], one.article[language], _title(one, language))
        for day, one in rows[:MOST]
    ]
    return table(head, cells)


def _title(version: LawVersion, language: str) -> str:
    told = version.title[language][:80]
    unsure = _("(to be confirmed by counsel)")
    return f"{told} {unsure}" if version.to_be_confirmed else told


def _changes(asked: Asked) -> list[tuple[date, LawVersion]]:
    """Of the law register: the newest reading of each text, by the day from which it holds."""
    require(asked.actor, Capability.VIEW_COMPLIANCE)
    rows = DutyVersion.objects.filter(
        duty__archived_at=None,
        effective_from__gte=asked.since,
        effective_from__lte=asked.until + AHEAD,
    )
    newest = {(row.duty_id, row.effective_from): row for row in rows.order_by("revision")}
    found = [(row.effective_from, read_version(row.snapshot)) for row in newest.values()]
    return sorted(found, key=lambda one: (one[0], one[1].law["en"], one[1].article["en"]))
