"""An exception lets pass what it was made for, and nothing beside it."""

from __future__ import annotations

import json
from dataclasses import replace
from urllib.parse import quote

import pytest

from shangdun_guard.inspector import Inspector
from shangdun_guard.inspector.exceptions import Excuse, from_data, propose, to_data
from shangdun_guard.inspector.tuning import TunedInspector
from shangdun_guard.request import Request

ACCUSED = "1' or 'a'='a"
HEAD = (("host", "shop.example"),)


def asked(value: str, path: str = "/report/7/rows", name: str = "where") -> Request:
    return Request("GET", f"{path}?{name}={quote(value)}", HEAD)


@pytest.fixture(scope="module")
def excuses() -> list[Excuse]:
    request = asked(ACCUSED)
    return propose(request, Inspector().inspect(request))


def tuned(excuses: list[Excuse], now: float = 0.0) -> TunedInspector:
    return TunedInspector(excuses=excuses, now=lambda: now)


def test_the_accused_request_passes(excuses: list[Excuse]) -> None:
    assert Inspector().inspect(asked(ACCUSED)).attack
    assert excuses
    assert not tuned(excuses).inspect(asked(ACCUSED)).attack
    assert not tuned(excuses).inspect(asked("2' or 'b'='b", "/report/8/rows")).attack


BESIDE = {
    "another parameter": asked(ACCUSED, name="q"),
    "another route": asked(ACCUSED, path="/search"),
    "another method": replace(asked(ACCUSED), method="DELETE"),
    "another sign": asked("1' union select password from users-- "),
    "more than the sign": asked("1' or 'a'='a' union select password from users-- "),
    "another place": Request("GET", "/report/7/rows", (*HEAD, ("cookie", f"where={ACCUSED}"))),
    "far longer": asked("1" * 60 + ACCUSED),
    "other characters": asked("{" + ACCUSED),
}


@pytest.mark.parametrize("beside", BESIDE)
def test_nothing_beside_it_passes(excuses: list[Excuse], beside: str) -> None:
    assert Inspector().inspect(BESIDE[beside]).attack
    assert tuned(excuses).inspect(BESIDE[beside]).attack


def test_it_ends(excuses: list[Excuse]) -> None:
    short = [replace(excuse, until=100.0) for excuse in excuses]
    assert not tuned(short, 99.0).inspect(asked(ACCUSED)).attack
    assert tuned(short, 100.0).inspect(asked(ACCUSED)).attack


def test_who_is_not_accused_needs_none() -> None:
    honest = asked("O'Brien & Sons")
    assert propose(honest, Inspector().inspect(honest)) == []


def test_broad_ones_cannot_be_written() -> None:
    one = Excuse("GET", "/a", "query", "q", "sql.union", "a", 8)
    for change in ({"code": "sql"}, {"path": "*"}, {"method": ""}, {"longest": 0}):
        with pytest.raises(ValueError, match="an exception"):
            replace(one, **change)


def test_text_form(excuses: list[Excuse]) -> None:
    assert from_data(json.loads(json.dumps(to_data(excuses)))) == excuses
    with pytest.raises(ValueError, match="no exception"):
        from_data([{"path": "/"}])
