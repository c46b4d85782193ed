"""What runs by itself beside people: the ledger is signed, backups and automatic checks are made.

They are the product's own, made of the home that is played into, once a week where the jobs process
makes them daily. What would look at the network, at this machine or at processes that a played year
does not have is not made: it could not be told, and is recorded as that.
"""

from __future__ import annotations

from shangdun.actions.checkpoint_ledger import do_checkpoint_ledger
from shangdun.govern.controls.found import Found
from shangdun.govern.controls.standing import CheckState
from shangdun.kernel.config import home_directory
from shangdun.records.actor import JOBS
from shangdun.records.models import Control, ControlResult
from shangdun.runtime.checks import Asked, run
from shangdun.runtime.programme.controls import back_up, run_due_checks
from shangdun.runtime.year.day import Day

ORDER = 6
CHECKING_DAY = 1
"""Tuesday, a holiday too: nothing of it waits for people."""
NOT_THERE = frozenset({"clock", "probes", "security_headers", "sources_live", "tls"})
UNTOLD = Found(
    state=CheckState.UNKNOWN,
    says={
        "zh": "演示年度中没有可供检查的网络、主机和采集进程，无法判定。",
        "en": "A played year has no network, machine or collecting process to look at.",
    },
)


def act(day: Day) -> None:
    if day.date.weekday() != CHECKING_DAY or not Control.objects.exists():
        return
    now, home = day.reach(8, 20), home_directory()
    do_checkpoint_ledger(JOBS, home=home, clock=day.clock)
    back_up(home, day.clock)
    run_due_checks(day.clock, home, make=_made)
    rows = ControlResult.objects.filter(at=now, by=None).select_related("control")
    for row in rows.order_by("pk"):
        day.write(f"measured.{row.state}", row.control.key)


def _made(name: str, asked: Asked) -> Found:
    return UNTOLD if name in NOT_THERE else run(name, asked)
