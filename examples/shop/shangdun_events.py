"""Business events of a Django shop for ShangDun: copy this file into yours and adapt it.

A web server's log shows requests. What they meant (a log-in failed, a card was declined, an
address changed) only the shop knows, and most attacks on a shop are visible only there. This
module writes one line of JSON for each, in the format `shop`, into a file that ShangDun reads.

    MIDDLEWARE += ["shangdun_events.BusinessEvents"]     # after authentication and sessions
    SHANGDUN_EVENTS = {"path": "/var/log/shop/events.jsonl", "card_key": b"a secret of yours"}

Log-ins and orders are seen through signals, addresses, coupons and exports through the names of
their views (`VIEWS` below), payments and refunds by a call in the code that makes them. The file
may be rotated at any time: it is reopened when it has been renamed. Writing never blocks on the
disk (no fsync) and never fails a request.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import logging
import secrets
import time
from contextvars import ContextVar
from decimal import Decimal
from logging.handlers import WatchedFileHandler
from typing import NamedTuple

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.signals import user_logged_in, user_login_failed
from django.dispatch import receiver
from oscar.apps.basket.signals import voucher_addition
from oscar.apps.customer.signals import user_registered
from oscar.apps.order.signals import order_placed

SUCCESS, FAILURE = 1, 2
# Classes of OCSF 1.8.0 and of ShangDun's `ecommerce` extension (docs/schema.md).
ACCOUNT_CHANGE, AUTHENTICATION = 3001, 3002
ORDER, PAYMENT, COUPON, REFUND, PROFILE, EXPORT = range(92006001, 92006007)

_request = ContextVar("shangdun_request", default=None)
_log = logging.getLogger("shangdun.events")
_log.setLevel(logging.INFO)
_log.propagate = False


class BusinessEvents:
    """Remembers the request for the signal handlers and looks at finished requests by view."""

    def __init__(self, get_response):
        self.get_response = get_response
        handler = WatchedFileHandler(settings.SHANGDUN_EVENTS["path"], encoding="utf-8", delay=True)
        handler.setFormatter(logging.Formatter("%(message)s"))
        _log.handlers = [handler]

    def __call__(self, request):
        token = _request.set(request)
        request.shangdun_device = request.COOKIES.get("device", "")[:64] or secrets.token_hex(16)
        try:
            response = self.get_response(request)
            response.set_cookie("device", request.shangdun_device, 31_536_000, httponly=True)
            match = request.resolver_match
            if match and (written := VIEWS.get((request.method, match.view_name))):
                written(request, response, **match.kwargs)
        finally:
            _request.reset(token)
        return response


class _Nobody(NamedTuple):
    """The name somebody tried to log in with where no account has it."""

    email: str
    is_authenticated = True
    is_staff = False
    pk = ""

    def get_username(self):
        return self.email


def write(class_uid, activity_id, status_id, *, request=None, user=None, **fields):
    """One event: who, from where, with what request; the rest in `fields`."""
    request = request or _request.get()
    event = {
        "time": round(time.time() * 1000),
        "class_uid": class_uid,
        "activity_id": activity_id,
        "severity_id": 1,
        "status_id": status_id,
        "metadata": {"product": {"name": "django-oscar"}},
        **fields,
    }
    if request:
        user = user or getattr(request, "user", None)
        event |= _about(request)
    if user and user.is_authenticated:
        event["user"] = {
            "name": user.get_username() or user.email,
            "uid": str(user.pk),
            "type": "staff" if user.is_staff else "customer",
        }
    _log.info(json.dumps(event, ensure_ascii=False, separators=(",", ":"), default=_plain))


def _about(request):
    """Where a request came from. The country comes from a header that your CDN or nginx sets."""
    source = {"ip": request.META["REMOTE_ADDR"]}
    if header := settings.SHANGDUN_EVENTS.get("country_header"):
        source["location"] = {"country": request.headers.get(header, "")}
    about = {
        "src_endpoint": source,
        "device": {"uid": request.shangdun_device},
        "http_request": {
            "http_method": request.method,
            "url": {"path": request.path},
            "user_agent": request.headers.get("User-Agent", ""),
        },
    }
    if request.session.session_key:  # never the key itself: it would open the account
        about["session"] = {"uid": _digest(request.session.session_key)[:32]}
    return about


def _plain(value):
    return float(value) if isinstance(value, Decimal) else str(value)


def _digest(text):
    key = settings.SHANGDUN_EVENTS["card_key"]
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()


# Signals ------------------------------------------------------------------------------------


@receiver(user_logged_in)
def _logged_in(request, user, **_):
    write(AUTHENTICATION, 1, SUCCESS, request=request, user=user)


@receiver(user_login_failed)
def _login_failed(credentials, request=None, **_):
    name = str(credentials.get("username") or credentials.get("email") or "")[:254]
    # Known or not: a failure names the account that was tried, so that tries on it add up.
    account = get_user_model().objects.filter(email__iexact=name).first()
    write(AUTHENTICATION, 1, FAILURE, request=request, user=account or _Nobody(name))


@receiver(user_registered)
def _registered(request, user, **_):
    write(ACCOUNT_CHANGE, 1, SUCCESS, request=request, user=user)


@receiver(order_placed)
def _order_placed(order, user=None, **_):
    request = _request.get()
    details = {
        "uid": str(order.number),
        "total": order.total_incl_tax,
        "quoted_total": getattr(request, "shangdun_quoted_total", order.total_incl_tax),
        "currency": order.currency,
        "item_count": order.num_items,
    }
    write(ORDER, 1, SUCCESS, user=user, order=details)
    for discount in order.discounts.exclude(voucher_code=""):
        coupon = {"code": discount.voucher_code, "discount": discount.amount}
        write(COUPON, 2, SUCCESS, user=user, coupon=coupon, order={"uid": str(order.number)})


@receiver(voucher_addition)
def _coupon_accepted(voucher, **_):
    if request := _request.get():
        request.shangdun_coupon = voucher.code


# Views --------------------------------------------------------------------------------------


def _coupon_tried(request, _response):
    code = request.POST.get("code", "")[:64].upper()
    accepted = getattr(request, "shangdun_coupon", None) == code
    write(COUPON, 1, SUCCESS if accepted else FAILURE, request=request, coupon={"code": code})


def _order_viewed(request, response, order_number, **_):
    found = SUCCESS if response.status_code == 200 else FAILURE
    write(ORDER, 4, found, request=request, order={"uid": order_number})


def _address_changed(request, response, **_):
    if response.status_code == 302:  # the form was accepted
        write(PROFILE, 1, SUCCESS, request=request, profile={"field": "address"})


def _password_changed(request, response, **_):
    if response.status_code == 302:
        write(ACCOUNT_CHANGE, 3, SUCCESS, request=request)


def _exported(request, response, **_):
    if response.get("Content-Type", "").startswith("text/csv"):
        records = max(0, response.content.count(b"\n") - 1)
        export = {"record_count": records, "data_kind": "orders"}
        write(EXPORT, 1, SUCCESS, request=request, export=export)


VIEWS = {
    ("POST", "basket:vouchers-add"): _coupon_tried,
    ("GET", "customer:order"): _order_viewed,
    ("POST", "customer:address-create"): _address_changed,
    ("POST", "customer:address-detail"): _address_changed,
    ("POST", "customer:change-password"): _password_changed,
    ("GET", "dashboard:order-list"): _exported,
    ("POST", "dashboard:order-list"): _exported,
}


# Calls --------------------------------------------------------------------------------------


def payment_authorised(request, order_number, amount, currency, card, *, accepted):
    """The bank has answered. The card itself stays here; its keyed hash tells cards apart."""
    write(
        PAYMENT,
        1,
        SUCCESS if accepted else FAILURE,
        request=request,
        payment={"amount": amount, "currency": currency, "method": "card"},
        card={"fingerprint": _digest(card)[:24]},
        order={"uid": str(order_number)},
    )


def refund_requested(request, order_number, amount, currency):
    """A customer asks for money back."""
    order = {"uid": str(order_number), "currency": currency}
    write(REFUND, 1, SUCCESS, request=request, refund={"amount": amount}, order=order)
