"""Links by which a message is acknowledged without signing in, and what an address begins with."""

from __future__ import annotations

import hmac
from datetime import datetime, timedelta

from shangdun.kernel.config import home_directory, load_config
from shangdun.kernel.errors import NotFound
from shangdun.records.models import Delivery, MessageSettings
from shangdun.records.sealing import blind

CONTEXT = "acknowledge"
LASTS = timedelta(days=7)
_LENGTH = 32


def acknowledge_token(delivery: Delivery) -> str:
    """Names one delivery and proves that whoever shows it was sent it."""
    return f"{delivery.pk}-{_proof(delivery.pk)}"


def acknowledged_delivery(token: str, now: datetime) -> Delivery:
    """The delivery whose link this is.

    Raises ``NotFound`` for any other text, after a week, and for somebody who was switched off.
    """
    number, _, proof = token.partition("-")
    if not (number.isascii() and number.isdecimal() and len(number) < 16):
        raise _unknown()
    if not hmac.compare_digest(proof.encode("utf-8", "replace"), _proof(int(number)).encode()):
        raise _unknown()
    found = Delivery.objects.select_related("message__incident", "channel__person", "person")
    delivery = found.filter(pk=int(number), message__at__gt=now - LASTS).first()
    whose = delivery and (delivery.person or delivery.channel.person)
    if delivery is None or (whose and not whose.is_active):
        raise _unknown()
    return delivery


def console_base(settings: MessageSettings) -> str:
    """What addresses in messages begin with, without a slash at the end."""
    if settings.address:
        return settings.address.rstrip("/")
    web = load_config(home_directory()).web
    public = [host for host in web.hosts if host not in {"localhost", "127.0.0.1", "[::1]", "*"}]
    if web.https and public:
        return f"https://{public[0].lstrip('.')}"
    return f"http://{web.bind}"


def _proof(number: int) -> str:
    return blind(str(number), CONTEXT)[:_LENGTH]


def _unknown() -> NotFound:
    return NotFound("this link acknowledges nothing", fix="sign in and look at your messages")
