"""What drafts are filled with: what the records say, as markup with every foreign text escaped."""

from __future__ import annotations

from collections import Counter

from django.utils.translation import gettext as _

from shangdun.actions.communication.makers import Asked
from shangdun.actions.reports.sections import plain, table
from shangdun.notify.templates import words
from shangdun.records.documents import company
from shangdun.records.models import (
    ControlledKind,
    Document,
    DocumentState,
    DocumentVersion,
    Drill,
    Improvement,
    ImprovementState,
    Incident,
    PlanTask,
    PlanTaskKind,
    PlanTaskState,
    ReviewDuty,
    Verdict,
)


def side(language: str) -> str:
    """``zh`` or ``en``."""
    return "zh" if language.startswith("zh") else "en"


def company_name(asked: Asked) -> str:
    """Who writes; a line to fill in where nobody said what the company is called."""
    row = company()
    names = (row.name_zh, row.name_en)
    first, second = names if side(asked.language) == "zh" else names[::-1]
    return plain(first or second or _("[company]"))


def greeting(asked: Asked) -> str:
    """How people outside are addressed."""
    del asked
    return _("To our suppliers and partners:")


def incidents(asked: Asked) -> list[Incident]:
    """The real ones of the days, without false alarms."""
    rows = Incident.objects.filter(
        drill=None, merged_into=None, reported_at__gte=asked.begins_at,
        reported_at__lt=asked.ends_at, reported_at__lte=asked.now,
    ).exclude(verdict=Verdict.FALSE_POSITIVE)  # fmt: skip
    return list(rows.order_by("reported_at", "pk"))


def incident_types(asked: Asked) -> str:
    """How many of which type, for everybody: no titles, no names."""
    found = Counter(row.type for row in incidents(asked))
    if not found:
        return _("No security incident was reported in this time.")
    known = words()["type"]
    here = side(asked.language)
    lines = [
        f"- {plain(known.get(kind, {}).get(here, kind))}: {count}"
        for kind, count in sorted(found.items())
    ]
    return "\n".join(lines)


def response(asked: Asked) -> str:
    """The incidents of the time with their grade and state."""
    rows = incidents(asked)
    if not rows:
        return _("No security incident was reported in this time.")
    known, here = words(), side(asked.language)
    told = [
        (
            f"#{row.number}",
            known["type"].get(row.type, {}).get(here, row.type),
            known["grade"][str(row.grade)][here],
            known["state"].get(row.state, {}).get(here, row.state),
        )
        for row in rows[:40]
    ]
    return table((_("Incident"), _("Type"), _("Grade"), _("State")), told)


def drills(asked: Asked) -> str:
    """Drills that ended in the time, improvements that came in it and those still open."""
    held = Drill.objects.filter(ended_at__gte=asked.begins_at, ended_at__lt=asked.ends_at)
    lines = [
        f"- {_('Drill')} #{row.number} {plain(row.title)}"
        for row in held.filter(ended_at__lte=asked.now).order_by("ended_at")
    ]
    made = Improvement.objects.filter(created__lte=asked.now)
    new = made.filter(created__gte=asked.begins_at, created__lt=asked.ends_at).count()
    still = made.filter(state__in=(ImprovementState.OPEN, ImprovementState.DONE)).count()
    if not lines:
        lines = ["- " + _("No drill was held in this time.")]
    lines.append("- " + _("Improvements: %(new)d new, %(open)d not proven yet.") % {
        "new": new, "open": still,
    })  # fmt: skip
    return "\n".join(lines)


def response_plans(asked: Asked) -> str:
    """The response plans in force, and when their review and meeting are due."""
    lines = []
    for document in Document.objects.filter(kind=ControlledKind.PLAN).order_by("number"):
        version = DocumentVersion.objects.filter(
            document=document, state=DocumentState.PUBLISHED
        ).first()
        told = (
            _("version %(n)d, in force since %(day)s")
            % {"n": version.number, "day": _day(asked, version)}
            if version
            else _("no version in force")
        )
        lines.append(f"- {plain(document.title)}: {told}")
        duties = ReviewDuty.objects.filter(document=document, done_at=None).order_by("due_on")
        lines += [
            f"  - {plain(duty.get_kind_display())}: {duty.due_on.isoformat()}" for duty in duties
        ]
    return "\n".join(lines) or _("There is no response plan among the documents yet.")


def progress(asked: Asked) -> str:
    """The programme's tasks with the share of their subtasks that are done: no more goes out."""
    programme = asked.line.programme
    rows = PlanTask.objects.filter(archived_at=None, programme__archived_at=None)
    rows = rows.filter(programme=programme) if programme else rows
    tasks = list(rows.filter(kind=PlanTaskKind.TASK).order_by("programme", "position"))
    if not tasks:
        return _("There is no programme with tasks yet.")
    below = Counter[int]()
    done = Counter[int]()
    subtasks = rows.exclude(kind=PlanTaskKind.TASK).exclude(state=PlanTaskState.DROPPED)
    for parent, state in subtasks.values_list("parent_id", "state"):
        below[parent or 0] += 1
        done[parent or 0] += state == PlanTaskState.DONE
    told = [(task.title, f"{done[task.pk]} / {below[task.pk]}") for task in tasks]
    return table((_("Task"), _("Subtasks done")), told, right=(1,))


def _day(asked: Asked, version: DocumentVersion) -> str:
    at = version.published_at or version.edited_at
    return at.astimezone(asked.zone).date().isoformat()
