"""Who comes when: everyday traffic, the round of attacks, a flash sale."""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from itertools import count
from random import Random

from crowd.actor import honest, hostile
from crowd.attacks import ATTACKS
from crowd.flash_sale import rush
from crowd.people import (
    BROWSERS,
    CAMPUS,
    HOME,
    OFFICE,
    REGULARS,
    REPLAYED_FROM,
    STAFF,
    Client,
    attacker_address,
    customer,
    shopper_address,
)
from crowd.timeline import Arrival

_SPIDER = "Mozilla/5.0 (compatible; Baiduspider/2.0; +http://www.baidu.com/search/spider.html)"
_MONITOR = "UptimeMonitor/1.4 (+https://status.shop.example)"
_REAL = 0.06  # share of shoppers who visit the running shop rather than its replayed log


def _shoppers(seed: int, start: float, per_second: float) -> Iterator[Arrival]:
    clock = Random(f"{seed}:shoppers")
    at = start
    for number in count():
        at += clock.expovariate(per_second)
        rng = Random(f"{seed}:shopper:{number}")
        real = number == 0 or rng.random() < _REAL
        account = rng.choice(REGULARS) if real else customer(REPLAYED_FROM + rng.randrange(100_000))
        address = CAMPUS if rng.random() < 0.03 else shopper_address(Random(f"home{account.uid}"))
        client = Client(address, HOME, rng.choice(BROWSERS))
        yield Arrival(at, honest("shopper", rng, client, account, real=real))


def _regular(seed: int, start: float, role: str, every: float) -> Iterator[Arrival]:
    """Staff and robots: now and then, always from the same place."""
    place = {
        "staff": Client(OFFICE, HOME, BROWSERS[0]),
        "search_engine": Client("198.51.100.200", HOME, _SPIDER),
        "uptime_check": Client("198.51.100.5", HOME, _MONITOR),
    }[role]
    for number in count():
        rng = Random(f"{seed}:{role}:{number}")
        at = start + every * (number + 0.1 * rng.random())
        member = STAFF[number % len(STAFF)]
        yield Arrival(at, honest(role, rng, place, member, real=role == "staff"))


def _attacks(seed: int, start: float, first_gap: float, gap: float) -> Iterator[Arrival]:
    """Every family in turn, the first round quickly, then on and on at leisure."""
    at = start
    for number in count():
        rng = Random(f"{seed}:attack:{number}")
        attack = ATTACKS[number % len(ATTACKS)]
        address, country = attacker_address(number)
        agent = attack.agent or rng.choice(BROWSERS)
        client = Client(address, country if attack.abroad else HOME, agent)
        yield Arrival(at, hostile(attack, rng, client))
        at += (first_gap if number < len(ATTACKS) else gap) * rng.uniform(0.8, 1.2)


def _everyday(seed: int, start: float, per_second: float) -> list[Iterator[Arrival]]:
    return [
        _shoppers(seed, start, per_second),
        _regular(seed, start + 5, "staff", 180),
        _regular(seed, start + 2, "search_engine", 300),
        _regular(seed, start, "uptime_check", 600),
    ]


def honest_only(seed: int, start: float, per_second: float = 1.0) -> Iterator[Arrival]:
    """An ordinary day without attackers."""
    return heapq.merge(*_everyday(seed, start, per_second), key=lambda one: one.at)


def mixed(
    seed: int,
    start: float,
    per_second: float = 1.0,
    pace: float = 1.0,
    warm: float = 0.0,
) -> Iterator[Arrival]:
    """An ordinary day with attackers; the first comes after 12 seconds.

    `warm`: seconds by which the honest come earlier than `start`.
    """
    attackers = _attacks(seed, start + 12, 20 / pace, 60 / pace)
    everyday = _everyday(seed, start - warm, per_second)
    return heapq.merge(*everyday, attackers, key=lambda one: one.at)


def flash_sale(seed: int, start: float, per_second: float = 1.0) -> Iterator[Arrival]:
    """Five minutes of an ordinary day, then a sale begins that was announced for the hour."""
    crowd = rush(seed, start + 300, peak=per_second * 12)
    return heapq.merge(*_everyday(seed, start, per_second), crowd, key=lambda one: one.at)


SCENARIOS = {"mixed": mixed, "honest": honest_only, "flash-sale": flash_sale}
