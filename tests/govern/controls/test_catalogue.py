"""The shipped list of measures: whole, in both languages, mapped to what exists."""

from __future__ import annotations

import pytest

from shangdun.govern.controls.catalogue import Factor, Kind, Layer, Method, measures, read_measures
from shangdun.govern.law.binding import FACTS
from shangdun.govern.law.register import register
from shangdun.kernel.errors import RuleError
from shangdun.respond.groups import Group
from shangdun.respond.regulators.conditions import names_in
from shangdun.runtime.checks import check_names, words_of

DUTIES = {duty.uid for duty in register()}


@pytest.mark.parametrize("one", measures().values(), ids=lambda one: one.key)
def test_a_measure_is_complete(one):
    assert set(one.duties) <= DUTIES
    assert one.duties
    assert one.factors
    assert one.group in set(Group)
    for words in (one.title, one.what, one.how):
        assert words.keys() == {"zh", "en"}
        assert all(words.values())
    if one.condition:
        assert names_in(one.condition) <= FACTS.keys()
    assert not one.check or one.check in check_names()


def test_every_layer_factor_kind_and_method_has_measures_and_every_duty_is_served():
    kept = measures().values()
    assert {one.layer for one in kept} == set(Layer)
    assert {factor for one in kept for factor in one.factors} == set(Factor)
    assert {one.kind for one in kept} == set(Kind)
    assert {one.method for one in kept} == set(Method)
    assert {uid for one in kept for uid in one.duties} == DUTIES


def test_every_check_is_used_and_has_its_words_in_both_languages():
    assert {one.check for one in measures().values() if one.check} == set(check_names())
    for name in check_names():
        words = words_of(name)
        texts = [
            words["title"],
            *(t for part in ("says", "facts", "fix") for t in words[part].values()),
        ]
        assert all(text.keys() == {"zh", "en"} and all(text.values()) for text in texts), name


def test_a_list_that_says_something_else_is_refused():
    good = {
        "key": "a", "layer": "network", "factors": ["insider"], "method": "on_site",
        "rhythm": "year", "group": "legal",
        **{name: {"zh": "甲", "en": "a"} for name in ("title", "what", "how")},
    }  # fmt: skip
    assert read_measures({"kind": "technical", "controls": [good]}, "x")
    for wrong in ({"layer": "roof"}, {"check": "tls"}, {"method": "automatic"}, {"colour": "red"}):
        with pytest.raises(RuleError):
            read_measures({"kind": "technical", "controls": [good | wrong]}, "x")
