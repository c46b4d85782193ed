"""What is posted, and how it is signed.

The body is JSON: ``{"full", "part", "parts", "put": [{"measure", "kind", "value", "until",
"appeal"}], "drop": [{"measure", "kind", "value"}]}``, times in seconds since the epoch. With
``full`` the receiver begins anew at part 1; a change is told again until a status of 2xx comes
back, so the same one may come twice.

``X-ShangDun-Signature: t=SECONDS,v1=HEX`` is the HMAC-SHA256 (RFC 2104) of ``SECONDS.BODY``: the
time is in it, so that what was recorded cannot be played again later.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterator
from typing import Any

import msgspec

from shangdun.kernel.errors import ShangdunError
from shangdun.protect.decision import Measure
from shangdun.protect.enforcers.due import Change, Due, Range, Slot, Until
from shangdun.protect.enforcers.enforcer import EnforcerError, Post
from shangdun.protect.enforcers.webhook.settings import WebhookSettings
from shangdun.protect.target import TargetKind

SIGNATURE = "X-ShangDun-Signature"
REST_SECONDS = 0.2


class Webhook:
    """A receiver that answers 2xx when a change is in force there."""

    able = Range(frozenset(Measure), frozenset(TargetKind))
    rest_seconds = REST_SECONDS

    def __init__(self, settings: WebhookSettings, post: Post) -> None:
        self._settings = settings
        self._post = post
        self.left_out: set[Slot] = set()

    def replace(self, due: Due, now: int) -> None:
        """The complete list, in as many parts as it takes."""
        put = [_put(slot, until, due) for slot, until in due.slots()]
        self._send(put, [], now, full=True)

    def apply(self, change: Change, due: Due, now: int) -> None:
        """What changed."""
        put = [_put(slot, until, due) for slot, until in change.put.items()]
        self._send(put, [_named(slot) for slot in change.drop], now, full=False)

    def present(self) -> None:
        """It cannot be asked: what it answered is all there is to know."""

    def clear(self, now: int) -> None:
        """An empty list."""
        self._send([], [], now, full=True)

    def _send(self, put: list[Any], drop: list[Any], now: int, *, full: bool) -> None:
        parts = list(_parts(put, drop, self._settings.most)) or [([], [])]
        for number, (some, gone) in enumerate(parts, 1):
            body = msgspec.json.encode(
                {"full": full, "part": number, "parts": len(parts), "put": some, "drop": gone}
            )
            headers = {
                "Content-Type": "application/json",
                SIGNATURE: signature(self._settings.secret, now // 1000, body),
            }
            try:
                status = self._post(self._settings.url, headers, body)
            except (ShangdunError, OSError) as error:
                raise EnforcerError(
                    f"the webhook cannot be reached: {error}", fix="it is tried again"
                ) from error
            if not 200 <= status < 300:
                raise EnforcerError(
                    f"the webhook answered {status}", fix="it is told again until it answers 2xx"
                )


def signature(secret: str, seconds: int, body: bytes) -> str:
    """The header's value for a body that is sent at this moment (seconds since the epoch)."""
    told = f"{seconds}.".encode() + body
    return f"t={seconds},v1={hmac.new(secret.encode(), told, hashlib.sha256).hexdigest()}"


def _parts(put: list[Any], drop: list[Any], most: int) -> Iterator[tuple[list[Any], list[Any]]]:
    for start in range(0, max(len(put), len(drop)), most):
        yield put[start : start + most], drop[start : start + most]


def _put(slot: Slot, until: Until, due: Due) -> dict[str, Any]:
    end = None if until is None else until / 1000
    return {**_named(slot), "until": end, "appeal": due.appeal(slot)}


def _named(slot: Slot) -> dict[str, str]:
    return {"measure": slot.measure, "kind": slot.kind, "value": slot.value}
