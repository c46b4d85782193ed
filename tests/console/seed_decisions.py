"""Decisions of a shop's day: taken by rules and people, waiting, over, and who is never met."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

from tests.console.pulse import HOSTILE

from shangdun.actions.answer_offences import Answering, do_answer_offences
from shangdun.actions.change_never_block import Protection, do_protect
from shangdun.actions.console_address import note_console_address
from shangdun.actions.decide import NewDecision, do_decide
from shangdun.actions.undo_decision import do_undo_decision
from shangdun.kernel.clock import to_millis
from shangdun.protect.customers import Customers
from shangdun.protect.decision import Measure
from shangdun.protect.never_block import Purpose
from shangdun.protect.policy import Offence
from shangdun.protect.settings import ProtectConfig
from shangdun.protect.simulation import Money, Outcome
from shangdun.protect.target import target
from shangdun.records.actor import POLICY
from shangdun.records.customers_file import customers_path
from shangdun.records.models import User

SQLI = "5f1d0d4c-0001-4a10-9d55-6f6f7e000001"
STUFFING = "5f1d0d4c-0003-4a10-9d55-6f6f7e000003"


def decided(users: dict[str, User], home: Path, now: datetime) -> None:
    """Everything a decisions page can show."""
    customers = Customers.of(
        [
            {"customer": f"c{n}", "address": f"198.51.100.{n}", "account": f"c{n}"}
            for n in range(1, 181)
        ],
        taken=to_millis(now),
    )
    customers.save(customers_path(home))
    note_console_address(users["technical_support"], "203.0.113.250", now)
    _by_policy(customers, now)
    chen = users["technical_support"]
    do_decide(
        chen,
        NewDecision(
            target=target("range", "198.51.0.0/24"),
            measure=Measure.CHALLENGE,
            reason="同一机房的大量注册，先要求验证，今晚复查。",
            until=now + timedelta(hours=4),
        ),
    )
    tester = do_decide(
        chen,
        NewDecision(
            target=target("account", f"load-test {HOSTILE[:60]}"),
            measure=Measure.BLOCK,
            reason=f"Somebody tried {HOSTILE[:60]}",
            until=now + timedelta(days=1),
        ),
    )
    do_undo_decision(chen, decision_id=tester.pk, reason="our own load test")
    do_decide(
        users["leadership"],
        NewDecision(
            target=target("account", "partner-feed"),
            measure=Measure.ALLOW,
            reason="The price comparison partner reads our catalogue.",
            until=None,
        ),
    )
    callbacks = Protection(
        target=target("range", "203.0.113.240/29"),
        purpose=Purpose.PAYMENT,
        note="支付回调，合同附件二",
    )
    do_protect(users["administrator"], callbacks)


def _by_policy(customers: Customers, now: datetime) -> None:
    attacker, stuffing = target("address", "203.0.113.77"), target("address", "203.0.113.200")
    met = {
        attacker: Outcome(
            since=to_millis(now) - 86_400_000,
            until=to_millis(now),
            requests=4_812,
            visitors=1,
            sessions=1,
            payers_of_all=180,
        ),
        stuffing: Outcome(
            since=to_millis(now) - 86_400_000,
            until=to_millis(now),
            requests=12_406,
            visitors=1,
            accounts=412,
            orders=1,
            money=[Money("CNY", 399.0)],
            payers_of_all=180,
        ),
    }
    found = [
        _offence(attacker, SQLI, "SQL Injection in a Request", 4, now),
        _offence(stuffing, STUFFING, "Credential Stuffing", 5, now),
        _offence(target("address", "198.51.100.20"), SQLI, "SQL Injection in a Request", 4, now),
        _offence(target("account", "wang.xiaoming@example.com"), STUFFING, "Takeover", 4, now),
    ]
    config = ProtectConfig(mode="act")
    config.customers.slowed_at_most = 0
    answering = Answering(offences=found, simulations=met, customers=customers, config=config)
    do_answer_offences(POLICY, answering)


def _offence(whom: object, rule: str, title: str, severity: int, now: datetime) -> Offence:
    return Offence(whom, rule, title, severity, to_millis(now), 3, "")
