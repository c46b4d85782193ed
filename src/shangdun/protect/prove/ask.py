"""Sending a canary as it is, byte for byte, and reading what came back."""

from __future__ import annotations

import http.client
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from urllib.parse import urlsplit

import msgspec

from shangdun.kernel.errors import UsageError
from shangdun.protect.prove.catalogue import Canary

SECONDS = 10.0
MOST_BODY = 65_536
MARK = "ShangDunProof"
"""In the user agent, before the token that names the run: how a canary is known again in logs."""


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What came back; ``status`` 0: nothing, the connection was closed or not answered."""

    status: int
    headers: dict[str, str] = {}
    """By name in lower case; of repeated ones the first."""
    body: str = ""
    milliseconds: float = 0.0
    error: str = ""


class Target(msgspec.Struct, frozen=True, kw_only=True):
    """The shop, as its address says."""

    https: bool
    host: str
    port: int
    name: str
    """As it stands in the Host header."""
    verify: bool = True


Resolve = Callable[[str, int], tuple[str, int]]
"""Host and port to the address that is connected to; raises ``UsageError`` for a refused one."""


def target_of(url: str, *, verify: bool = True) -> Target:
    """The shop at an address such as ``https://shop.example.com``. Raises ``UsageError``."""
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.username:
        raise UsageError(
            f"{url!r} is no address of a shop",
            code="proof.url",
            fix="write it like https://shop.example.com",
        )
    https = parts.scheme == "https"
    try:
        port = parts.port or (443 if https else 80)
    except ValueError as error:
        raise UsageError(str(error), code="proof.url", fix="write the port as a number") from error
    return Target(https=https, host=parts.hostname, port=port, name=parts.netloc, verify=verify)


def ask(target: Target, canary: Canary, agent: str, resolve: Resolve) -> Answer:
    """Send one canary over a connection of its own and read the answer, in at most ten seconds."""
    begun = time.monotonic()
    try:
        with _connect(target, resolve) as link, _deadline(link):
            link.sendall(_bytes(target, canary, agent))
            answer = http.client.HTTPResponse(link, method=canary.method)
            answer.begin()
            body = answer.read(MOST_BODY).decode("utf-8", "replace")
            headers = {name.lower(): value for name, value in reversed(answer.getheaders())}
    except (OSError, http.client.HTTPException) as error:
        return Answer(status=0, error=f"{type(error).__name__}: {error}"[:200])
    taken = (time.monotonic() - begun) * 1000
    return Answer(status=answer.status, headers=headers, body=body, milliseconds=taken)


@contextmanager
def _deadline(link: socket.socket) -> Iterator[None]:
    """Cut a connection off: a timeout of sockets begins anew with every byte that drips in."""
    timer = threading.Timer(SECONDS, _cut, [link])
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _cut(link: socket.socket) -> None:
    with suppress(OSError):
        link.shutdown(socket.SHUT_RDWR)


def _connect(target: Target, resolve: Resolve) -> socket.socket:
    address, port = resolve(target.host, target.port)
    link = socket.create_connection((address, port), SECONDS)
    if not target.https:
        return link
    context = ssl.create_default_context()
    if not target.verify:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context.wrap_socket(link, server_hostname=target.host)


def _bytes(target: Target, canary: Canary, agent: str) -> bytes:
    """Headers as they are written, odd ones too: that is what is tested."""
    body = canary.body.encode()
    given = {name.lower() for name in canary.headers}
    headers = {
        "Host": target.name,
        "User-Agent": f"Mozilla/5.0 (X11; Linux x64) {agent}",
        "Accept": "text/html,application/xhtml+xml,*/*;q=0.8",
        "Accept-Language": "zh-CN,zh;q=0.9,en;q=0.8",
        "Connection": "close",
        **({"Content-Length": str(len(body))} if body or canary.method == "POST" else {}),
    }
    lines = [f"{canary.method} {canary.target} HTTP/1.1"]
    lines += [f"{name}: {value}" for name, value in headers.items() if name.lower() not in given]
    lines += [f"{name}: {value}" for name, value in canary.headers.items()]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1", "replace") + body
