"""Honest people: customers, staff, a search engine, the shop's own uptime check."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Iterator
from dataclasses import replace

from crowd import events
from crowd.catalogue import COUPONS, ODD_SEARCHES, PRODUCTS, SEARCHES, SHELVES, Product
from crowd.people import Account
from crowd.step import Step, Steps, Visit

_ASSETS = (
    "/static/oscar/css/styles.css",
    "/static/oscar/js/jquery/jquery.min.js",
    "/static/oscar/js/bootstrap4/bootstrap.bundle.min.js",
    "/static/oscar/js/oscar/ui.js",
    "/static/oscar/favicon.ico",
)
_CAMPAIGNS = ("spm=a2e0b.20350158.0.0", "utm_source=wechat&utm_medium=social", "from=timeline")
_REFERRERS = (
    "-",
    "https://www.baidu.com/link?url=Zk3vTq8&wd=&eqid=9a1f",
    "https://cn.bing.com/search?q=%E9%BE%99%E4%BA%95+%E8%8C%B6",
    "https://servicewechat.com/wx0000000000000000/57/page-frame.html",
)


def arrive(visit: Visit) -> Steps:
    """The first page of a visit, with the assets a browser then fetches."""
    visit.page = visit.rng.choice(_REFERRERS)
    target = "/catalogue/"
    if visit.rng.random() < 0.4:
        target += "?" + visit.rng.choice(_CAMPAIGNS)
    yield visit.raw("GET", target, "listing", after=0)
    visit.page = f"https://{visit.host}/catalogue/"
    for asset in _ASSETS:
        status = 304 if visit.rng.random() < 0.3 else 200
        yield visit.raw("GET", asset, "asset", after=visit.pause(0.02, 0.3), status=status)


def look(visit: Visit, product: Product) -> Steps:
    """A product's page and its picture."""
    yield visit.get(product.path, "product", after=visit.pause(3, 25))
    picture = f"/media/images/{product.base}.png"
    yield visit.raw("GET", picture, "asset", after=0.1, status=200)


def browse(visit: Visit, pages: int) -> Iterator[Step]:
    """Walk through shelves, searches and products."""
    for _ in range(pages):
        way = visit.rng.random()
        if way < 0.25:
            shelf = visit.rng.choice(SHELVES)
            yield visit.get(shelf.path, "listing", after=visit.pause(3, 20))
        elif way < 0.4:
            words = visit.rng.choice(ODD_SEARCHES if visit.rng.random() < 0.25 else SEARCHES)
            yield visit.get("/search/", "search", after=visit.pause(4, 15), q=words)
        elif way < 0.45:
            page = visit.rng.randint(2, 9)
            yield visit.get("/catalogue/", "listing", after=visit.pause(3, 12), page=page)
        elif way < 0.47:  # an old link from a forum
            stale = f"/catalogue/{visit.rng.choice(PRODUCTS).slug}_{visit.rng.randint(9001, 9099)}/"
            yield visit.get(stale, "missing", after=visit.pause(3, 12), status=404)
        else:
            yield from look(visit, visit.rng.choice(PRODUCTS))


def login_form(account: Account, password: str) -> dict[str, str]:
    return {
        "login-username": account.email,
        "login-password": password,
        "login-redirect_url": "",
        "login_submit": "Log In",
    }


def log_in(visit: Visit, account: Account, *, mistakes: int = 0) -> Steps:
    """Log in, after mistyping the password `mistakes` times."""
    yield visit.get("/accounts/login/", "form", after=visit.pause(2, 10))
    for _ in range(mistakes):
        yield visit.post(
            "/accounts/login/",
            login_form(account, account.password[:-1]),
            "form",
            after=visit.pause(5, 15),
            status=200,
            events=(events.login(visit, account, events.FAILURE),),
        )
    visit.account = account
    visit.session = visit.token("session")
    yield visit.post(
        "/accounts/login/",
        login_form(account, account.password),
        "login",
        after=visit.pause(4, 14),
        events=(events.login(visit, account, events.SUCCESS),),
    )
    landing = "/dashboard/" if account.staff else "/catalogue/"
    yield visit.get(landing, "dashboard" if account.staff else "listing", after=0.2)


