"""Decisions as pages show them: whom, what, by whom, and what they would have turned away."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from shangdun.console.rulebook import RULEBOOK
from shangdun.detect.finding import Entity
from shangdun.protect.policy import Hold
from shangdun.protect.target import SUBSCRIBER, TargetKind
from shangdun.records.decisions import decisions_about, target_of
from shangdun.records.models import Decision, DecisionState, User
from shangdun.records.models.decisions import TargetKind as KindChoices
from shangdun.records.roles import Capability

KIND_ICONS = {
    "address": "globe-alt",
    "range": "globe-asia-australia",
    "network": "server-stack",
    "country": "flag",
    "account": "user",
    "session": "finger-print",
    "device": "device-phone-mobile",
}
MEASURE_LOOKS = {"block": "bad", "challenge": "warn", "throttle": "note", "allow": "good"}
MEASURE_ICONS = {
    "block": "no-symbol",
    "challenge": "puzzle-piece",
    "throttle": "clock",
    "allow": "check-circle",
}
HOLDS: dict[str, Promise] = {
    Hold.MODE: _("You asked to be asked: the mode is “propose”."),
    Hold.CUSTOMERS: _("It would meet more paying customers than an automatic decision may."),
    Hold.SHARE: _("Together with the others it would meet too many paying customers."),
    Hold.UNKNOWN: _("Nobody knows yet who pays: no orders have been seen."),
    Hold.ACCOUNT: _("The account may be the victim's: only a person locks it out."),
    Hold.UNDONE: _("A person undid one for the same target within a day."),
    Hold.STORM: _("There are too many at once: more likely the rule is wrong."),
}


@dataclass(frozen=True)
class Shown:
    """A decision with what templates need beside the row."""

    row: Decision
    by: str
    by_link: str
    hold: Promise | str
    figures: dict[str, Any]
    icon: str
    look: str
    measure_icon: str
    kind: Promise | str

    @property
    def stands(self) -> bool:
        """Whether it can be undone."""
        return self.row.state in (DecisionState.IN_FORCE, DecisionState.PROPOSED)

    @property
    def reason(self) -> str:
        """A rule's title in the page's language; else what somebody wrote."""
        return self.by if self.row.author.startswith("rule:") else self.row.reason

    @property
    def waits(self) -> bool:
        return self.row.state == DecisionState.PROPOSED


def shown(row: Decision) -> Shown:
    by, link = author_of(row.author)
    return Shown(
        row=row,
        by=by,
        by_link=link,
        hold=HOLDS.get(row.held, "") if row.state == DecisionState.PROPOSED else "",
        figures=row.simulation,
        icon=KIND_ICONS.get(row.kind, "cube"),
        look=MEASURE_LOOKS.get(row.measure, ""),
        measure_icon=MEASURE_ICONS.get(row.measure, "cube"),
        kind=KindChoices(row.kind).label,
    )


def author_of(author: str) -> tuple[str, str]:
    """Who decided, for people, and where more is to be read of it."""
    kind, _sep, name = author.partition(":")
    if kind == "rule":
        return RULEBOOK.title(name, name), reverse("rule", kwargs={"uid": name}) if name else ""
    if kind == "incident" and name.isdecimal():
        return f"#{name}", reverse("incident", kwargs={"number": int(name)})
    return name or kind, ""


def all_about(user: User, entities: Iterable[Entity]) -> list[Shown]:
    """The decisions about any of the entities, for a person who may see them."""
    if not user.can(Capability.VIEW_DECISIONS):
        return []
    return [shown(row) for row in decisions_about(user, entities)]


def decide_link(
    user: User, entities: Iterable[Entity], *, finding: int = 0, incident: int = 0, reason: str = ""
) -> str:
    """The form for deciding about the first entity that can be decided about; empty if none."""
    if not user.can(Capability.DECIDE):
        return ""
    # An account may be the victim's; who came from an address did it.
    for entity in sorted(entities, key=lambda one: one.kind == TargetKind.ACCOUNT):
        one = target_of(entity)
        if one is None:
            continue
        network = one.network
        kind, value = str(one.kind), one.value
        if network is not None and network.prefixlen > SUBSCRIBER[network.version]:
            wide = network.supernet(new_prefix=SUBSCRIBER[network.version])
            kind, value = str(TargetKind.RANGE), str(wide)
        asked: dict[str, Any] = {"kind": kind, "value": value}
        asked |= {"finding": finding} if finding else {}
        asked |= {"incident": incident} if incident else {}
        asked |= {"reason": reason[:300]} if reason else {}
        return f"{reverse('decision_add')}?{urlencode(asked)}"
    return ""
