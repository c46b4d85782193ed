"""The address of a channel, as Apprise writes it (``mailtos://…``, ``dingtalk://…``, ``jsons://…``).

Formats: https://appriseit.com/services/. Nothing is connected to here.
"""

from __future__ import annotations

import re
import warnings
from typing import Any
from urllib.parse import parse_qsl, quote, unquote, urlsplit

import msgspec

from shangdun.kernel.errors import UsageError

LONGEST = 2000
LOCAL = frozenset(
    {"dbus", "glib", "gio", "gnome", "kde", "macosx", "qt", "windows", "syslog", "wall", "notifico"}
)
"""What would speak on this machine's own screen or to its own daemons: nobody sees it there."""
OWN_FILES = frozenset({"pgp", "pgpkey", "smime", "keyfile", "cert", "key_file", "attach"})
"""Options that make Apprise read a file of this machine, which is not the console's business."""
_PIECE = re.compile(r"[/@:?&=,]+")
_SECRET = 6


class Address(msgspec.Struct, frozen=True):
    """What a channel's address is: its scheme, the service's name, itself without secrets."""

    scheme: str
    service: str
    shown: str


def check_address(url: str) -> Address:
    """The address, understood.

    Raises ``UsageError``: ``channel.address`` for one that no service understands,
    ``channel.local`` for one that reaches nobody but this machine or reads its files.
    """
    url = url.strip()
    scheme = urlsplit(url).scheme.lower() if len(url) <= LONGEST and _one_line(url) else ""
    if not scheme:
        raise _unknown()
    options = {name.lower() for name, _ in parse_qsl(urlsplit(url).query, keep_blank_values=True)}
    if scheme in LOCAL or options & OWN_FILES:
        raise UsageError(
            "this address speaks to this machine alone, or reads its files",
            code="channel.local",
            fix="use an address of a service that people read",
        )
    with warnings.catch_warnings():
        # of standard modules that some services' plug-ins still import
        warnings.simplefilter("ignore", DeprecationWarning)
        made = _instantiate(url)
    if made is None:
        raise _unknown()
    return Address(scheme, str(made.service_name), _shown(scheme, str(_private(made))))


def _shown(scheme: str, private: str) -> str:
    """Where it leads; of mail to whom, else no path: a webhook's path is often its password."""
    start, _, rest = private.partition("?")[0].partition("://")
    place, _, path = rest.strip("/").partition("/")
    ending = f"/{path}" if path and scheme.startswith("mailto") else "/…" if path else ""
    return unquote(f"{start}://{place}{ending}")[:300]


def _instantiate(url: str) -> Any:  # noqa: ANN401  as above
    from apprise import Apprise  # noqa: PLC0415  it takes a second to load and few processes need it

    return Apprise.instantiate(url, suppress_exceptions=True)


def _private(made: Any) -> object:  # noqa: ANN401  Apprise has no types for it
    return made.url(privacy=True)


def addressed(url: str, email: str) -> str:
    """The address of an e-mail channel to each person, completed by one person's own."""
    mark = "&" if "?" in url else "?"
    return f"{url}{mark}to={quote(email, safe='')}"


def secrets_in(url: str, shown: str) -> list[str]:
    """The pieces of an address that ``shown`` hides, the longest first."""
    pieces = {piece for text in (url, unquote(url)) for piece in _PIECE.split(text)}
    hidden = [piece for piece in pieces if len(piece) >= _SECRET and piece not in shown]
    return sorted(hidden, key=len, reverse=True)


def _one_line(url: str) -> bool:
    return bool(url) and url.isprintable() and not any(mark.isspace() for mark in url)


def _unknown() -> UsageError:
    return UsageError(
        "no service understands this address",
        code="channel.address",
        fix="see docs/messages.md for the forms of addresses",
    )
