"""Burn rates are those of the Site Reliability Workbook, and one error at night is no fire."""

from __future__ import annotations

import pytest

from shangdun.observe.burning import Accounts
from shangdun.observe.objective import MINUTES_KEPT, Ledger, burns, met
from shangdun.observe.routes import Seen
from shangdun.observe.settings import Objective
from shangdun.observe.sketch import bucket
from shangdun.observe.state import Observed

NINES = Objective(name="shop", availability=99.9, latency_ms=500, latency=95)
NOW = 30_000_000


def steady(per_minute: int, errors, slow=lambda back: 0) -> Ledger:
    ledger = Ledger()
    for back in range(MINUTES_KEPT):
        ledger.add(NOW - back, requests=per_minute, errors=errors(back), timed=per_minute,
                   slow=slow(back))  # fmt: skip
    return ledger


def burning(ledger: Ledger) -> set[tuple[str, str]]:
    return {(burn.kind, burn.window) for burn in burns(NINES, ledger, NOW) if burn.burning}


def test_rates_are_in_multiples_of_the_budget():
    found = burns(NINES, steady(1000, lambda back: 1), NOW)
    rates = [burn.long for burn in found if burn.kind == "availability"]
    assert rates == pytest.approx([1.0, 1.0, 1.0])


@pytest.mark.parametrize(
    ("what", "errors", "expected"),
    [
        ("within the budget", lambda back: 0, set()),
        ("an outage since ten minutes", lambda back: 300 if back < 10 else 0,
         {("availability", "1h"), ("availability", "6h")}),
        ("it is over since ten minutes", lambda back: 300 if 10 <= back < 20 else 0,
         {("availability", "6h")}),
        ("it is over since forty", lambda back: 300 if 40 <= back < 50 else 0, set()),
        ("a steady leak", lambda back: 2, {("availability", "3d")}),
    ],
)  # fmt: skip
def test_which_windows_burn(what, errors, expected):
    assert burning(steady(1000, errors)) - {("availability", "3d")} == expected - {
        ("availability", "3d")
    }, what
    if what == "a steady leak":
        assert burning(steady(1000, errors)) == expected


def test_one_error_among_five_requests_at_night_wakes_nobody():
    ledger = Ledger()
    for back in range(60):
        ledger.add(NOW - back, requests=1, errors=int(back % 12 == 0), timed=0, slow=0)
    assert burns(NINES, ledger, NOW)[0].long > 14.4
    assert burning(ledger) == set()


def test_a_wide_budget_can_still_burn():
    loose = Objective(name="x", availability=80.0)
    ledger = steady(100, lambda back: 100 if back < 90 else 0)
    found = [burn for burn in burns(loose, ledger, NOW) if burn.kind == "availability"]
    assert found[0].burning


def test_slow_requests_burn_the_other_budget():
    slow = steady(1000, lambda back: 0, lambda back: 900 if back < 70 else 0)
    assert ("latency", "1h") in burning(slow)
    assert ("availability", "1h") not in burning(slow)


def test_what_is_old_is_forgotten_and_does_not_count():
    ledger = steady(10, lambda back: 5)
    ledger.forget(NOW + MINUTES_KEPT + 1)
    assert not ledger.minutes
    assert met(ledger, NOW) == (None, None)


def test_requests_count_for_the_objectives_that_cover_their_route():
    objectives = [
        Objective(name="all"),
        Objective(name="pay", routes=["/checkout*"], latency_ms=50),
    ]
    observed = Observed()
    accounts = Accounts(objectives, observed)
    accounts.take([
        Seen("/checkout/71", NOW, 5, bucket(20), 3), Seen("/", NOW, 2, bucket(80), 5),
        Seen("/checkout/72", NOW, 2, bucket(80), 2), Seen("/x.php", NOW, 4, bucket(1), 9),
        Seen("/app.css", NOW, 2, None, 9),
    ])  # fmt: skip
    everything, paying = (observed.objectives[name].total(NOW, 1) for name in ("all", "pay"))
    assert (everything.requests, everything.errors) == (10, 3)
    assert (paying.requests, paying.errors, paying.slow, paying.timed) == (5, 3, 2, 5)
