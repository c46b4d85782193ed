"""Why a message did not arrive: one of few causes that a person can act on, and the exact words."""

from __future__ import annotations

import re
from collections.abc import Iterable
from enum import StrEnum

import msgspec

LONGEST = 300


class Cause(StrEnum):
    """What was wrong."""

    NAME = "name"
    REFUSED = "refused"
    TIMEOUT = "timeout"
    TLS = "tls"
    CREDENTIALS = "credentials"
    RECIPIENT = "recipient"
    NOT_FOUND = "not_found"
    BUSY = "busy"
    SERVER = "server"
    REJECTED = "rejected"
    FORBIDDEN = "forbidden"
    ADDRESS = "address"
    HUNG = "hung"
    SEALED = "sealed"
    OTHER = "other"


class Failure(msgspec.Struct, frozen=True):
    """The cause, and what the other side or the network said, without secrets."""

    cause: Cause
    detail: str = ""

    @property
    def stored(self) -> str:
        """One text for a column; ``read_failure`` takes it apart again."""
        return f"{self.cause}: {self.detail}"[:LONGEST]


def read_failure(stored: str) -> Failure:
    """What ``stored`` says; a text of another make is ``other``."""
    cause, _, detail = stored.partition(": ")
    return Failure(Cause(cause), detail) if cause in set(Cause) else Failure(Cause.OTHER, stored)


_SIGNS: tuple[tuple[Cause, str], ...] = (
    (Cause.FORBIDDEN, r"link-local or metadata address"),
    (Cause.NAME, r"getaddrinfo|name or service|name resolution|nodename|no address associated"),
    (Cause.TLS, r"certificate|ssl|tls|wrong version number"),
    (Cause.CREDENTIALS, r"\b535\b|\b534\b|authentication|login fail|not authenticated"),
    (Cause.RECIPIENT, r"\b55[0134]\b|recipient|mailbox|\b45[0-2]\b"),
    (Cause.REFUSED, r"refused|unreachable|no route|reset by peer|closed connection|disconnected"),
    (Cause.TIMEOUT, r"timed out|timeout"),
)
_STATUSES = {401: Cause.CREDENTIALS, 403: Cause.CREDENTIALS, 404: Cause.NOT_FOUND, 429: Cause.BUSY}
_SERVER_ERROR = 500
_GOOD = range(200, 300)


class Answer(msgspec.Struct, frozen=True):
    """What a service answered over HTTP: status and the beginning of the body."""

    status: int
    body: str = ""


def refusal(answers: Iterable[Answer]) -> Failure | None:
    """A refusal inside a good answer.

    DingTalk, WeCom and Feishu answer 200 to everything and say in the body whether it was taken
    (``errcode``, ``code`` or ``StatusCode`` other than 0; their robots' documentation).
    """
    for answer in answers:
        if answer.status not in _GOOD:
            continue
        told = _object(answer.body)
        for name in ("errcode", "code", "StatusCode"):
            code = told.get(name)
            if isinstance(code, int) and code != 0:
                text = told.get("errmsg") or told.get("msg") or told.get("StatusMessage") or ""
                return Failure(Cause.REJECTED, f"{code} {text}".strip())
    return None


def explain(log: str, answers: Iterable[Answer]) -> Failure:
    """The cause of a failed delivery, from what the service answered and what was logged."""
    bad = [answer for answer in answers if answer.status not in _GOOD]
    if bad:
        last = bad[-1]
        cause = _STATUSES.get(last.status)
        if cause is None:
            cause = Cause.SERVER if last.status >= _SERVER_ERROR else Cause.REJECTED
        return Failure(cause, f"HTTP {last.status} {_plain(last.body)}".strip())
    said = _plain(log)
    for cause, sign in _SIGNS:
        if re.search(sign, said, re.IGNORECASE):
            return Failure(cause, said)
    return Failure(Cause.OTHER, said)


def _plain(text: str) -> str:
    return " ".join(re.sub(r"<[^>]*>", " ", text).split())[:LONGEST]


def _object(body: str) -> dict[str, object]:
    try:
        return msgspec.json.decode(body, type=dict[str, object])
    except (msgspec.DecodeError, msgspec.ValidationError, UnicodeError):
        return {}
