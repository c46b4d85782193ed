"""What the guard tells: every verdict and every action, folded where one sender repeats it."""

from __future__ import annotations

import json
import logging
import secrets
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from shangdun_guard.buffer import Buffer
from shangdun_guard.events import about, business_event, plain, request_event
from shangdun_guard.incoming import Incoming, current
from shangdun_guard.throttle import Throttle

FOLD_SECONDS = 10.0
MOST_FOLDS = 5000
VERDICTS_A_MINUTE = 1200.0
"""Told one by one, a process; what is above is counted and told as a number."""
LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
log = logging.getLogger("shangdun.guard")


def appeal_code(uid: str) -> str:
    """Two groups of five letters and digits that are told apart on the telephone."""
    number, letters = int(uid, 16), []
    for _ in range(10):
        number, digit = divmod(number, len(LETTERS))
        letters.append(LETTERS[digit])
    return "".join(letters[:5]) + "-" + "".join(letters[5:])


@dataclass
class _Fold:
    """What one sender did since it was told of: the same again, so many times."""

    began: float
    last: Incoming
    action: str
    status: int
    told: dict[str, Any]
    more: int = 0


class Reports:
    """Writes events into the buffer; without one (nothing configured) it tells nobody."""

    def __init__(
        self,
        buffer: Buffer | None,
        product: Mapping[str, Any],
        *,
        wall: Callable[[], float] = time.time,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._buffer = buffer
        self._product = dict(product)
        self._wall, self._clock = wall, clock
        self._single = Throttle(4)
        self._folds: dict[tuple[str, str, str], _Fold] = {}
        self._beyond = 0
        self._lock = threading.Lock()
        self.invalid = 0

    def after_fork(self) -> None:
        """A lock that another thread of the parent held would stay held."""
        self._lock = threading.Lock()
        self._single.after_fork()

    def business(
        self, name: str, parts: Mapping[str, Any], incoming: Incoming | None, *, success: bool
    ) -> bool:
        """See ``Guard.event``."""
        try:
            event = business_event(name, parts, success=success)
            seen = incoming or current.get()
            if seen is not None:
                event = {**about(seen, whole=False), **event}
            return self._write(event, secrets.token_hex(16))
        except Exception:
            self.invalid += 1
            log.exception("an event was not written")
            return False

    def action(
        self, incoming: Incoming, action: str, status: int, told: dict[str, Any], uid: str = ""
    ) -> None:
        """What was done with a request; repeated ones of one sender are counted."""
        if self._buffer is None:
            return
        is_verdict = "verdict" in told
        now = self._clock()
        if is_verdict and not self._single.wait("verdicts", "", VERDICTS_A_MINUTE, now):
            self._tell(incoming, action, status, told, uid)
            return
        key = (action, str(told.get("decision") or told.get("because")), incoming.sender)
        with self._lock:
            fold = self._folds.get(key)
            if fold is not None:
                fold.more += 1
                fold.last = incoming
                return
            if len(self._folds) >= MOST_FOLDS:
                self._beyond += 1
                return
            self._folds[key] = _Fold(now, incoming, action, status, told)
        self._tell(incoming, action, status, told, uid)

    def flush(self) -> None:
        """Tell what was counted meanwhile; called every few seconds by the thread that sends."""
        now = self._clock()
        with self._lock:
            over = [key for key, fold in self._folds.items() if now - fold.began >= FOLD_SECONDS]
            folds = [self._folds.pop(key) for key in over]
            beyond, self._beyond = self._beyond, 0
        for fold in folds:
            if fold.more:
                self._tell(fold.last, fold.action, fold.status, {**fold.told, "count": fold.more})
        if beyond:
            self.notice("more senders than are told one by one", {"count": beyond}, severity=3)

    def notice(self, message: str, told: Mapping[str, Any], *, severity: int = 4) -> None:
        """Something about the guard itself: a thread died, events were dropped."""
        event = {
            "class_uid": 0,
            "severity_id": severity,
            "message": message,
            "shangdun_guard": {"action": "notice", **told},
        }
        self._write(event, secrets.token_hex(16))

    def _tell(
        self, incoming: Incoming, action: str, status: int, told: dict[str, Any], uid: str = ""
    ) -> None:
        try:
            event = {
                **about(incoming, whole=True),
                **request_event(incoming, action, status, told),
            }
            self._write(event, uid or secrets.token_hex(16))
        except Exception:  # telling must never cost a customer his order
            self.invalid += 1
            log.exception("an event was not written")

    def _write(self, event: dict[str, Any], uid: str) -> bool:
        if self._buffer is None:
            return False
        whole = {
            "time": round(self._wall() * 1000),
            **event,
            "metadata": {"uid": uid, **self._product},
        }
        text = json.dumps(whole, ensure_ascii=False, separators=(",", ":"), default=plain)
        return self._buffer.append(text.encode("utf-8", "replace"))
