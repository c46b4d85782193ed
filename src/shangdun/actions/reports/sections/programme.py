"""How the programme stands: its tasks, what was done in the period, what is late, what comes."""

from __future__ import annotations

from datetime import date, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext

from shangdun.actions.reports.sections import Asked, plain, table
from shangdun.records.models import PlanTask, PlanTaskKind, PlanTaskState, Programme, User
from shangdun.records.programmes import (
    LONG_TEXTS,
    OVER,
    Standing,
    is_late,
    standing,
    tasks_of,
    will_be_late,
)

title = gettext_lazy("Progress of the programme")
MOST = 12
AHEAD = timedelta(days=30)


def has(asked: Asked) -> bool:
    """Whether there is a programme to report on."""
    return asked.programme is not None


def section(asked: Asked) -> str:
    """Figures, then three short tables; every row is a subtask that can be looked up."""
    programme = asked.programme
    if programme is None:
        return _("There is no programme yet.")
    stands = standing(programme, asked.today)
    rows = tasks_of(programme).filter(kind=PlanTaskKind.SUBTASK).select_related("owner")
    leaves = list(rows.defer(*LONG_TEXTS[:-1]))
    parts = [
        _headline(programme, stands),
        _by_task(stands),
        _part(_("Done in the period"), _done(leaves, asked)),
        _part(_("Late, and why"), _late(leaves, asked)),
        _part(_("Due next"), _ahead(leaves, asked)),
    ]
    return "\n\n".join(part for part in parts if part)


def _headline(programme: Programme, stands: Standing) -> str:
    told = _(
        "“%(title)s”: %(done)s of %(total)s subtasks are done, %(proven)s of them by evidence;"
        " late: %(late)s."
    ) % {
        "title": plain(programme.title), "done": stands.done, "total": stands.total,
        "proven": stands.proven, "late": stands.late,
    }  # fmt: skip
    if stands.lost:
        told += " " + ngettext(
            "Of %(n)s what proved it no longer holds.",
            "Of %(n)s what proved them no longer holds.",
            stands.lost,
        ) % {"n": stands.lost}  # fmt: skip
    return told


def _by_task(stands: Standing) -> str:
    head = (
        pgettext("programme", "Task"), _("Done"), _("By evidence"), _("Late"), _("Next due"),
    )  # fmt: skip
    lines = [
        (f"{one.task.code} {one.task.title}", f"{one.done}/{one.total}", one.proven, one.late,
         _day(one.next_due))
        for one in stands.tasks[: 3 * MOST]
    ]  # fmt: skip
    return table(head, lines, right=(1, 2, 3)) if lines else ""


def _done(leaves: list[PlanTask], asked: Asked) -> str:
    rows = [
        row
        for row in leaves
        if row.state == PlanTaskState.DONE
        and row.done_on is not None
        and asked.since <= row.done_on <= asked.until
    ]
    rows.sort(key=lambda row: (row.done_on or date.min, row.position))
    head = (
        pgettext("programme", "Subtask"),
        _("Owner"),
        _("Done on"),
        pgettext("evidence", "Shown by"),
    )
    told = [
        (f"{row.code} {row.title}", _name(row.owner), _day(row.done_on), _shown_by(row))
        for row in rows[:MOST]
    ]
    return _cut(table(head, told), len(rows)) if rows else _("Nothing.")


def _shown_by(row: PlanTask) -> str:
    if not row.proven:
        return _("its owner's word")
    return _("evidence that no longer holds") if row.unproven_since else _("evidence")


def _late(leaves: list[PlanTask], asked: Asked) -> str:
    late = [row for row in leaves if is_late(row, asked.today)]
    coming = [row for row in leaves if will_be_late(row) and row not in late]
    rows = sorted(late, key=lambda row: row.due or date.max) + coming
    if not rows:
        return _("Nothing is late.")
    head = (pgettext("programme", "Subtask"), _("Owner"), _("Due"), _("Now ends"), _("Why"))
    told = [
        (f"{row.code} {row.title}", _name(row.owner), _day(row.due), _day(row.ends_on),
         row.delay_reason or _("nobody said why"))
        for row in rows[:MOST]
    ]  # fmt: skip
    return _cut(table(head, told), len(rows))


def _ahead(leaves: list[PlanTask], asked: Asked) -> str:
    until = asked.today + AHEAD
    rows = [
        row
        for row in leaves
        if row.state not in OVER and row.due is not None and asked.today <= row.due <= until
    ]
    rows.sort(key=lambda row: (row.due or date.max, row.position))
    if not rows:
        return _("Nothing within 30 days.")
    head = (pgettext("programme", "Subtask"), _("Owner"), _("Due"), _("State"))
    told = [
        (f"{row.code} {row.title}", _name(row.owner), _day(row.due), row.get_state_display())
        for row in rows[:MOST]
    ]
    return _cut(table(head, told), len(rows))


def _part(name: str, text: str) -> str:
    return f"**{name}**\n\n{text}"


def _cut(text: str, count: int) -> str:
    if count <= MOST:
        return text
    more = ngettext("… and %(n)s more.", "… and %(n)s more.", count - MOST) % {"n": count - MOST}
    return f"{text}\n\n{more}"


def _name(who: User | None) -> str:
    return (who.get_full_name() or who.username) if who else "—"


def _day(day: date | None) -> str:
    return day.isoformat() if day else "—"
