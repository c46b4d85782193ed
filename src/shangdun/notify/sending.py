"""Sending one message through one channel, and what became of it.

It is done in a process of its own (``runtime/response/postman.py``): a service that hangs is ended
with it, and what Apprise connects to is checked there for every connection that is made.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO
from typing import Any

import msgspec

from shangdun.kernel.errors import UsageError
from shangdun.notify.address import check_address, secrets_in
from shangdun.notify.failure import Answer, Cause, Failure, explain, refusal

BODY_KEPT = 2000
CHECKED = frozenset({"dingtalk", "wecombot", "feishu", "lark"})
"""Services that answer 200 also where they refuse."""


class File(msgspec.Struct, frozen=True):
    """What goes with a message, where its channel can carry it."""

    name: str
    kind: str
    """Its media type, with parameters where it has any."""
    content: bytes


class Job(msgspec.Struct, frozen=True):
    """What is to be sent where."""

    url: str
    title: str
    body: str
    files: tuple[File, ...] = ()


class Outcome(msgspec.Struct, frozen=True):
    """``failure`` None: the service took it."""

    failure: Failure | None = None


def send(job: Job) -> Outcome:
    """Send it now; never raises for what the other side or the network does."""
    from apprise import Apprise, AppriseAsset  # noqa: PLC0415  slow to load; see address.py

    try:
        address = check_address(job.url)
    except UsageError as error:
        return Outcome(Failure(Cause.ADDRESS, error.message))
    asset = AppriseAsset(app_id="ShangDun", app_desc="ShangDun", app_url="", async_mode=False)
    channel: Any = Apprise.instantiate(job.url, asset=asset)
    with _overheard() as (log, answers):
        try:
            taken = bool(
                channel.notify(
                    body=job.body, title=job.title, body_format="text",
                    attach=_enclosed(job.files, able=channel.attachment_support),
                )
            )  # fmt: skip
        except Exception as error:  # noqa: BLE001  a plug-in of a service may break in any way
            taken = False
            log.write(f"{type(error).__name__}: {error}\n")
    failure = None if taken else explain(_telling(log.getvalue()), answers)
    if taken and address.scheme in CHECKED:
        failure = refusal(answers)
    return Outcome(_cleaned(failure, secrets_in(job.url, address.shown)))


def _enclosed(files: tuple[File, ...], *, able: bool) -> Any:  # noqa: ANN401  Apprise has no types
    """The files as Apprise takes them; None where there are none or the service takes none."""
    if not files or not able:
        return None
    from apprise import AppriseAttachment  # noqa: PLC0415  slow to load
    from apprise.attachment.memory import AttachMemory  # noqa: PLC0415  as above

    made = AppriseAttachment()
    for file in files:
        known: Any = AttachMemory  # untyped, as all of Apprise
        one = known(content=file.content, name=file.name, mimetype=file.kind.partition(";")[0])
        one._mimetype = file.kind  # noqa: SLF001 - it takes no parameters, and writes them well
        made.add(one)
    return made


def _cleaned(failure: Failure | None, secrets: list[str]) -> Failure | None:
    if failure is None:
        return None
    detail = failure.detail
    for secret in secrets:
        detail = detail.replace(secret, "***")
    return Failure(failure.cause, detail)


def _telling(log: str) -> str:
    """The line with the error itself where there is one, else the last that was logged."""
    lines = [line.strip() for line in log.splitlines() if line.strip()]
    for mark in ("Socket Exception:", "Error:", "Exception"):
        found = [line for line in lines if mark in line]
        if found:
            return _innermost(found[-1].partition("Socket Exception:")[2].strip() or found[-1])
    return lines[-1] if lines else ""


def _innermost(text: str) -> str:
    """What the network said, out of the wrappings of the HTTP library."""
    for wrapping in ("Failed to establish a new connection: ", "(Caused by "):
        if wrapping in text:
            text = text.rpartition(wrapping)[2].rstrip("\"')")
    return text


@contextmanager
def _overheard() -> Iterator[tuple[StringIO, list[Answer]]]:
    """What Apprise logs, and what services answer, while something is sent."""
    import requests  # noqa: PLC0415  comes with apprise

    log, answers = StringIO(), []
    handler = logging.StreamHandler(log)
    handler.addFilter(lambda record: "Payload" not in record.getMessage())
    logger = logging.getLogger("apprise")
    level, propagates = logger.level, logger.propagate
    perform = requests.Session.send

    def hearing(session: Any, request: Any, **options: Any) -> Any:  # noqa: ANN401  as requests has it
        response = perform(session, request, **options)
        if not options.get("stream"):
            answers.append(Answer(response.status_code, response.text[:BODY_KEPT]))
        return response

    requests.Session.send = hearing  # type: ignore[method-assign, assignment]  # only in the postman's process
    logger.addHandler(handler)
    logger.setLevel(logging.DEBUG)
    logger.propagate = False
    try:
        yield log, answers
    finally:
        requests.Session.send = perform  # type: ignore[method-assign]  # as it was
        logger.removeHandler(handler)
        logger.setLevel(level)
        logger.propagate = propagates
