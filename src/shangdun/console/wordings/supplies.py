"""Supplies, in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from shangdun.console.wordings import Tale
from shangdun.records.models import TimelineKind

ACTIONS: dict[str, Promise] = {
    "add_supply": gettext_lazy("took a supply into the inventory"),
    "change_supply": gettext_lazy("changed a supply"),
    "check_supply": gettext_lazy("checked a supply"),
    "archive_supply": gettext_lazy("took a supply out of the inventory"),
    "import_supplies": gettext_lazy("took a list into the inventory"),
    "request_supplies": gettext_lazy("asked for supplies"),
    "allocate": gettext_lazy("gave out supplies"),
    "return": gettext_lazy("took supplies back"),
    "refuse_supplies": gettext_lazy("refused a request for supplies"),
    "close_request": gettext_lazy("closed a request for supplies"),
}
PROBLEMS: dict[str, Promise] = {
    "supply.name": gettext_lazy("A supply needs a name."),
    "supply.long": gettext_lazy("This text is too long."),
    "supply.quantity": gettext_lazy("Write a whole number from 0 to 1,000,000."),
    "supply.check_days": gettext_lazy("Check it every 1 to 3660 days; 0 means never."),
    "supply.taken": gettext_lazy("There is one of this kind and name in this place already."),
    "supply.away": gettext_lazy("Some of it is with an incident: take it back first."),
    "supply.archived": gettext_lazy("It was taken out of the inventory: add it anew."),
    "supply.many": gettext_lazy("The inventory is full: take lines out first."),
    "supply.none": gettext_lazy("Choose something of the inventory."),
    "supply.short": gettext_lazy("So many are not there: give fewer, or of another supply."),
    "supply.return_none": gettext_lazy("Say how many come back or were used up."),
    "supply.return_over": gettext_lazy("More cannot come back than went out."),
    "request.what": gettext_lazy("Say what is needed; a few words are enough."),
    "request.reason": gettext_lazy("Say why, and what else would do."),
    "request.answered": gettext_lazy("This request is answered already: ask again if need be."),
    "request.other": gettext_lazy("This request is another incident's."),
    "inventory.file": gettext_lazy("This is neither CSV in UTF-8 or GB 18030 nor XLSX."),
    "inventory.columns": gettext_lazy("The list needs the columns name and kind in its first row."),
    "inventory.many": gettext_lazy("The list is too long: at most 5,000 lines."),
}
ICONS: dict[str, str] = {TimelineKind.SUPPLY: "cube"}


def _told(sentence: str) -> Tale:
    def tell(data: Mapping[str, Any]) -> str:
        return _(sentence) % {
            "supply": data.get("supply", ""),
            "quantity": data.get("quantity", 0),
            "used": data.get("used", 0),
        }

    return tell


def _returned(data: Mapping[str, Any]) -> str:
    used = data.get("used", 0)
    sentence = _("took back %(quantity)s × %(supply)s")
    if used:
        sentence = _("took back %(quantity)s × %(supply)s; %(used)s used up")
    return sentence % {"supply": data.get("supply", ""), "quantity": data.get("quantity", 0),
                       "used": used}  # fmt: skip


TALES: dict[tuple[str, str], Tale] = {
    (TimelineKind.SUPPLY, "requested"): _told(gettext_noop("asked for %(quantity)s × %(supply)s")),
    (TimelineKind.SUPPLY, "allocated"): _told(
        gettext_noop("logistics gave %(quantity)s × %(supply)s")
    ),
    (TimelineKind.SUPPLY, "returned"): _returned,
    (TimelineKind.SUPPLY, "refused"): _told(
        gettext_noop("logistics cannot give %(quantity)s × %(supply)s")
    ),
    (TimelineKind.SUPPLY, "withdrawn"): _told(gettext_noop("no longer needs %(supply)s")),
    (TimelineKind.SUPPLY, "met"): _told(gettext_noop("%(supply)s: what came is enough")),
}
