"""Evidence for its pages: items with their flags in words, chains as a timeline."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.template.defaultfilters import filesizeformat
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from shangdun.records.evidence import chain_broken_at, custody_of
from shangdun.records.models import CustodyAct, CustodyEntry, Evidence, Incident, User
from shangdun.records.roles import Capability
from shangdun.respond.evidence.archives import summary
from shangdun.respond.evidence.looks import DANGEROUS, Flag

FLAGS: dict[Flag, Promise] = {
    Flag.ARCHIVE: _("archive"),
    Flag.ENCRYPTED: _("encrypted"),
    Flag.NESTED: _("archives inside"),
    Flag.BOMB: _("archive bomb"),
    Flag.UNSAFE_PATHS: _("unpacks outside its folder"),
    Flag.PROGRAM_INSIDE: _("program inside"),
    Flag.UNREADABLE: _("damaged archive"),
    Flag.MACROS: _("macros"),
    Flag.ACTIVE: _("scripts or embedded objects"),
    Flag.PROGRAM: _("program"),
    Flag.SCRIPT: _("script"),
    Flag.MARKUP: _("web page"),
    Flag.DISGUISED: _("is not what its name says"),
    Flag.DOUBLE_EXTENSION: _("double extension"),
    Flag.HIDDEN_CHARACTERS: _("name with hidden characters"),
    Flag.PARTLY_READ: _("only partly looked through"),
    Flag.EMPTY: _("empty"),
}
ICONS: dict[str, str] = {
    CustodyAct.COLLECTED: "archive-box-arrow-down",
    CustodyAct.ACCESSED: "arrow-down-tray",
    CustodyAct.VERIFIED: "shield-check",
    CustodyAct.DAMAGED: "exclamation-triangle",
    CustodyAct.NOTED: "pencil",
    CustodyAct.OFFERED: "arrows-right-left",
    CustodyAct.ACCEPTED: "hand-raised",
    CustodyAct.DECLINED: "arrow-uturn-left",
    CustodyAct.HANDED_OUT: "arrow-up-tray",
    CustodyAct.EXPORTED: "archive-box",
    CustodyAct.HELD: "lock-closed",
    CustodyAct.RELEASED: "lock-open",
    CustodyAct.DISPOSED: "trash",
}


@dataclass(frozen=True)
class Mark:
    """A flag in words."""

    label: Promise | str
    danger: bool


@dataclass(frozen=True)
class Shown:
    """An item for a page."""

    item: Evidence
    marks: list[Mark]
    size: str
    files: int
    unpacked: str

    @property
    def short_hash(self) -> str:
        return f"{self.item.sha256[:12]}…"


def shown_item(item: Evidence) -> Shown:
    """The item with its flags in words and its size for people."""
    files, unpacked = summary(item.inside)
    return Shown(
        item=item,
        marks=[mark_of(flag) for flag in item.flags],
        size=filesizeformat(item.size),
        files=files,
        unpacked=filesizeformat(unpacked),
    )


def mark_of(flag: str) -> Mark:
    """A stored flag in words; one of a newer version as it stands."""
    try:
        known = Flag(flag)
    except ValueError:
        return Mark(flag, danger=True)
    return Mark(FLAGS[known], known in DANGEROUS)


@dataclass(frozen=True)
class Step:
    """One link of custody for a page."""

    entry: CustodyEntry
    icon: str
    who: str
    what: str
    text: str
    broken: bool


def chain_of(item: Evidence) -> tuple[list[Step], int | None]:
    """The chain, newest last, and the first link that does not hold."""
    entries = custody_of(item)
    broken = chain_broken_at(item, entries)
    steps = [
        Step(
            entry=entry,
            icon=ICONS.get(entry.act, "link"),
            who=name_of(entry),
            what=str(entry.get_act_display()),
            text=_text_of(entry),
            broken=broken is not None and entry.number >= broken,
        )
        for entry in entries
    ]
    return steps, broken


def _text_of(entry: CustodyEntry) -> str:
    """What a person wrote; the system's own words, which are sealed in English, in the page's."""
    if entry.act in {CustodyAct.COLLECTED, CustodyAct.VERIFIED}:
        return ""  # the act says it
    if entry.act == CustodyAct.DAMAGED:
        return gettext("The content was changed or is gone.")
    return entry.text


def name_of(entry: CustodyEntry) -> str:
    """Who did it, as people call him; empty: ShangDun itself."""
    if entry.by is not None:
        return entry.by.get_full_name() or entry.by.username
    if entry.actor.startswith("system:"):
        return ""
    return entry.actor.rpartition(":")[2]


def may_of(user: User, item: Evidence) -> dict[str, bool]:
    """What the person may do with the item now, for its buttons."""
    handles = user.can(Capability.HANDLE_EVIDENCE) and item.disposed_at is None
    holds = item.holder_id is None or item.holder_id == user.pk
    waits = item.offered_to_id is not None
    orders = user.can(Capability.ORDER_INCIDENTS)
    return {
        "handle": handles,
        "hand_over": handles and holds and not waits,
        "accept": handles and waits and item.offered_to_id == user.pk,
        "take_back": handles and waits and item.holder_id == user.pk,
        "hold": item.disposed_at is None and (orders or user.can(Capability.HANDLE_LEGAL)),
        "dispose": orders
        and item.disposed_at is None
        and not item.incident.is_open
        and not item.legal_hold,
    }


def totals(items: Sequence[Evidence]) -> dict[str, Any]:
    """Figures above the list."""
    kept = [item for item in items if item.disposed_at is None]
    return {
        "count": len(kept),
        "size": filesizeformat(sum(item.size for item in kept)),
        "flagged": sum(any(mark_of(flag).danger for flag in item.flags) for item in kept),
        "damaged": [item for item in kept if not item.intact],
    }


def evidence_card(incident: Incident) -> dict[str, Any]:
    """For ``evidence/card.html``: how many items an incident has, and what is wrong with them."""
    items = list(incident.evidence.only("number", "name", "size", "flags", "intact", "disposed_at"))
    return totals(items)
