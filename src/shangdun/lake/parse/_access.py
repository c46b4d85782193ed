r"""The access-log line, one at a time: for lines that are escaped, cut off or otherwise unusual.

Apache escapes ``"`` and ``\`` with a backslash and other bytes as ``\xhh``; nginx writes all
three as ``\xHH``. What was escaped is shown as it was sent, save control characters and bytes
that are not UTF-8, which stay ``\xNN``.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from shangdun.lake.block import readable
from shangdun.lake.parse._values import Unreadable
from shangdun.lake.parse._web import split_target

QUOTED = rb'"((?:[^"\\]|\\.)*+)"'
_HEAD = re.compile(
    rb"(?:(?P<vhost>[^ ]++) (?=[0-9a-fA-F]*+[.:]))?(?P<ip>[^ ]++) (?P<ident>[^ ]++) "
    rb"(?P<user>.*?) \[(?P<time>[^\]]{0,40})\] "
)
_STRICT = re.compile(QUOTED + rb" (\d{3}|-) (\d++|-)(?= |$)")
_LOOSE = re.compile(rb'" (\d{3}|-) (\d++|-)(?= |$)')
_AGENT = re.compile(rb' "((?:[^"\\]|\\.)*+)" "((?:[^"\\]|\\.)*+)(?:"|$)')
_SECONDS = re.compile(rb' "?(\d{1,9}(?:\.\d{1,9})?)"?(?: |$)')
_ESCAPE = re.compile(rb'\\(?:x([0-9A-Fa-f]{2})|(["\\]))')
_REQUEST = re.compile(r"([A-Z][^ ?]*+) (.+?)(?: (HTTP/[^ ?]*+))?", re.DOTALL)
_TIME = re.compile(rb"(\d\d)/([A-Z][a-z]{2})/(\d{4}):(\d\d):(\d\d):(\d\d) ([+-])(\d\d)(\d\d)")
SPACE = 32
MONTHS = b"Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()


class Access(NamedTuple):
    """One request as logged; None where the log says ``-`` or the layout has no such field."""

    millis: int
    zone: int
    vhost: str | None
    ip: str
    user: str | None
    method: str | None
    url: str | None
    path: str | None
    query: str | None
    version: str | None
    code: int | None
    length: int | None
    referrer: str | None
    agent: str | None
    seconds: str | None
    layout: str | None


def read_access(line: bytes) -> Access:
    """Read one line in common, combined or vhost_combined layout. Raises ``Unreadable``."""
    head = _HEAD.match(line)
    if head is None:
        raise Unreadable("does not start with address, identity, user and [time]")
    millis, zone = read_time(head["time"])
    rest = line[head.end() :]
    request, code, length, tail = _split_request(rest)
    method, url, version = split_request(readable(request))
    referrer, agent, extra = _split_agent(tail)
    seconds = _SECONDS.match(extra)
    path, query = split_target(url) if url and method else (None, None)
    return Access(
        millis,
        zone,
        _text(head["vhost"]),
        readable(head["ip"]),
        _text(head["user"]),
        method,
        _unescaped(url),
        _unescaped(path),
        _unescaped(query),
        version,
        None if code == b"-" else int(code),
        _number(length),
        referrer,
        agent,
        seconds[1].decode() if seconds else None,
        None if tail.startswith(b' "') else "common",
    )


def _split_request(rest: bytes) -> tuple[bytes, bytes, bytes, bytes]:
    strict = _STRICT.match(rest)
    if strict:
        return strict[1], strict[2], strict[3], rest[strict.end() :]
    loose = _LOOSE.search(rest, 1) if rest.startswith(b'"') else None
    if loose is None:
        raise Unreadable("has no request in quotes with status and length after it")
    return rest[1 : loose.start()], loose[1], loose[2], rest[loose.end() :]


def _split_agent(tail: bytes) -> tuple[str | None, str | None, bytes]:
    """Referrer, user agent and what follows; a quote that is missing or not escaped is borne."""
    if not tail.startswith(b' "'):
        return None, None, tail
    strict = _AGENT.match(tail)
    if strict and (strict.end() == len(tail) or tail[strict.end()] == SPACE):
        return _text(strict[1]), _text(strict[2]), tail[strict.end() :]
    referrer, between, agent = tail[2:].partition(b'" "')
    if not between:
        return _text(referrer.removesuffix(b'"')), None, b""
    body, quote, extra = agent.rpartition(b'"')
    return _text(referrer), _text(body if quote else extra), extra if quote else b""


def split_request(request: str) -> tuple[str | None, str | None, str | None]:
    """Method, target and version of a request line; a broken one is all target, ``-`` nothing."""
    match = _REQUEST.fullmatch(request)
    if match:
        return match[1], match[2], match[3]
    return None, (None if request in {"", "-"} else request), None


def _number(text: bytes) -> int | None:
    if text == b"-":
        return None
    if len(text) > 18:
        raise Unreadable("has a length beyond 64 bits")
    return int(text)


def _text(value: bytes | None) -> str | None:
    return None if value is None or value == b"-" else unescape(readable(value))


def _unescaped(value: str | None) -> str | None:
    return None if value is None else unescape(value)


def unescape(value: str) -> str:
    """What was sent, for what the server wrote."""
    if "\\" not in value:
        return value
    return readable(_ESCAPE.sub(_unescape_one, value.encode()))


def _unescape_one(match: re.Match[bytes]) -> bytes:
    if match[2]:
        return match[2]
    byte = int(match[1], 16)
    return match[0] if byte < 32 or byte == 127 else bytes((byte,))


def read_time(text: bytes) -> tuple[int, int]:
    """``17/May/2015:10:05:03 +0000`` as milliseconds and minutes east of UTC."""
    match = _TIME.fullmatch(text)
    if match is None:
        raise Unreadable("has a time that cannot be read")
    day, month, year, hour, minute, second, sign, ahead, past = match.groups()
    zone = (int(ahead) * 60 + int(past)) * (-1 if sign == b"-" else 1)
    try:
        date = datetime(int(year), MONTHS.index(month) + 1, int(day), int(hour), tzinfo=UTC)
        moment = date + timedelta(minutes=int(minute) - zone, seconds=int(second))
    except (ValueError, OverflowError) as error:
        raise Unreadable("has a time that cannot be") from error
    if int(minute) > 59 or int(second) > 60 or int(past) > 59:
        raise Unreadable("has a time that cannot be")
    return int(moment.timestamp()) * 1000, zone
