"""Supplies for their pages: what is wrong with them in words, sheets in the page's language."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from shangdun.actions.supplies.inventory import NewSupply
from shangdun.records.models import Incident, Supply
from shangdun.records.supplies import WAITING, warned
from shangdun.respond.starter_supplies import Starter, starters
from shangdun.respond.supplies import Concern
from shangdun.respond.supply_sheet import KINDS

CONCERNS: dict[Concern, Promise] = {
    Concern.EXPIRED: gettext_lazy("expired"),
    Concern.SHORT: gettext_lazy("too few"),
    Concern.EXPIRING: gettext_lazy("expires soon"),
    Concern.UNCHECKED: gettext_lazy("check is due"),
}
LOOKS = {Concern.EXPIRED: "bad", Concern.SHORT: "bad", Concern.EXPIRING: "warn"}
ICONS = {
    "material": "cube",
    "equipment": "server",
    "licence": "key",
    "person": "user",
    "supplier": "phone",
    "place": "building-office",
}


@dataclass(frozen=True)
class Mark:
    """Something wrong, in words."""

    label: Promise
    look: str


@dataclass(frozen=True)
class Shown:
    """A supply for a page."""

    supply: Supply
    marks: list[Mark]
    icon: str


def shown(rows: Iterable[Supply]) -> list[Shown]:
    """The rows with what is wrong with each."""
    return [
        Shown(
            supply,
            [Mark(CONCERNS[one], LOOKS.get(one, "note")) for one in found],
            ICONS.get(supply.kind, "cube"),
        )
        for supply, found in warned(rows)
    ]


def starter_choices() -> list[Starter]:
    """What is suggested and not in the inventory yet."""
    taken = set(Supply.objects.exclude(starter="").values_list("starter", flat=True))
    return [one for one in starters() if one.id not in taken]


def adopted(chosen: Iterable[str]) -> list[NewSupply]:
    """The chosen suggestions as lines of the inventory, in the page's language."""
    wanted = set(chosen)
    language: Literal["zh", "en"] = "en" if get_language() == "en" else "zh"
    return [
        NewSupply(
            name=one.name(language),
            kind=one.kind,
            # Nobody has anything for being told of it: what there is gets counted first.
            quantity=0,
            minimum=one.minimum,
            unit=one.unit(language),
            consumable=one.consumable,
            check_days=one.check,
            note=one.note(language),
            starter=one.id,
        )
        for one in starter_choices()
        if one.id in wanted
    ]


def sheet_headings() -> list[str]:
    """The columns of an exported list, which is read again as it stands."""
    if get_language() == "en":
        return ["name", "kind", "quantity", "away", "minimum", "unit", "consumable", "place",
                "keeper", "contact", "expires on", "check every days", "last check",
                "note"]  # fmt: skip
    return ["名称", "类别", "数量", "在外数量", "最低数量", "单位", "消耗品", "存放地点",
            "保管人", "联系方式", "有效期至", "检查周期(天)", "上次检查", "备注"]  # fmt: skip


def sheet_rows(rows: Iterable[Supply]) -> list[list[object]]:
    """The lines of an exported list."""
    english = get_language() == "en"
    kinds = {kind.value: words[0] if english else words[-1] for kind, words in KINDS.items()}
    chinese = {"material": "物资", "equipment": "设备", "licence": "许可", "person": "人员",
               "supplier": "供应商", "place": "场所"}  # fmt: skip
    return [
        [
            row.name, kinds[row.kind] if english else chinese[row.kind], row.quantity, row.away,
            row.minimum, row.unit, _("yes") if row.consumable else "", row.place, row.keeper,
            row.contact, row.expires_on or "", row.check_days,
            row.checked_at.date() if row.checked_at else "", row.note,
        ]
        for row in rows
    ]  # fmt: skip


def supplies_card(incident: Incident) -> dict[str, int]:
    """For ``supplies/card.html``: what waits for logistics, and what is with the incident."""
    return {
        "waiting": incident.supply_requests.filter(state__in=WAITING).count(),
        "out": incident.supply_allocations.filter(ended_at=None).count(),
    }
