"""The response's clock: short duties, each done every so often, in one thread of the jobs process.

A duty reads what is due in the records and acts through ``actions``; it is safe to repeat, so that
whoever dies here loses nothing. What takes long (a delivery, a step that calls out) has a thread of
its own.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence
from typing import NamedTuple

from django.db import connection

from shangdun.kernel.clock import Clock, SystemClock
from shangdun.kernel.errors import ShangdunError
from shangdun.runtime.programme.assets import keep_vulnerabilities, look_for_assets
from shangdun.runtime.programme.communication import (
    carry_out_plan,
    review_duties,
    send_outside_letters,
)
from shangdun.runtime.programme.completion import (
    check_criteria,
    follow_approvals,
    remind_of_tasks,
)
from shangdun.runtime.programme.compliance import follow_law
from shangdun.runtime.programme.controls import remind_of_controls
from shangdun.runtime.programme.measures import freeze_measures
from shangdun.runtime.programme.meetings import keep_meetings
from shangdun.runtime.programme.reports import keep_reports
from shangdun.runtime.programme.risks import follow_risk_measures, look_after_risks
from shangdun.runtime.programme.schedule import move_schedules
from shangdun.runtime.programme.sources import look_at_sources
from shangdun.runtime.programme.surveys import keep_surveys
from shangdun.runtime.response.affected import erase_overdue
from shangdun.runtime.response.asking import pass_on
from shangdun.runtime.response.cleanup import measure_cleanups
from shangdun.runtime.response.clocks import remind_of_clocks
from shangdun.runtime.response.documents import remind_of_documents
from shangdun.runtime.response.drills import remind_of_drills, tell_injects
from shangdun.runtime.response.playbooks import bring_playbooks
from shangdun.runtime.response.reports import take_in_reports
from shangdun.runtime.response.supplies import remind_of_supplies
from shangdun.runtime.response.tasks import pass_time, remind_tasks
from shangdun.runtime.response.updates import escalate_due, send_updates

log = logging.getLogger(__name__)


class Duty(NamedTuple):
    """``do`` is called with the clock, every ``seconds``."""

    name: str
    seconds: float
    do: Callable[[Clock], None]


DUTIES: tuple[Duty, ...] = (
    Duty("injects", 1.0, tell_injects),
    Duty("drills", 3600.0, remind_of_drills),
    Duty("meetings", 300.0, keep_meetings),
    Duty("plan reports", 60.0, keep_reports),
    Duty("erasure", 3600.0, erase_overdue),
    Duty("assets", 3600.0, look_for_assets),
    Duty("vulnerabilities", 600.0, keep_vulnerabilities),
    Duty("askings", 5.0, pass_on),
    Duty("controls", 600.0, remind_of_controls),
    Duty("law", 3600.0, follow_law),
    Duty("cleanup", 20.0, measure_cleanups),
    Duty("clocks", 10.0, remind_of_clocks),
    Duty("documents", 600.0, remind_of_documents),
    Duty("approvals", 5.0, follow_approvals),
    Duty("completion", 120.0, check_criteria),
    Duty("plan", 600.0, remind_of_tasks),
    Duty("schedules", 3600.0, move_schedules),
    Duty("sources", 300.0, look_at_sources),
    Duty("playbooks", 60.0, bring_playbooks),
    Duty("reports", 2.0, take_in_reports),
    Duty("escalations", 5.0, escalate_due),
    Duty("tasks", 5.0, remind_tasks),
    Duty("supplies", 3600.0, remind_of_supplies),
    Duty("surveys", 600.0, keep_surveys),
    # After the surveys: one that closes with its half-year counts in it.
    Duty("measures", 600.0, freeze_measures),
    Duty("time", 1.0, pass_time),
    Duty("updates", 30.0, send_updates),
    Duty("communication", 300.0, carry_out_plan),
    Duty("contacts", 60.0, send_outside_letters),
    Duty("duties", 3600.0, review_duties),
    Duty("risk measures", 60.0, follow_risk_measures),
    Duty("risks", 600.0, look_after_risks),
)


class Ticker(threading.Thread):
    """Does each duty when it is due; one that fails is said and tried at its next time."""

    def __init__(
        self,
        stop: threading.Event,
        duties: Sequence[Duty] = DUTIES,
        clock: Clock | None = None,
    ) -> None:
        super().__init__(name="response", daemon=True)
        self._halt = stop
        self._duties = duties
        self._clock = clock or SystemClock()

    def run(self) -> None:
        due = dict.fromkeys((duty.name for duty in self._duties), 0.0)
        while not self._halt.wait(0.5):
            for duty in self._duties:
                if time.monotonic() < due[duty.name]:
                    continue
                due[duty.name] = time.monotonic() + duty.seconds
                self._do(duty)
        connection.close()

    def _do(self, duty: Duty) -> None:
        try:
            duty.do(self._clock)
        except ShangdunError as error:
            log.warning("%s: %s", duty.name, error)
        except Exception:  # one duty that breaks must not silence the others
            log.exception("%s failed", duty.name)
            connection.close()
