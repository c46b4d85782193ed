"""Reading the ``correlation`` section of a rule."""

from __future__ import annotations

from math import inf
from uuid import uuid4

import pytest
from sigma.correlations import SigmaCorrelationRule
from sigma.exceptions import SigmaCorrelationTypeError

from shangdun.detect.correlation.expression import read_expression
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
    [({"gte": 5}, 5), ({"gt": 5}, 5), ({"eq": 4}, 4), ({"lt": 4}, -inf), ({"gt": 2, "lte": 9}, 2)],
)
def test_no_smaller_number_can_satisfy(bounds, least):
    assert read_correlation(document(condition=bounds), uid="u").condition.least == least


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"type": "event_counts"}, "no correlation type"),
        ({"type": "value_median"}, "needs condition.field"),
        ({"type": "value_sum", "condition": {"gte": 1, "field": ["a", "b"]}}, "takes one field"),
        ({"type": "value_sum", "condition": {"gte": 1, "field": "a", "percentile": 9}}, "unknown"),
        ({"type": "value_percentile", "condition": {"gte": 1, "field": "a"}}, "percentile"),
        (
            {"type": "value_percentile", "condition": {"gte": 1, "field": "a", "percentile": 101}},
            "percentile",
        ),
        ({"type": "value_avg", "condition": {"gte": float("inf"), "field": "a"}}, "no number"),
        ({"condition": "failed"}, "takes no expression"),
        ({"type": "absence", "condition": None}, "needs two rules"),
        ({"type": "absence", "rules": ["a", "a"], "condition": None}, "needs two rules"),
        ({"type": "absence", "rules": ["a", "b"]}, "has no condition"),
        ({"type": "temporal", "condition": "failed and other"}, "names other"),
        ({"type": "temporal", "rules": ["a", "b"], "condition": "a"}, "does not mention b"),
        ({"type": "temporal", "rules": ["a", "b"], "condition": "a and"}, "ends too early"),
        ({"type": "temporal", "rules": ["a", "b"], "condition": "(a or b"}, "not closed"),
        ({"type": "temporal", "rules": ["a", "b"], "condition": "a b"}, "unexpected"),
        ({"type": "temporal", "rules": ["a", "b"], "condition": "a and or b"}, "stands where"),
        ({"type": "temporal", "rules": ["a", "b"], "condition": "2 of them"}, "neither 1 of"),
        ({"type": "temporal", "rules": ["a", "b"], "condition": "1 of c*"}, "nothing in rules"),
        ({"type": "temporal", "rules": ["a"], "condition": "a and not a"}, "never hold"),
        ({"type": "temporal", "rules": [f"r{n}" for n in range(64)], "condition": None}, "than 63"),
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


@pytest.mark.parametrize(
    ("expression", "alternatives"),
    [
        ("a and b", {("ab", "")}),
        ("a and not c", {("a", "c")}),
        ("a or b and c", {("a", ""), ("bc", "")}),
        ("(a or b) and not (c or not a)", {("a", "c"), ("ab", "c")}),
        ("not (a and b)", {("", "a"), ("", "b")}),
        ("1 of them", {("a", ""), ("b", ""), ("c", "")}),
        ("ALL OF them", {("abc", "")}),
        ("not 1 of them", {("", "abc")}),
        ("not all of them", {("", "a"), ("", "b"), ("", "c")}),
        ("any of [bc]", {("b", ""), ("c", "")}),
        ("a and b or a", {("a", ""), ("ab", "")}),
    ],
)
def test_an_expression_becomes_alternatives(expression, alternatives):
    rules = [name for name in "abc" if name in expression or "of" in expression.lower()]
    if expression == "any of [bc]":
        rules = ["b", "c"]
    found = read_expression(expression, rules)

    def names(bits: int) -> str:
        return "".join(name for place, name in enumerate(rules) if bits >> place & 1)

    assert {(names(one.present), names(one.absent)) for one in found} == alternatives


def test_an_expression_may_name_the_rules_itself():
    spec = read_correlation(
        document(type="temporal", rules=None, condition="login and (export or not vpn)"), uid="u"
    )
    assert spec.rules == ("login", "export", "vpn")
    assert spec.condition.expression == "login and (export or not vpn)"


def test_an_expression_cannot_blow_up():
    rules = [f"r{n}" for n in range(60)]
    pairs = " and ".join(f"({a} or {b})" for a, b in zip(rules[::2], rules[1::2], strict=True))
    with pytest.raises(RuleError, match="more than 256 alternatives"):
        read_expression(pairs, rules)
    with pytest.raises(RuleError, match="too deeply"):
        read_expression("(" * 2_000 + "r0", rules)


def test_absence_is_refused_by_other_sigma_tools():
    """It is our extension: whoever does not know it says so and takes nothing else for it."""
    section = document(type="absence", rules=["a", "b"], condition=None)
    assert read_correlation(section, uid="u").type == "absence"
    with pytest.raises(SigmaCorrelationTypeError):
        SigmaCorrelationRule.from_dict({**section, "id": str(uuid4())})


def test_a_document_without_the_section_is_refused():
    with pytest.raises(RuleError, match="not a mapping"):
        read_correlation({"title": "t"}, uid="u")
