from __future__ import annotations

import os
import pickle
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.guard.inspector.sinks.scoring import QUERY, growth, read_though_ordinary, score

from shangdun_guard.inspector.sink import Slot
from shangdun_guard.inspector.sinks.deserialisation import SINK

VIEW_STATE = Slot("form", "__VIEWSTATE")


class Runs:
    """Runs a command when it is read; it is only ever written here."""

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return os.system, ("id",)


ATTACKS = [
    ("rO0ABXNyABFqYXZhLnV0aWwuSGFzaE1hcAUH2sHDFmDRAwAC", QUERY),
    ("\xac\xed\x00\x05sr\x00\x11java.util.HashMap\x05\x07", QUERY),
    ("aced0005737200116a6176612e7574696c2e486173684d6170", QUERY),
    ("\xac\xed\x00\x05sr\x002sun.reflect.annotation.AnnotationInvocationHandlerU", QUERY),
    ('O:8:"Example1":1:{s:10:"cache_file";s:14:"../../index.php";}', QUERY),
    ('O:+8:"Example1":1:{s:1:"a";i:1;}', QUERY),
    ('a:2:{i:0;O:19:"Monolog\\Handler\\Abc":1:{s:1:"a";i:1;}i:1;i:2;}', QUERY),
    ('C:11:"ArrayObject":37:{x:i:0;a:0:{};m:a:0:{}}', QUERY),
    ("\x00\x01\x00\x00\x00\xff\xff\xff\xff\x01\x00\x00\x00\x00\x00\x00\x00\x0c\x02", QUERY),
    ("AAEAAAD/////AQAAAAAAAAAMAgAAAElTeXN0ZW0", QUERY),
    (
        "\xff\x012\x00\x01\x00\x00\x00\xff\xff\xff\xff\x01\x00\x00\x00TextFormattingRunProperties",
        VIEW_STATE,
    ),
    ("System.Windows.Data.ObjectDataProvider, PresentationFramework", Slot("json", "a.$type")),
    ('{"$type":"System.Windows.Data.ObjectDataProvider, PresentationFramework"}', QUERY),
    ('{"@type":"com.sun.rowset.JdbcRowSetImpl","dataSourceName":"rmi://e/x"}', QUERY),
    ("com.sun.rowset.JdbcRowSetImpl", Slot("json", "@type")),
    ("!!python/object/apply:os.system ['id']", QUERY),
    ("!!python/object/new:subprocess.Popen", QUERY),
    ("!!javax.script.ScriptEngineManager [!!java.net.URLClassLoader [[]]]", QUERY),
    ("--- !ruby/object:Gem::Installer\ni: x", QUERY),
    ('{"rce":"_$$ND_FUNC$$_function (){return 1}()"}', QUERY),
    ("_$$ND_FUNC$$_function(){return 1}()", QUERY),
    ("\x04\x08o:@ActiveSupport::Deprecation::DeprecatedInstanceVariableProxy\t:", QUERY),
    ('<java class="java.beans.XMLDecoder"><object class="java.lang.ProcessBuilder">', QUERY),
    ("<sorted-set><dynamic-proxy><interface>java.lang.Comparable</interface>", QUERY),
    *[
        (pickle.dumps(Runs(), protocol).decode("latin-1"), QUERY)
        for protocol in range(pickle.HIGHEST_PROTOCOL + 1)
    ],
    ("cos\nsystem\n(S'id'\ntR.", QUERY),
    ("(S'id'\nios\nsystem\n.", Slot("cookie", "session")),
]  # fmt: skip

HONEST = [
    ("/wEPDwUKLTM1NjI3NzY2NGRkq0bYs3Qe2tDJ5m8vW9Kf0m3n5Q4=", VIEW_STATE),
    ("\xff\x01\x0f\x0f\x05\n-356277664dd", VIEW_STATE),
    (
        "\xff\x01\x0f2\x99\x01\x00\x01\x00\x00\x00\xff\xff\xff\xff\x01\x00\x00\x00System.Data.X",
        VIEW_STATE,
    ),
    ("rO0ABXVyABNbTGphdmEubGFuZy5PYmplY3Q7kM5Y", Slot("form", "javax.faces.ViewState")),
    ('a:2:{s:4:"cart";a:1:{i:0;i:42;}s:4:"lang";s:2:"en";}', Slot("cookie", "basket")),
    ('O:8:"stdClass":1:{s:1:"a";i:1;}', Slot("cookie", "prefs")),
    ('O:99:"Example":1:{', QUERY),
    ("\x04\x08{\x07:\nflash{\x06", Slot("cookie", "_session")),
    ("BAh7CEkiD3Nlc3Npb25faWQGOgZFVEkiJTE", Slot("cookie", "_session")),
    ("eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxIn0.abc", QUERY),
    ("Shop.Orders.Line, Shop", Slot("json", "items[].$type")),
    ("com.example.shop.Order", Slot("json", "@class")),
    ("My favourite! It is great!", QUERY),
    ("!important", QUERY),
    ("O:1", QUERY),
    ("vitamin C:12 and O:3", QUERY),
    ("!!! wow", QUERY),
    ("System.out.println(x)", QUERY),
    ("System.NullReferenceException: Object reference not set", QUERY),
    ("java.lang.NullPointerException at com.example.Foo", QUERY),
    ("What is java.util.PriorityQueue good for, and how does one use it well?", QUERY),
    ("\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x80\x03os\nab\n", Slot("file", "photo")),
    (pickle.dumps({"a": [1, 2.5, "x", None]}, 2).decode("latin-1"), QUERY),
    ("client\nname\nsystem\n", QUERY),
    ("coffee\ntea\nR.", QUERY),
    ("city\nBerlin\n", QUERY),
    ("<java>is a language</java>", QUERY),
    ('The PHP manual shows O:8:"Example1":1:{ as an object, which we do not understand', QUERY),
]  # fmt: skip


@pytest.mark.parametrize(("text", "slot"), ATTACKS)
def test_an_object_that_leads_further_convicts(text: str, slot: Slot) -> None:
    assert score(SINK, text, slot) >= 0


@pytest.mark.parametrize(("text", "slot"), HONEST)
def test_states_sessions_and_mentions_do_not(text: str, slot: Slot) -> None:
    assert score(SINK, text, slot) <= -0.5


def test_a_pickle_that_calls_an_unknown_module_is_still_an_attack() -> None:
    text = pickle.dumps(Fraction(1, 3), 2).decode("latin-1")
    assert score(SINK, text) >= 0


@pytest.mark.parametrize(
    "unit",
    ["\x80\x02", "O:1:", 'O:1:"a":1:{', "rO0AB", "cos\na\n", "!!", "!!python/", "\x04\x08",
     "<java ", "(", "\x80\x02(((", "S'a'\n", "System.", "_$$ND_FUNC$$_", "com.sun.", "o:\x06A::"],
)  # fmt: skip
def test_time_is_linear(unit: str) -> None:
    assert growth(SINK, unit) < 9


def test_ordinary_values_pass_at_a_glance() -> None:
    assert read_though_ordinary(SINK) == []


@given(
    st.one_of(
        st.text(),
        st.binary().map(lambda data: data.decode("latin-1")),
        st.binary().map(lambda data: "\x80\x02" + data.decode("latin-1")),
        st.text(alphabet='OCa:+19"{}\x80\x02\n(Rtcos.!/\u4e2d'),
    )
)
def test_it_never_raises_and_its_places_lie_inside(text: str) -> None:
    score(SINK, text, QUERY)