def register(visit: Visit, account: Account) -> Steps:
    """Open another account; the shop logs its owner in at once."""
    email, password = f"{visit.token('new')[:8]}.{account.email}", visit.token("password")
    form = {"email": email, "password1": password, "password2": password, "redirect_url": "/"}
    visit.account = account._replace(uid=50_000 + account.uid, email=email)
    yield visit.get("/accounts/register/", "form", after=visit.pause(2, 10))
    written = (events.registered(visit), events.login(visit, visit.account, events.SUCCESS))
    yield visit.post(
        "/accounts/register/", form, "login", after=visit.pause(15, 60), events=written
    )


def add_to_cart(visit: Visit, product: Product, quantity: int = 1) -> Steps:
    yield from look(visit, product)
    visit.cart.append((product, quantity))
    yield visit.post(
        f"/basket/add/{product.uid}/",
        {"quantity": str(quantity), "next": product.path},
        after=visit.pause(2, 12),
    )


def address_form(account: Account, street: str = "") -> dict[str, str]:
    return {
        "first_name": account.given,
        "last_name": account.surname or account.given,
        "line1": street or account.street,
        "line4": account.city,
        "postcode": account.postcode,
        "country": "CN",
        "phone_number": account.phone,
    }


def try_coupon(visit: Visit, code: str, *, after: float) -> Step:
    coupon = next((one for one in COUPONS if one.code == code), None)
    return visit.post(
        "/basket/vouchers/add/",
        {"code": code},
        after=after,
        events=(events.coupon_tried(visit, code, coupon),),
    )


def to_payment(visit: Visit, account: Account) -> Steps:
    """From the basket to the page that asks for a card."""
    yield visit.get("/basket/", "checkout", after=visit.pause(3, 10))
    yield visit.get("/checkout/shipping-address/", "checkout", after=visit.pause(2, 8))
    yield visit.post("/checkout/shipping-address/", address_form(account), after=visit.pause(5, 30))
    for passed in ("shipping-method", "payment-method"):  # one of each: the shop passes them over
        yield visit.get(f"/checkout/{passed}/", "redirect", after=0.1, status=302)
    yield visit.get("/checkout/payment-details/", "checkout", after=0.1)


def pay(visit: Visit, card: str, amount: float, *, accepted: bool, after: float) -> Step:
    """Send the card and the order."""
    quoted = events.total(visit)
    form = {"action": "place_order", "card": card_number(card, accepted=accepted)}
    form["quoted_total"] = f"{amount:.2f}" if amount != quoted else ""
    outcome = events.SUCCESS if accepted else events.FAILURE
    written = [events.payment(visit, amount, card_fingerprint(form["card"]), outcome)]
    if accepted:
        written.append(events.order_placed(visit, amount, quoted))
    return visit.post(
        "/checkout/preview/",
        form,
        "redirect" if accepted else "checkout",
        after=after,
        status=302 if accepted else 200,
        events=tuple(written),
    )


def card_number(card: str, *, accepted: bool) -> str:
    """A made-up number in a range no bank uses; the demo bank takes those that end in 0."""
    digits = str(int(card[:12], 16))[-11:].zfill(11)
    return f"9999{digits}{0 if accepted else 1}"


def card_fingerprint(number: str) -> str:
    """What stands for a card in the log: a keyed hash, here with the demo's public key."""
    return hmac.new(b"demo", number.encode(), hashlib.sha256).hexdigest()[:24]


def buy(visit: Visit, account: Account) -> Steps:
    """Fill a cart, sometimes use a coupon, pay; one card in twelve is declined first."""
    rng = visit.rng
    for product in rng.sample(PRODUCTS, rng.choice((1, 1, 2, 3))):
        yield from add_to_cart(visit, product, rng.choice((1, 1, 1, 2)))
    code = ""
    if rng.random() < 0.3:
        code = rng.choice([one for one in COUPONS if one.discount < events.total(visit)]).code
        if rng.random() < 0.2:
            yield try_coupon(visit, code.replace("1", "I") + "X", after=visit.pause(4, 9))
    yield from buy_cart(visit, account, coupon_code=code, declined=rng.random() < 1 / 12)


