"""What decisions ask of the lake: simulations, where customers are, who claims to be a crawler.

Every question runs in the search process, with bounds on time and memory.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec

from shangdun.kernel.clock import to_millis
from shangdun.kernel.errors import StoreError
from shangdun.lake.query.ask import Question, request_of, run
from shangdun.lake.query.request import Request, Rows
from shangdun.lake.store import Lake
from shangdun.protect import simulation
from shangdun.protect.crawlers import CLAIMS, ENGINES
from shangdun.protect.customers import MOST_PLACES, QUERY, Customers
from shangdun.protect.decision import Measure
from shangdun.protect.simulation import HOURS, Outcome, Wish
from shangdun.protect.target import ON_THE_WIRE, Target

MOST_SIMULATED = 1_000
"""Targets of one question; of more the first are looked at."""
MOST_ALONE = 10
"""Accounts, sessions and devices of one turn: each is a question of its own."""


def simulate(lake: Lake, wish: Wish, now: datetime, customers: Customers) -> Outcome:
    """What a decision would have done in the last day. Raises ``StoreError``."""
    since = now - timedelta(hours=HOURS)
    if wish.target.kind in simulation.SILENT_KINDS:
        return simulation.nothing_counted(since, now)
    request = simulation.request_for(lake, wish, since, now)
    outcome = simulation.outcome_of(_rows(request), request)
    outcome.payers = customers.met_by(wish.target)
    outcome.payers_of_all = customers.total
    return outcome


def simulate_many(
    lake: Lake, targets: Sequence[Target], now: datetime, customers: Customers
) -> dict[Target, Outcome]:
    """The same for many: addresses and ranges at once and coarser, a few others one by one.

    Nothing where the lake does not answer. What is missing is not guessed: the guard for customers
    has its own index.
    """
    try:
        return _of_addresses(lake, targets, now, customers) | _of_others(
            lake, targets, now, customers
        )
    except StoreError:
        return {}


def _of_addresses(
    lake: Lake, targets: Sequence[Target], now: datetime, customers: Customers
) -> dict[Target, Outcome]:
    wanted = [one for one in targets if one.kind in ON_THE_WIRE][:MOST_SIMULATED]
    if not wanted:
        return {}
    request = simulation.request_for_addresses(lake, wanted, now - timedelta(hours=HOURS), now)
    if not request.groups:
        return {}
    found = simulation.by_target(_rows(request), wanted, request)
    for one, outcome in found.items():
        outcome.payers = customers.met_by(one)
        outcome.payers_of_all = customers.total
    return found


def _of_others(
    lake: Lake, targets: Sequence[Target], now: datetime, customers: Customers
) -> dict[Target, Outcome]:
    """An account is who a customer is: whoever confirms its block must see what it would meet."""
    wanted = [one for one in targets if one.kind not in ON_THE_WIRE][:MOST_ALONE]
    wishes = [Wish(target=one, measure=Measure.BLOCK) for one in wanted]
    return {one.target: simulate(lake, one, now, customers) for one in wishes}


def ask_customers(lake: Lake, days: int, now: datetime) -> Customers:
    """Who paid within so many days, and where they are. Raises ``StoreError``."""
    question = Question(
        text="", since=now - timedelta(days=days), until=now, limit=MOST_PLACES // 4, seconds=60.0
    )
    request = msgspec.structs.replace(
        request_of(lake, question),
        statement=QUERY,
        named={"recent": to_millis(now - timedelta(hours=HOURS))},
    )
    return Customers.of(_rows(request), taken=to_millis(now))


def ask_claims(lake: Lake, now: datetime) -> list[tuple[str, str]]:
    """Addresses of the last hour with the User-Agent of a search engine. Raises ``StoreError``."""
    question = Question(text="", since=now - timedelta(hours=1), until=now, limit=500)
    request = msgspec.structs.replace(
        request_of(lake, question), statement=CLAIMS, named={"engines": "|".join(ENGINES)}
    )
    return [(str(row["address"]), str(row["agent"])) for row in _rows(request) if row["address"]]


def _rows(request: Request) -> list[dict[str, Any]]:
    return [row for update in run(request) if isinstance(update, Rows) for row in update.rows]
