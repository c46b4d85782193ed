r"""``field:value`` joined by ``AND`` or by nothing: the part of the language that is there.

A value with spaces or colons stands in double quotes, where ``\"`` and ``\\`` are a quote and a
backslash. Outside quotes ``*`` means anything; ``field:*`` any value at all.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator

import polars as pl

from shangdun.kernel.errors import UsageError
from shangdun.lake.query.predicate import All, Equals, Like, Predicate, Present, Value
from shangdun.lake.schema import POLARS_SCHEMA

_TERM = re.compile(
    r"""\s*(?:
        (?P<and>AND(?=\s))
      | (?P<field>[A-Za-z_][\w.]*):(?:"(?P<quoted>(?:[^"\\]|\\.)*)"|(?P<bare>[^\s"]+))(?=\s|$)
    )""",
    re.VERBOSE,
)
_TRUTHS = {"true": True, "false": False}


def parse_query(text: str) -> Predicate:
    """The predicate of a query; an empty query asks nothing.

    Raises ``UsageError`` saying at which character, or which fields come close.
    """
    return All(tuple(_terms(text)))


def _terms(text: str) -> Iterator[Predicate]:
    place = 0
    expects_term = False
    found = False
    while text[place:].strip():
        match = _TERM.match(text, place)
        if match is None or (match["and"] and (expects_term or not found)):
            raise UsageError(
                f"cannot read {text[place:].strip()[:40]!r} at character {place + 1}",
                code="query.syntax",
                where="query",
                fix='write field:value, with AND or nothing between, as in user.name:"li mei"',
            )
        place = match.end()
        expects_term = bool(match["and"])
        if match["field"]:
            found = True
            yield _term(match["field"], match["quoted"], match["bare"])
    if expects_term:
        raise UsageError("nothing follows AND", code="query.syntax", where="query", fix="drop it")


def _term(field: str, quoted: str | None, bare: str | None) -> Predicate:
    kind = POLARS_SCHEMA.get(field)
    if kind is None:
        close = difflib.get_close_matches(field, POLARS_SCHEMA, n=3, cutoff=0.4)
        raise UsageError(
            f"there is no field {field!r}",
            code="query.field",
            where="query",
            fix=f"try {', '.join(close)}" if close else "docs/schema.md lists them all",
        )
    if quoted is not None:
        return Equals(field, _value(field, kind, re.sub(r"\\(.)", r"\1", quoted)))
    text = bare or ""
    if text == "*":
        return Present(field)
    if "*" in text and kind == pl.String:
        return Like(field, tuple(text.split("*")))
    return Equals(field, _value(field, kind, text))


def _value(field: str, kind: pl.DataType, text: str) -> Value:
    try:
        if kind == pl.Boolean:
            return _TRUTHS[text.lower()]
        if kind.is_integer():
            return int(text)
        if kind.is_float():
            return float(text)
    except (ValueError, KeyError) as error:
        raise UsageError(
            f"{field} is a {kind}, and {text!r} is none",
            code="query.value",
            where="query",
            fix="give a value of that type",
        ) from error
    return text