def buy_cart(visit: Visit, account: Account, *, coupon_code: str, declined: bool) -> Steps:
    """From the cart to the page that says thank you."""
    coupon = next((one for one in COUPONS if one.code == coupon_code), None)
    if coupon:
        yield try_coupon(visit, coupon.code, after=visit.pause(4, 12))
        visit.discount = coupon.discount
    yield from to_payment(visit, account)
    visit.order = str(100_000 + visit.rng.randint(1_000, 899_999))
    amount = events.total(visit)
    if declined:
        card = visit.token("card")
        yield pay(visit, card, amount, accepted=False, after=visit.pause(15, 40))
    placed = pay(visit, visit.token("card"), amount, accepted=True, after=visit.pause(12, 40))
    yield _with(placed, events.coupon_redeemed(visit, coupon)) if coupon else placed
    yield visit.get("/checkout/thank-you/", "checkout", after=0.3)


def _with(step: Step, *more: events.Event) -> Step:
    return replace(step, events=(*step.events, *more))


def own_order(visit: Visit) -> Step:
    return visit.get(
        "/accounts/orders/{order}/",
        "account",
        after=visit.pause(5, 30),
        events=(events.order_viewed(visit, visit.order, events.SUCCESS),),
    )


def ask_refund(visit: Visit) -> Step:
    return visit.post(
        "/accounts/orders/{order}/refund/",
        {"reason": "尺码不合适"},
        after=visit.pause(20, 60),
        events=(events.refund_requested(visit, events.total(visit)),),
    )


def change_address(visit: Visit, account: Account, street: str, *, after: float) -> Steps:
    yield visit.get("/accounts/addresses/add/", "form", after=after)
    yield visit.post(
        "/accounts/addresses/add/",
        address_form(account, street),
        after=visit.pause(15, 50),
        events=(events.address_changed(visit),),
    )
    yield visit.get("/accounts/addresses/", "account", after=0.3)


def shopper(visit: Visit, account: Account) -> Steps:
    """A customer's visit, from a look around to an order and what comes after it."""
    rng = visit.rng
    yield from arrive(visit)
    yield from browse(visit, rng.randint(1, 9))
    decision = rng.random()
    if decision < 0.05:
        yield from register(visit, account)
    if decision < 0.5:
        return
    yield from log_in(visit, account, mistakes=rng.choices((0, 1, 2), (80, 14, 6))[0])
    yield from browse(visit, rng.randint(0, 4))
    if rng.random() < 0.6:
        yield from buy(visit, account)
        if rng.random() < 0.5:
            yield own_order(visit)
            if rng.random() < 0.15:
                yield ask_refund(visit)
    if rng.random() < 0.08:
        street = f"{account.street} {rng.randint(2, 30)}单元"
        yield from change_address(visit, account, street, after=visit.pause(5, 20))


def staff_at_work(visit: Visit, account: Account) -> Steps:
    """Somebody of the shop: looks at orders and now and then exports a handful."""
    yield from log_in(visit, account, mistakes=visit.rng.choices((0, 1), (9, 1))[0])
    for _ in range(visit.rng.randint(3, 10)):
        yield visit.get("/dashboard/orders/", "dashboard", after=visit.pause(10, 60))
    if visit.rng.random() < 0.4:
        yield visit.get(
            "/dashboard/orders/",
            "csv",
            after=visit.pause(10, 40),
            events=(events.exported(visit, "orders", visit.rng.randint(5, 60)),),
            response_format="csv",
        )


def search_engine(visit: Visit, _account: Account) -> Steps:
    """A crawler that is welcome: names itself, reads robots.txt, takes its time."""
    yield visit.raw("GET", "/robots.txt", "missing", after=0, status=404)
    for product in visit.rng.sample(PRODUCTS, 12):
        step = visit.get(product.path, "product", after=visit.rng.uniform(12, 30))
        visit.page = "-"
        yield step


def uptime_check(visit: Visit, _account: Account) -> Steps:
    """The shop's own monitor, twice a minute."""
    for _ in range(20):
        yield visit.raw("GET", "/catalogue/", "listing", after=30)


HONEST: dict[str, Callable[[Visit, Account], Steps]] = {
    "shopper": shopper,
    "staff": staff_at_work,
    "search_engine": search_engine,
    "uptime_check": uptime_check,
}
