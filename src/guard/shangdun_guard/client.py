"""The two things the guard asks of ShangDun over HTTP: decisions, and room for events."""

from __future__ import annotations

import gzip
import http.client
import json
import ssl
import zlib
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple
from urllib.parse import quote, urlsplit

FEED = "/api/guard/v1/feed"
INGEST = "/api/ingest/"
LARGEST = 256 * 1024 * 1024
"""Bytes of one unpacked answer: a million decisions are less."""
MOST_PATIENCE = 16.0
"""Times the configured timeout, after several answers that did not come in time."""
_CHUNK = 1 << 20
_GZIP = 16 + zlib.MAX_WBITS


class Away(Exception):
    """ShangDun did not answer as it should; ``retry_after`` seconds where it named them."""

    def __init__(self, problem: str, *, status: int = 0, retry_after: float = 0.0) -> None:
        super().__init__(problem)
        self.status = status
        self.retry_after = retry_after


class Feed(NamedTuple):
    """What changed behind a number of the stream of decisions."""

    head: int
    full: bool
    added: list[dict[str, Any]]
    removed: list[str]
    settings: dict[str, Any]
    more: bool = False
    """Further changes are there already."""


class Link:
    """One connection, kept open, to ShangDun; for one thread."""

    def __init__(self, url: str, *, timeout: float, agent: str, ca_file: str = "") -> None:
        parts = urlsplit(url)
        self._host, self._port = parts.hostname or "", parts.port
        self._base = parts.path.rstrip("/")
        self._timeout = timeout
        self._patience = 1.0
        self._agent = agent
        self._tls = None
        if parts.scheme == "https":
            self._tls = ssl.create_default_context(cafile=ca_file or None)
        self._connection: http.client.HTTPConnection | None = None
        self._etag = ""

    def feed(self, after: int, key: str, problem: str = "") -> Feed | None:
        """Changes after a number, None where there are none (304). Raises ``Away``."""
        headers = {"X-Api-Key": key, "Accept-Encoding": "gzip"}
        if problem:
            headers["X-Guard-Problem"] = problem[:200].encode("ascii", "replace").decode()
        if self._etag:
            headers["If-None-Match"] = self._etag
        status, answered, body = self._ask("GET", f"{FEED}?after={after}", headers)
        if status == 304:
            return None
        if status != 200:
            raise _refused("decisions", status, answered)
        self._etag = answered.get("etag", "")
        return read_feed(body)

    def push(self, source: str, token: str, lines: Sequence[bytes]) -> None:
        """Hand events over, one a line; when this returns they are on ShangDun's disk.

        Raises ``Away``; then some, all or none of them may be there.
        """
        headers = {
            "Authorization": f"Bearer {token}",
            "Content-Type": "application/x-ndjson",
            "Content-Encoding": "gzip",
        }
        body = gzip.compress(b"\n".join(lines) + b"\n", compresslevel=3)
        status, answered, _ = self._ask("POST", INGEST + quote(source, safe=""), headers, body)
        if status != 202:
            raise _refused("events", status, answered)

    def close(self) -> None:
        """Let the connection go."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _ask(
        self, method: str, path: str, headers: dict[str, str], body: bytes | None = None
    ) -> tuple[int, Mapping[str, str], bytes]:
        headers["User-Agent"] = self._agent
        fresh = self._connection is None
        try:
            return self._exchange(method, path, headers, body)
        except (OSError, http.client.HTTPException, ValueError, zlib.error) as error:
            self.close()
            if isinstance(error, TimeoutError):
                # A whole set from a busy machine takes long: asking again must not fail for ever.
                self._patience = min(MOST_PATIENCE, 2 * self._patience)
            if fresh or isinstance(error, TimeoutError):
                raise Away(f"{type(error).__name__}: {error}") from error
        try:  # the kept connection had been closed meanwhile
            return self._exchange(method, path, headers, body)
        except (OSError, http.client.HTTPException, ValueError, zlib.error) as error:
            self.close()
            raise Away(f"{type(error).__name__}: {error}") from error

    def _exchange(
        self, method: str, path: str, headers: dict[str, str], body: bytes | None
    ) -> tuple[int, Mapping[str, str], bytes]:
        if self._connection is None:
            self._connection = self._connect()
        self._connection.request(method, self._base + path, body=body, headers=headers)
        response = self._connection.getresponse()
        answered = {name.lower(): value for name, value in response.getheaders()}
        data = _unpacked(response, packed=answered.get("content-encoding") == "gzip")
        self._patience = 1.0
        if answered.get("connection", "").lower() == "close":
            self.close()
        return response.status, answered, data

    def _connect(self) -> http.client.HTTPConnection:
        timeout = self._timeout * self._patience
        if self._tls is not None:
            return http.client.HTTPSConnection(
                self._host, self._port, timeout=timeout, context=self._tls
            )
        return http.client.HTTPConnection(self._host, self._port, timeout=timeout)


def read_feed(body: bytes) -> Feed:
    """A feed from its JSON. Raises ``Away`` where it is none."""
    try:
        found = json.loads(body)
        return Feed(
            head=int(found["head"]),
            full=bool(found.get("full")),
            added=[dict(row) for row in found.get("added", ())],
            removed=[str(uid) for uid in found.get("removed", ())],
            settings=dict(found.get("settings") or {}),
            more=bool(found.get("more")),
        )
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise Away(f"the answer is no feed: {error!r:.100}") from error


def _unpacked(response: http.client.HTTPResponse, *, packed: bool) -> bytes:
    unpack = zlib.decompressobj(_GZIP) if packed else None
    parts, size = [], 0
    while chunk := response.read(_CHUNK):
        part = unpack.decompress(chunk, LARGEST - size + 1) if unpack else chunk
        size += len(part)
        if size > LARGEST:
            raise ValueError(f"the answer is longer than {LARGEST} bytes")
        parts.append(part)
    return b"".join(parts)


def _refused(what: str, status: int, answered: Mapping[str, str]) -> Away:
    wait = answered.get("retry-after", "")
    hints = {
        401: "the key or token is wrong",
        403: "the key or token may not",
        404: "wrong address",
    }
    hint = f": {hints[status]}" if status in hints else ""
    return Away(
        f"{what}: HTTP {status}{hint}",
        status=status,
        retry_after=float(wait) if wait.isdigit() else 0.0,
    )
