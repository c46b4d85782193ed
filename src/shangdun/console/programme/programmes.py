"""Programmes for their pages: how each task stands in words, evidence beside it, what is late."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from shangdun.records.actor import Actor
from shangdun.records.criteria import Asked, Link, State, Verdict, asked_of, check, kinds
from shangdun.records.documents import approvers_for, open_version, reviewers_for
from shangdun.records.messages import console_zone
from shangdun.records.models import (
    CriterionState,
    DocumentState,
    DocumentVersion,
    PlanCriterion,
    PlanTask,
    PlanTaskKind,
    PlanTaskState,
    Programme,
    ProgrammeState,
    User,
)
from shangdun.records.programme_changes import Changes, approved_snapshot, changes_since
from shangdun.records.programmes import (
    LONG_TEXTS,
    OVER,
    Standing,
    TaskStanding,
    is_late,
    tasks_of,
    will_be_late,
)

SHOWS = (
    ("", gettext_lazy("All tasks")),
    ("open", gettext_lazy("Not done")),
    ("late", gettext_lazy("Late")),
    ("missing", gettext_lazy("Proof is missing")),
    ("lost", gettext_lazy("Proof was lost")),
    ("mine", gettext_lazy("Mine")),
)
FIELD_WORDS: dict[str, Promise] = {
    "title": gettext_lazy("Title"),
    "introduction": gettext_lazy("Introduction"),
    "goals": gettext_lazy("Goals"),
    "chapters": gettext_lazy("Chapters"),
    "summary": gettext_lazy("Summary and outlook"),
    "starts_on": gettext_lazy("Starts on"),
    "calendar": gettext_lazy("Working days"),
    "currency": gettext_lazy("Currency"),
    "author_id": pgettext_lazy("document", "Author"),
    "reviewer_id": pgettext_lazy("document", "Reviewer"),
    "approver_id": pgettext_lazy("document", "Approver"),
    "kind": gettext_lazy("Kind"),
    "parent_id": gettext_lazy("Part of"),
    "description": gettext_lazy("Description"),
    "reason": gettext_lazy("Why it matters"),
    "expected": gettext_lazy("Expected result"),
    "needed": gettext_lazy("Resources needed"),
    "owner_id": gettext_lazy("Owner"),
    "importance": gettext_lazy("Importance"),
    "urgency": gettext_lazy("Urgency"),
    "days": gettext_lazy("Length in working days"),
    "not_before": gettext_lazy("Not before"),
    "due": gettext_lazy("Promised for"),
    "dropped": gettext_lazy("Dropped"),
    "proves": gettext_lazy("What proves it"),
}


@dataclass(frozen=True)
class Mark:
    """A state in a word and a colour."""

    label: str | Promise
    look: str = ""
    icon: str = ""


def mark_of(task: PlanTask, today: date) -> Mark:
    """How a task stands: by evidence where there is any, by somebody's word where not."""
    if task.state == PlanTaskState.DROPPED:
        return Mark(task.get_state_display(), "", "minus-circle")
    if task.state == PlanTaskState.DONE:
        return _done(task)
    if is_late(task, today):
        return Mark(_("Late"), "bad", "exclamation-triangle")
    if will_be_late(task):
        return Mark(_("Will be late"), "warn", "exclamation-triangle")
    if task.state == PlanTaskState.DOING:
        return Mark(task.get_state_display(), "own", "play")
    return Mark(task.get_state_display(), "", "clock")


def _done(task: PlanTask) -> Mark:
    if task.proven and task.unproven_since is not None:
        return Mark(_("Proof was lost"), "warn", "exclamation-triangle")
    if task.proven:
        return Mark(_("Done, proven"), "good", "check-badge")
    return Mark(_("Done, by word"), "note", "check-circle")


@dataclass(frozen=True)
class Row:
    """A task in the table."""

    task: PlanTask
    mark: Mark
    depth: int
    met: int = 0
    asked: int = 0
    """Criteria that are met, of those that are asked."""
    late_days: int = 0
    summary: TaskStanding | None = None


def rows_of(tasks: Sequence[PlanTask], today: date, standing: Standing | None = None) -> list[Row]:
    """Tasks for the table, with what evidence says of each."""
    tallies = _tallies([task.pk for task in tasks])
    summaries = {one.task.pk: one for one in standing.tasks} if standing else {}
    return [
        Row(
            task=task,
            mark=mark_of(task, today),
            depth=task.code.count("."),
            met=tallies.get(task.pk, (0, 0))[0],
            asked=tallies.get(task.pk, (0, 0))[1],
            late_days=(today - task.due).days if task.due and is_late(task, today) else 0,
            summary=summaries.get(task.pk),
        )
        for task in tasks
    ]


def _tallies(ids: Sequence[int]) -> dict[int, tuple[int, int]]:
    rows = PlanCriterion.objects.filter(task__in=ids, archived_at=None).values("task_id")
    counted = rows.annotate(met=Count("pk", filter=Q(state=CriterionState.MET)), all=Count("pk"))
    return {row["task_id"]: (row["met"], row["all"]) for row in counted.order_by()}


