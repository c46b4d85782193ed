"""What was told as planned, what late, what was missed."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shangdun.actions.reports.sections import Asked, plain, table
from shangdun.govern.communication.due import Standing
from shangdun.records.communication import due_between, standing_of, tally_of
from shangdun.records.models import Communication

title = gettext_lazy("Communication")
LISTED = 12


def _due(asked: Asked) -> list[Communication]:
    return list(due_between(asked.actor, asked.since, min(asked.until, asked.today)))


def has(asked: Asked) -> bool:
    """Whether anything was due."""
    return due_between(asked.actor, asked.since, min(asked.until, asked.today)).exists()


def section(asked: Asked) -> str:
    """The share that was kept, and everything that was not, by name."""
    items = _due(asked)
    found = tally_of(items, asked.today, asked.zone)
    if not found.due:
        return _("Nothing of the communication plan was due.")
    words = {"kept": found.kept, "late": found.kept_late, "missed": found.missed,
             "open": found.late, "due": found.due}  # fmt: skip
    lines = [
        _(
            "%(due)d were due: %(kept)d on time, %(late)d late, %(missed)d missed, %(open)d late "
            "and still open."
        )
        % words
    ]
    wrong = {Standing.MISSED, Standing.LATE, Standing.KEPT_LATE}
    rows = [
        (item.due_on.isoformat(), item.title, _state(stands), item.reason or "—")
        for item in items
        if (stands := standing_of(item, asked.today, asked.zone)) in wrong
    ]
    if rows:
        head = (_("Due"), _("What"), _("How it stands"), _("Why"))
        lines.append(table(head, rows[:LISTED]))
    if len(rows) > LISTED:
        lines.append(plain(_("… and %(n)d more") % {"n": len(rows) - LISTED}))
    return "\n\n".join(lines)


def _state(stands: Standing | None) -> str:
    return {
        Standing.MISSED: _("missed"),
        Standing.LATE: _("late, still open"),
        Standing.KEPT_LATE: _("done late"),
    }.get(stands or Standing.LATE, "")
