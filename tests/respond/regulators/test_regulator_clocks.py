"""Which duties run, by whom and when they are due: the cases at their boundaries."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import pytest

from shangdun.kernel.errors import RuleError
from shangdun.respond.facts import DataKind, Facts
from shangdun.respond.regulators.clocks import (
    Due,
    Operator,
    clocks,
    reminders_due,
    situation_of,
    what_if,
)
from shangdun.respond.regulators.conditions import names_in
from shangdun.respond.regulators.forms import MARKS, forms, unknown_items
from shangdun.respond.regulators.law import Certainty, duties, read_duties

KNOWN = datetime(2026, 3, 4, 9, tzinfo=UTC)
ALL_KNOWN = Facts(
    known_at=KNOWN,
    personal_data=True,
    people=0,
    people_served=0,
    loss=Decimal(0),
    outage_minutes=0,
    data_kinds=(DataKind.CONTACT,),
    critical_infrastructure=False,
    crime_suspected=False,
    eu_people=0,
    high_risk=False,
    harm_averted=False,
    ransom=False,
)
SHOP = Operator()
HOUR = timedelta(hours=1)


def run(
    company: Operator = SHOP, kind: str = "data_breach", grade: int = 1, **changes: object
) -> dict[str, Due]:
    ended = changes.pop("handling_ended", None)
    assert ended is None or isinstance(ended, datetime)
    facts = msgspec.structs.replace(ALL_KNOWN, **changes)
    dues = clocks(facts, company, kind, grade, KNOWN + HOUR * 24 * 60, handling_ended=ended)
    return {due.duty.uid: due for due in dues}


def sure(dues: dict[str, Due]) -> set[str]:
    return {uid for uid, due in dues.items() if due.applies}


def test_a_million_people_bring_the_four_hours_and_one_fewer_does_not() -> None:
    below = run(people=999_999)
    assert "cac-operator" not in below
    assert "cac-summary" not in below
    at = run(people=1_000_000)
    assert at["cac-operator"].applies
    assert at["cac-operator"].due_at == KNOWN + 4 * HOUR
    assert at["cac-summary"].applies
    assert at["cac-summary"].due_at is None  # the handling has not ended
    assert [str(leaf) for leaf in at["cac-operator"].because] == [
        "not critical_infrastructure",
        "people >= 1000000",
    ]


def test_unknown_then_known_starts_at_awareness_also_when_it_is_over_already() -> None:
    unknown = run(people=None)
    assert unknown["cac-operator"].applies is None
    assert unknown["cac-operator"].missing == ("grade", "people")
    assert unknown["cac-operator"].due_at == KNOWN + 4 * HOUR  # what it would be, if it applies
    known = run(people=1_000_000)
    assert known["cac-operator"].started_at == KNOWN


def test_the_grade_alone_brings_it_too_whatever_is_still_unknown() -> None:
    dues = run(grade=2, people=None)
    assert dues["cac-operator"].applies
    assert "grade >= 2" in [str(leaf) for leaf in dues["cac-operator"].because]


@pytest.mark.parametrize("name", ["people", "loss", "outage_minutes", "people_served"])
def test_a_low_grade_is_not_final_while_what_raises_it_is_unknown(name: str) -> None:
    unknown: dict[str, Any] = {name: None}
    dues = run(**unknown)
    assert dues["cac-operator"].applies is None
    assert "grade" in dues["cac-operator"].missing


def test_an_incident_that_is_not_graded_may_need_a_report() -> None:
    assert run(grade=0)["cac-operator"].missing == ("grade",)


@pytest.mark.parametrize("stated", [None, True])
def test_critical_infrastructure_has_one_hour_and_tells_protection_and_police(
    stated: bool | None,
) -> None:
    company = Operator(critical_infrastructure=True)
    dues = run(company, people=1_000_000, critical_infrastructure=stated, crime_suspected=True)
    assert dues["cac-critical"].due_at == KNOWN + HOUR
    assert "police" in dues["cac-critical"].duty.to["en"]
    assert {"cac-operator", "cac-police"}.isdisjoint(dues)


def test_the_facts_outweigh_the_company_on_critical_infrastructure() -> None:
    company = Operator(critical_infrastructure=True)
    dues = run(company, people=1_000_000, critical_infrastructure=False)
    assert "cac-critical" not in dues
    assert dues["cac-operator"].due_at == KNOWN + 4 * HOUR


def test_a_crime_brings_the_police_without_invented_hours() -> None:
    assert run(grade=2, crime_suspected=True)["cac-police"].due_at is None
    assert run(grade=2, crime_suspected=None)["cac-police"].applies is None
    assert "cac-police" not in run(grade=2, crime_suspected=False)


def test_no_personal_data_needs_nobody_of_those_laws() -> None:
    dues = run(
        Operator(serves_eu=True, takes_cards=True),
        "system_failure",
        personal_data=False,
        people=None,
        data_kinds=(),
        eu_people=None,
    )
    assert set(dues) == {"csl-authority"}


def test_gdpr_runs_72_hours_over_a_weekend_and_the_change_to_summer_time() -> None:
    friday = datetime(2026, 3, 27, 16, tzinfo=ZoneInfo("Europe/Berlin"))
    due = run(Operator(serves_eu=True), eu_people=1, known_at=friday)["gdpr-authority"]
    assert due.due_at is not None
    assert due.due_at.astimezone(UTC) - friday.astimezone(UTC) == timedelta(hours=72)
    berlin = due.due_at.astimezone(UTC).astimezone(ZoneInfo("Europe/Berlin"))
    assert (berlin.day, berlin.hour) == (30, 17)  # the clock on the wall shows an hour more


def test_gdpr_by_the_number_of_people_in_the_eu() -> None:
    shop = Operator(serves_eu=True)
    assert run(shop, eu_people=1)["gdpr-authority"].applies
    assert run(shop, eu_people=None)["gdpr-authority"].missing == ("eu_people",)
    assert "gdpr-authority" not in run(shop, eu_people=0)
    assert "gdpr-authority" not in run(SHOP, eu_people=None)
    assert "gdpr-individuals" not in run(shop, eu_people=1)
    assert run(shop, eu_people=1, high_risk=True)["gdpr-individuals"].applies
    assert run(shop, eu_people=1, high_risk=None)["gdpr-individuals"].applies is None


def test_individuals_may_be_skipped_where_harm_was_averted_and_the_authority_not() -> None:
    assert {"pipl-authority", "pipl-individuals"} <= sure(run())
    averted = run(harm_averted=True)
    assert "pipl-individuals" not in averted
    assert averted["pipl-authority"].applies
    assert run(harm_averted=None)["pipl-individuals"].missing == ("harm_averted",)


def test_card_data_goes_to_acquirer_and_brands() -> None:
    shop = Operator(takes_cards=True)
    dues = run(shop, data_kinds=(DataKind.CARD,))
    assert "acquirers" in dues["pci-brands"].duty.to["en"]
    assert "pci-brands" not in run(shop, data_kinds=(DataKind.CONTACT,))
    assert run(shop, data_kinds=())["pci-brands"].missing == ("card_data",)
    assert "pci-brands" not in run(SHOP, data_kinds=())


def test_platforms_report_by_the_e_commerce_law() -> None:
    assert run(Operator(is_platform=True))["ecommerce-authority"].duty.to_be_confirmed
    assert "ecommerce-authority" not in run()


@pytest.mark.parametrize(
    ("moment", "applies"),
    [
        (datetime(2025, 10, 31, 15, 59, 59, tzinfo=UTC), False),
        (datetime(2025, 10, 31, 16, 0, 0, tzinfo=UTC), True),  # midnight in China
    ],
)
def test_the_measures_hold_from_the_first_of_november_2025_in_china(
    moment: datetime, applies: bool
) -> None:
    assert ("cac-operator" in run(grade=4, known_at=moment)) is applies


def test_the_cybersecurity_law_was_renumbered() -> None:
    old = run(known_at=datetime(2025, 12, 31, 15, tzinfo=UTC))["csl-authority"]
    new = run(known_at=datetime(2025, 12, 31, 16, tzinfo=UTC))["csl-authority"]
    assert (old.duty.article["zh"], old.duty.certainty) == ("第二十五条", Certainty.VERIFIED)
    assert (new.duty.version, new.duty.certainty) == ("2026-01-01", Certainty.SECONDARY)


def test_the_summary_is_due_thirty_days_after_the_handling_ends() -> None:
    ended = KNOWN + timedelta(days=2)
    due = run(grade=2, handling_ended=ended)["cac-summary"]
    assert due.started_at == ended
    assert due.due_at == ended + timedelta(days=30)


def test_what_would_bring_a_duty_is_said_each_way_for_itself() -> None:
    facts = msgspec.structs.replace(ALL_KNOWN, people=999_999)
    found = {one.duty.uid: one for one in what_if(facts, SHOP, "data_breach", 1)}
    ways = [[str(leaf) for leaf in way] for way in found["cac-operator"].ways]
    assert ways == [["grade >= 2"], ["people >= 1000000"]]
    assert "pipl-authority" not in found  # it applies
    both = [str(leaf) for leaf in found["gdpr-individuals"].ways[0]]
    assert both == ["eu_people >= 1", "high_risk"]


def test_the_regulators_own_clocks_are_not_the_companys() -> None:
    spans = {duty.within for duty in duties() if duty.uid.startswith("cac")}
    assert timedelta(minutes=30) not in spans
    assert [duty.uid for duty in duties() if duty.within == HOUR] == ["cac-critical"]


def test_every_duty_is_whole() -> None:
    names = set(situation_of(ALL_KNOWN, SHOP, "data_breach", 1))
    for duty in duties():
        assert names_in(duty.when) <= names
        assert duty.form in forms()
        for words in (duty.law, duty.article, duty.duty, duty.to):
            assert words["zh"]
            assert words["en"]
        assert duty.source


def test_two_versions_of_one_duty_never_hold_on_the_same_day() -> None:
    version = {
        "law": "x", "article": {"zh": "一", "en": "1"}, "certainty": "V", "duty": {}, "to": {},
        "form": "cac-report", "when": "personal_data",
    }  # fmt: skip
    document = {
        "laws": {"x": {"title": {}, "source": "s", "effective_from": KNOWN.date()}},
        "duties": [{"id": "a", "versions": [version, version]}],
    }
    with pytest.raises(RuleError) as caught:
        read_duties(document, "test")
    assert caught.value.code == "law.versions"


@pytest.mark.parametrize(
    ("minutes", "reminded", "expected"),
    [(119, 0, 0), (120, 0, 50), (191, 50, 0), (192, 50, 80), (240, 80, 100), (900, 0, 100),
     (900, 100, 0)],
)  # fmt: skip
def test_reminders_of_four_hours(minutes: int, reminded: int, expected: int) -> None:
    at = KNOWN + timedelta(minutes=minutes)
    assert reminders_due(KNOWN, KNOWN + 4 * HOUR, at, reminded) == expected


def test_items_that_are_unknown_are_named() -> None:
    form = forms()["cac-report"]
    texts = {item.id: "known" for item in form.items} | {"cause": f"{MARKS['zh']}：仍在分析"}
    texts["next"] = " "
    texts["other"] = ""
    assert unknown_items(form, texts, "zh") == ("cause", "next")
