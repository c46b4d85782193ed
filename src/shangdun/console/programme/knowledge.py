"""The knowledge base for its pages: Markdown to blocks, links between pages, what lies beside."""

from __future__ import annotations

from typing import Any

import msgspec
from django.urls import reverse

from shangdun.console.blocks import Shown, shown
from shangdun.govern.knowledge.links import resolved, targets
from shangdun.papers.blocks import Span
from shangdun.papers.errors import PaperError
from shangdun.papers.markup import fill, read
from shangdun.records.knowledge import Beside, beside, numbers_of
from shangdun.records.models import Incident, PinnedTo, PlanTask, Task, User
from shangdun.records.roles import Capability

PAGES = "https://page.invalid/"
"""Stands for our own pages while the markup is read, which lets only addresses of the web through;
``.invalid`` is nobody's (RFC 2606)."""


def page_blocks(body: str) -> list[Shown]:
    """The text as a template draws it, with links between pages led to them."""
    numbers = numbers_of(targets(body))

    def address(folded: str) -> str:
        return f"{PAGES}{numbers[folded]}" if folded in numbers else ""

    blocks = shown(fill(read(resolved(body, address)), {}))
    return [Shown(one.kind, _led(one.block)) for one in blocks]


def preview_of(body: str) -> dict[str, Any]:
    """For ``documents/preview.html``."""
    try:
        return {"blocks": page_blocks(body), "wrong": ""}
    except PaperError as error:
        return {"blocks": [], "wrong": str(error)}


def _led(value: Any) -> Any:  # noqa: ANN401  any part of a block
    """The same with links to our own pages where ``PAGES`` stood; only the number is kept."""
    if isinstance(value, Span) and value.link.startswith(PAGES):
        number = value.link.removeprefix(PAGES)
        known = number.isdecimal() and len(number) < 10  # whoever typed the address may type any
        link = reverse("knowledge_page", args=(int(number),)) if known else ""
        return msgspec.structs.replace(value, link=link)
    if isinstance(value, tuple):
        return tuple(map(_led, value))
    if isinstance(value, msgspec.Struct):
        fields = {name: _led(getattr(value, name)) for name in value.__struct_fields__}
        return msgspec.structs.replace(value, **fields)
    return value


def beside_context(
    user: User, kind: PinnedTo, subject: int, tags: tuple[str, ...]
) -> dict[str, Any]:
    """For ``knowledge/beside.html``."""
    found: Beside = beside(user, kind, subject, tags)
    return {
        "pinned_pages": found.pinned,
        "offered_pages": found.offered,
        "pin_kind": kind.value,
        "pin_subject": subject,
        "pins": user.can(Capability.WRITE_KNOWLEDGE),
        "reads_knowledge": user.can(Capability.READ_KNOWLEDGE),
        "pin_tags": " ".join(tags),
    }


def beside_incident(user: User, incident: Incident) -> dict[str, Any]:
    """What is put beside an incident, and what its type offers."""
    return beside_context(user, PinnedTo.INCIDENT, incident.number, (incident.type,))


def beside_task(user: User, task: Task) -> dict[str, Any]:
    """What is put beside a task of a response, and what its incident's type offers."""
    return beside_context(user, PinnedTo.TASK, task.pk, (task.incident.type,))


def beside_plan_task(user: User, task: PlanTask) -> dict[str, Any]:
    """What is put beside a task of the plan, and what bears its key as a tag."""
    return beside_context(user, PinnedTo.PLAN_TASK, task.pk, (task.key,) if task.key else ())