def filtered(
    programme: Programme, actor: Actor, show: str, text: str, today: date
) -> QuerySet[PlanTask]:
    """The tasks that a filter asks for, in their order."""
    rows = tasks_of(programme).select_related("owner").defer(*LONG_TEXTS)
    leaves = rows.filter(kind=PlanTaskKind.SUBTASK)
    if text:
        rows = rows.filter(Q(title__icontains=text) | Q(code=text) | Q(owner__username=text))
    if show == "open":
        return rows.exclude(state__in=OVER)
    if show == "late":
        return leaves.exclude(state__in=OVER).filter(due__lt=today)
    if show == "missing":
        lacking = PlanCriterion.objects.filter(archived_at=None).exclude(state=CriterionState.MET)
        return leaves.exclude(state__in=OVER).filter(pk__in=lacking.values("task_id"))
    if show == "lost":
        return rows.exclude(unproven_since=None)
    if show == "mine":
        return rows.filter(owner=actor) if isinstance(actor, User) else rows.none()
    return rows


@dataclass(frozen=True)
class Late:
    """A subtask that is late or will be, and why, as far as anybody said."""

    row: Row
    missing: tuple[str, ...]


def late_of(programme: Programme, today: date, now: datetime, most: int = 8) -> list[Late]:
    """The latest first; what their criteria still lack beside them."""
    leaves = tasks_of(programme).filter(kind=PlanTaskKind.SUBTASK).exclude(state__in=OVER)
    late = leaves.filter(due__lt=today).select_related("owner", "programme").order_by("due")
    return [
        Late(row, tuple(str(one.verdict.says) for one in verdicts(row.task, now) if not one.met))
        for row in rows_of(list(late[:most]), today)
    ]


@dataclass(frozen=True)
class Shown:
    """A criterion on a page: what is asked, what was found just now."""

    row: PlanCriterion
    asks: str | Promise
    verdict: Verdict
    label: str | Promise

    @property
    def met(self) -> bool:
        return self.verdict.state is State.MET

    @property
    def look(self) -> str:
        return {State.MET: "good", State.UNMET: "warn", State.UNKNOWN: "note"}[self.verdict.state]


def verdicts(task: PlanTask, now: datetime) -> list[Shown]:
    """What proves it, looked at now."""
    asked = Asked(task.programme, task, now, console_zone())
    rows = task.criteria.filter(archived_at=None).order_by("position", "pk")
    known = kinds()
    return [
        Shown(
            row,
            asked_of(row.kind, row.params),
            check(row.kind, row.params, asked),
            known[row.kind].LABEL if row.kind in known else row.kind,
        )
        for row in rows
    ]


def open_links(links: Iterable[Link], actor: Actor) -> list[Link]:
    """The links with their way, or without it for who may not go there."""
    return [
        link if not link.needs or actor.can(*link.needs) else Link(link.text, "") for link in links
    ]


@dataclass(frozen=True)
class Approval:
    """Where its approval stands."""

    version: DocumentVersion | None
    """The one on its way, else the newest approved."""
    mark: Mark
    waits_for: User | None = None
    changes: Changes | None = None
    """Against the approved version."""

    @property
    def agreed(self) -> bool:
        """Whether it is approved as it stands; it runs as soon as that was seen."""
        return self.mark.look == "good"


def approval_of(programme: Programme) -> Approval:
    """From the document itself: nobody types a state."""
    document = programme.document
    if document is None:
        return Approval(None, Mark(_("Not approved"), "warn", "pencil"))
    coming = open_version(document)
    snapshot = approved_snapshot(programme)
    changes = changes_since(programme, snapshot) if snapshot else None
    if coming is not None and coming.state == DocumentState.REVIEW:
        reviewed = coming.reviewed_at is not None
        who = coming.approver if reviewed else coming.reviewer
        label = _("Waits for approval") if reviewed else _("In review")
        return Approval(coming, Mark(label, "own", "clock"), who, changes)
    if snapshot is None:
        return Approval(coming, Mark(_("Not approved"), "warn", "pencil"), None, None)
    approved = document.versions.filter(number=snapshot.document_version).first()
    if changes:
        return Approval(approved, Mark(_("Changed since its approval"), "warn"), None, changes)
    return Approval(approved, Mark(_("Approved"), "good", "check-badge"))


def can_judge(programme: Programme, actor: Actor) -> tuple[list[User], list[User]]:
    """Who could review and who could approve what this person would submit."""
    standing = open_version(programme.document) if programme.document else None
    writers = list(standing.writers) if standing else []
    if isinstance(actor, User):
        writers.append(actor.pk)
    draft = DocumentVersion(writers=writers)
    return reviewers_for(draft), approvers_for(draft)


def head_facts(programme: Programme, *, manages: bool) -> dict[str, Any]:
    """What may be done with it now."""
    over = programme.archived_at is not None or programme.state == ProgrammeState.CLOSED
    return {
        "over": over,
        "changes_allowed": manages and not over,
        "closes": manages and programme.state == ProgrammeState.APPROVED and not over,
    }
