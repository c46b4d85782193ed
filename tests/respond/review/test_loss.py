"""Losses add up by currency, exactly, and none without its basis."""

from __future__ import annotations

from decimal import Decimal

import msgspec
import pytest

from shangdun.kernel.errors import UsageError
from shangdun.respond.review.loss import Loss, LossKind, check_loss, totals
from shangdun.respond.review.sections import WRITERS, Section, missing

LOSS = Loss(
    kind=LossKind.BUSINESS_DISRUPTION,
    direct=True,
    low=Decimal("0.10"),
    high=Decimal("0.20"),
    currency="CNY",
    basis="20 orders an hour",
)


def test_totals_are_exact_and_apart_by_currency():
    indirect = msgspec.structs.replace(LOSS, direct=False, low=Decimal("0.20"))
    dollars = msgspec.structs.replace(LOSS, currency="USD")
    cny, usd = totals([LOSS, indirect, dollars])
    assert (cny.low, cny.high) == (Decimal("0.30"), Decimal("0.40"))
    assert (cny.direct_low, cny.direct_high) == (Decimal("0.10"), Decimal("0.20"))
    assert usd.currency == "USD"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"low": Decimal(2), "high": Decimal(1)}, "loss.amount"),
        ({"low": Decimal(-1)}, "loss.amount"),
        ({"low": Decimal("NaN")}, "loss.amount"),
        ({"high": Decimal("Infinity")}, "loss.amount"),
        ({"high": Decimal(10) ** 16}, "loss.amount"),
        ({"currency": "XXX"}, "loss.currency"),
        ({"basis": "  "}, "loss.basis"),
    ],
)
def test_a_loss_that_cannot_be_is_refused(change, code):
    check_loss(LOSS)
    with pytest.raises(UsageError) as told:
        check_loss(msgspec.structs.replace(LOSS, **change))
    assert told.value.code == code


def test_what_is_missing_comes_in_the_report_s_order():
    assert missing({}) == list(WRITERS)
    assert missing({section: "x" for section in Section if section is not Section.CAUSE}) == [
        Section.CAUSE
    ]
    assert missing(dict.fromkeys(Section, " ")) == list(Section)
