"""CACAO as it is published: examples survive, what we write passes, what it refuses we refuse."""

from __future__ import annotations

import copy
import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.respond.playbook.made import playbook, trees

from shangdun.kernel.errors import ParseError
from shangdun.respond.playbook import dump, load
from shangdun.respond.playbook.built_in import built_in
from shangdun.respond.playbook.reading import DEEPEST, LONGEST_DOCUMENT, MOST_STEPS, parse


def test_published_examples_lose_nothing(examples: dict[str, Any]) -> None:
    assert len(examples) == 7
    for name, document in examples.items():
        assert json.loads(dump(load(json.dumps(document)))) == document, name


def test_what_we_write_passes_the_official_schema(faults: Any) -> None:
    for one in built_in():
        assert faults(json.loads(dump(one))) == [], one.name.en


@settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))
@given(tree=trees())
def test_what_is_made_passes_the_official_schema(faults: Any, tree: list[Any]) -> None:
    assert faults(json.loads(dump(playbook(tree)))) == []


JUNK = st.sampled_from([None, 7, -1, 3.5, True, "", "x", [], ["x"], {}, {"x": 1}, "playbook--1"])


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    found = [path] if path else []
    items: Any = ()
    if isinstance(value, dict):
        items = value.items()
    elif isinstance(value, list):
        items = enumerate(value)
    for key, item in items:
        found += places(item, (*path, key))
    return found


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_what_the_official_schema_refuses_we_refuse(
    faults: Any, examples: dict[str, Any], data: st.DataObject
) -> None:
    names = sorted(examples)
    ours = [json.loads(dump(one)) for one in built_in()[:2]]
    documents = [*(examples[name] for name in names), *ours]
    document = copy.deepcopy(data.draw(st.sampled_from(documents)))
    for _ in range(data.draw(st.integers(1, 2))):
        path = data.draw(st.sampled_from(places(document)))
        holder: Any = document
        for key in path[:-1]:
            holder = holder[key]
        if data.draw(st.booleans()) and isinstance(holder, dict):
            del holder[path[-1]]
        else:
            holder[path[-1]] = data.draw(JUNK)
        if not isinstance(document, dict) or not document:
            break
    said = faults(document)
    if said:
        with pytest.raises(ParseError):
            load(document)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (b"", "playbook.json"),
        (b"[]", "playbook.json"),
        (b'{"a": 1, "a": 2}', "playbook.json"),
        (b'{"a": NaN}', "playbook.json"),
        (b'{"a": "\\u0000"}', "playbook.json"),
        (b'{"a": "\\ud800"}', "playbook.json"),
        (b"\xff\xfe", "playbook.json"),
        (b"9" * 5000, "playbook.json"),
        (b"[" * 100_000, "playbook.size"),
        (b'{"a":' * (DEEPEST + 2) + b"1" + b"}" * (DEEPEST + 2), "playbook.size"),
        (b" " * (LONGEST_DOCUMENT + 1), "playbook.size"),
        (
            json.dumps({"workflow": {str(n): {} for n in range(MOST_STEPS + 1)}}).encode(),
            "playbook.size",
        ),
        (b'{"type": "playbook"}', "playbook.shape"),
    ],
)
def test_hostile_documents(text: bytes, code: str) -> None:
    with pytest.raises(ParseError) as caught:
        load(text)
    assert caught.value.code == code


@given(st.binary(max_size=300))
def test_bytes_are_a_document_or_an_error(data: bytes) -> None:
    with suppress(ParseError):
        assert isinstance(parse(data), dict)
