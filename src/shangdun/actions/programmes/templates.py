"""The company's own templates: saved from a programme, renamed, archived."""

from __future__ import annotations

from typing import Any

import msgspec
from django.db.models import Max

from shangdun.actions.action import SYSTEM_CLOCK, Done, Outcome, Unchanged, action
from shangdun.actions.programmes.changes import checked_title
from shangdun.govern.programme.template import LANGUAGES, Template, built_in_keys, checked
from shangdun.kernel.clock import Clock
from shangdun.kernel.errors import UsageError
from shangdun.records.actor import Actor, person
from shangdun.records.conflict import EditConflict
from shangdun.records.models import (
    PlanCriterion,
    PlanLink,
    PlanTask,
    PlanTaskKind,
    Programme,
    ProgrammeTemplate,
)
from shangdun.records.programme_templates import BUILT_IN, get_template, template_of
from shangdun.records.programmes import get_programme, tasks_of
from shangdun.records.roles import Capability


@action(Capability.MANAGE_PROGRAMMES)
def do_save_programme_template(
    actor: Actor, *, number: int, title: str, clock: Clock = SYSTEM_CLOCK
) -> Outcome[ProgrammeTemplate]:
    """Keep programme ``number`` as a template: without people, dates, and what happened.

    The same once more under the same title changes nothing; another programme under a title that
    is taken is refused (``template.taken``).
    """
    now = clock.now()
    title = checked_title(title, "template.title")
    programme = get_programme(actor, number)
    template = template_from(actor, programme, title)
    content = msgspec.to_builtins(template)
    same = ProgrammeTemplate.objects.filter(
        title=title, language=template.language, archived_at=None
    ).first()
    if same is not None:
        if same.content == content:
            return Unchanged(same)
        raise UsageError(
            "there is a template of this title", code="template.taken", where="title",
            fix="choose another title, or archive that one first",
        )  # fmt: skip
    row = ProgrammeTemplate.objects.create(
        number=(ProgrammeTemplate.objects.aggregate(last=Max("number"))["last"] or 0) + 1,
        title=title, language=template.language, content=content, made_by=person(actor),
        created_at=now,
    )  # fmt: skip
    payload = {"title": title, "items": len(template.items), "programme": programme.number}
    return Done(row, ("programme_template", row.number), now, payload)


@action(Capability.MANAGE_PROGRAMMES)
def do_rename_programme_template(
    actor: Actor,
    *,
    number: int,
    title: str,
    version: int | None = None,
    clock: Clock = SYSTEM_CLOCK,
) -> Outcome[ProgrammeTemplate]:
    """Give it another title."""
    now = clock.now()
    title = checked_title(title, "template.title")
    row = get_template(actor, number)
    if row.title == title:
        return Unchanged(row)
    if version is not None and version != row.version:
        raise EditConflict(
            "somebody changed this template meanwhile", where=row.title,
            mine={"version": version, "title": title},
            theirs={"version": row.version, "title": row.title},
        )  # fmt: skip
    row.title = title
    row.content = {**row.content, "title": title}
    row.version += 1
    row.save()
    return Done(row, ("programme_template", row.number), now, {"title": title})


@action(Capability.MANAGE_PROGRAMMES)
def do_archive_programme_template(
    actor: Actor, *, number: int, clock: Clock = SYSTEM_CLOCK
) -> Outcome[ProgrammeTemplate]:
    """Take it off the list; programmes made of it stay as they are."""
    now = clock.now()
    row = get_template(actor, number)
    if row.archived_at is not None:
        return Unchanged(row)
    row.archived_at = now
    row.version += 1
    row.save()
    return Done(row, ("programme_template", row.number), now, {"title": row.title})


def template_from(actor: Actor, programme: Programme, title: str) -> Template:
    """What of a programme a template keeps. Raises ``UsageError``."""
    rows = list(tasks_of(programme))
    keys = _keys(rows)
    after: dict[int, list[dict[str, Any]]] = {}
    for link in PlanLink.objects.filter(programme=programme).order_by("pk"):
        if link.before_id in keys and link.after_id in keys:
            after.setdefault(link.after_id, []).append(
                {"before": keys[link.before_id], "kind": link.kind, "lag": link.lag}
            )
    proves: dict[int, list[dict[str, Any]]] = {}
    criteria = PlanCriterion.objects.filter(task__in=keys, archived_at=None)
    for one in criteria.order_by("task", "position", "pk"):
        # A chosen document is this programme's own; a template asks for one by its words.
        params = {name: value for name, value in one.params.items() if name != "document"}
        proves.setdefault(one.task_id, []).append({"kind": one.kind, "params": params})
    items = [_item(row, keys, after.get(row.pk, []), proves.get(row.pk, [])) for row in rows]
    return checked({
        "title": title, "language": programme.language, "introduction": programme.introduction,
        "goals": programme.goals, "chapters": programme.chapters, "summary": programme.summary,
        "roles": _roles(actor, programme, rows), "items": items,
    })  # fmt: skip


def _keys(rows: list[PlanTask]) -> dict[int, str]:
    """Each task's key in the template: its own, or one made of its number where none or taken."""
    keys: dict[int, str] = {}
    for row in rows:
        key = row.key or f"task-{row.pk}"
        keys[row.pk] = key if key not in keys.values() else f"task-{row.pk}"
    return keys


def _item(
    row: PlanTask,
    keys: dict[int, str],
    after: list[dict[str, Any]],
    proves: list[dict[str, Any]],
) -> dict[str, Any]:
    return {
        "key": keys[row.pk], "kind": row.kind, "parent": keys.get(row.parent_id or 0, ""),
        "title": row.title, "description": row.description, "reason": row.reason,
        "expected": row.expected, "needed": row.needed, "role": row.role,
        "importance": row.importance, "urgency": row.urgency,
        "days": 0 if row.kind == PlanTaskKind.MILESTONE else row.days,
        "after": after, "proves": proves,
    }  # fmt: skip


def _roles(actor: Actor, programme: Programme, rows: list[PlanTask]) -> list[dict[str, str]]:
    """The names of the roles that its tasks have: of what it was made of, or of the product."""
    used = {row.role for row in rows if row.role}
    names: dict[str, str] = {}
    sources = [f"{BUILT_IN}{key}" for key in built_in_keys()]
    if programme.template.startswith("own:"):
        sources.append(programme.template)
    for source in sources if programme.language in LANGUAGES else ():
        try:
            names |= {
                role.key: role.name for role in template_of(actor, source, programme.language).roles
            }
        except UsageError:  # the template it was made of is archived by now
            continue
    return [{"key": key, "name": names.get(key, key)} for key in sorted(used)]
