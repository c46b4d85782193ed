"""Measures by the clock: automatic checks when they are due, reminders of what fails or is owed.

Checks go over the network and read much, so they have a thread of their own beside the response's
clock; what they found is written in one short transaction afterwards.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

from shangdun.govern.controls.found import Found
from shangdun.kernel.clock import Clock, SystemClock
from shangdun.kernel.config import Config, home_directory, load_config
from shangdun.kernel.errors import ShangdunError
from shangdun.runtime.backups import EVERY, make_backup, moment_of, newest_backup
from shangdun.runtime.checks import Asked, check_names, run
from shangdun.runtime.checks.outside import guard_of

log = logging.getLogger(__name__)

DAILY = timedelta(hours=20)
"""Every check is made each day, whatever its rhythm: a fault is known before the period ends."""
ROUND_SECONDS = 5.0
"""So soon somebody who asks for a check has its answer."""


class CheckRunner(threading.Thread):
    """Makes the automatic checks that are due, and a backup a day."""

    def __init__(
        self, home: Path, config: Config, stop: threading.Event, clock: Clock | None = None
    ) -> None:
        super().__init__(name="checks", daemon=True)
        self._home = home
        self._config = config
        self._halt = stop
        self._clock = clock or SystemClock()

    def run(self) -> None:
        from django.db import connection  # noqa: PLC0415  needs boot

        pause = 60.0  # the first minute belongs to what starts
        while not self._halt.wait(pause):
            pause = ROUND_SECONDS
            try:
                back_up(self._home, self._clock)
                run_due_checks(self._clock, self._home, self._config)
            except ShangdunError as error:
                log.warning("checks: %s", error)
                pause = 60.0
            except Exception:  # the next round may go well
                log.exception("checking measures failed")
                pause = 60.0
            finally:
                connection.close()


def back_up(home: Path, clock: Clock) -> Path | None:
    """Make the day's backup, if the last one is older; gives its path."""
    newest = newest_backup(home)
    made = moment_of(newest) if newest else None
    now = clock.now()
    if made is not None and timedelta() <= now - made < EVERY:
        return None
    return make_backup(home, now)


def run_due_checks(
    clock: Clock,
    home: Path | None = None,
    config: Config | None = None,
    make: Callable[[str, Asked], Found] = run,
) -> int:
    """Make every automatic check that is due or asked for; how many. Safe to repeat.

    ``make`` makes one of them, by its name.
    """
    from shangdun.actions.controls.check import do_record_checks  # noqa: PLC0415  needs boot
    from shangdun.records.actor import JOBS  # noqa: PLC0415  as above

    now = clock.now()
    due = _due(now)
    if not due:
        return 0
    place = home or home_directory()
    settings = config or load_config(place)
    found = {
        number: make(name, _asked(targets, place, settings, now)) for number, name, targets in due
    }
    return len(do_record_checks(JOBS, found, clock=clock))


def _asked(targets: tuple[str, ...], home: Path, config: Config, now: datetime) -> Asked:
    from shangdun.records.messages import console_zone  # noqa: PLC0415  needs boot

    guard = guard_of(config)
    return Asked(home, config, now, console_zone(), guard, targets)


def _due(now: datetime) -> list[tuple[int, str, tuple[str, ...]]]:
    from django.db.models import Max, Q  # noqa: PLC0415  needs boot

    from shangdun.records.models import Control  # noqa: PLC0415  as above

    rows = Control.objects.filter(
        archived_at=None, applies=True, check_name__in=check_names()
    ).annotate(last=Max("results__at", filter=Q(results__by=None)))
    return [
        (row.pk, row.check_name, tuple(row.params.get("targets", ())))
        for row in rows.order_by("pk")
        if row.last is None
        or now - row.last >= DAILY
        or (row.asked_at is not None and row.last < row.asked_at <= now)
    ]


def remind_of_controls(clock: Clock) -> None:
    """Tell the owner of every measure that fails, is owed a check or cannot be told."""
    from shangdun.actions.controls.remind import (  # noqa: PLC0415  needs boot
        do_remind_of_control,
        reminder_mark,
        what_of,
    )
    from shangdun.records.actor import JOBS  # noqa: PLC0415  as above
    from shangdun.records.controls import control_states  # noqa: PLC0415  as above

    for stand in control_states(None, clock.now()).values():
        what = what_of(stand)
        if what and stand.control.reminded != reminder_mark(stand, what):
            do_remind_of_control(JOBS, control_id=stand.control.pk, what=what, clock=clock)
