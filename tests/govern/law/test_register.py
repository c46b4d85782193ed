"""The law register: which text holds on a day, what changed, whom a duty binds."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from shangdun.govern.law.binding import FACTS, binding
from shangdun.govern.law.compliance import DutyState, Judged, Side, Verdict, duty_state
from shangdun.govern.law.register import (
    difference,
    in_force,
    read_register,
    read_version,
    register,
    review_until,
    snapshot_of,
)
from shangdun.kernel.errors import RuleError
from shangdun.respond.groups import Group
from shangdun.respond.regulators.conditions import names_in, read_condition

NEWYEAR = date(2026, 1, 1)


def duty(uid: str):
    return next(one for one in register() if one.uid == uid)


@pytest.mark.parametrize(
    ("uid", "before", "after"),
    [("csl-mlps", "21", "23"), ("csl-logs", "21", "23"), ("csl-plan", "25", "27")],
)
def test_the_amended_cybersecurity_law_takes_over_at_new_year(uid, before, after):
    versions = duty(uid).versions
    old, new = in_force(versions, NEWYEAR - timedelta(days=1)), in_force(versions, NEWYEAR)
    assert before in old.article["en"]
    assert new.article["en"].startswith(f"Art. {after}")
    assert new.to_be_confirmed  # a secondary source: counsel confirms it
    assert "article" in {change.field for change in difference(old, new, "zh")}
    assert in_force(versions, date(2017, 5, 31)) is None


def test_a_text_without_successor_may_be_repealed():
    text = duty("csl-plan").versions[0]
    gone = read_version(snapshot_of(text) | {"repealed_on": "2020-01-01"})
    assert in_force([gone], date(2019, 12, 31)) == gone
    assert in_force([gone], date(2020, 1, 1)) is None


@pytest.mark.parametrize("one", register(), ids=lambda one: one.uid)
def test_a_duty_is_complete_and_comes_back_from_its_snapshot(one):
    assert one.group in set(Group)
    if one.condition:
        assert names_in(one.condition) <= FACTS.keys()
    for text in one.versions:
        assert read_version(snapshot_of(text)) == text
        assert len(text.sha256) == 64
        for words in (text.law, text.article, text.title, text.text):
            assert words.keys() == {"zh", "en"}
            assert all(words.values())


def test_standards_are_named_and_never_quoted():
    for one in register():
        if one.law in {"pci", "gbt22239", "gbt20984"}:
            assert not any(text.quote for text in one.versions), one.uid


@pytest.mark.parametrize(
    ("situation", "answer"),
    [
        ({"customers": 10_000_000}, True),
        ({"customers": 9_999_999}, False),
        ({"customers": None}, None),
    ],
)
def test_whom_an_audit_every_two_years_binds(situation, answer):
    found = binding(duty("audit-biennial").condition, situation)
    assert found.applies is answer
    assert found.missing == (("customers",) if answer is None else ())
    assert binding(None, {}).applies


def test_review_is_due_before_a_text_holds_or_within_a_month():
    today = date(2026, 5, 4)
    assert review_until(date(2026, 6, 1), today) == date(2026, 6, 1)
    assert review_until(today, today) == today + timedelta(days=30)


@pytest.mark.parametrize(
    ("name", "judged", "state"),
    [
        ("nobody judged", [], DutyState.NOT_ASSESSED),
        ("both say kept", [(1, "internal", "kept"), (1, "counsel", "kept")], DutyState.KEPT),
        ("the worse of both", [(1, "internal", "kept"), (1, "counsel", "partly")],
         DutyState.PARTLY),
        ("the last of a side counts", [(1, "internal", "not_kept"), (1, "internal", "kept")],
         DutyState.KEPT),
        ("the last round counts", [(1, "counsel", "not_kept"), (2, "internal", "kept")],
         DutyState.KEPT),
        ("one side says it does not apply", [(1, "internal", "not_applicable")],
         DutyState.NOT_APPLICABLE),
    ],
)  # fmt: skip
def test_how_a_duty_stands(name, judged, state):
    made = [Judged(n, Side(side), Verdict(verdict), "a" * 64) for n, side, verdict in judged]
    assert duty_state(made, "a" * 64) is state, name
    if made:
        assert duty_state(made, "b" * 64) is DutyState.OUT_OF_DATE


def test_a_register_with_versions_out_of_order_is_refused():
    law = {"title": {"zh": "法", "en": "law"}, "source": "x", "effective_from": NEWYEAR}
    text = {"article": {"zh": "一", "en": "1"}, "certainty": "S"}
    raw = {
        "id": "a", "law": "l", "group": "legal", "title": {"zh": "甲", "en": "a"},
        "text": {"zh": "甲", "en": "a"}, "versions": [text, text],
    }  # fmt: skip
    with pytest.raises(RuleError, match="order"):
        read_register({"laws": {"l": law}, "duties": [raw]}, "x")
    with pytest.raises(RuleError):
        read_register({"laws": {}, "duties": [raw]}, "x")
    assert read_condition("cards")
