"""One HTTP call to another system: the address settled and checked before anything is sent.

No redirect is followed: it would lead where nobody allowed it.
"""

from __future__ import annotations

import http.client
import socket
import ssl
from contextlib import closing
from typing import NamedTuple
from urllib.parse import SplitResult

from shangdun import __version__
from shangdun.runtime.monitor.addresses import AddressGuard
from shangdun.runtime.monitor.connection import connected
from shangdun.runtime.monitor.request import PORTS

BODY_BYTES = 256 << 10
AGENT = f"ShangDun-step/{__version__}"


class NotSent(OSError):
    """It broke off before the first byte of the request was sent: nobody can have acted on it."""


class Call(NamedTuple):
    """What is asked."""

    method: str
    url: SplitResult
    headers: dict[str, str]
    body: bytes
    key: str


class Answer(NamedTuple):
    """What came back; the body is cut at ``BODY_BYTES``."""

    status: int
    body: bytes


def call(wanted: Call, guard: AddressGuard, seconds: float) -> Answer:
    """Ask once; raises ``NotSent``, ``OSError``, ``ValueError``, and the guard's ``UsageError``."""
    url = wanted.url
    host = url.hostname or ""
    try:
        place = guard.resolve(host, url.port or PORTS[url.scheme])
    except OSError as error:
        raise NotSent(f"{host} has no address: {error}") from error
    sent = False
    try:
        with connected(place, seconds) as plain:
            stream: socket.socket = plain
            if url.scheme == "https":
                context = ssl.create_default_context()
                stream = context.wrap_socket(plain, server_hostname=host)
            with closing(stream):
                sent = True
                return _converse(stream, wanted)
    except http.client.HTTPException as error:
        raise ValueError(f"no HTTP: {type(error).__name__} {error}".strip()) from error
    except OSError as error:
        if sent:
            raise
        raise NotSent(f"{type(error).__name__}: {error}".rstrip(": ")) from error


def _converse(stream: socket.socket, wanted: Call) -> Answer:
    url = wanted.url
    connection = http.client.HTTPConnection(url.netloc)
    connection.sock = stream
    path = (url.path or "/") + (f"?{url.query}" if url.query else "")
    headers = {
        "Accept": "*/*",
        "Accept-Encoding": "identity",
        **wanted.headers,
        "Host": url.netloc,
        "User-Agent": AGENT,
        "Idempotency-Key": f'"{wanted.key}"',
        "Connection": "close",
    }
    connection.request(wanted.method, path, body=wanted.body or None, headers=headers)
    response = connection.getresponse()
    return Answer(response.status, response.read(BODY_BYTES))
