"""Budget lines of the answered budget, and owners at work on their subtasks."""

from __future__ import annotations

from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override

from shangdun.actions.resources.assign import assign_owners
from shangdun.actions.resources.money import NewLine, create_line
from shangdun.actions.starters import Asked, Started, in_words
from shangdun.govern.money.budget import shares_of
from shangdun.records.models import Programme, ResourceSource

ORDER = 80
SHARE = 50
"""Per cent of the day that a subtask takes of its owner, until somebody says otherwise."""
PARTS: tuple[tuple[str, int], ...] = (
    ("equipment", 40),
    ("services", 30),
    ("training", 10),
    ("assessment", 10),
    ("reserve", 10),
)
"""Per cent of the budget, as a beginning: to be changed by who knows the offers."""


def start(asked: Asked) -> Started:
    """Lines that together are the answered budget; none where it was not answered."""
    assign_owners(asked.programme, SHARE, asked.at)
    made = _lines(asked)
    words = in_words(
        lambda: (
            ngettext("%(n)d budget line to adjust", "%(n)d budget lines to adjust", made)
            % {"n": made}
        )
    )
    path = f"/programmes/{asked.programme.number}/resources/money/"
    return Started(what=words, made=made, path=path)


def _lines(asked: Asked) -> int:
    programme = asked.programme
    if asked.budget <= 0 or programme.budget_lines.exclude(starter="").exists():
        return 0
    amounts = shares_of(asked.budget, [part for _name, part in PARTS], programme.currency)
    titles = _titles(programme)
    made = 0
    for (name, _part), amount in zip(PARTS, amounts, strict=True):
        if amount == Decimal(0):
            continue
        line = NewLine(
            title=titles[name], planned=amount, currency=programme.currency, starter=name,
            source=_source(name),
        )  # fmt: skip
        create_line(programme, line, asked.at)
        made += 1
    return made


def _titles(programme: Programme) -> dict[str, str]:
    with override(programme.language):
        return {
            "equipment": _("Security equipment and software"),
            "services": _("Outside services and experts"),
            "training": _("Training and awareness"),
            "assessment": _("Assessment, testing and audit"),
            "reserve": _("Reserve"),
        }


def _source(name: str) -> str:
    """The reserve is the company's own; the rest is bought."""
    return (ResourceSource.INTERNAL if name == "reserve" else ResourceSource.PURCHASE).value
