"""What is known of an incident, line by line, with what is not known marked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.template.defaultfilters import date as format_date
from django.utils import formats, timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from shangdun.console.wordings.facts import FIELDS, IMPORTANCE, KINDS
from shangdun.respond.facts import DataKind, Facts, Importance

ALWAYS = ("personal_data", "people", "data_kinds", "people_served", "loss", "outage_minutes")
"""Asked of every incident: shown as unknown until somebody says it."""
WHERE_KNOWN = (
    "importance", "critical_infrastructure", "crime_suspected", "ransom", "eu_people",
    "high_risk", "harm_averted",
)  # fmt: skip


@dataclass(frozen=True)
class Line:
    """One fact: its name and value in words; ``known`` False is to be marked."""

    label: Promise | str
    value: str
    known: bool


def fact_lines(facts: Facts, *, whole: bool = False) -> list[Line]:
    """The facts that grade and clocks look at; with ``whole`` the rest even where unknown."""
    nobodys = {"people", "data_kinds"} if facts.personal_data is False else set()
    found = [_line(facts, name) for name in ALWAYS if name not in nobodys]
    rest = [_line(facts, name) for name in WHERE_KNOWN]
    return found + [line for line in rest if whole or line.known]


def value_words(name: str, value: object) -> str:
    """A fact's value in words; unknown says so."""
    if value is None or value == ():
        return _("not known yet")
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, datetime):
        return str(format_date(timezone.localtime(value), "DATETIME_FORMAT"))
    if name == "data_kinds" and isinstance(value, Sequence):
        return _(", ").join(str(KINDS[DataKind(kind)]) for kind in value)
    if name == "importance":
        return str(IMPORTANCE[Importance(str(value))])
    return _amount(name, value)


def conflict_words(version: dict[str, Any]) -> dict[str, Any]:
    """A version of the facts as ``EditConflict`` carries it, in words."""
    told = {}
    for name, value in version.items():
        known = datetime.fromisoformat(value) if name == "known_at" else value
        if name == "data_kinds":
            known = tuple(value)
        told[name] = value if name == "version" else value_words(name, known)
    return told


def _line(facts: Facts, name: str) -> Line:
    value = getattr(facts, name)
    return Line(FIELDS[name], value_words(name, value), value is not None and value != ())


def _amount(name: str, value: object) -> str:
    number = Decimal(str(value))
    told = formats.number_format(
        number.normalize() if number else 0, use_l10n=True, force_grouping=True
    )
    if name == "loss":
        return _("%(amount)s yuan") % {"amount": told}
    if name == "outage_minutes":
        return _("%(number)s minutes") % {"number": told}
    return _("%(number)s people") % {"number": told}
