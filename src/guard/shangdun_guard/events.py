"""Events for ShangDun, in the names of OCSF 1.8.0 and of its extension for shops."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from shangdun_guard.incoming import Incoming

SUCCESS, FAILURE = 1, 2
ALLOWED, DENIED, OBSERVED = 1, 2, 3
HTTP_ACTIVITY = 4002
KINDS: Mapping[str, tuple[int, int]] = {
    "account.created": (3001, 1),
    "account.password_changed": (3001, 3),
    "account.password_reset": (3001, 4),
    "account.deleted": (3001, 6),
    "account.login": (3002, 1),
    "account.logout": (3002, 2),
    "order.created": (92006001, 1),
    "order.reserved": (92006001, 2),
    "order.cancelled": (92006001, 3),
    "order.viewed": (92006001, 4),
    "payment.authorised": (92006002, 1),
    "payment.captured": (92006002, 2),
    "payment.refunded": (92006002, 3),
    "coupon.tried": (92006003, 1),
    "coupon.redeemed": (92006003, 2),
    "refund.requested": (92006004, 1),
    "refund.approved": (92006004, 2),
    "refund.paid": (92006004, 3),
    "profile.address_changed": (92006005, 1),
    "profile.phone_changed": (92006005, 2),
    "profile.email_changed": (92006005, 3),
    "data.exported": (92006006, 1),
    "verification.sent": (92006007, 1),
    "verification.checked": (92006007, 2),
    "challenge.answered": (92006008, 1),
    "content.posted": (92006009, 1),
    "content.edited": (92006009, 2),
}
"""What a shop can tell: name to OCSF class and activity."""

PARTS = frozenset(
    (
        *("user", "session", "device", "src_endpoint", "message", "status_detail"),
        *("order", "cart", "product", "payment", "card", "coupon", "refund", "export", "profile"),
        *("verification", "challenge", "content", "auth_protocol", "is_mfa"),
    )
)
"""What an event may carry beside its name."""

_ACTIVITIES = {"CONNECT": 1, "DELETE": 2, "GET": 3, "HEAD": 4, "OPTIONS": 5, "POST": 6, "PUT": 7}
_SEVERITIES = {"block": 3, "challenge": 2, "observe": 2, "throttle": 2}
LONGEST = 2048


def business_event(name: str, parts: Mapping[str, Any], *, success: bool) -> dict[str, Any]:
    """What happened in the shop. Raises ``ValueError`` for an unknown name or part."""
    if name not in KINDS:
        raise ValueError(f"{name!r} is no event; known are {', '.join(KINDS)}")
    if unknown := set(parts) - PARTS:
        raise ValueError(f"{name}: unknown {', '.join(sorted(unknown))}")
    class_uid, activity_id = KINDS[name]
    return {
        "class_uid": class_uid,
        "activity_id": activity_id,
        "severity_id": 1,
        "status_id": SUCCESS if success else FAILURE,
        **parts,
    }


def request_event(
    incoming: Incoming, action: str, status: int, told: Mapping[str, Any]
) -> dict[str, Any]:
    """What the guard did with a request: HTTP Activity, the details under ``shangdun_guard``."""
    turned_away = action in ("block", "challenge", "throttle", "closed")
    return {
        "class_uid": HTTP_ACTIVITY,
        "activity_id": _ACTIVITIES.get(incoming.request.method, 99),
        "severity_id": _SEVERITIES.get(action, 1),
        "action_id": DENIED if turned_away else OBSERVED,
        **({"http_response": {"code": status}} if status else {}),
        "shangdun_guard": told,
    }


def about(incoming: Incoming, *, whole: bool) -> dict[str, Any]:
    """Where a request came from; ``whole``: also what it asked for, as an access log has it."""
    source: dict[str, Any] = {"ip": incoming.address}
    if incoming.country:
        source["location"] = {"country": incoming.country}
    headers, request = incoming.headers, incoming.request
    path, mark, query = request.target.partition("?")
    http: dict[str, Any] = {
        "http_method": request.method,
        "url": {"path": path[:LONGEST]},
        "user_agent": headers.get("user-agent", "")[:512],
    }
    if whole:
        http["url"] = {
            "url_string": request.target[:LONGEST],
            "path": path[:LONGEST],
            "hostname": incoming.host[:255],
            "scheme": incoming.scheme,
            **({"query_string": query[:LONGEST]} if mark else {}),
        }
        http["version"] = request.version
        for name, key in (("referer", "referrer"), ("x-forwarded-for", "x_forwarded_for")):
            if name in headers:
                http[key] = headers[name][:512]
    found: dict[str, Any] = {"src_endpoint": source, "http_request": http}
    identity = incoming.identity
    if identity.session:
        found["session"] = {"uid": identity.session}
    if identity.device:
        found["device"] = {"uid": identity.device[:128]}
    if identity.account:
        found["user"] = {"name": identity.account[0]}
    return found


def plain(value: object) -> object:
    """What JSON has no way to write, written: amounts as numbers, anything else as text."""
    return float(value) if isinstance(value, Decimal) else str(value)
