"""Calling another system over HTTP: only hosts that the configuration names, within a time.

Each call carries ``Idempotency-Key``, the same in each repetition. A call is repeated by itself
where that is safe: where nothing was sent yet, where the method is idempotent (RFC 9110, 9.2.2), or
where the step says that the other side honours the key (``idempotent: true``). Of any other call
that broke off nobody can know whether it was carried out, and a person is asked.
"""

from __future__ import annotations

import base64
import binascii
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import SplitResult, urlsplit

from shangdun.actions.evidence.collect import Kept, keep_content
from shangdun.actions.tasks.steps import Acted
from shangdun.kernel.config import Config
from shangdun.kernel.errors import ShangdunError, UsageError
from shangdun.observe.settings import monitor_config
from shangdun.runtime.monitor.addresses import AddressGuard
from shangdun.runtime.response.outbound import Answer, Call, NotSent, call
from shangdun.runtime.response.work import Work

KIND = "http-api"
IDEMPOTENT = frozenset({"GET", "HEAD", "OPTIONS", "PUT", "DELETE", "TRACE"})
METHODS = IDEMPOTENT | {"POST", "PATCH"}
PORTS = {"http": 80, "https": 443}
TRIES = 3
PAUSE_SECONDS = 1.0
ONE_TRY_SECONDS = 20.0
LONGEST_BODY = 1 << 20
OURS = frozenset(
    {"host", "content-length", "connection", "transfer-encoding", "idempotency-key", "user-agent"}
)
"""Headers that no playbook sets."""


@dataclass(frozen=True)
class Meant:
    """The call as the step describes it."""

    method: str
    url: SplitResult
    headers: dict[str, str]
    body: bytes


def repeats(parameters: Mapping[str, Any]) -> bool:
    """Whether a call that nobody saw end may be made again."""
    method = str(parameters.get("command", "")).strip().partition(" ")[0].upper()
    return method in IDEMPOTENT or parameters.get("idempotent") is True


def act(work: Work) -> Acted:
    """Make the call; any answer of 2xx is well."""
    try:
        meant = meant_by(work.parameters)
        allow(meant.url, work.config)
    except (UsageError, ValueError) as error:
        did = {"what": "http", "call": work.text("command")[:300]}
        return Acted(ok=False, did=did, problem=str(error))
    did = {"what": "http", "method": meant.method, "place": _place(meant.url)}
    if work.incident.is_drill:
        return Acted(ok=True, did={**did, "what": "would_http"})
    return _tried(work, meant, did)


def _tried(work: Work, meant: Meant, did: dict[str, Any]) -> Acted:
    guard = AddressGuard(metadata=monitor_config(work.config).metadata_addresses)
    ends = time.monotonic() + work.seconds
    problem, sent = "", False
    for number in range(1, TRIES + 1):
        left = min(ONE_TRY_SECONDS, ends - time.monotonic())
        if left <= 0:
            break
        if number > 1:
            time.sleep(min(PAUSE_SECONDS * number, left))
        wanted = Call(meant.method, meant.url, meant.headers, meant.body, work.key)
        try:
            answer = call(wanted, guard, left)
        except NotSent as error:
            problem = str(error)
            continue
        except UsageError as error:
            return Acted(ok=False, did=did, problem=str(error))
        except (OSError, ValueError) as error:
            problem, sent = f"{type(error).__name__}: {error}".rstrip(": "), True
            if not repeats(work.parameters):
                return Acted(ok=False, did=did, problem=problem, unsure=True)
            continue
        if answer.status in {429, 502, 503, 504} and number < TRIES and repeats(work.parameters):
            problem = f"HTTP {answer.status}"
            continue
        return _answered(work, answer, {**did, "status": answer.status, "tries": number})
    return Acted(ok=False, did={**did, "tries": TRIES, "sent": sent}, problem=problem or "timeout")


def _answered(work: Work, answer: Answer, did: dict[str, Any]) -> Acted:
    """The answer's body is kept as evidence; it is data and never read as anything else."""
    well = 200 <= answer.status < 300
    kept: tuple[Kept, ...] = ()
    if answer.body:
        try:
            kept = (keep_content(f"answer-{work.task.pk}.txt", answer.body),)
        except ShangdunError as error:
            did = {**did, "not_kept": str(error)[:300]}
    into = work.text("status_into").removesuffix(":value")
    values = {into: str(answer.status)} if into else {}
    problem = "" if well else f"HTTP {answer.status}"
    return Acted(ok=well, did=did, problem=problem, evidence=kept, values=values)


def meant_by(parameters: Mapping[str, Any]) -> Meant:
    """Read CACAO's ``http-api`` command: ``POST https://host/path``, headers, content.

    Raises ``UsageError`` (``step.http``).
    """
    method, _, rest = str(parameters.get("command", "")).strip().partition(" ")
    text = rest.strip().split(" ")[0]
    url = urlsplit(text)
    method = method.upper()
    if method not in METHODS or url.scheme not in PORTS or not url.hostname:
        raise _wrong("the call is not METHOD https://HOST/PATH")
    if url.username or url.password or "__" in url.netloc or not text.isascii():
        raise _wrong("the address has a name, a variable or a letter that no address has")
    if any(ord(char) <= 32 or ord(char) == 127 for char in text):
        raise _wrong("the address holds a space or a control character")
    return Meant(method, url, _headers(parameters.get("headers")), _body(parameters))


def allow(url: SplitResult, config: Config) -> None:
    """Raise ``UsageError`` (``step.host``) for a host that the configuration does not name."""
    port = url.port or PORTS[url.scheme]
    host = (url.hostname or "").lower()
    for allowed in config.respond.step_hosts:
        name, colon, only = allowed.lower().rpartition(":")
        if not colon or not only.isdecimal():
            name, only = allowed.lower(), ""
        if name.strip("[]") == host and (not only or int(only) == port):
            return
    raise UsageError(
        f"playbooks may not call {host}",
        code="step.host",
        where=_place(url),
        fix="name it in respond.step_hosts of shangdun.toml",
    )


def _headers(given: object) -> dict[str, str]:
    """CACAO's dictionary of lists; a header that could smuggle another is refused."""
    found: dict[str, str] = {}
    for name, value in given.items() if isinstance(given, Mapping) else ():
        text = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
        plain = str(name).strip()
        if not plain.replace("-", "").isalnum() or not plain.isascii():
            raise _wrong(f"{plain[:40]!r} is no header")
        if any(ord(char) < 32 or ord(char) == 127 for char in text):
            raise _wrong(f"the header {plain} holds a control character")
        if plain.lower() not in OURS:
            found[plain] = text.encode("latin-1", "replace").decode("latin-1")
    return found


def _body(parameters: Mapping[str, Any]) -> bytes:
    if coded := parameters.get("content_b64"):
        try:
            body = base64.b64decode(str(coded), validate=True)
        except (binascii.Error, ValueError) as error:
            raise _wrong("the content is no base64") from error
    else:
        body = str(parameters.get("content") or "").encode()
    if len(body) > LONGEST_BODY:
        raise _wrong("the content is longer than a megabyte")
    return body


def _place(url: SplitResult) -> str:
    """Where it goes, without what a query or a path may hold of secrets."""
    return f"{url.scheme}://{url.hostname}:{url.port or PORTS.get(url.scheme, 0)}{url.path}"[:300]


def _wrong(message: str) -> UsageError:
    return UsageError(message, code="step.http", fix="mend the playbook's step")
