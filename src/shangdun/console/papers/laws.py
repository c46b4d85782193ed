"""Grading criteria and reporting clocks as tables of a document, from the dated data."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from shangdun.console.response.grades import GRADE_WORDS
from shangdun.papers.blocks import Block, Language, Table, Text
from shangdun.respond.facts import DataKind, Importance
from shangdun.respond.grading.data import Certainty, Criterion, Law, Level, Measured, laws
from shangdun.respond.regulators.law import Duty, Start, duties

BEIJING = ZoneInfo("Asia/Shanghai")
GRADES = (4, 3, 2, 1)
WORDED: dict[Language, str] = {"zh-hans": "zh", "en": "en"}


def grading_tables(language: Language, now: datetime) -> tuple[Block, ...]:
    """One table over the laws in force, then each matrix of importance and loss."""
    holding = [law for law in laws() if law.in_force(now.astimezone(BEIJING).date())]
    rows = [
        (
            _said(criterion, language),
            *(_reached(criterion, grade, language) for grade in GRADES),
            _from(law),
        )
        for law in holding
        for criterion in law.criteria
        if criterion.levels
    ]
    columns = (
        _("Criterion"),
        *(str(GRADE_WORDS[grade]) for grade in GRADES),
        pgettext("law", "Source"),
    )
    table = Table(columns, tuple(rows), widths=(22, 15, 15, 15, 15, 18))
    matrices = [
        _matrix(law, one, language) for law in holding for one in law.criteria if one.matrix
    ]
    notes = [getattr(law, f"note_{WORDED[language]}") for law in holding]
    told = [_to_confirm(), *(note for note in notes if note)]
    return (table, *matrices, *(Text(note, quiet=True) for note in told))


def _said(criterion: Criterion, language: Language) -> str:
    return str(getattr(criterion, WORDED[language]))


def _from(law: Law) -> str:
    return f"{law.article if law.id == 'house' else _name(law)}{_mark(law.certainty)}"


def _name(law: Law) -> str:
    return {
        "cac-2025": _("CAC measures"),
        "miit-2017": _("MIIT plan"),
        "gbt-20986-2023": "GB/T 20986-2023",
    }.get(law.id, law.source)


def _mark(certainty: Certainty | None) -> str:
    return "" if certainty in (None, Certainty.V) else " *"


def _to_confirm() -> str:
    return _("* Not checked against the primary text; to be confirmed by your counsel.")


def _reached(criterion: Criterion, grade: int, language: Language) -> str:
    levels = [level for level in criterion.levels if level.grade == grade]
    return "\n".join(_level(criterion, level, language) for level in levels) or "—"


def _level(criterion: Criterion, level: Level, language: Language) -> str:
    mark = _mark(level.certainty)
    if level.kinds:
        kinds = _(", ").join(str(DATA_KINDS[kind]()) for kind in level.kinds)
        return f"{kinds}{mark}"
    least = level.at_least or Decimal(0)
    if criterion.measures is Measured.OUTAGE:
        hours = int(least / 60)
        least_said = ngettext("%(n)s hour", "%(n)s hours", hours) % {"n": hours}
    elif criterion.measures is Measured.LOSS:
        least_said = _("CNY %(amount)s") % {"amount": amount(least, language)}
    else:
        least_said = _("%(n)s people") % {"n": amount(least, language)}
    return _("from %(least)s") % {"least": least_said} + mark


def amount(value: Decimal, language: Language) -> str:
    """10,000,000; in Chinese as it is read there, 1000万."""
    for size, name in ((10**8, "亿"), (10**4, "万")) if language == "zh-hans" else ():
        if value >= size and value % size == 0:
            return f"{int(value / size)}{name}"
    return f"{int(value):,}"


DATA_KINDS = {
    DataKind.CONTACT: lambda: _("contact data"),
    DataKind.ACCOUNT: lambda: _("account data"),
    DataKind.ORDER: lambda: _("orders"),
    DataKind.IDENTITY: lambda: _("identity documents"),
    DataKind.LOCATION: lambda: _("whereabouts"),
    DataKind.BIOMETRIC: lambda: _("biometric data"),
    DataKind.HEALTH: lambda: _("health data"),
    DataKind.MINORS: lambda: _("data of children under 14"),
    DataKind.FINANCIAL: lambda: _("financial accounts"),
    DataKind.CARD: lambda: _("payment cards"),
    DataKind.IMPORTANT: lambda: _("important data"),
}
IMPORTANCE = {
    Importance.ORDINARY: lambda: _("ordinary"),
    Importance.IMPORTANT: lambda: _("important"),
    Importance.VITAL: lambda: _("vital"),
}


def _matrix(law: Law, criterion: Criterion, language: Language) -> Table:
    bounds = [
        _("CNY %(amount)s") % {"amount": amount(value, language)} for value in criterion.classes
    ]
    losses = [
        _("loss below %(least)s") % {"least": bounds[0]},
        *(_("from %(least)s") % {"least": bound} for bound in bounds),
    ]
    rows = tuple(
        (IMPORTANCE[importance](), *(str(GRADE_WORDS[grade]) for grade in grades))
        for importance, grades in criterion.matrix.items()
    )
    caption = _("%(law)s: importance of the object and business loss") % {"law": _name(law)}
    return Table((_("Object"), *losses), rows, caption=caption + _mark(law.certainty))


def clock_table(language: Language, now: datetime) -> tuple[Block, ...]:
    """Which duties to report may run against the company, to whom, within which time."""
    word = WORDED[language]
    holding = [duty for duty in duties() if duty.in_force(now)]
    rows = tuple(
        (
            f"{duty.duty[word]}{' *' if duty.to_be_confirmed else ''}",
            duty.to[word],
            _within(duty),
            f"{duty.law[word]}\n{duty.article[word]}",
        )
        for duty in holding
    )
    columns = (_("Duty"), pgettext("law", "To whom"), _("Within"), _("Basis"))
    return (Table(columns, rows, widths=(34, 22, 14, 30)), Text(_to_confirm(), quiet=True))


def _within(duty: Duty) -> str:
    if duty.within is None:
        return pgettext("law", "without delay")
    hours = int(duty.within.total_seconds() // 3600)
    days = duty.within.days
    if hours % 24 or days < 7:
        said = ngettext("%(n)s hour", "%(n)s hours", hours) % {"n": hours}
    else:
        said = ngettext("%(n)s day", "%(n)s days", days) % {"n": days}
    if duty.starts is Start.HANDLING_ENDED:
        return _("%(time)s from the end of handling") % {"time": said}
    return said
