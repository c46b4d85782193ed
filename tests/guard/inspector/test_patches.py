"""A virtual patch closes its hole, for as long as it is meant to."""

from __future__ import annotations

import json
from urllib.parse import quote

import pytest

from shangdun_guard.inspector.exceptions import propose
from shangdun_guard.inspector.patches import ALWAYS, CONDITIONS, Patch, from_data, to_data
from shangdun_guard.inspector.tuning import TunedInspector
from shangdun_guard.request import Request

HEAD = (("host", "shop.example"), ("x-theme", "Dark"))
FORM = (*HEAD, ("content-type", "application/x-www-form-urlencoded"))

CASES = {
    "present": ("", ("anything",), ()),
    "longer than": ("8", ("123456789",), ("12345678",)),
    "not a number": ("", ("7a", "0x7"), ("7", "-3", "2.5")),
    "not one of": ("asc|desc", ("up",), ("asc", "desc")),
    "contains": ("debug=", ("a Debug=1", "a%2544ebug=1"), ("nothing",)),
    "other characters than": ("a-z0-9é_", ("A", "x y", "<"), ("abc_9", "商品")),
}


def asked(value: str, path: str = "/export/7") -> Request:
    return Request("GET", f"{path}?sort={quote(value, safe='%')}", HEAD)


def told(patch: Patch, request: Request, now: float = 0.0) -> bool:
    verdict = TunedInspector(patches=[patch], now=lambda: now).inspect(request)
    return any(hit.code == patch.code for hit in verdict.hits) and verdict.attack


def test_every_condition_has_a_case() -> None:
    assert set(CASES) == set(CONDITIONS)


@pytest.mark.parametrize("condition", CASES)
def test_conditions(condition: str) -> None:
    argument, dangerous, honest = CASES[condition]
    patch = Patch("hole", "/export", condition, argument, "query", "sort")
    assert [value for value in dangerous if not told(patch, asked(value))] == []
    assert [value for value in honest if told(patch, asked(value))] == []
    assert not told(patch, asked(dangerous[0], "/exports/7")), "the route's neighbour is free"


def test_encoded_paths_are_the_same_route() -> None:
    patch = Patch("hole", "/export", "present", place="query", parameter="sort")
    assert told(patch, asked("x", "/%65xport/7"))
    assert told(patch, asked("x", "/a/../export/./7"))


def test_a_route_can_be_closed_as_a_whole() -> None:
    patch = Patch("closed", "/export", ALWAYS, methods=("POST",))
    assert told(patch, Request("POST", "/export/1", FORM, b"a=b"))
    assert not told(patch, asked("x"))


def test_places() -> None:
    header = Patch("theme", "/", "not one of", "Dark|Light", "header", "X-Theme")
    assert not told(header, asked("x"))
    assert told(header, Request("GET", "/", (("host", "a"), ("x-theme", "../x"))))
    anywhere = Patch("id", "/", "not a number", parameter="id")
    assert told(anywhere, Request("POST", "/a", FORM, b"id=seven"))
    assert told(anywhere, Request("GET", "/a", (*HEAD, ("cookie", "id=seven"))))


def test_it_ends() -> None:
    patch = Patch("hole", "/", "present", place="query", parameter="sort", until=50.0)
    assert told(patch, asked("x"), 49.9)
    assert not told(patch, asked("x"), 50.0)


def test_the_reason_names_the_patch_and_no_exception_excuses_it() -> None:
    patch = Patch("CVE-2026-1", "/", "longer than", "3", "query", "sort")
    verdict = TunedInspector(patches=[patch]).inspect(asked("abcd"))
    assert "CVE-2026-1" in verdict.hits[0].reason
    assert verdict.hits[0].raw == b"abcd"
    excuses = propose(asked("abcd"), verdict)
    assert TunedInspector(patches=[patch], excuses=excuses).inspect(asked("abcd")).attack


@pytest.mark.parametrize(
    "wrong",
    [
        {"condition": "matches"},
        {"condition": "longer than", "argument": "many"},
        {"parameter": ""},
        {"prefix": "export"},
    ],
)
def test_wrong_ones_say_what_is_wrong(wrong: dict[str, str]) -> None:
    right = {"name": "p", "prefix": "/", "condition": "present", "parameter": "sort"}
    with pytest.raises(ValueError, match=r"patch|route"):
        Patch(**{**right, **wrong})  # type: ignore[arg-type]  # all of them are text


def test_text_form() -> None:
    patches = [Patch("p", "/a", "contains", "x", "form", "f", ("POST",), 5.0)]
    assert from_data(json.loads(json.dumps(to_data(patches)))) == patches
    with pytest.raises(ValueError, match="no patch"):
        from_data([{"names": "p"}])
