"""Telling groups something: put into the outbox with the step's end, delivered by the courier."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from shangdun.actions.messages.queue import Notice
from shangdun.actions.tasks.steps import Acted
from shangdun.notify.templates import templates
from shangdun.respond.groups import Group
from shangdun.runtime.response.work import Work

KIND = "notify"
OTHERWISE = "step_told"


def repeats(parameters: Mapping[str, Any]) -> bool:
    """A message has a key: it is put into the outbox once."""
    del parameters
    return True


def act(work: Work) -> Acted:
    """A drill's messages go to the same people, marked as a drill's (``notify.templates``)."""
    given = work.parameters.get("groups")
    names = given if isinstance(given, list) else str(given or "").split(",")
    known = {group.value: group for group in Group}
    groups = tuple(known[name.strip()] for name in map(str, names) if name.strip() in known)
    if not groups:
        return Acted(ok=False, did={"what": "notify"}, problem="the playbook names no group")
    kind = work.text("message")
    kind = kind if kind in templates() else OTHERWISE
    task = work.task
    data = {
        "task": {"zh": task.title_zh, "en": task.title_en},
        "instruction": {"zh": task.instruction_zh, "en": task.instruction_en},
        "text": {"zh": task.instruction_zh, "en": task.instruction_en},
    }
    urgent = work.text("urgency") == "urgent"
    notice = Notice(
        kind,
        work.incident,
        groups,
        f"step:{work.key}",
        urgency="urgent" if urgent else "normal",
        data=data,
    )
    did = {"what": "notify", "groups": [group.value for group in groups], "message": kind}
    return Acted(ok=True, did=did, notices=(notice,))
