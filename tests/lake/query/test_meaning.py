"""A query's SQL gives the rows that its plain meaning gives, for generated queries and events."""

from __future__ import annotations

import ipaddress
import json
from collections.abc import Iterator

import duckdb
import pyarrow as pa
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from shangdun.lake.query.columns import DUCKDB_TYPES
from shangdun.lake.query.engine import prepare
from shangdun.lake.query.language import parse_query
from shangdun.lake.query.predicate import (
    ONE,
    All,
    Compare,
    Either,
    Equals,
    Like,
    Not,
    Predicate,
    Present,
    Text,
    Within,
)
from shangdun.lake.query.sql import to_sql

from .plain import Event, holds, written

ALPHABET = "aB%_*?\\ \"'():.0/-中\n"
TEXTS = st.text(ALPHABET, max_size=4)
ADDRESSES = st.one_of(
    st.ip_addresses(v=4).map(str),
    st.sampled_from(
        ["10.0.0.1", "10.255.0.9", "10.1.2.300", "10.01.2.3", "2001:db8::1", "::a", "-"]
    ),
    st.ip_addresses(v=6).map(str),
    st.ip_addresses(v=6).map(lambda address: address.exploded),
)
NETWORKS = st.one_of(
    st.builds(lambda a, n: ipaddress.ip_network((a, n), strict=False),
              st.sampled_from(["10.0.0.1", "10.255.0.9", "192.168.7.1"]), st.integers(0, 32)),
    st.builds(lambda a, n: ipaddress.ip_network((a, n), strict=False),
              st.sampled_from(["2001:db8::1", "::"]), st.integers(0, 128)),
)  # fmt: skip
NUMBERS = st.one_of(st.sampled_from([0, 200, 404, -1]), st.integers(-(2**31), 2**31 - 1))
FLOATS = st.sampled_from([0.0, 9.99, -1.5, 1e9])
VALUES = {
    "user.name": TEXTS,
    "http_request.url.url_string": TEXTS,
    "src_endpoint.ip": ADDRESSES,
    "http_response.code": NUMBERS,
    "order.total": FLOATS,
    "is_mfa": st.booleans(),
}
LOOSE = st.dictionaries(
    st.sampled_from(["EventID", "a.b", "引"]), st.one_of(TEXTS, st.integers(0, 9)), max_size=2
)


@st.composite
def events(draw: st.DrawFn) -> Event:
    event = {name: draw(st.none() | values) for name, values in VALUES.items()}
    event["unmapped"] = draw(st.none() | LOOSE.map(lambda x: json.dumps(x, ensure_ascii=False)))
    return event


ORDERS = st.sampled_from(["<", "<=", ">", ">="])
PARTS = (
    st.lists(st.text(ALPHABET + ONE, max_size=3), min_size=2, max_size=3)
    .map(tuple)
    .filter(lambda parts: parts != ("", ""))
)
TEXT_FIELDS = st.sampled_from(["user.name", "http_request.url.url_string", "unmapped.a.b"])


def of_field(name: str) -> st.SearchStrategy[Predicate]:
    values = VALUES[name]
    found: list[st.SearchStrategy[Predicate]] = [
        st.builds(Equals, st.just(name), values),
        st.just(Present(name)),
    ]
    if name != "is_mfa":
        found.append(st.builds(Compare, st.just(name), ORDERS, values))
    return st.one_of(found)


WORDS = st.lists(st.text("ab%_* é中", min_size=1, max_size=3), min_size=1, max_size=2).map(tuple)
LEAVES = st.one_of(
    *(of_field(name) for name in VALUES),
    st.builds(Like, TEXT_FIELDS, PARTS),
    st.builds(Within, st.just("src_endpoint.ip"), NETWORKS),
    st.builds(Text, WORDS),
    st.builds(Equals, st.sampled_from(["unmapped.EventID", "unmapped.引"]), TEXTS),
    st.builds(Compare, st.just("unmapped.EventID"), ORDERS, st.integers(0, 9).map(str)),
)  # fmt: skip
PREDICATES = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.builds(Not, inner),
        st.lists(inner, min_size=2, max_size=3).map(lambda parts: All(tuple(parts))),
        st.lists(inner, min_size=2, max_size=3).map(lambda parts: Either(tuple(parts))),
    ),
    max_leaves=6,
)


@pytest.fixture(scope="module")
def engine() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(":memory:") as connection:
        prepare(connection)
        yield connection


TYPES = {
    "VARCHAR": pa.string(),
    "INTEGER": pa.int32(),
    "BIGINT": pa.int64(),
    "DOUBLE": pa.float64(),
    "BOOLEAN": pa.bool_(),
    "DATE": pa.date32(),
}


def table_of(rows: list[Event]) -> pa.Table:
    """Events with every column; ``source_line`` tells which they are."""
    numbered = [{**row, "source_line": number} for number, row in enumerate(rows)]
    fields = [pa.field(name, TYPES[kind]) for name, kind in DUCKDB_TYPES.items()]
    return pa.Table.from_pylist(numbered, schema=pa.schema(fields))


@settings(max_examples=200, deadline=None)
@given(PREDICATES, st.lists(events(), min_size=1, max_size=8))
@example(Not(Equals("user.name", "a")), [{"user.name": None}])
def test_sql_means_what_the_language_says(
    engine: duckdb.DuckDBPyConnection, asked: Predicate, rows: list[Event]
) -> None:
    parsed = parse_query(written(asked))
    assert parsed == asked
    condition, values = to_sql(parsed)
    table = table_of(rows)
    engine.register("events", table)
    found = engine.execute(f"SELECT source_line FROM events WHERE {condition}", values).fetchall()
    expected = [number for number, event in enumerate(rows) if holds(asked, event)]
    assert sorted(number for (number,) in found) == expected
