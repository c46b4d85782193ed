"""A sale on the hour: everybody at once, for three articles, with one coupon. Nobody attacks."""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import count
from random import Random

from crowd.actor import honest
from crowd.catalogue import PRODUCTS
from crowd.people import (
    BROWSERS,
    CAMPUS,
    HOME,
    REPLAYED_FROM,
    Account,
    Client,
    customer,
    shopper_address,
)
from crowd.shoppers import add_to_cart, arrive, buy_cart, log_in, look
from crowd.step import Steps, Visit
from crowd.timeline import Arrival

_ON_SALE = PRODUCTS[10:60:20]
_FADES = 240.0  # seconds in which the rush falls to a third


def hunter(visit: Visit, account: Account) -> Steps:
    """Logs in before the hour, reloads until it begins, buys with the sale's coupon."""
    rng = visit.rng
    article = rng.choice(_ON_SALE)
    yield from arrive(visit)
    yield from log_in(visit, account, mistakes=rng.choices((0, 1, 2, 3), (78, 14, 6, 2))[0])
    for _ in range(rng.randint(2, 15)):
        yield visit.get(article.path, "product", after=rng.uniform(0.8, 4))
    if rng.random() < 0.35:  # sold out, comes back to look
        yield from look(visit, article)
        return
    yield from add_to_cart(visit, article)
    yield from buy_cart(visit, account, coupon_code="FLASH618", declined=rng.random() < 0.12)


def rush(seed: int, start: float, peak: float) -> Iterator[Arrival]:
    """Arrivals at `peak` a second when it begins, then fewer and fewer."""
    clock = Random(f"{seed}:rush")
    at = start
    for number in count():
        rate = 0.2 + peak * math.exp(-(at - start) / _FADES)
        at += clock.expovariate(rate)
        rng = Random(f"{seed}:hunter:{number}")
        account = customer(REPLAYED_FROM + 100_000 + number)
        address = CAMPUS if rng.random() < 0.02 else shopper_address(rng)
        client = Client(address, HOME, rng.choice(BROWSERS))
        yield Arrival(at, honest("shopper", rng, client, account, real=False, play=hunter))
