"""Carries the outbox out: several deliveries at a time, each in a process that may be ended.

A channel has one delivery on its way at a time, and channels that fail get half of the postmen at
most: whatever one service does, the others are not kept waiting. A delivery is marked before it is
sent; what a killed process leaves so marked is sent again and says that it may arrive twice.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from django.db import DatabaseError, InterfaceError, connection

from shangdun.actions.messages import progress
from shangdun.kernel.clock import Clock, SystemClock
from shangdun.kernel.errors import ShangdunError
from shangdun.notify.address import addressed
from shangdun.notify.failure import Cause, Failure
from shangdun.notify.sending import Job
from shangdun.records.channel_address import address_of_channel
from shangdun.records.composing import compose
from shangdun.records.enclosing import enclosures
from shangdun.records.messages import email_of
from shangdun.records.models import Delivery
from shangdun.runtime.response.postman import Postman

log = logging.getLogger(__name__)

POSTMEN = 4
LOOK_SECONDS = 0.5
AGAIN_SECONDS = 1.0


class Courier(threading.Thread):
    """Looks for what is due and hands it to a postman that is free."""

    def __init__(
        self,
        stop: threading.Event,
        *,
        postmen: int = POSTMEN,
        postman: Callable[[], Postman] = Postman,
        clock: Clock | None = None,
    ) -> None:
        super().__init__(name="courier", daemon=True)
        self._halt = stop
        self._clock = clock or SystemClock()
        self._postmen = [postman() for _ in range(postmen)]
        self._free = list(self._postmen)
        self._busy: dict[int, bool] = {}
        """Channel on its way → whether it was failing."""
        self._lock = threading.Lock()
        self._done = threading.Event()

    def run(self) -> None:
        """Until ``stop`` is set; what is on its way then is ended with its process."""
        began = False
        with ThreadPoolExecutor(len(self._postmen), "postman") as pool:
            while not self._halt.is_set():
                try:
                    began = began or self._begin()
                    while not self._halt.is_set() and self._hand_out(pool):
                        pass
                except (DatabaseError, InterfaceError, ShangdunError) as error:
                    log.warning("messages wait: %s", error)
                    connection.close()
                except Exception:  # what breaks here must not silence every message after it
                    log.exception("messages wait")
                    connection.close()
                self._done.wait(LOOK_SECONDS)
                self._done.clear()
            for postman in self._postmen:
                postman.stop()
        connection.close()

    def _begin(self) -> bool:
        if lost := progress.requeue_lost():
            log.warning("%d messages were on their way when the process ended", lost)
        return True

    def _hand_out(self, pool: ThreadPoolExecutor) -> bool:
        """One delivery to a free postman; False when there is none of either."""
        now = self._clock.now()
        progress.release_held(now)
        with self._lock:
            if not self._free:
                return False
            failing = sum(self._busy.values()) < max(1, len(self._postmen) // 2)
            busy = list(self._busy)
        delivery = progress.due(now, busy, failing=failing)
        if delivery is None or not progress.claim(delivery):
            return False
        with self._lock:
            self._busy[delivery.channel_id] = delivery.channel.failing_since is not None
            postman = self._free.pop()
        pool.submit(self._carry, delivery, postman)
        return True

    def _carry(self, delivery: Delivery, postman: Postman) -> None:
        try:
            failure = carry(delivery, postman)
            self._write(delivery, failure)
        except Exception:
            log.exception("a message could not be carried out")
        finally:
            connection.close()
            with self._lock:
                self._busy.pop(delivery.channel_id, None)
                self._free.append(postman)
            self._done.set()

    def _write(self, delivery: Delivery, failure: Failure | None) -> None:
        """Note what became of it; a database that is away is waited for, not the message resent."""
        while True:
            try:
                now = self._clock.now()
                if failure:
                    progress.note_failed(delivery, failure, now)
                else:
                    progress.note_sent(delivery, now)
            except (DatabaseError, InterfaceError) as error:
                log.warning("what became of a message is not written yet: %s", error)
                connection.close()
            else:
                return
            if self._halt.wait(AGAIN_SECONDS):
                return


def carry(delivery: Delivery, postman: Postman) -> Failure | None:
    """Send one delivery; None: the service took it."""
    try:
        url = address_of_channel(delivery.channel)
        if delivery.person:
            email = email_of(delivery.person)
            if not email:
                return Failure(Cause.RECIPIENT, "no e-mail address")
            url = addressed(url, email)
        text, files = compose(delivery), enclosures(delivery)
    except ShangdunError as error:
        return Failure(Cause.SEALED, error.message)
    return postman.send(Job(url, text.title, text.body, files)).failure
