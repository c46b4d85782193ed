"""Attacks on money: cards, coupons, prices."""

from __future__ import annotations

from crowd import events
from crowd.catalogue import COUPONS, PRODUCTS
from crowd.people import VICTIMS
from crowd.shoppers import add_to_cart, log_in, pay, to_payment, try_coupon
from crowd.step import Steps, Visit


def _straight_to_payment(visit: Visit, price_up_to: float) -> Steps:
    """Log in with an account made for the purpose, one article, no look around."""
    buyer = visit.rng.choice(VICTIMS)
    visit.logged_in.append(buyer)
    yield from log_in(visit, buyer)
    article = visit.rng.choice([one for one in PRODUCTS if one.price <= price_up_to])
    yield from add_to_cart(visit, article)
    yield from to_payment(visit, buyer)
    visit.order = str(100_000 + visit.rng.randint(1_000, 899_999))


def carding(visit: Visit) -> Steps:
    """Stolen cards tried one after another on a cheap article; a few still work."""
    yield from _straight_to_payment(visit, 60)
    amount = events.total(visit)
    for _ in range(visit.rng.randint(18, 40)):
        card = visit.token("card")
        yield pay(visit, card, amount, accepted=False, after=visit.rng.uniform(1.5, 4))
    yield pay(visit, visit.token("card"), amount, accepted=True, after=2.5)


def coupon_guessing(visit: Visit) -> Steps:
    """Codes built after the pattern of real ones."""
    yield visit.get("/catalogue/", "listing", after=0)
    yield from add_to_cart(visit, visit.rng.choice(PRODUCTS))
    yield visit.get("/basket/", "checkout", after=2)
    stems = ("WELCOME", "SPRING", "VIP", "TEA", "NEW", "SAVE", "GIFT", "FREE", "SALE", "DOUBLE")
    known = {coupon.code for coupon in COUPONS}
    for _ in range(visit.rng.randint(35, 70)):
        code = f"{visit.rng.choice(stems)}{visit.rng.randint(1, 999)}"
        if code not in known:
            yield try_coupon(visit, code, after=visit.rng.uniform(0.6, 1.8))
    yield try_coupon(visit, visit.rng.choice(COUPONS).code, after=1)


def price_tampering(visit: Visit) -> Steps:
    """The total in the order form changed before it is sent."""
    yield from _straight_to_payment(visit, 10_000)
    amount = round(events.total(visit) * visit.rng.choice((0.01, 0.1, 0.001)), 2)
    amount = max(amount, 0.01)
    yield pay(visit, visit.token("card"), amount, accepted=True, after=visit.rng.uniform(8, 20))
    yield visit.get("/checkout/thank-you/", "checkout", after=0.4)
