"""A request as the guard sees it, whichever server interface it came through."""

from __future__ import annotations

from collections.abc import Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple
from urllib.parse import parse_qsl

from shangdun_guard.answers import Held
from shangdun_guard.decisions import Who
from shangdun_guard.proxies import Client
from shangdun_guard.request import Request

Headers = tuple[tuple[str, str], ...]
FORM = "application/x-www-form-urlencoded"
FORM_BYTES = 64 * 1024
FORM_FIELDS = 500


class Identity(NamedTuple):
    """Who a request belongs to, as the shop knows it."""

    account: tuple[str, ...] = ()
    """Every name the account goes by: user name, number."""
    session: str = ""
    """A keyed hash of the session's key, never the key."""
    device: str = ""


NOBODY = Identity()


@dataclass(frozen=True)
class Incoming:
    """One request before the shop sees it."""

    request: Request
    """Without its body."""
    path: str
    """As the shop's router sees it."""
    scheme: str
    client: Client
    country: str = ""
    network: str = ""
    identity: Identity = NOBODY

    @cached_property
    def headers(self) -> dict[str, str]:
        """By lower-case name; of repeated ones the last."""
        return dict(self.request.headers)

    @property
    def host(self) -> str:
        """Host name without port."""
        host = self.headers.get("host", "")
        if host.startswith("["):
            return host.partition("]")[0] + "]"
        return host.partition(":")[0].lower()

    @cached_property
    def sender(self) -> str:
        """Who a challenge or a throttle is bound to: the address, or its /64."""
        return self.client.address.holder if self.client.address else "unix"

    @property
    def address(self) -> str:
        """The client's address as text."""
        return self.client.address.text if self.client.address else ""

    @property
    def who(self) -> Who:
        """What decisions can be about. A proxy's own address is nobody's."""
        return Who(
            None if self.client.is_proxy else self.client.address,
            self.identity.account,
            self.identity.session,
            self.identity.device,
            self.country,
            self.network,
        )

    @property
    def is_program(self) -> bool:
        """Whether it wants JSON rather than a page."""
        headers = self.headers
        if headers.get("x-requested-with", "").lower() == "xmlhttprequest":
            return True
        if headers.get("sec-fetch-mode", "navigate") not in ("navigate", "nested-navigate"):
            return True
        return "text/html" not in headers.get("accept", "")

    @property
    def may_have_body(self) -> bool:
        """Whether there is anything to wait for behind the head."""
        size = self.headers.get("content-length", "")
        if size:
            return size != "0"
        return "transfer-encoding" in self.headers or self.request.method not in _BODILESS

    def cookie(self, name: str) -> str:
        """The first cookie of a name; "" where there is none."""
        return cookie_of(self.headers, name)

    def held(self, action: str, body: bytes, body_size: int) -> Held:
        """What a challenge's page must keep of this request."""
        form = None
        if self.headers.get("content-type", "").partition(";")[0].strip().lower() == FORM:
            form = _fields(body) if body_size == len(body) <= FORM_BYTES else None
        return Held(action, local_target(self.request.target), self.request.method, form)


_BODILESS = frozenset(("GET", "HEAD", "OPTIONS", "TRACE", "CONNECT"))

current: ContextVar[Incoming | None] = ContextVar("shangdun_guard_incoming", default=None)
"""The request that this thread or task serves: events are about it."""


def cookie_of(headers: Mapping[str, str], name: str) -> str:
    """The first cookie of a name; "" where there is none."""
    for pair in headers.get("cookie", "").split(";"):
        key, _, value = pair.partition("=")
        if key.strip() == name:
            return value.strip()
    return ""


def local_target(target: str) -> str:
    """A target that surely leads to this shop: one slash, no backslash, nothing unprintable."""
    if not target.startswith("/"):
        target = "/" + target.partition("://")[2].partition("/")[2]
    safe = "".join(char for char in target[:4096] if "!" <= char <= "~")
    return "/" + safe.lstrip("/\\") if safe[1:2] in ("/", "\\") else safe


def _fields(body: bytes) -> tuple[tuple[str, str], ...] | None:
    try:
        text = body.decode("utf-8")
        found = parse_qsl(text, keep_blank_values=True, max_num_fields=FORM_FIELDS, errors="strict")
    except ValueError:
        return None
    return tuple(found)
