"""From where people who may decide use the console, so that nobody turns himself away."""

from __future__ import annotations

from collections.abc import Callable
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone

from shangdun.actions.console_address import note_console_address
from shangdun.records.models import User
from shangdun.records.protected import MAY_LOCK_OUT

MOST_HOPS = 20
"""Of the header, from its right: no chain of proxies is longer."""


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
    """The address the person comes from, behind our own proxies the one that the outermost saw.

    The header is read from its right, where the proxy next to us wrote, and only as far as
    ``web.proxies`` names who wrote; whatever stands left of that is somebody's word. Where nothing
    is named one proxy is believed: on this machine, or in a private network if ``web.https`` says
    that one stands in front.
    """
    address = _address(str(request.META.get("REMOTE_ADDR", "")))
    entries = str(request.META.get("HTTP_X_FORWARDED_FOR", "")).split(",")[-MOST_HOPS:]
    hops = len(entries) if settings.CONFIG.web.proxies is not None else 1
    for entry in reversed(entries[-hops:]):
        if address is None or not _is_proxy(address) or not entry.strip():
            break
        address = _address(entry)
    return "" if address is None else str(address)


def _address(text: str) -> IPv4Address | IPv6Address | None:
    try:
        ip = ip_address(text.strip().partition("%")[0])
    except ValueError:
        return None
    return (ip.ipv4_mapped or ip) if isinstance(ip, IPv6Address) else ip


def _is_proxy(address: IPv4Address | IPv6Address) -> bool:
    if settings.CONFIG.web.proxies is not None:
        return any(address in network for network in settings.PROXIES)
    return address.is_loopback or (settings.CONFIG.web.https and address.is_private)


def neighbourhood_of(request: HttpRequest) -> str:
    """What is counted against floods: the address, of IPv6 its /64.

    Whoever has one address of a /64 has all of them, a fresh one for each request.
    """
    ip = _address(address_of(request))
    if ip is None:
        return "unknown"
    if isinstance(ip, IPv4Address):
        return str(ip)
    return str(IPv6Network((int(ip) >> 64 << 64, 64)))
