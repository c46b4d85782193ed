"""Templates as they are read: those of the product, and the company's own."""

from __future__ import annotations

from typing import NamedTuple

from django.db.models import QuerySet

from shangdun.govern.programme.template import Template, built_in, built_in_keys, checked
from shangdun.kernel.errors import NotFound, UsageError
from shangdun.records.access import require
from shangdun.records.actor import Actor
from shangdun.records.models import ProgrammeTemplate
from shangdun.records.roles import Capability

BUILT_IN, OWN = "built-in:", "own:"


class Choice(NamedTuple):
    """One template to choose."""

    name: str
    """``built-in:<key>`` or ``own:<number>``."""
    title: str
    language: str
    items: int
    row: ProgrammeTemplate | None = None


def visible_templates(actor: Actor) -> QuerySet[ProgrammeTemplate]:
    """The company's own, without the archived."""
    require(actor, Capability.VIEW_PROGRAMMES)
    return ProgrammeTemplate.objects.filter(archived_at=None).select_related("made_by")


def get_template(actor: Actor, number: int) -> ProgrammeTemplate:
    """One of the company's own. Raises ``NotFound``."""
    require(actor, Capability.VIEW_PROGRAMMES)
    rows = ProgrammeTemplate.objects.select_related("made_by")
    found = rows.filter(number=number).first()
    if found is None:
        raise NotFound(f"there is no template {number}", fix="see the list of templates")
    return found


def choices(actor: Actor, language: str) -> list[Choice]:
    """What a programme in a language may begin with, the product's first."""
    shipped = [built_in(key, language) for key in built_in_keys()]
    found = [
        Choice(f"{BUILT_IN}{key}", one.title, language, len(one.items))
        for key, one in zip(built_in_keys(), shipped, strict=True)
    ]
    return found + [
        Choice(f"{OWN}{row.number}", row.title, row.language, len(row.content["items"]), row)
        for row in visible_templates(actor).filter(language=language)
    ]


def template_of(actor: Actor, name: str, language: str) -> Template:
    """The template of a name. Raises ``UsageError`` (``template.unknown``)."""
    if name.startswith(BUILT_IN):
        return built_in(name.removeprefix(BUILT_IN), language)
    number = name.removeprefix(OWN)
    if name.startswith(OWN) and number.isascii() and number.isdecimal() and len(number) < 9:
        row = visible_templates(actor).filter(number=int(number), language=language).first()
        if row is not None:
            return checked(row.content)
    raise UsageError(
        "there is no such template", code="template.unknown", where="template",
        fix="choose one of the list",
    )  # fmt: skip
