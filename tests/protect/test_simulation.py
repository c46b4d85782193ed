"""What simulations count, over a real lake, against figures that are known beforehand."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import msgspec
import pytest
from tests.protect.lake_of_a_day import NOON, Day

from shangdun.kernel.clock import to_millis
from shangdun.lake.query.ask import Question, request_of, run
from shangdun.lake.query.request import Request, Rows
from shangdun.lake.store import Lake
from shangdun.protect import simulation
from shangdun.protect.customers import QUERY, Customers
from shangdun.protect.decision import Measure, scope
from shangdun.protect.simulation import Money, Outcome, Wish
from shangdun.protect.target import Target, TargetKind, target

SINCE = NOON - timedelta(hours=24)


def answered(request: Request) -> list[dict[str, object]]:
    return [row for update in run(request) if isinstance(update, Rows) for row in update.rows]


def simulated(lake: Lake, whom: Target, **more: object) -> Outcome:
    wish = Wish(target=whom, **{"measure": Measure.BLOCK, **more})
    request = simulation.request_for(lake, wish, SINCE, NOON)
    return simulation.outcome_of(answered(request), request)


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Lake:
    day = Day(tmp_path_factory.mktemp("lake"))
    day.asks("203.0.113.9", "/login", times=40, minute=1)
    day.asks("203.0.113.9", "/search", times=20, minute=2)
    day.asks("203.0.113.40", "/", times=3)
    day.asks("203.0.114.1", "/", times=5)
    day.asks("2001:db8:1:2::7", "/", times=2)
    day.asks("2001:db8:1:3::7", "/", times=2)
    day.orders("203.0.113.40", "li", 120.50)
    day.orders("203.0.113.40", "li", 79.50)
    day.orders("203.0.114.1", "wang", 10.0, **{"order.currency": "EUR"})
    day.signs_in("203.0.113.40", "zhao")
    for victim in range(6):
        day.signs_in("203.0.113.9", f"victim{victim}", works=False)
    day.signs_in("203.0.113.9", "wang")
    return day.store()


def test_an_address_without_orders(lake: Lake) -> None:
    found = simulated(lake, target("address", "203.0.113.9"))
    assert (found.requests, found.visitors, found.orders, found.money) == (60, 1, 0, [])
    assert (found.accounts, found.buyers, found.buyers_of_all) == (7, 0, 2)
    assert found.all_requests == 72
    assert found.examples[0].address == "203.0.113.9"
    assert found.examples[0].requests == 60


def test_a_range_with_a_customer_in_it(lake: Lake) -> None:
    found = simulated(lake, target("range", "203.0.113.0/24"))
    assert (found.requests, found.visitors, found.sessions) == (63, 2, 1)
    assert (found.orders, found.money) == (2, [Money("CNY", 200.0)])
    assert (found.buyers, found.share) == (1, 0.5)
    assert found.examples[0].address == "203.0.113.40"
    assert found.examples[0].orders == 2


def test_a_range_of_ipv6(lake: Lake) -> None:
    found = simulated(lake, target("range", "2001:db8:1:2::/64"))
    assert (found.requests, found.visitors) == (2, 1)


def test_an_account_and_what_its_sessions_did(lake: Lake) -> None:
    found = simulated(lake, target("account", "li"))
    assert (found.orders, found.buyers, found.visitors) == (2, 1, 1)
    assert simulated(lake, target("session", "s-li")).orders == 2


def test_only_inside_the_scope(lake: Lake) -> None:
    found = simulated(lake, target("address", "203.0.113.9"), scope=scope("/login"))
    assert found.requests == 40


def test_a_throttle_tells_what_is_above_its_rate(lake: Lake) -> None:
    whom = target("range", "203.0.113.0/24")
    found = simulated(lake, whom, measure=Measure.THROTTLE, rate=30)
    assert (found.over_rate, found.visitors_over) == (10, 1)


def test_values_are_values_and_never_sql(lake: Lake) -> None:
    found = simulated(lake, target("account", "li' OR '1'='1"))
    assert (found.orders, found.visitors) == (0, 0)


def test_nobody_at_all_in_an_empty_lake(tmp_path: Path) -> None:
    found = simulated(Lake(tmp_path), target("address", "203.0.113.9"))
    assert (found.requests, found.share) == (0, 0.0)


def test_many_addresses_at_once(lake: Lake) -> None:
    whom = [
        target("address", "203.0.113.9"),
        target("range", "203.0.113.0/24"),
        target("address", "198.51.100.1"),
    ]
    request = simulation.request_for_addresses(lake, whom, SINCE, NOON)
    found = simulation.by_target(answered(request), whom, request)
    assert [found[one].requests for one in whom] == [60, 63, 0]
    assert [found[one].orders for one in whom] == [0, 2, 0]
    assert found[whom[1]].money == [Money("CNY", 200.0)]


def test_where_customers_are(lake: Lake, tmp_path: Path) -> None:
    question = Question(text="", since=NOON - timedelta(days=30), until=NOON, limit=100_000)
    request = request_of(lake, question)
    request.named["recent"] = to_millis(SINCE)
    request = msgspec.structs.replace(request, statement=QUERY)
    customers = Customers.of(answered(request), taken=to_millis(NOON))
    assert customers.total == 2
    customers.save(tmp_path / "customers")
    for known in (customers, Customers.load(tmp_path / "customers")):
        met = {
            "203.0.113.40": 1,
            "203.0.114.1": 1,
            "203.0.113.9": 0,  # signed in as wang, but tried six others in vain before
            "198.51.100.1": 0,
        }
        for text, number in met.items():
            assert known.met_by(target("address", text)) == number, text
        assert known.met_by(target("range", "203.0.112.0/20")) == 2
        assert known.met_by(target("account", "li")) == 1
        assert known.met_by(target("session", "s-wang")) == 1
        assert known.met_by(Target(TargetKind.COUNTRY, "CN")) == 0
