"""What somebody asked not to be told of for a while: the scope of a suppression."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import cached_property
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network

import msgspec

from shangdun.detect.finding import Entity, Finding
from shangdun.kernel.errors import UsageError

LONGEST = timedelta(days=90)
"""What should be quiet for longer is a filter, not a suppression."""

WIDEST = {4: 8, 6: 16}
"""The shortest prefix of a network: wider ones are everybody."""


class Scope(msgspec.Struct, frozen=True, kw_only=True, dict=True):
    """What is not empty must hold, all of it together; an empty scope holds for nothing.

    ``value`` belongs to ``kind``; of an address it may be a network. ``title`` is part of the
    finding's English title, in any case. ``marker`` stands in the line of every event behind it.
    """

    rule_uid: str = ""
    title: str = ""
    kind: str = ""
    value: str = ""
    marker: str = ""

    def holds(self, finding: Finding) -> bool:
        """Whether the finding is one of those.

        An entity is any of those it is about where rule or title narrow the scope, else the main
        one: what else a line names, such as a user name that nobody verified, is the attacker's
        to write, and must not silence what is found about him.
        """
        if not (self.rule_uid or self.title or self.value or self.marker):
            return False
        if self.marker and not _all_marked(finding, self.marker):
            return False
        narrowed = self.rule_uid or self.title
        entities = finding.entities if narrowed else finding.entities[:1]
        return (
            self.rule_uid in {"", finding.rule_uid}
            and self.title.casefold() in finding.title.casefold()
            and (not self.value or any(self.meets(entity) for entity in entities))
        )

    def meets(self, entity: Entity) -> bool:
        """Whether an entity is the scope's, or within its network."""
        if entity.kind != self.kind:
            return False
        if self.network is None:
            return entity.value == self.value
        try:
            return ip_address(entity.value) in self.network
        except ValueError:
            return False

    @cached_property
    def network(self) -> IPv4Network | IPv6Network | None:
        """The network that an address scope names; None for a single value."""
        if self.kind != "address" or "/" not in self.value:
            return None
        return ip_network(self.value, strict=False)


class Scopes:
    """Many suppressions at once, by their number; the first of them that holds withholds."""

    def __init__(self, scopes: Iterable[tuple[int, Scope]]) -> None:
        self._by_rule: dict[str, list[tuple[int, Scope]]] = {}
        for number, scope in scopes:
            self._by_rule.setdefault(scope.rule_uid, []).append((number, scope))

    def withholding(self, finding: Finding) -> int | None:
        """The number of the suppression that withholds the finding."""
        for uid in (finding.rule_uid, ""):
            for number, scope in self._by_rule.get(uid, ()):
                if scope.holds(finding):
                    return number
        return None


def _all_marked(finding: Finding, marker: str) -> bool:
    """One event without it is somebody else's, and the finding is told."""
    raws = [one.raw for one in finding.evidences]
    return bool(raws) and all(marker in raw for raw in raws)


def check_scope(scope: Scope) -> None:
    """Raise ``UsageError`` for a scope that is empty, half or far too wide.

    Codes: ``suppression.scope`` (nothing, or a value without its kind), ``suppression.network``.
    """
    if not (scope.rule_uid or scope.title or scope.value):
        raise UsageError(
            "this would withhold everything", code="suppression.scope", fix="name a rule or entity"
        )
    if bool(scope.kind) != bool(scope.value):
        raise UsageError(
            "an entity needs its kind and its value", code="suppression.scope", fix="give both"
        )
    try:
        network = scope.network
    except ValueError as error:
        raise UsageError(
            str(error), code="suppression.network", fix="write a network as 203.0.113.0/24"
        ) from error
    if network and network.prefixlen < WIDEST[network.version]:
        raise UsageError(
            "this network is half the world",
            code="suppression.network",
            fix=f"at least /{WIDEST[network.version]}",
        )


def check_until(until: datetime, now: datetime) -> None:
    """Raise ``UsageError`` (``suppression.until``) unless it ends, later than now, in 90 days."""
    if not now < until <= now + LONGEST:
        raise UsageError(
            "a suppression ends: later than now, within 90 days",
            code="suppression.until",
            fix="choose a shorter time; what is never of interest is a filter for the rule",
        )
