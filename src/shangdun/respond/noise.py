"""Which entities tell findings apart, and which would glue a whole shop into one incident."""

from __future__ import annotations

from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network

import msgspec

from shangdun.detect.finding import Entity

WHO = frozenset({"account", "address", "card", "coupon", "device", "order", "session", "staff"})
"""Kinds that say who did it or to whom; findings that share one belong together."""

WHERE = frozenset({"host"})
"""Kinds that say where: with one web server every finding shares it, so it joins only findings that
name nobody. A ``product`` joins nothing: an attacked article is everybody's article."""

NOISY_VALUES = frozenset(
    {"", "-", "(null)", "anonymous", "guest", "localhost", "n/a", "nil", "none", "null", "unknown"}
)

_ALWAYS_NOISY = tuple(
    ip_network(text)
    for text in ("0.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "::/127", "fe80::/10")
)
PRIVATE_NETWORKS = ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fc00::/7")
"""RFC 1918, 6598 and 4193. Behind a proxy that hides its clients every visitor comes from one."""


class Noise(msgspec.Struct, frozen=True):
    """What does not join: further values of any kind, and networks of addresses."""

    values: frozenset[str] = frozenset()
    networks: tuple[IPv4Network | IPv6Network, ...] = tuple(map(ip_network, PRIVATE_NETWORKS))

    def is_noisy(self, entity: Entity) -> bool:
        """Whether the entity stands for too many to tell anybody apart."""
        value = entity.value.strip().lower()
        if value in NOISY_VALUES or entity.value in self.values:
            return True
        return entity.kind == "address" and self._is_noisy_address(value)

    def _is_noisy_address(self, text: str) -> bool:
        try:
            address = ip_address(text)
        except ValueError:
            return False
        address = getattr(address, "ipv4_mapped", None) or address
        return any(address in network for network in (*_ALWAYS_NOISY, *self.networks))


def joining_entities(rule_uid: str, entities: list[Entity], noise: Noise) -> list[Entity]:
    """The entities by which a finding joins others, in the finding's order, at most 20.

    Those that say who; else those that say where; else the rule itself, as kind ``rule``, so that
    a rule whose findings name nobody fills one incident instead of opening one each. A finding
    about many subjects names the rule first and joins by nothing else: each of its subjects would
    glue a stranger's incident to it.
    """
    if entities and entities[0].kind == "rule":
        return entities[:1]
    telling = [entity for entity in entities if not noise.is_noisy(entity)]
    for kinds in (WHO, WHERE):
        chosen = [entity for entity in telling if entity.kind in kinds]
        if chosen:
            return chosen[:20]
    return [Entity("rule", rule_uid)]
