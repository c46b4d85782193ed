"""Assessment, liabilities and claims: versions, amounts, totals."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from shangdun.actions.legal.assess import Assessment, do_assess_legally
from shangdun.actions.legal.claims import ClaimWanted, do_set_claim
from shangdun.actions.report_incident import do_report_incident
from shangdun.kernel.clock import FixedClock
from shangdun.kernel.errors import NotAllowed, UsageError
from shangdun.records.conflict import EditConflict
from shangdun.records.legal import claims_of, totals
from shangdun.records.models import Incident, User
from shangdun.records.roles import Role
from shangdun.respond.report import Report

pytestmark = pytest.mark.django_db


@pytest.fixture
def legal(somebody: Callable[..., User]) -> User:
    return somebody(Role.LEGAL, name="sun")


@pytest.fixture
def incident(legal: User, clock: FixedClock) -> Incident:
    return do_report_incident(legal, Report(title="导出", type="data_breach"), clock=clock)


def claim(legal: User, incident: Incident, **wanted: Any) -> Any:
    values: dict[str, Any] = {
        "claimant": "李女士", "basis": "PIPL 69", "received_on": date(2026, 5, 5), **wanted
    }  # fmt: skip
    return do_set_claim(legal, incident_id=incident.pk, wanted=ClaimWanted(**values))


def test_totals_never_add_currencies_and_say_what_has_no_amount(
    legal: User, incident: Incident
) -> None:
    claim(legal, incident, amount=Decimal("1000.10"))
    claim(legal, incident, claimant="王先生", amount=Decimal("0.90"), state="settled",
          settled_amount=Decimal("0.50"))  # fmt: skip
    claim(legal, incident, claimant="B.V.", amount=Decimal(7), currency="EUR")
    claim(legal, incident, claimant="赵先生")
    yuan, euro = totals(claims_of(legal, incident))
    assert (yuan.currency, yuan.claimed, yuan.open) == (
        "CNY",
        Decimal("1001.00"),
        Decimal("1000.10"),
    )
    assert (yuan.settled, yuan.unpriced) == (Decimal("0.50"), 1)
    assert (euro.currency, euro.claimed) == ("EUR", Decimal(7))


def test_a_second_click_writes_one_claim(legal: User, incident: Incident) -> None:
    assert claim(legal, incident) == claim(legal, incident)
    assert incident.claims.count() == 1


@pytest.mark.parametrize("amount", ["NaN", "-1", "0.001", "1e15", "Infinity"])
def test_what_is_no_amount_is_refused(legal: User, incident: Incident, amount: str) -> None:
    with pytest.raises(UsageError) as caught:
        claim(legal, incident, amount=Decimal(amount))
    assert caught.value.code == "legal.amount"


def test_an_answer_is_not_due_before_the_claim(legal: User, incident: Incident) -> None:
    with pytest.raises(UsageError) as caught:
        claim(legal, incident, answer_by=date(2026, 5, 4))
    assert caught.value.code == "claim.dates"


def test_two_people_change_one_claim(legal: User, incident: Incident) -> None:
    row = claim(legal, incident)
    wanted = {"claimant": "李女士", "basis": "PIPL 69", "received_on": date(2026, 5, 5)}
    first = ClaimWanted(**wanted, state="negotiated")
    do_set_claim(legal, incident_id=incident.pk, wanted=first, number=row.number, version=1)
    other = ClaimWanted(**wanted, state="court")
    with pytest.raises(EditConflict) as caught:
        do_set_claim(legal, incident_id=incident.pk, wanted=other, number=row.number, version=1)
    assert (caught.value.mine["state"], caught.value.theirs["state"]) == ("court", "negotiated")


def test_an_assessment_keeps_its_versions(legal: User, incident: Incident) -> None:
    one = Assessment(advice="Notify the authority.")
    do_assess_legally(legal, incident_id=incident.pk, assessment=one, version=0)
    do_assess_legally(legal, incident_id=incident.pk, assessment=one, version=0)  # a second click
    two = Assessment(advice="Notify the authority and the customers.")
    with pytest.raises(EditConflict):
        do_assess_legally(legal, incident_id=incident.pk, assessment=two, version=0)
    do_assess_legally(legal, incident_id=incident.pk, assessment=two, version=1)
    assert list(incident.assessments.order_by("number").values_list("advice", flat=True)) == [
        one.advice, two.advice,
    ]  # fmt: skip


def test_who_only_answers_calls_sees_no_claims(
    somebody: Callable[..., User], legal: User, incident: Incident
) -> None:
    with pytest.raises(NotAllowed):
        claims_of(somebody(Role.CUSTOMER_SERVICE), incident)
