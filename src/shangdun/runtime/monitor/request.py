"""A GET as a probe makes it: addresses settled first, TLS verified, few redirects, a short body."""

from __future__ import annotations

import http.client
import socket
import ssl
import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import SplitResult, urljoin, urlsplit

from shangdun import __version__
from shangdun.observe.probe import Probe
from shangdun.runtime.monitor.addresses import AddressGuard
from shangdun.runtime.monitor.connection import connected

BODY_BYTES = 256 << 10
AGENT = f"ShangDun-probe/{__version__}"
REDIRECTS = frozenset({301, 302, 303, 307, 308})
PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer at the end of the redirects."""

    status: int
    text: str
    millis: float
    """From the first connection until the last answer's body was read."""
    certificate: Any
    """Of the host first asked, as ``ssl`` gives it; None over plain HTTP."""


def fetch(probe: Probe, guard: AddressGuard) -> Answer:
    """Ask for a probe's address; raises ``OSError``, ``UsageError`` or ``ValueError``."""
    began = time.perf_counter()
    url = urlsplit(probe.target)
    first = url.hostname
    certificate = None
    for hop in range(probe.redirects + 1):
        left = probe.timeout - (time.perf_counter() - began)
        if left <= 0:
            raise TimeoutError
        status, location, text, shown = _ask(url, guard, left, elsewhere=url.hostname != first)
        certificate = shown if hop == 0 else certificate
        if status not in REDIRECTS or not location or not probe.redirects:
            return Answer(status, text, 1000 * (time.perf_counter() - began), certificate)
        url = urlsplit(urljoin(url.geturl(), location))
    raise ValueError(f"more than {probe.redirects} redirects")


def _ask(
    url: SplitResult, guard: AddressGuard, timeout: float, *, elsewhere: bool
) -> tuple[int, str, str, Any]:
    if url.scheme not in PORTS or not url.hostname:
        raise ValueError(f"cannot ask {url.scheme or 'nothing'}://")
    place = guard.resolve(url.hostname, url.port or PORTS[url.scheme], elsewhere=elsewhere)
    with connected(place, timeout) as plain:
        stream: socket.socket = plain
        certificate = None
        if url.scheme == "https":
            context = ssl.create_default_context()
            secure = context.wrap_socket(plain, server_hostname=url.hostname)
            stream, certificate = secure, secure.getpeercert()
        try:
            return *_converse(stream, url), certificate
        except http.client.HTTPException as error:
            raise ValueError(f"no HTTP: {type(error).__name__} {error}".strip()) from error
        finally:
            stream.close()


def _converse(stream: socket.socket, url: SplitResult) -> tuple[int, str, str]:
    connection = http.client.HTTPConnection(url.netloc.rpartition("@")[2])
    connection.sock = stream
    path = (url.path or "/") + (f"?{url.query}" if url.query else "")
    headers = {
        "Host": url.netloc.rpartition("@")[2],
        "User-Agent": AGENT,
        "Accept": "*/*",
        "Accept-Encoding": "identity",
        "Connection": "close",
    }
    connection.request("GET", path, headers=headers)
    response = connection.getresponse()
    text = response.read(BODY_BYTES).decode("utf-8", "replace")
    return response.status, response.getheader("Location", ""), text
