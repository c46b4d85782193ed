"""Incidents of the period: how many, of which kind and grade, clocks kept and missed, what is open.

Drills are counted apart; false alarms and what became part of another incident are not counted.
"""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext

from shangdun.actions.reports.sections import Asked, plain, table
from shangdun.records.access import real_incidents
from shangdun.records.clocks import visible_clocks
from shangdun.records.composing import title_of
from shangdun.records.figures import Chosen, chosen_incidents, courses
from shangdun.records.models import Incident, IncidentType, Verdict
from shangdun.respond.state import State

title = gettext_lazy("Incidents")
MOST = 15
GRADES = {
    0: gettext_lazy("not graded"),
    1: gettext_lazy("Level IV (general)"),
    2: gettext_lazy("Level III (major)"),
    3: gettext_lazy("Level II (serious)"),
    4: gettext_lazy("Level I (extremely serious)"),
}


def has(asked: Asked) -> bool:
    """Whether anything was reported in the period or is still open from before."""
    return chosen_incidents(asked.actor, _period(asked)).exists() or bool(_open(asked))


def section(asked: Asked) -> str:
    """Counts against the period before, the clocks, then what is open."""
    now = courses(asked.actor, _period(asked))
    before = courses(asked.actor, _period(asked.before()))
    drills = chosen_incidents(asked.actor, _period(asked, drills=True)).count()
    parts = [_counted(len(now), len(before))]
    if now or before:
        parts.append(_types([one.type for one in now], [one.type for one in before]))
    if now:
        parts.append(_grades(one.grade for one in now))
        kept, missed = sum(one.kept for one in now), sum(one.missed for one in now)
        parts.append(_clocks(asked, kept, missed))
    if drills:
        text = ngettext(
            "%(n)d drill incident is not counted here.",
            "%(n)d drill incidents are not counted here.",
            drills,
        )
        parts.append(text % {"n": drills})
    parts.append(_still_open(asked))
    return "\n\n".join(part for part in parts if part)


def _period(asked: Asked, *, drills: bool = False) -> Chosen:
    return Chosen(asked.begins_at, asked.ends_at, drills=drills)


def _counted(now: int, before: int) -> str:
    if not now:
        text = _("No incident was reported in this period; in the period before it was %(before)d.")
    else:
        text = ngettext(
            "**%(now)d incident** was reported; in the period before it was %(before)d.",
            "**%(now)d incidents** were reported; in the period before it was %(before)d.",
            now,
        )
    return text % {"now": now, "before": before}


def _types(now: list[str], before: list[str]) -> str:
    ours, theirs = Counter(now), Counter(before)
    rows = [
        (label, ours[value], theirs[value], f"{ours[value] - theirs[value]:+d}")
        for value, label in IncidentType.choices
        if ours[value] or theirs[value]
    ]
    head = (_("Type"), _("This period"), _("Period before"), pgettext("figures", "Change"))
    return table(head, rows, right=(1, 2, 3))


def _grades(grades: object) -> str:
    counted = Counter(grades)  # type: ignore[call-overload]  # an iterable of numbers
    told = [f"{GRADES[grade]} {counted[grade]}" for grade in sorted(counted, reverse=True)]
    return _("By grade: %(grades)s.") % {"grades": plain(_(", ").join(told), 300)}


def _clocks(asked: Asked, kept: int, missed: int) -> str:
    running = visible_clocks(asked.actor).filter(state="running", due_at__isnull=False)
    late = running.filter(due_at__lt=asked.now).count()
    if not kept and not missed and not running.exists():
        return _("No duty to report to a regulator ran out or was met.")
    told = _("Duties to report: %(kept)d kept, %(missed)d missed, %(running)d still running.")
    told %= {"kept": kept, "missed": missed, "running": running.count()}
    overdue = _("Of these %(n)d are overdue.") % {"n": late}
    return f"{told} {overdue}" if late else told


def _open(asked: Asked) -> list[Incident]:
    rows = real_incidents(asked.actor).filter(reported_at__lt=asked.ends_at, merged_into=None)
    rows = rows.exclude(state=State.CLOSED.value).exclude(verdict=Verdict.FALSE_POSITIVE)
    return list(rows.select_related("assignee").order_by("-grade", "reported_at")[: MOST + 1])


def _still_open(asked: Asked) -> str:
    rows = _open(asked)
    if not rows:
        return _("No incident is open.")
    head = (_("Open incident"), _("Type"), _("Grade"), _("State"), _("Days open"))
    cells = [
        (
            f"#{one.number} {_title(one, asked.language)}",
            one.get_type_display(),
            GRADES[one.grade],
            one.get_state_display(),
            max(0, (asked.now - one.reported_at) // timedelta(days=1)),
        )
        for one in rows[:MOST]
    ]
    told = table(head, cells, right=(4,))
    more = _("There are more; see the list of incidents.")
    return f"{told}\n\n{more}" if rows[MOST:] else told


def _title(incident: Incident, language: str) -> str:
    told = title_of(incident)
    if isinstance(told, str):
        return told[:80]
    return str(told.get("zh" if language == "zh-hans" else "en", ""))[:80]
