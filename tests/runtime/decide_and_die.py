"""Decides until it is killed: ``python decide_and_die.py FIRST``; prints what was done, once done.

Each line is the uid of a decision that ``do_decide`` returned, or ``offence ADDRESS`` for a finding
that was recorded, whose offence the loop answers when it comes to it. ``check`` finishes what was
left and prints what is there as JSON.
"""

from __future__ import annotations

import json
import sys
from datetime import timedelta

from shangdun.kernel.clock import SystemClock, to_millis
from shangdun.kernel.config import Config
from shangdun.records import boot

home = boot.start()
boot.migrate(home)

from shangdun.actions.decide import NewDecision, do_decide  # noqa: E402  needs boot.start
from shangdun.actions.record_findings import do_record_findings  # noqa: E402
from shangdun.detect.finding import Entity, Finding  # noqa: E402
from shangdun.protect.customers import Customers  # noqa: E402
from shangdun.protect.decision import Measure  # noqa: E402
from shangdun.protect.target import target  # noqa: E402
from shangdun.records.actor import WATCH, local_administrator  # noqa: E402
from shangdun.records.customers_file import customers_path  # noqa: E402
from shangdun.records.decision_feed import feed  # noqa: E402
from shangdun.records.ledger_rows import entries  # noqa: E402
from shangdun.records.models import Decision, OffenceBatch, WatchProgress  # noqa: E402
from shangdun.runtime.decide import Decider  # noqa: E402

decider = Decider(home, Config(protect={"mode": "act"}))


def attack(number: int) -> Finding:
    now = to_millis(SystemClock().now())
    return Finding(
        uid=f"{number:064}",
        rule_uid="sqli",
        title="SQL injection",
        severity_id=4,
        time=now,
        first_time=now,
        entities=[Entity("address", address(number))],
    )


def address(number: int) -> str:
    return f"11.{number >> 8}.{number & 255}.9"


def run(number: int) -> None:
    shopper = {"customer": "li", "address": "198.51.100.20"}
    Customers.of([shopper], taken=to_millis(SystemClock().now())).save(customers_path(home))
    while True:
        until = SystemClock().now() + timedelta(hours=1)
        whom = target("account", f"bot{number}")
        wanted = NewDecision(target=whom, measure=Measure.BLOCK, reason="a test", until=until)
        print(do_decide(local_administrator(), wanted).uid, flush=True)
        batch = WatchProgress.objects.get(pk=1).batch + 1
        do_record_findings(WATCH, batch=batch, findings=[attack(number)])
        print(f"offence {address(number)}", flush=True)
        if number % 3 == 0:
            decider.answer()
        number += 1


def check() -> None:
    while decider.answer():
        pass
    standing = Decision.objects.filter(state="in_force")
    told = feed(0)
    list(entries())
    print(
        json.dumps(
            {
                "decisions": sorted(standing.values_list("uid", flat=True)),
                "told": sorted(one.uid for one in told.added),
                "addresses": sorted(
                    Decision.objects.filter(level__gt=0).values_list("value", flat=True)
                ),
                "batches": OffenceBatch.objects.count(),
            }
        )
    )


if sys.argv[1] == "check":
    check()
else:
    run(int(sys.argv[1]))
