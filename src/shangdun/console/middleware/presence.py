"""From where people who may decide use the console, so that nobody turns himself away."""

from __future__ import annotations

from collections.abc import Callable
from ipaddress import IPv6Network, ip_address

from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone

from shangdun.actions.console_address import note_console_address
from shangdun.records.models import User
from shangdun.records.protected import MAY_LOCK_OUT


class Presence:
    """Middleware: notes the address of whoever changes something, after it was answered.

    Reading is not noted, or every fragment that renews itself would ask the database. Signing in is
    a change too, and a session ends after twelve hours: whoever is there has been noted.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self._get_response(request)
        user = getattr(request, "user", None)
        if request.method == "POST" and isinstance(user, User) and user.can(*MAY_LOCK_OUT):
            note_console_address(user, address_of(request), timezone.now())
        return response


def address_of(request: HttpRequest) -> str:
    """The address the person comes from, behind our own proxy the one that this proxy saw.

    Only for letting in: the last entry of the header is written by the proxy next to us, and what
    somebody who is signed in may add to it keeps nobody else out.
    """
    address = str(request.META.get("REMOTE_ADDR", ""))
    try:
        near = ip_address(address)
    except ValueError:
        return ""
    forwarded = str(request.META.get("HTTP_X_FORWARDED_FOR", "")).rpartition(",")[2].strip()
    return forwarded if forwarded and (near.is_loopback or near.is_private) else address


def neighbourhood_of(request: HttpRequest) -> str:
    """What is counted against floods: the address, of IPv6 its /64.

    Whoever has one address of a /64 has all of them, a fresh one for each request.
    """
    address = address_of(request)
    try:
        ip = ip_address(address.partition("%")[0])
    except ValueError:
        return "unknown"
    if ip.version == 4:
        return str(ip)
    return str(ip.ipv4_mapped or IPv6Network((int(ip) >> 64 << 64, 64)))
