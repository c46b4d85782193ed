"""Handing letters to an HTTP gateway: an SMS service, or the shop's own messages.

Each is a POST of JSON ``{"id", "to", "language", "subject", "text"}`` with ``Idempotency-Key``
(draft-ietf-httpapi-idempotency-key-header) and ``Authorization: Bearer``. An answer may carry the
gateway's number as ``id`` or ``message_id``.
"""

from __future__ import annotations

import http
import http.client
import json
import socket
import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from shangdun import __version__
from shangdun.kernel.errors import ConfigError
from shangdun.notify.letters.delivery import Fate, Outcome, Parcel
from shangdun.notify.letters.places import place_of

TIMEOUT = 30.0
ANSWER_BYTES = 64 << 10
_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True)
class Gateway:
    """Where and with which key; ``idempotent``: it takes the same Idempotency-Key once."""

    url: str
    secret: str = ""
    idempotent: bool = False
    allowed: Sequence[str] = ()


class GatewayCarrier:
    """One kept connection. Raises ``ConfigError`` when it cannot be opened."""

    def __init__(self, gateway: Gateway, timeout: float = TIMEOUT) -> None:
        self.idempotent = gateway.idempotent
        self._gateway = gateway
        self._url = urlsplit(gateway.url)
        self._connection = self._opened(timeout)

    def carry(self, parcel: Parcel) -> Outcome:
        body = json.dumps(
            {
                "id": parcel.key,
                "to": parcel.address,
                "language": parcel.language,
                "subject": parcel.text.subject,
                "text": parcel.text.body,
            },
            ensure_ascii=False,
        ).encode()
        path = (self._url.path or "/") + (f"?{self._url.query}" if self._url.query else "")
        try:
            self._connection.request("POST", path, body, self._headers(parcel))
            answer = self._connection.getresponse()
            said = answer.read(ANSWER_BYTES)
        except (http.client.HTTPException, OSError):
            return Outcome(Fate.UNCERTAIN, broken=True)
        return _judged(answer.status, said, broken=answer.will_close)

    def close(self) -> None:
        self._connection.close()

    def _headers(self, parcel: Parcel) -> dict[str, str]:
        headers = {
            "Host": self._url.netloc.rpartition("@")[2],
            "Content-Type": "application/json; charset=utf-8",
            "Idempotency-Key": parcel.key,
            "User-Agent": f"ShangDun/{__version__}",
        }
        if self._gateway.secret:
            headers["Authorization"] = f"Bearer {self._gateway.secret}"
        return headers

    def _opened(self, timeout: float) -> http.client.HTTPConnection:
        url = self._url
        host = url.hostname or ""
        if url.scheme not in _PORTS or not host:
            raise ConfigError(
                "this is no address of a gateway",
                code="letters.gateway",
                fix="write it as https://sms.example/send",
            )
        try:
            place = place_of(host, url.port or _PORTS[url.scheme], self._gateway.allowed)
            stream: socket.socket = socket.create_connection(place, timeout)
            if url.scheme == "https":
                stream = ssl.create_default_context().wrap_socket(stream, server_hostname=host)
        except (OSError, ValueError) as error:
            raise ConfigError(
                "the gateway does not answer",
                code="letters.server",
                where=url.netloc.rpartition("@")[2],
                fix="check its address, and that it is reachable from here",
            ) from error
        connection = http.client.HTTPConnection(host, timeout=timeout)
        connection.auto_open = 0  # never to another address than the one that was checked
        connection.sock = stream
        return connection


def _judged(status: int, said: bytes, *, broken: bool) -> Outcome:
    code = str(status)
    if 200 <= status < 300:
        return Outcome(Fate.SENT, code, _number(said), broken=broken)
    if status in {401, 403}:
        return Outcome(Fate.LATER, code, broken=broken, blocked=True)
    if status in {408, 425, 429, 503}:
        return Outcome(Fate.LATER, code, broken=broken, blocked=status in {429, 503})
    if status == http.HTTPStatus.CONFLICT:  # the same key is still being worked on
        return Outcome(Fate.UNCERTAIN, code, broken=broken)
    if 400 <= status < 500:
        return Outcome(Fate.BOUNCED, code, broken=broken)
    return Outcome(Fate.UNCERTAIN, code, broken=broken)


def _number(said: bytes) -> str:
    try:
        answer = json.loads(said)
    except ValueError:
        return ""
    number = answer.get("id") or answer.get("message_id") if isinstance(answer, dict) else ""
    text = str(number or "")
    return text[:60] if text.replace("-", "").replace("_", "").isalnum() else ""
