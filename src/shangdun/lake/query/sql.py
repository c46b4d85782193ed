"""A predicate as a SQL condition: names from the schema, every value bound, none spliced in."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from ipaddress import IPv4Network
from typing import Any

from shangdun.lake.query.fields import TEXT_COLUMNS, UNMAPPED, kind_of
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
    Value,
    Within,
)
from shangdun.lake.schema import Kind

Clause = tuple[str, list[Value]]

IN_NETWORK = "in_network6"
"""The function that ``engine`` gives DuckDB for IPv6, whose addresses have many spellings."""
_ESCAPE = str.maketrans({"\\": "\\\\", "%": "\\%", "_": "\\_"})
_OCTET = "(25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])"
_IPV4 = rf"{_OCTET}(\.{_OCTET}){{3}}"
_TEXTS = frozenset({Kind.STRING, Kind.JSON})
_OPERATORS = frozenset({"<", "<=", ">", ">="})


def to_sql(predicate: Predicate) -> Clause:
    """The condition and the values of its question marks, in order.

    SQL's unknown only ever stands for false: ``Not`` makes it so before it turns it round.
    """
    return _WRITERS[type(predicate)](predicate)


def quote(name: str) -> str:
    """A name as a SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def _of(field: str) -> Clause:
    """The value of a field."""
    if field.startswith(UNMAPPED):
        path = "$." + json.dumps(field.removeprefix(UNMAPPED), ensure_ascii=False)
        return f"TRY(json_extract_string({quote('unmapped')}, ?))", [path]
    return quote(field), []


def _text(field: str) -> Clause:
    """The value of a field as text."""
    column, values = _of(field)
    return (column if kind_of(field) in _TEXTS else f"CAST({column} AS VARCHAR)"), values


def _equals(asked: Equals) -> Clause:
    column, values = _of(asked.field)
    return f"{column} = ?", [*values, asked.value]


def _compare(asked: Compare) -> Clause:
    if asked.operator not in _OPERATORS:
        raise ValueError(asked.operator)
    column, values = _of(asked.field)
    if (
        asked.field.startswith(UNMAPPED)
        and isinstance(asked.value, str)
        and _is_number(asked.value)
    ):
        return f"TRY_CAST({column} AS DOUBLE) {asked.operator} ?", [*values, float(asked.value)]
    return f"{column} {asked.operator} ?", [*values, asked.value]


def _is_number(text: str) -> bool:
    return re.fullmatch(r"-?[0-9]{1,15}(\.[0-9]{1,15})?", text) is not None


def _like(asked: Like) -> Clause:
    column, values = _text(asked.field)
    return f"{column} LIKE ? ESCAPE '\\'", [*values, pattern(asked.parts)]


def _within(asked: Within) -> Clause:
    column, values = _of(asked.field)
    network = asked.network
    if not isinstance(network, IPv4Network):
        return (
            f"(contains({column}, ':') AND {IN_NETWORK}({column}, ?))",
            [*values, *values, str(network)],
        )
    octets = str(network.network_address).split(".")
    last = str(network.broadcast_address).split(".")
    whole = network.prefixlen // 8
    start = "".join(f"{octet}." for octet in octets[:whole])
    if whole == 4:
        return f"{column} = ?", [*values, str(network.network_address)]
    conditions = [f"starts_with({column}, ?)"] if whole else []
    bound: list[Value] = [*values, start] if whole else []
    conditions.append(f"regexp_full_match({column}, ?)")
    bound += [*values, _IPV4]
    if network.prefixlen % 8:
        octet = f"TRY_CAST(split_part({column}, '.', {whole + 1}) AS INTEGER)"
        conditions.append(f"{octet} BETWEEN ? AND ?")
        bound += [*values, int(octets[whole]), int(last[whole])]
    return f"({' AND '.join(conditions)})", bound


def _present(asked: Present) -> Clause:
    column, values = _of(asked.field)
    return f"{column} IS NOT NULL", values


def _anywhere(asked: Text) -> Clause:
    wanted = f"%{pattern(asked.parts)}%"
    conditions = " OR ".join(f"{quote(name)} ILIKE ? ESCAPE '\\'" for name in TEXT_COLUMNS)
    return f"({conditions})", [wanted] * len(TEXT_COLUMNS)


def pattern(parts: tuple[str, ...]) -> str:
    """Literal parts as what ``LIKE`` takes, with a backslash before what it would read itself."""
    return "%".join(part.translate(_ESCAPE).replace(ONE, "_") for part in parts)


def _not(asked: Not) -> Clause:
    condition, values = to_sql(asked.part)
    return f"NOT coalesce({condition}, FALSE)", values


def _all(asked: All) -> Clause:
    return _joined(asked.parts, " AND ", "TRUE")


def _either(asked: Either) -> Clause:
    return _joined(asked.parts, " OR ", "FALSE")


def _joined(parts: tuple[Predicate, ...], word: str, nothing: str) -> Clause:
    if not parts:
        return nothing, []
    clauses = [to_sql(part) for part in parts]
    together = word.join(condition for condition, _ in clauses)
    return (
        f"({together})" if len(clauses) > 1 else together,
        [value for _, values in clauses for value in values],
    )


_WRITERS: Mapping[type, Callable[[Any], Clause]] = {
    Equals: _equals,
    Compare: _compare,
    Like: _like,
    Within: _within,
    Present: _present,
    Text: _anywhere,
    Not: _not,
    All: _all,
    Either: _either,
}
