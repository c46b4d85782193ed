"""The complete list of decisions, read once for all who begin at the same time.

100,000 decisions take seconds to read. Whoever gets a list that is half a minute old goes on from
its place in the stream, so nothing is missed.
"""

from __future__ import annotations

import threading
import time
from datetime import datetime

from shangdun.records import decision_feed
from shangdun.records.models import DecisionChange

KEPT_SECONDS = 30.0
_LOCK = threading.Lock()
_KEPT: tuple[float, datetime | None, decision_feed.Feed] | None = None


def snapshot(now: datetime) -> decision_feed.Feed:
    """A full feed of at most half a minute ago, whose place is still in the stream."""
    global _KEPT  # noqa: PLW0603  one list a process
    with _LOCK:
        if _KEPT is not None:
            made, moment, feed = _KEPT
            if time.monotonic() - made < KEPT_SECONDS and moment == _moment(feed.head):
                return feed
        feed = decision_feed.feed(0, now=now)
        moment = _moment(feed.head)
        _KEPT = (time.monotonic(), moment, feed) if moment is not None else None
        return feed


def _moment(head: int) -> datetime | None:
    """When the change of this number was made; tells one stream from another."""
    return DecisionChange.objects.filter(seq=head).values_list("time", flat=True).first()
