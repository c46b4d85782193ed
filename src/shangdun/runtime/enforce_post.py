"""How an enforcer reaches a server of somebody else: addresses settled and looked at first."""

from __future__ import annotations

import http.client
import socket
import ssl
from urllib.parse import urlsplit

from shangdun import __version__
from shangdun.kernel.errors import UsageError
from shangdun.runtime.monitor.addresses import AddressGuard
from shangdun.runtime.monitor.connection import connected

AGENT = f"ShangDun-enforce/{__version__}"
PORTS = {"http": 80, "https": 443}
TIMEOUT_SECONDS = 10.0


class Poster:
    """Posts; follows no redirect, and reads no more of an answer than its status."""

    def __init__(self, guard: AddressGuard, *, timeout: float = TIMEOUT_SECONDS) -> None:
        self._guard = guard
        self._timeout = timeout

    def __call__(self, address: str, headers: dict[str, str], body: bytes) -> int:
        """The status of the answer; raises ``UsageError`` or ``OSError``."""
        url = urlsplit(address)
        host = url.hostname or ""
        if url.scheme not in PORTS or not host:
            raise UsageError(f"cannot post to {url.scheme or 'nothing'}://", code="post.address")
        place = self._guard.resolve(host, url.port or PORTS[url.scheme])
        with connected(place, self._timeout) as plain:
            stream: socket.socket = plain
            if url.scheme == "https":
                context = ssl.create_default_context()
                stream = context.wrap_socket(plain, server_hostname=host)
            try:
                return _send(
                    stream, url.netloc, url._replace(scheme="", netloc="").geturl(), headers, body
                )
            except http.client.HTTPException as error:
                raise OSError(f"no HTTP: {type(error).__name__}") from error
            finally:
                stream.close()


def _send(stream: socket.socket, host: str, path: str, headers: dict[str, str], body: bytes) -> int:
    connection = http.client.HTTPConnection(host)
    connection.sock = stream
    told = {"Host": host, "User-Agent": AGENT, "Connection": "close", **headers}
    connection.request("POST", path or "/", body=body, headers=told)
    return connection.getresponse().status
