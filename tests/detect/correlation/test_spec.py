"""Reading the ``correlation`` section of a rule."""

from __future__ import annotations

import pytest

from shangdun.detect.correlation.spec import read_correlation
from shangdun.kernel.errors import RuleError


def document(**changes) -> dict:
    section = {
        "type": "event_count",
        "rules": ["failed"],
        "group-by": ["user.name"],
        "timespan": "10m",
        "condition": {"gte": 5},
    }
    return {"title": "t", "correlation": {**section, **changes}}


def test_a_rule_is_read_as_written():
    spec = read_correlation(
        document(
            type="value_count",
            rules="failed",
            condition={"gte": 3, "lt": 9, "field": "user.name"},
            aliases={"who": {"failed": "user.name"}},
            generate=True,
            **{"group-by": "who"},
        ),
        uid="u",
    )
    assert (spec.uid, spec.type, spec.rules, spec.group_by) == (
        "u",
        "value_count",
        ("failed",),
        ("who",),
    )
    assert spec.span == 600_000
    assert dict(spec.condition.bounds) == {"gte": 3.0, "lt": 9.0}
    assert spec.condition.fields == ("user.name",)
    assert spec.fields == {"user.name"}
    assert spec.generate


@pytest.mark.parametrize(
    ("text", "millis"),
    [("30s", 30_000), ("5m", 300_000), ("2h", 7_200_000), ("1d", 86_400_000),
     ("1w", 604_800_000), ("1M", 2_629_746_000), ("1y", 31_556_952_000)],
)  # fmt: skip
def test_every_unit_of_time(text, millis):
    assert read_correlation(document(timespan=text), uid="u").span == millis


@pytest.mark.parametrize(
    ("bounds", "least"),
    [({"gte": 5}, 5), ({"gt": 5}, 6), ({"eq": 4}, 4), ({"lt": 4}, 0), ({"gt": 2, "lte": 9}, 3)],
)
def test_no_smaller_number_can_satisfy(bounds, least):
    assert read_correlation(document(condition=bounds), uid="u").condition.least == least


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"type": "event_counts"}, "no correlation type"),
        ({"type": "value_median"}, "not evaluated yet"),
        ({"rules": []}, "refers to no rules"),
        ({"rules": 7}, "rules is neither"),
        ({"timespan": "5 minutes"}, "no timespan"),
        ({"timespan": "0s"}, "no timespan"),
        ({"condition": None}, "needs a condition"),
        ({"condition": {}}, "no bound"),
        ({"condition": {"gte": 5, "most": 9}}, "unknown most"),
        ({"condition": {"gte": "many"}}, "no number"),
        ({"condition": {"gte": True}}, "no number"),
        ({"condition": {"gte": -1}}, "no number"),
        ({"type": "value_count"}, "condition.field"),
        ({"type": "temporal_ordered"}, "not evaluated yet"),
        ({"group-by": {"a": 1}}, "group-by is neither"),
        ({"aliases": {"who": {"other": "x"}}}, "names other"),
        ({"aliases": ["who"]}, "aliases"),
        ({"generate": "yes"}, "generate"),
    ],
)
def test_what_is_wrong_is_named_with_its_place(changes, said):
    with pytest.raises(RuleError, match=said) as caught:
        read_correlation(document(**changes), uid="u", where="rules/x.yml:3")
    assert caught.value.where == "rules/x.yml:3"


def test_a_document_without_the_section_is_refused():
    with pytest.raises(RuleError, match="not a mapping"):
        read_correlation({"title": "t"}, uid="u")
