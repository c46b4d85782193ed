"""What of a programme people agree on, and what of it changed since they did."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import Any

from shangdun.records.models import (
    DocumentState,
    PlanCriterion,
    PlanLink,
    PlanSnapshot,
    PlanTask,
    PlanTaskState,
    Programme,
)
from shangdun.records.models.documents import SEALED_STATES
from shangdun.records.programmes import tasks_of

HEAD = (
    "title", "introduction", "goals", "chapters", "summary", "calendar", "currency",
    "author_id", "reviewer_id", "approver_id",
)  # fmt: skip
TASK = (
    "kind", "parent_id", "title", "description", "reason", "expected", "needed", "owner_id",
    "importance", "urgency", "days",
)  # fmt: skip
DAYS = ("not_before", "due")


def agreed(programme: Programme) -> dict[str, Any]:
    """What is agreed on: head, tasks by id, links, what proves each; not what happened since."""
    head = {name: getattr(programme, name) for name in HEAD}
    head["starts_on"] = programme.starts_on.isoformat()
    rows = list(tasks_of(programme).values("id", "state", *TASK, *DAYS))
    there = {row["id"] for row in rows}
    tasks = {str(row["id"]): _task(row) for row in rows}
    links = PlanLink.objects.filter(programme=programme).order_by("before", "after")
    pairs = [
        [before, after, kind, lag]
        for before, after, kind, lag in links.values_list("before_id", "after_id", "kind", "lag")
        if before in there and after in there
    ]
    proofs = PlanCriterion.objects.filter(task__programme=programme, archived_at=None)
    for task, kind, params in proofs.order_by("task", "position", "pk").values_list(
        "task_id", "kind", "params"
    ):
        if str(task) in tasks:
            tasks[str(task)]["proves"].append([kind, params])
    return {"head": head, "tasks": tasks, "links": pairs}


def _task(row: dict[str, Any]) -> dict[str, Any]:
    told = {name: row[name] for name in TASK}
    told |= {name: row[name].isoformat() if row[name] else "" for name in DAYS}
    told["dropped"] = row["state"] == PlanTaskState.DROPPED
    told["proves"] = []
    return told


def digest(content: dict[str, Any]) -> str:
    """SHA-256 of what is agreed on, as hex."""
    plain = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(plain.encode()).hexdigest()


def approved_snapshot(programme: Programme) -> PlanSnapshot | None:
    """The programme as it was approved last; None: it never was."""
    if programme.document_id is None:
        return None
    versions = programme.document.versions if programme.document else None
    if versions is None:
        return None
    numbers = versions.filter(state__in=SEALED_STATES).values_list("number", flat=True)
    return programme.snapshots.filter(document_version__in=list(numbers)).first()


@dataclass(frozen=True)
class TaskChange:
    """One task and what of it is other than was approved; an empty ``fields`` is all of it."""

    title: str
    fields: tuple[str, ...] = ()
    task: PlanTask | None = None


@dataclass(frozen=True)
class Changes:
    """What differs from the approved version."""

    head: tuple[str, ...]
    added: tuple[TaskChange, ...]
    removed: tuple[TaskChange, ...]
    changed: tuple[TaskChange, ...]
    links: int
    """Dependencies that came or went."""

    def __bool__(self) -> bool:
        return bool(self.head or self.added or self.removed or self.changed or self.links)

    @property
    def count(self) -> int:
        """How many things are other."""
        tasks = len(self.added) + len(self.removed) + len(self.changed)
        return len(self.head) + tasks + self.links


def changes_since(programme: Programme, snapshot: PlanSnapshot) -> Changes | None:
    """What changed since; None: nothing did."""
    now = agreed(programme)
    if digest(now) == snapshot.sha256:
        return None
    was = snapshot.content
    rows = {str(row.pk): row for row in tasks_of(programme)}
    before, after = was["tasks"], now["tasks"]
    changed = []
    for key in after.keys() & before.keys():
        fields = tuple(
            name for name in after[key] if _plain(after[key][name]) != _plain(before[key].get(name))
        )
        if fields:
            changed.append(TaskChange(after[key]["title"], fields, rows[key]))
    links = {tuple(pair) for pair in now["links"]} ^ {tuple(pair) for pair in was["links"]}
    head = tuple(
        name for name in now["head"] if _plain(now["head"][name]) != _plain(was["head"].get(name))
    )
    return Changes(
        head=head,
        added=tuple(
            TaskChange(one["title"], (), rows[key])
            for key, one in after.items()
            if key not in before
        ),
        removed=tuple(TaskChange(before[key]["title"]) for key in before if key not in after),
        changed=tuple(sorted(changed, key=lambda one: one.task.position if one.task else 0)),
        links=len(links),
    )  # fmt: skip


def _plain(value: Any) -> Any:  # noqa: ANN401 - JSON
    return json.loads(json.dumps(value))


def on_its_way(programme: Programme) -> bool:
    """Whether a version of its document waits for review or approval."""
    document = programme.document
    return document is not None and document.versions.filter(state=DocumentState.REVIEW).exists()
