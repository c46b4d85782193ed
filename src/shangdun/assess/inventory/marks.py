"""By what an asset is recognised: marks in one writing, and the asset that one belongs to."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable
from typing import NamedTuple

from shangdun.assess.inventory.layers import MarkKind
from shangdun.kernel.errors import UsageError

LONGEST = 255
_HOST = re.compile(r"(?:\*\.)?[a-z0-9_](?:[a-z0-9_.-]*[a-z0-9_])?")
_NAME = re.compile(r"[\w.:/@+#~-]+(?: [\w.:/@+#~-]+)*")


class Mark(NamedTuple):
    kind: MarkKind
    value: str


def mark_of(kind: MarkKind, text: str) -> Mark:
    """One mark as it is compared. Raises ``UsageError`` (``asset.mark``) for what cannot be one.

    Hosts: names in small letters (``*.shop.example`` for all below), addresses and networks as RFC
    5952 writes them. Routes begin with ``/`` and may end in ``*``.
    """
    value = " ".join(text.split())
    if kind is MarkKind.HOST:
        value = _host(value)
    elif kind is MarkKind.ROUTE:
        value = _route(value)
    elif not _NAME.fullmatch(value):
        value = ""
    if not value or len(value) > LONGEST:
        raise UsageError(
            "this is no host, service, route or code", code="asset.mark", where=text[:100],
            fix="shop.example, 10.0.0.5, 10.0.0.0/24, nginx, /checkout/*, git.example/shop",
        )  # fmt: skip
    return Mark(kind, value)


def _host(text: str) -> str:
    try:
        return str(ipaddress.ip_address(text.strip("[]")))
    except ValueError:
        pass
    try:
        return str(ipaddress.ip_network(text, strict=False))
    except ValueError:
        pass
    name = text.lower().rstrip(".")
    if not name.isascii():
        try:
            name = name.encode("idna").decode("ascii")
        except UnicodeError:
            return ""
    return name if _HOST.fullmatch(name) and ".." not in name else ""


def _route(text: str) -> str:
    path = text.partition("?")[0]
    if not path.startswith("/") or "*" in path[:-1] or any(char < "!" for char in path):
        return ""
    return path if path == "/" else path.rstrip("/") or "/"


class Book:
    """Marks with the number of the asset that has them; the closest mark decides."""

    def __init__(self, marks: Iterable[tuple[Mark, int]]) -> None:
        self._exact: dict[Mark, int] = {}
        self._networks: list[tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, int]] = []
        self._open: list[tuple[MarkKind, str, int]] = []
        for mark, asset in marks:
            self._exact[mark] = asset
            if mark.kind is MarkKind.HOST and "/" in mark.value:
                self._networks.append((ipaddress.ip_network(mark.value), asset))
            elif mark.kind is MarkKind.HOST and mark.value.startswith("*."):
                self._open.append((mark.kind, mark.value[1:], asset))
            elif mark.kind is MarkKind.ROUTE and mark.value.endswith("*"):
                self._open.append((mark.kind, mark.value[:-1], asset))
        self._networks.sort(key=lambda one: -one[0].prefixlen)
        self._open.sort(key=lambda one: -len(one[1]))

    def asset_of(self, mark: Mark) -> int | None:
        """The asset by its own mark, else by the narrowest network or pattern; None: nobody's."""
        if mark in self._exact:
            return self._exact[mark]
        if mark.kind is MarkKind.HOST:
            try:
                address = ipaddress.ip_address(mark.value)
            except ValueError:
                pass
            else:
                return next((asset for net, asset in self._networks if address in net), None)
        for kind, part, asset in self._open:
            if kind is mark.kind and _fits(kind, part, mark.value):
                return asset
        return None


def _fits(kind: MarkKind, part: str, value: str) -> bool:
    if kind is MarkKind.HOST:
        return value.endswith(part)
    return value.startswith(part) or value == part.rstrip("/")
