"""What ``bench_decisions`` measures, in a process whose Django is started."""

from __future__ import annotations

import os
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import msgspec
from django.core.cache import cache
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext, setup_test_environment
from tests.bench.access_lines import DAY
from tests.bench.month_lake import DAYS, address_of, month_lake
from tests.bench.row import Row

from shangdun.actions.answer_offences import Answering, do_answer_offences
from shangdun.actions.create_user import do_create_user
from shangdun.actions.decide import NewDecision, do_decide
from shangdun.actions.decision_rows import Wanted, write
from shangdun.actions.expire_decisions import do_expire_decisions
from shangdun.actions.undo_decision import do_undo_decisions
from shangdun.kernel.clock import FixedClock, SystemClock, to_millis
from shangdun.lake.query.ask import Question, request_of, run
from shangdun.lake.query.request import Request, Rows
from shangdun.protect.customers import QUERY, Customers
from shangdun.protect.decision import Measure, author
from shangdun.protect.policy import Offence
from shangdun.protect.settings import ProtectConfig
from shangdun.protect.simulation import Wish, outcome_of, request_for
from shangdun.protect.target import Target, TargetKind, target
from shangdun.records.actor import POLICY, SETUP, local_administrator
from shangdun.records.decision_feed import feed
from shangdun.records.models import User
from shangdun.records.roles import Role

MANY = 100_000
STORM = 100_000
EVENTS = 10_000_000
COPIES = 20
PAGES = {
    "decisions": "/decisions/",
    "waiting": "/decisions/?show=waiting",
    "over": "/decisions/?show=over",
    "found by address": "/decisions/?q=11.1.1.9",
    "of one rule": "/decisions/?author=rule:sqli",
}


def main() -> None:
    """Print the rows as JSON."""
    setup_test_environment()
    rows = [*_filled(), *_stream(), *_pages(), *_storm(), *_guard(), *_lake()]
    sys.stdout.buffer.write(msgspec.json.encode(rows))


def _address(number: int, first: int = 11) -> Target:
    value = f"{first}.{number >> 16}.{number >> 8 & 255}.{number & 255}"
    return Target(TargetKind.ADDRESS, value)


def _filled() -> list[Row]:
    now = SystemClock().now()
    began = time.process_time()
    for start in range(0, MANY, 10_000):
        with transaction.atomic():
            write(
                [
                    Wanted(
                        target=_address(number),
                        measure=Measure.BLOCK,
                        reason="SQL injection",
                        author=author("rule:sqli"),
                        until=now + timedelta(hours=8),
                        level=3,
                    )
                    for number in range(start, start + 10_000)
                ],
                now,
            )
    spent = time.process_time() - began
    return [Row(f"{MANY:,} decisions written", spent, "s CPU")]


def _stream() -> list[Row]:
    whole, full = _timed(lambda: feed(0))
    head = full.head
    quiet = _least(lambda: feed(head))
    row = do_decide(
        local_administrator(),
        NewDecision(
            target=target("account", "one"), measure=Measure.BLOCK, reason="one", until=None
        ),
    )
    delta = _least(lambda: feed(head))
    if row.uid not in {one.uid for one in feed(head).added}:
        raise AssertionError("the stream lost a decision")
    one = _least(_decide_one)
    return [
        Row(f"one decision, beside {MANY:,}", 1000 * one, "ms CPU", 100, at_least=False,
            note="permission, never-block, ledger, stream"),
        Row("delta of the stream, one change", 1000 * delta, "ms CPU", 10, at_least=False),
        Row("delta of the stream, nothing new", 1000 * quiet, "ms CPU", 5, at_least=False),
        Row(f"whole stream of {MANY:,}", whole, "s CPU", 10, at_least=False),
    ]  # fmt: skip


_numbers = iter(range(10**6))


def _decide_one() -> None:
    whom = target("account", f"bot{next(_numbers)}")
    do_decide(
        local_administrator(),
        NewDecision(target=whom, measure=Measure.BLOCK, reason="a bot", until=None),
    )


def _pages() -> list[Row]:
    user: User = do_create_user(SETUP, username="bench", roles=list(Role)).user
    user.must_change_password = False
    user.save()
    client = Client()
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    rows = []
    for name, path in PAGES.items():

        def ask(path: str = path) -> None:
            cache.clear()
            if client.get(path).status_code != 200:
                raise AssertionError(path)

        ask()
        spent = _least(ask)
        with CaptureQueriesContext(connection) as queries:
            ask()
        label = f"page beside {MANY:,} decisions: {name}"
        rows += [
            Row(label, 1000 * spent, "ms CPU", 150, at_least=False),
            Row(f"queries: {name}", len(queries), "queries", 12, at_least=False),
        ]
    return rows


