"""Abuse of what the shop offers to everybody: codes, coupons, stock, reviews, refunds.

The running shop has no such pages, so these are only replayed. Where several accounts are one
person, they share the visit's device, as they do in life.
"""

from __future__ import annotations

from collections.abc import Iterator

from crowd import events
from crowd.catalogue import COUPONS, PRODUCTS
from crowd.people import GHOSTS, Account, customer
from crowd.step import Event, Step, Steps, Visit

_ADVERTS = (
    "加微信领福利 http://192.0.2.9/a http://192.0.2.9/b http://192.0.2.9/c",
    "同款更便宜 http://192.0.2.9/x http://192.0.2.9/y http://192.0.2.9/z",
)


def _ghosts(visit: Visit, count: int) -> Iterator[Account]:
    """Accounts made for the purpose; the visit is theirs, one after the other."""
    first = GHOSTS + visit.rng.randrange(100_000)
    for account in map(customer, range(first, first + count)):
        visit.account = account
        visit.session = visit.token("session")
        yield account


def _send(visit: Visit, path: str, *done: Event, after: float) -> Step:
    return visit.post(path, {}, "login", after=after, status=200, events=done)


def verification_cost(visit: Visit) -> Steps:
    """Codes read out by telephone to premium numbers; nobody ever enters one."""
    for _ in range(visit.rng.randint(14, 22)):
        code = events.code_sent(visit, "voice", 6.5)
        yield _send(visit, "/accounts/verify/send/", code, after=visit.rng.uniform(4, 9))


def fake_accounts(visit: Visit) -> Steps:
    """An emulator that opens one account after the other."""
    for _ in _ghosts(visit, visit.rng.randint(10, 16)):
        opened = events.registered(visit)
        yield _send(visit, "/accounts/register/", opened, after=visit.rng.uniform(6, 14))


def account_aggregation(visit: Visit) -> Steps:
    """Many accounts looked after with one telephone."""
    for account in _ghosts(visit, visit.rng.randint(14, 20)):
        entered = events.login(visit, account, events.SUCCESS)
        yield _send(visit, "/accounts/login/", entered, after=visit.rng.uniform(5, 12))
        yield visit.get("/accounts/profile/", "account", after=1)


def coupon_abuse(visit: Visit) -> Steps:
    """One person, many accounts, the same welcome coupon."""
    coupon = visit.rng.choice(COUPONS)
    for _ in _ghosts(visit, visit.rng.randint(6, 10)):
        visit.order = str(100_000 + visit.rng.randint(1_000, 899_999))
        redeemed = events.coupon_redeemed(visit, coupon)
        yield _send(visit, "/basket/vouchers/add/", redeemed, after=visit.rng.uniform(8, 20))


def scalping(visit: Visit) -> Steps:
    """Accounts on one telephone buy one limited article."""
    article = visit.rng.choice(PRODUCTS)
    for _ in _ghosts(visit, visit.rng.randint(7, 10)):
        visit.order = str(100_000 + visit.rng.randint(1_000, 899_999))
        bought = events.goods_ordered(visit, article, 4)
        yield _send(visit, "/checkout/preview/", bought, after=visit.rng.uniform(8, 20))


def fake_orders(visit: Visit) -> Steps:
    """Orders that go round in a circle: other names, the same doorstep."""
    article, doorstep = visit.rng.choice(PRODUCTS), visit.token("address")
    for _ in _ghosts(visit, visit.rng.randint(8, 12)):
        visit.device = visit.token("device")
        visit.order = str(100_000 + visit.rng.randint(1_000, 899_999))
        bought = events.goods_ordered(visit, article, 1, doorstep)
        yield _send(visit, "/checkout/preview/", bought, after=visit.rng.uniform(8, 20))


def expediting(visit: Visit) -> Steps:
    """A script that is through the checkout before the page is painted."""
    next(_ghosts(visit, 1))
    for _ in range(visit.rng.randint(4, 6)):
        article, cart = visit.rng.choice(PRODUCTS), visit.token("cart")
        visit.order = str(100_000 + visit.rng.randint(1_000, 899_999))
        begun = events.reserved(visit, article, 1, cart)
        yield _send(visit, "/basket/add/", begun, after=visit.rng.uniform(15, 30))
        bought = events.goods_ordered(visit, article, 1) | {"cart": {"uid": cart}}
        yield _send(visit, "/checkout/preview/", bought, after=0.3)


def denial_of_inventory(visit: Visit) -> Steps:
    """Put aside, never bought: for shoppers it is sold out."""
    next(_ghosts(visit, 1))
    article = visit.rng.choice(PRODUCTS)
    for _ in range(visit.rng.randint(18, 26)):
        held = events.reserved(visit, article, 10, visit.token("cart"))
        yield _send(visit, "/basket/add/", held, after=visit.rng.uniform(4, 9))


def captcha_defeat(visit: Visit) -> Steps:
    """Challenges answered before a person has seen them."""
    for _ in range(visit.rng.randint(8, 14)):
        solved = events.challenge_answered(visit, visit.rng.uniform(180, 600))
        yield _send(visit, "/challenge/", solved, after=visit.rng.uniform(3, 8))


def spam(visit: Visit) -> Steps:
    """Advertisements where reviews should be."""
    next(_ghosts(visit, 1))
    for _ in range(visit.rng.randint(4, 7)):
        advert = events.text_posted(visit, visit.rng.choice(_ADVERTS), links=3)
        page = visit.rng.choice(PRODUCTS).path
        yield _send(visit, f"{page}reviews/add/", advert, after=visit.rng.uniform(10, 25))


def refund_fraud(visit: Visit) -> Steps:
    """The same people ask for refunds with one name after the other."""
    for _ in _ghosts(visit, visit.rng.randint(4, 6)):
        visit.order = str(100_000 + visit.rng.randint(1_000, 899_999))
        asked = events.refund_requested(visit, round(visit.rng.uniform(80, 600), 2))
        yield _send(visit, "/refunds/new/", asked, after=visit.rng.uniform(10, 25))
