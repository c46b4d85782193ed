"""Search engines that are who they say: verified by reverse and forward DNS.

The way the engines themselves publish: the address has a name in the engine's domain, and that name
has the address. Whoever only writes the name into his User-Agent has neither.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Protocol

from shangdun.kernel.errors import UsageError
from shangdun.protect.never_block import Entry, Purpose
from shangdun.protect.target import Target, TargetKind, parse_address

ENGINES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "googlebot": ("googlebot.com", "google.com", "googleusercontent.com"),
        "bingbot": ("search.msn.com",),
        "baiduspider": ("baidu.com", "baidu.jp"),
        "yandex": ("yandex.ru", "yandex.net", "yandex.com"),
        "applebot": ("applebot.apple.com",),
        "petalbot": ("petalsearch.com",),
        "sogou": ("sogou.com",),
        "yisouspider": ("sm.cn",),
        "bytespider": ("bytedance.com",),
        "seznambot": ("seznam.cz",),
        "naver": ("naver.com",),
    }
)
"""What a User-Agent says (in lower case) → the domains of the names that its addresses have, as
each engine's help for site owners tells. 360Spider and DuckDuckBot publish lists of addresses
instead: enter these yourself."""

REMEMBERED = 86_400.0
"""Seconds that a verified address stands."""

DOUBTED = 3_600.0
"""Seconds until an address that failed is asked again."""

MOST_REMEMBERED = 20_000


class Resolver(Protocol):
    """Asks DNS; both raise ``OSError`` where there is no answer."""

    def names(self, address: str) -> Sequence[str]:
        """The names of an address (PTR)."""
        ...

    def addresses(self, name: str) -> Sequence[str]:
        """The addresses of a name (A and AAAA)."""
        ...


def engine_of(agent: str) -> str:
    """The search engine that a User-Agent claims to be; empty for none."""
    lower = agent.lower()
    return next((engine for engine in ENGINES if engine in lower), "")


class Crawlers:
    """Verifies claims, and remembers; slow, so never asked while a request or a decision waits."""

    def __init__(self, resolver: Resolver) -> None:
        self._resolver = resolver
        self._known: dict[tuple[str, str], tuple[float, bool]] = {}

    def verified(self, claims: Iterable[tuple[str, str]], now: float) -> list[Entry]:
        """Those of the claims (address, User-Agent) that hold; ``now``: seconds of any clock."""
        found = {}
        for address, agent in claims:
            engine = engine_of(agent)
            if engine and self._holds(address, engine, now):
                one = Target(TargetKind.ADDRESS, str(parse_address(address)))
                found[one] = Entry(one, Purpose.SEARCH, f"dns: {engine}")
        return list(found.values())

    def _holds(self, address: str, engine: str, now: float) -> bool:
        key = (address, engine)
        asked, held = self._known.get(key, (None, False))
        if asked is not None and now - asked < (REMEMBERED / 2 if held else DOUBTED):
            return held
        held = is_genuine(address, engine, self._resolver)
        if len(self._known) >= MOST_REMEMBERED:
            self._known.clear()
        self._known[key] = now, held
        return held


def is_genuine(address: str, engine: str, resolver: Resolver) -> bool:
    """Whether the address has a name in the engine's domain which has the address."""
    try:
        wanted = parse_address(address)
        names = [name.rstrip(".").lower() for name in resolver.names(str(wanted))]
        for name in names[:5]:
            if not any(name.endswith(f".{domain}") for domain in ENGINES[engine]):
                continue
            if wanted in [parse_address(text) for text in resolver.addresses(name)]:
                return True
    except (OSError, UsageError):
        return False
    return False


CLAIMS = """
SELECT DISTINCT "src_endpoint.ip" AS address, any_value("http_request.user_agent") AS agent
FROM events
WHERE class_uid = 4002 AND regexp_matches(lower("http_request.user_agent"), $engines)
GROUP BY 1 LIMIT 500
"""
"""Addresses that claim to be search engines; ``$engines``: the names, joined by ``|``."""
