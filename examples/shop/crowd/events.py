"""Business events as the shop writes them: OCSF 1.8.0 names and its `ecommerce` extension.

`shangdun_events.py` writes the same shapes from inside the shop; the test compares the two.
"""

from __future__ import annotations

from crowd.catalogue import Coupon, Product
from crowd.people import Account
from crowd.step import Event, Visit

FAILURE, SUCCESS = 2, 1
CURRENCY = "CNY"


def _event(visit: Visit, class_uid: int, activity: int, status: int, **more: object) -> Event:
    account = visit.account
    event: Event = {
        "class_uid": class_uid,
        "activity_id": activity,
        "severity_id": 1,
        "status_id": status,
        "session": {"uid": visit.session},
        "device": {"uid": visit.device},
    }
    if account:
        event["user"] = {
            "name": account.email,
            "uid": str(account.uid),
            "type": "staff" if account.staff else "customer",
        }
    return event | more


def login(visit: Visit, account: Account | None, status: int, *, name: str = "") -> Event:
    """A log-in; the account may not exist, then only the name that was tried is known."""
    event = _event(visit, 3002, 1, status)
    event["user"] = {"name": account.email if account else name}
    if account:
        event["user"] |= {"uid": str(account.uid), "type": "staff" if account.staff else "customer"}
    return event


def registered(visit: Visit) -> Event:
    return _event(visit, 3001, 1, SUCCESS)


def total(visit: Visit) -> float:
    """What the shop asks for the cart, after the coupon."""
    goods = sum(product.price * quantity for product, quantity in visit.cart)
    return round(goods - visit.discount, 2)


def order_placed(visit: Visit, amount: float, quoted: float) -> Event:
    """An order; `quoted_total` is what the catalogue asks, `total` what the form asked to pay."""
    return _event(
        visit, 92006001, 1, SUCCESS,
        order={
            "uid": visit.order, "total": amount, "quoted_total": quoted, "currency": CURRENCY,
            "item_count": sum(quantity for _, quantity in visit.cart),
        },
    )  # fmt: skip


def order_viewed(visit: Visit, number: str, status: int) -> Event:
    return _event(visit, 92006001, 4, status, order={"uid": number})


def payment(visit: Visit, amount: float, card: str, status: int) -> Event:
    """A card authorisation; the card is known by its fingerprint only."""
    return _event(
        visit, 92006002, 1, status,
        payment={"amount": amount, "currency": CURRENCY, "method": "card"},
        card={"fingerprint": card},
        order={"uid": visit.order},
    )  # fmt: skip


def coupon_tried(visit: Visit, code: str, coupon: Coupon | None) -> Event:
    known = {"code": code, "discount": coupon.discount} if coupon else {"code": code}
    return _event(visit, 92006003, 1, SUCCESS if coupon else FAILURE, coupon=known)


def coupon_redeemed(visit: Visit, coupon: Coupon) -> Event:
    return _event(
        visit, 92006003, 2, SUCCESS,
        coupon={"code": coupon.code, "discount": coupon.discount}, order={"uid": visit.order},
    )  # fmt: skip


def refund_requested(visit: Visit, amount: float) -> Event:
    return _event(
        visit, 92006004, 1, SUCCESS,
        refund={"amount": amount}, order={"uid": visit.order, "currency": CURRENCY},
    )  # fmt: skip


def address_changed(visit: Visit) -> Event:
    return _event(visit, 92006005, 1, SUCCESS, profile={"field": "address"})


def exported(visit: Visit, kind: str, records: int) -> Event:
    return _event(visit, 92006006, 1, SUCCESS, export={"record_count": records, "data_kind": kind})


def goods_ordered(visit: Visit, product: Product, quantity: int, doorstep: str = "") -> Event:
    """An order of one article; `doorstep` is the fingerprint of where it goes."""
    place = {"address_fingerprint": doorstep} if doorstep else {}
    total = round(product.price * quantity, 2)
    return _event(
        visit, 92006001, 1, SUCCESS,
        order={"uid": visit.order, "total": total, "quoted_total": total, "currency": CURRENCY}
        | place,
        product={"uid": product.slug, "quantity": quantity},
    )  # fmt: skip


def reserved(visit: Visit, product: Product, quantity: int, cart: str) -> Event:
    """Stock put aside for a cart."""
    goods = {"uid": product.slug, "quantity": quantity}
    return _event(visit, 92006001, 2, SUCCESS, product=goods, cart={"uid": cart})


def code_sent(visit: Visit, channel: str, cost: float) -> Event:
    """A code on its way to a number that is known by its fingerprint only."""
    code = {"channel": channel, "cost": cost, "target_fingerprint": visit.token("number")}
    return _event(visit, 92006007, 1, SUCCESS, verification=code)


def challenge_answered(visit: Visit, millis: float) -> Event:
    """A captcha solved so many milliseconds after it was shown."""
    return _event(
        visit, 92006008, 1, SUCCESS, challenge={"kind": "slider", "duration": round(millis, 1)}
    )


def text_posted(visit: Visit, text: str, links: int) -> Event:
    """A review."""
    content = {"kind": "review", "text": text, "link_count": links}
    return _event(visit, 92006009, 1, SUCCESS, content=content)
