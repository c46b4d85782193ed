"""Budgets: nothing is lost, nothing is counted twice, currencies stay apart."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shangdun.govern.money.amounts import amount_of, in_places
from shangdun.govern.money.budget import (
    NOTHING,
    Entry,
    Kind,
    Position,
    check_move,
    open_of,
    position_of,
    shares_of,
)
from shangdun.kernel.errors import UsageError


@pytest.mark.parametrize(
    ("text", "currency", "amount"),
    [
        ("12,000.50", "CNY", "12000.50"),
        (" ¥1.2万 ", "CNY", "12000.00"),
        ("3000元", "CNY", "3000.00"),
        ("2万元", "CNY", "20000.00"),
        ("0", "EUR", "0.00"),
        ("500", "JPY", "500"),
        ("1，000", "CNY", "1000.00"),
    ],
)
def test_amounts_as_people_write_them(text, currency, amount):
    assert str(amount_of(text, currency)) == amount


@pytest.mark.parametrize(
    ("text", "currency", "code"),
    [
        ("twelve", "CNY", "money.amount"),
        ("", "CNY", "money.amount"),
        ("-1", "CNY", "money.amount"),
        ("NaN", "CNY", "money.amount"),
        ("1e99", "CNY", "money.amount"),
        ("1e999999万", "CNY", "money.amount"),
        ("1.005", "CNY", "money.places"),
        ("1.5", "JPY", "money.places"),
        ("1", "BTC", "money.currency"),
    ],
)
def test_what_is_no_amount_is_said(text, currency, code):
    with pytest.raises(UsageError) as caught:
        amount_of(text, currency)
    assert caught.value.code == code


def entry(key: int, kind: str, amount: str, settles: int | None = None) -> Entry:
    return Entry(key, Kind(kind), Decimal(amount), settles)


def test_what_is_too_long_is_refused_and_not_cut_to_another_amount():
    for text in ("0" * 41 + "12", "12." + "0" * 40 + "5", "9" * 400):
        with pytest.raises(UsageError, match="no such amount"):
            amount_of(text, "CNY")


def test_a_payment_frees_what_its_commitment_bound_and_no_more():
    bound = entry(1, "committed", "100")
    entries = [bound, entry(2, "spent", "40", 1), entry(3, "spent", "5")]
    position = position_of(Decimal(200), entries)
    assert position == Position(Decimal(200), Decimal(60), Decimal(45))
    assert position.left == Decimal(95)
    assert open_of(bound, entries) == Decimal(60)
    entries.append(entry(4, "spent", "90", 1))  # dearer than ordered
    dearer = position_of(Decimal(200), entries)
    assert (dearer.committed, dearer.spent) == (Decimal(0), Decimal(135))


def test_overdrawn_is_said_and_nothing_is_moved_that_is_not_free():
    position = position_of(Decimal(10), [entry(1, "spent", "12.50")])
    assert position.overdrawn
    assert position.left == Decimal("-2.50")
    free = Position(Decimal(100), Decimal(60), Decimal(10))
    check_move(free, Decimal(30))
    for wrong in ("30.01", "0", "-1"):
        with pytest.raises(UsageError) as caught:
            check_move(free, Decimal(wrong))
        assert caught.value.code == "money.move"
    assert NOTHING.share(Decimal(1)) == 0
    assert free.share(free.committed) == 60


AMOUNTS = st.decimals(min_value=0, max_value=10**9, places=2)


@given(AMOUNTS, st.lists(st.integers(1, 60), min_size=1, max_size=8))
def test_shares_are_exact(total, parts):
    shares = shares_of(total, parts, "CNY")
    assert sum(shares) == total
    assert all(in_places(one, "CNY") == one and one >= 0 for one in shares)


@given(
    AMOUNTS,
    st.lists(st.tuples(st.booleans(), AMOUNTS, st.integers(0, 4)), max_size=8),
    st.randoms(),
)
def test_the_order_of_entries_does_not_matter(planned, rows, random):
    entries = [
        Entry(n, Kind.SPENT if spent else Kind.COMMITTED, amount, settles if spent else None)
        for n, (spent, amount, settles) in enumerate(rows)
    ]
    position = position_of(planned, entries)
    shuffled = list(entries)
    random.shuffle(shuffled)
    assert position_of(planned, shuffled) == position
    assert position.planned == position.left + position.committed + position.spent
    assert position.committed >= 0