def _storm() -> list[Row]:
    """A storm of scattered addresses, with room for all and with the usual bounds."""
    now = SystemClock().now()
    known = Customers.of([{"customer": "li", "address": "9.9.9.9"}], taken=to_millis(now))
    config = ProtectConfig(mode="act", most_a_minute=10**6, most_in_force=10**6)
    began = time.process_time()
    for start in range(0, STORM, 2_000):
        offences = [
            Offence(_address(number, 12), "flood", "Flood", 4, to_millis(now), 1, "")
            for number in range(start, start + 2_000)
        ]
        done = do_answer_offences(
            POLICY, Answering(offences=offences, config=config, customers=known)
        )
        if done.decided != 2_000:
            raise AssertionError(done)
    spent = time.process_time() - began
    undone, number = _timed(lambda: do_undo_decisions(SETUP, author="rule:flood"))
    if number != STORM:
        raise AssertionError(number)
    later = FixedClock(now + timedelta(days=1))
    expired = _timed(lambda: do_expire_decisions(POLICY, clock=later))[0]
    return [
        Row(f"storm of {STORM:,} addresses decided", STORM / spent, "a second of CPU", 1_000,
            note="by policy, 2,000 a transaction, one ledger entry each"),
        Row(f"one click that undoes {STORM:,}", undone, "s CPU", 30, at_least=False),
        Row("10,000 that ran out ended", expired, "s CPU", 5, at_least=False),
        Row("memory of the process", _peak_mb(), "MB", 1_500, at_least=False),
    ]  # fmt: skip


def _guard() -> list[Row]:
    """An index of a million places of 300,000 customers, asked without a query."""
    rows = (
        {"customer": f"c{n % 300_000}", "address": _address(n, 13).value, "session": f"s{n}"}
        for n in range(500_000)
    )
    built, known = _timed(lambda: Customers.of(rows, taken=0))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "customers"
        known.save(path)
        size = path.stat().st_size / 2**20
    whom = [_address(n * 7, 13) for n in range(10_000)]
    asked = _least(lambda: [known.met_by(one) for one in whom]) / len(whom)
    wide = target("range", "13.0.0.0/9")
    range_asked = _least(lambda: known.met_by(wide))
    return [
        Row("customers index of 1,000,000 places built", built, "s CPU", 20, at_least=False),
        Row("its size", size, "MB", 50, at_least=False),
        Row("customers at one address", 1e6 * asked, "µs CPU", 100, at_least=False),
        Row("customers in a /9", 1000 * range_asked, "ms CPU", 100, at_least=False),
    ]


def _lake() -> list[Row]:
    """Simulations that look at ten million events; wall time, two threads."""
    with tempfile.TemporaryDirectory() as folder:
        events = int(os.environ.get("BENCH_EVENTS", EVENTS))
        lake = month_lake(Path(folder), events // COPIES * DAYS, days=COPIES)
        until = DAY + timedelta(days=COPIES)
        address = address_of(lake, 1)
        rows = []
        for name, whom in (
            ("an address", target("address", address)),
            ("a range", target("range", f"{address}/24")),
            ("a /8", target("range", f"{address}/8")),
        ):
            wish = Wish(target=whom, measure=Measure.BLOCK)
            request = request_for(lake, wish, DAY, until)
            seconds, answer = _waited(request)
            outcome = outcome_of(answer, request)
            if not outcome.requests:
                raise AssertionError(f"{name} met nothing")
            label = f"simulation of {name} over {outcome.all_requests:,} events"
            rows.append(Row(label, seconds, "s", 10, at_least=False, note="wall"))
        request = request_of(lake, Question(text="", since=DAY, until=until, limit=10**6))
        named = {"recent": to_millis(until - timedelta(days=1))}
        request = msgspec.structs.replace(request, statement=QUERY, named=named)
        note = "wall; in the background, at most 5% of the time"
        seconds, _ = _waited(request)
        rows.append(
            Row("where customers are, same lake", seconds, "s", 20, at_least=False, note=note)
        )
        return rows


def _waited(request: Request) -> tuple[float, list[dict[str, object]]]:
    began = time.perf_counter()
    rows = [row for update in run(request) if isinstance(update, Rows) for row in update.rows]
    return time.perf_counter() - began, rows


def _timed(work: Callable[[], object]) -> tuple[float, object]:
    began = time.process_time()
    found = work()
    return time.process_time() - began, found


def _least(work: Callable[[], object], tries: int = 5) -> float:
    return min(_timed(work)[0] for _ in range(tries))


def _peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
