from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.guard.inspector.sinks.scoring import QUERY, growth, read_though_ordinary, score

from shangdun_guard.inspector.sink import Slot
from shangdun_guard.inspector.sinks.ldap import SINK

FILTERS = [
    "*)(uid=*))(|(uid=*",
    "admin)(&)",
    "*)(|(mail=*",
    "x)(cn=*)",
    "admin*)((|userpassword=*)",
    "admin)(|(password=*))",
    "*)(userPassword=*",
    "*)(objectClass=*))(&(objectClass=void",
    "admin)(!(&(1=0",
    ")(cn=))\x00",
    "*))\x00",
    "admin)\x00",
    "*(|(mail=*))",
    "*(|(objectclass=*))",
    "x)(2.5.4.3=a*",
    "x)(cn:dn:2.4.6.8.10:=Dino",
]

PATHS = [
    "' or count(/*)=1 or ''='",
    "' or count(parent::*[position()=1])=0 or 'a'='b",
    "x' or name()='username' or 'x'='y",
    "' or string-length(name(/*[1]))=4 or 'a'='b",
    "' and substring(//user[1]/password,1,1)='a",
    "' or contains(name,'adm') or 'x'='y",
    "' or position()=2 or '",
    "1 or count(/*)=1",
    "'] | //user/*[contains(*,'",
    "']|//*|//*['",
    '"]/../*["',
]

HONEST = [
    "f(a)(b=1)",
    ":) (size=5)",
    "a) first (x=1)",
    "1) wash 2) dry",
    "(a=b)",
    "(&(objectClass=person)(uid=jo*))",
    "5*(2+3)",
    "function(a){return a.b=1})(window)",
    "})(X = Y.X || (Y.X = {}));",
    "})(jQuery);",
    "Hello (world))",
    "*bold* (text=1)",
    "*.txt",
    "//*[@id='x']",
    "//div[1]/a",
    "http://x.de//a/b",
    "a['b'] // comment",
    "v.replace(/[^']/g, '')",
    "dict['a'] | None",
    "count on me or not",
    "my name (or theirs) and text",
    "he's last or first? 'position' matters",
    "尺寸（大）或（小）",
]


@pytest.mark.parametrize("text", FILTERS)
def test_filter(text: str) -> None:
    assert score(SINK, text) >= 0.5


@pytest.mark.parametrize("text", PATHS)
def test_path(text: str) -> None:
    assert score(SINK, text) >= 0.5
    assert any(sign.code.startswith("ldap.xpath") for sign in SINK.judge(text, QUERY))


@pytest.mark.parametrize("text", HONEST)
def test_honest(text: str) -> None:
    assert score(SINK, text) <= -1


def test_a_wildcard_needs_company() -> None:
    assert -4 < score(SINK, "adm*", Slot("form", "user")) < -1
    assert score(SINK, "adm*", Slot("query", "q")) == -4


def test_every_code_has_a_sentence() -> None:
    assert SINK.weights.keys() == SINK.sentences.keys()


ODD = st.sampled_from("ab1 '\"()*|&!=/[]:.@\\\x00")


@given(st.text(ODD | st.characters()))
def test_any_text_is_judged(text: str) -> None:
    score(SINK, text)


UNITS = ["(", ")", "*", "*)(", "a=b)(", " ", "'", "' or ", "//a", "//a[", "::", "1.", "x or "]


@pytest.mark.parametrize("unit", UNITS)
def test_linear(unit: str) -> None:
    assert growth(SINK, unit) < 8


def test_may_is_quick() -> None:
    assert read_though_ordinary(SINK) == []
