"""The records are away: remembered in each process, so that no page waits for them in vain.

One request finds out; from then on pages say so at once and take reports, until a thread that asks
every second finds the records back.
"""

from __future__ import annotations

import threading
from datetime import datetime

from django.db import DatabaseError, DataError, IntegrityError, InterfaceError, connection
from django.utils import timezone

AGAIN_SECONDS = 1.0


def is_outage(error: BaseException | None) -> bool:
    """Whether the records failed, not what was asked of them."""
    seen = 0
    while error is not None and seen < 10:
        if isinstance(error, (IntegrityError, DataError)):
            return False
        if isinstance(error, (DatabaseError, InterfaceError)):
            return True
        error, seen = error.__cause__, seen + 1
    return False


class Outage:
    """Whether the records are away, as this process knows it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._since: datetime | None = None

    @property
    def since(self) -> datetime | None:
        return self._since

    def note(self) -> None:
        """Somebody could not reach the records: ask until they answer."""
        with self._lock:
            if self._since is not None:
                return
            self._since = timezone.now()
        threading.Thread(target=self._ask, name="records", daemon=True).start()

    def _ask(self) -> None:
        pause = threading.Event()
        while not answers():
            pause.wait(AGAIN_SECONDS)
        self._since = None


def answers() -> bool:
    """Whether the records answer a question about a table that is always there."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM django_migrations LIMIT 1")
            cursor.fetchall()
    except (DatabaseError, InterfaceError):
        return False
    finally:
        connection.close()
    return True


OUTAGE = Outage()
