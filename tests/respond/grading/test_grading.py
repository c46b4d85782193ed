"""Boundaries, unknown facts, the day's law, certainty."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shangdun.kernel.errors import ConfigError
from shangdun.respond.classify import Type
from shangdun.respond.facts import DataKind, Facts, Importance
from shangdun.respond.grading import Answer, Certainty, Grading, grade, laws
from shangdun.respond.grading.data import grading_data, read_grading

NOW = datetime(2026, 3, 4, 9, tzinfo=UTC)


def graded(at: datetime = NOW, kind: str = "data_breach", **known: object) -> Grading:
    return grade(Facts(known_at=at, **known), kind, at)


@pytest.mark.parametrize(
    ("people", "reached"),
    [
        (0, 1),
        (99_999, 1),
        (999_999, 1),
        (1_000_000, 2),
        (9_999_999, 2),
        (10_000_000, 3),
        (99_999_999, 3),
        (100_000_000, 4),
    ],
)
def test_people_at_the_boundaries(people: int, reached: int) -> None:
    assert graded(people=people).grade == reached


@pytest.mark.parametrize(
    ("loss", "reached"),
    [
        ("4999999.99", 1),
        ("5000000", 2),
        ("19999999.99", 2),
        ("20000000", 3),
        ("99999999.99", 3),
        ("100000000", 4),
    ],
)
def test_loss_at_the_boundaries(loss: str, reached: int) -> None:
    assert graded(kind="system_failure", loss=Decimal(loss)).grade == reached


@pytest.mark.parametrize(
    ("served", "reached"), [(9_999_999, 3), (10_000_000, 4), (99_999, 1), (100_000, 2)]
)
def test_people_not_served_at_the_boundaries(served: int, reached: int) -> None:
    assert graded(kind="network_attack", people_served=served).grade == reached


@pytest.mark.parametrize(
    ("minutes", "critical", "reached"),
    [(1440, True, 4), (1439, True, 3), (359, True, 2), (119, True, 1), (100_000, False, 0)],
)
def test_an_outage_counts_for_critical_infrastructure(
    minutes: int, critical: bool, reached: int
) -> None:
    found = graded(kind="system_failure", outage_minutes=minutes, critical_infrastructure=critical)
    assert found.grade == reached


def test_an_outage_of_an_operator_not_known_to_be_critical_does_not_vote() -> None:
    vote = vote_of(graded(outage_minutes=9999), "cac-2025", "outage")
    assert (vote.answer, vote.missing) == (Answer.UNKNOWN, ("critical_infrastructure",))


def test_nothing_known_is_not_graded_and_says_what_is_missing() -> None:
    found = graded()
    assert found.grade == 0
    assert {vote.answer for vote in found.votes} == {Answer.UNKNOWN}
    assert set(found.could_rise) == {
        "people", "loss", "people_served", "outage_minutes", "critical_infrastructure",
        "data_kinds",
    }  # fmt: skip


def test_unknown_then_known() -> None:
    before, after = graded(loss=Decimal(0)), graded(loss=Decimal(0), people=1_000_000)
    assert (before.grade, after.grade) == (1, 2)
    assert "people" in before.could_rise
    assert "people" not in after.could_rise


def test_no_personal_data_is_nobody_and_no_unknown() -> None:
    found = graded(personal_data=False)
    vote = vote_of(found, "cac-2025", "people")
    assert (vote.answer, vote.value) == (Answer.NOT_REACHED, "0")
    assert "people" not in found.could_rise


def test_a_vote_says_what_the_next_level_asks() -> None:
    vote = vote_of(graded(people=999_999), "cac-2025", "people")
    assert (vote.grade, vote.next_grade, vote.next_at) == (0, 2, "1000000")
    vote = vote_of(graded(people=1_000_000), "cac-2025", "people")
    assert (vote.threshold, vote.next_grade, vote.next_at) == ("1000000", 3, "10000000")


def test_the_day_on_which_the_company_knew_decides_which_law_holds() -> None:
    """The CAC measures begin on 1 November 2025, at midnight in Beijing."""
    begins = datetime(2025, 10, 31, 16, tzinfo=UTC)
    before = graded(begins - timedelta(seconds=1), people=1_000_000)
    after = graded(begins, people=1_000_000)
    assert "cac-2025" not in {vote.law for vote in before.votes}
    assert "cac-2025" in {vote.law for vote in after.votes}
    assert before.confirmed is False  # by the MIIT plan alone, a secondary source
    assert after.confirmed is True


def test_an_article_that_begins_later_waits_for_its_day() -> None:
    law = next(one for one in laws() if one.id == "cac-2025")
    stricter = msgspec.structs.replace(
        law,
        id="later",
        effective_from=date(2027, 1, 1),
        criteria=tuple(
            msgspec.structs.replace(
                criterion,
                levels=tuple(
                    msgspec.structs.replace(level, at_least=level.at_least / 10)
                    for level in criterion.levels
                    if level.at_least
                ),
            )
            for criterion in law.criteria
            if criterion.id == "people"
        ),
    )
    old = msgspec.structs.replace(law, effective_to=date(2027, 1, 1))
    eve, day = (datetime(2026, 12, 31, hour, tzinfo=UTC) for hour in (15, 16))
    facts = Facts(known_at=eve, people=100_000)
    assert grade(facts, "data_breach", eve, [old, stricter]).grade == 1
    assert grade(facts, "data_breach", day, [old, stricter]).grade == 2


def test_certainty_is_that_of_the_level() -> None:
    assert vote_of(graded(loss=Decimal(100_000_000)), "cac-2025", "loss").certainty == Certainty.V
    assert vote_of(graded(loss=Decimal(20_000_000)), "cac-2025", "loss").certainty == Certainty.S
    found = graded(kind="network_attack", people_served=1_000_000)
    assert found.grade == 3
    assert found.confirmed is False


def test_kinds_of_data_vote() -> None:
    sensitive = graded(data_kinds=(DataKind.CARD, DataKind.CONTACT))
    vote = vote_of(sensitive, "house", "sensitive")
    assert (vote.grade, vote.threshold) == (1, "card")
    assert graded(data_kinds=(DataKind.IMPORTANT,)).grade == 2
    plain = vote_of(graded(data_kinds=(DataKind.CONTACT,)), "house", "sensitive")
    assert plain.answer is Answer.NOT_REACHED


@pytest.mark.parametrize(
    ("importance", "loss", "reached"),
    [
        (Importance.ORDINARY, 0, 1),
        (Importance.IMPORTANT, 19_999_999, 1),
        (Importance.IMPORTANT, 20_000_000, 2),
        (Importance.VITAL, 5_000_000, 2),
        (Importance.VITAL, 20_000_000, 3),
        (Importance.VITAL, 100_000_000, 4),
    ],
)
def test_importance_against_loss(importance: Importance, loss: int, reached: int) -> None:
    found = graded(importance=importance, loss=Decimal(loss), kind="system_failure")
    assert vote_of(found, "gbt-20986-2023", "importance").grade == reached


KNOWN = st.fixed_dictionaries(
    {
        "people": st.none() | st.integers(0, 10**9),
        "people_served": st.none() | st.integers(0, 10**9),
        "loss": st.none() | st.decimals(0, 10**9, places=2),
        "outage_minutes": st.none() | st.integers(0, 10**5),
        "critical_infrastructure": st.none() | st.booleans(),
        "importance": st.sampled_from(Importance),
        "data_kinds": st.lists(st.sampled_from(DataKind), unique=True).map(tuple),
    }
)


@given(known=KNOWN, kind=st.sampled_from(Type))
def test_to_learn_more_never_lowers_the_grade(known: dict[str, object], kind: Type) -> None:
    full = graded(kind=kind, **known)
    assert full.grade == max([*(vote.grade for vote in full.votes), int(full.grade > 0)])
    for name in ("people", "people_served", "loss", "outage_minutes"):
        less = graded(kind=kind, **{**known, name: None})
        assert less.grade <= max(full.grade, 1)
        unknown = [v for v in less.votes if v.answer is Answer.UNKNOWN]
        assert not any(vote.grade for vote in unknown)


@given(known=KNOWN)
def test_what_could_rise_is_unknown(known: dict[str, object]) -> None:
    for name in graded(**known).could_rise:
        assert not known[name] if name == "data_kinds" else known[name] is None


def test_every_type_has_its_category() -> None:
    assert set(grading_data().categories) == set(Type)


@pytest.mark.parametrize(
    "broken",
    [
        "edition: x",
        "edition: x\nlaws: []\ncategories: {}\nmore: 1",
        """edition: x
categories: {}
laws:
  - {id: a, zh: a, en: a, source: a, article: a, effective_from: 2025-01-01, certainty: V,
     criteria: [{id: p, measures: people, zh: p, en: p,
                 levels: [{grade: 2, at_least: 1}, {grade: 3, at_least: 2}]}]}""",
        """edition: x
categories: {}
laws:
  - {id: a, zh: a, en: a, source: a, article: a, effective_from: 2025-01-01, certainty: V,
     criteria: [{id: p, measures: importance, zh: p, en: p, classes: [5],
                 matrix: {vital: [1]}}]}""",
        "\t",
    ],
)
def test_a_broken_file_is_named(broken: str) -> None:
    with pytest.raises(ConfigError) as caught:
        read_grading(broken, "grading.yml")
    assert caught.value.where == "grading.yml"


def vote_of(found: Grading, law: str, criterion: str):
    return next(v for v in found.votes if (v.law, v.criterion) == (law, criterion))
