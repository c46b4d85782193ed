"""Parts of requests, decoded or judged, as columns that rules name and no parser has to write.

``http_request.decoded`` is every part out of its encodings, ``http_request.inspected`` what the
inspector says of each. A column is made of one column of the event, value for value, so the engine
reads a value when it learns it and never again while it remembers it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import polars as pl

from shangdun.detect.decode import marks
from shangdun.detect.decode.inspection import codes_of, codes_of_guard, words_of, words_of_guard
from shangdun.detect.decode.layers import decoded
from shangdun.detect.decode.request import body_text, cookie_text, header_text, target_text

DECODED = "http_request.decoded"
"""Any part of a request: a rule that names it asks every column of this name."""
INSPECTED = "http_request.inspected"
"""What the inspector says of any part: ``class:sql sql.union …``; empty where it is clean."""
WHOLES = (DECODED, INSPECTED)
GUARD, GUARD_ACTION = "shangdun_guard.verdict.hits", "shangdun_guard.action"
"""Signs that the guard found in a request, bodies included, and what it did with it."""
WRITTEN: Mapping[str, str] = MappingProxyType(
    {
        "text": "content.text",
        "coupon": "coupon.code",
        "account": "user.name",
    }
)
"""What customers type into a shop that tells of it in events: part to column."""

_LAYERS = (
    r"%|\\|&#|&[A-Za-z]{2,24};|&(?:lt|gt|quot)\b|/\*|[\x00\t\r\x0b\x0c\u{a0}]|  "
    r"|[\u{ff01}-\u{ff5e}\u{3000}]"
)
"""What only a value with something to decode has; everything else is passed on as it is."""
_QUERY = rf"\?.*\+|=[\[{{]|{_LAYERS}|[=,:;\x22'\s?&][A-Za-z0-9+/_-]{{16}}"


@dataclass(frozen=True, slots=True)
class Decoded:
    """A column made of another: values in which ``marks`` occurs are ``read``."""

    name: str
    source: str
    read: Callable[[str], str]
    marks: str
    """Regular expression of the Rust dialect; empty: every value is read."""
    rest: str | None = None
    """What stands for the other values; None: themselves."""
    words: Callable[[str], str] | None = None
    """How one value is told to people, where that is more than rules may ask."""
    beside: str = ""
    """A column whose value is told with it."""

    @property
    def whole(self) -> str:
        """The name for all parts that are made alike."""
        return next(name for name in WHOLES if self.name.startswith(f"{name}."))

    def of(self, values: pl.Series) -> pl.Series:
        """Texts (nulls stay null), value for value."""
        coded = values.is_not_null() if not self.marks else values.str.contains(self.marks)
        places, given = coded.fill_null(value=False).arg_true(), values
        if self.rest is not None:
            values = pl.select(pl.when(values.is_not_null()).then(pl.lit(self.rest))).to_series()
        if not len(places):
            return values
        read = [self.read(text) for text in given.gather(places).to_list()]
        return values.clone().scatter(places, pl.Series(read, dtype=pl.String))


def _inspected(name: str, source: str, part: str, only: str) -> Decoded:
    codes, words = codes_of(part), words_of(part)
    return Decoded(f"{INSPECTED}.{name}", source, codes, only, "", words)


_ALL = (
    Decoded(f"{DECODED}.target", "http_request.url.url_string", target_text, _QUERY),
    Decoded(f"{DECODED}.body", "http_request.body", body_text, ""),
    Decoded(f"{DECODED}.cookies", "http_request.cookies", cookie_text, ""),
    Decoded(f"{DECODED}.referrer", "http_request.referrer", target_text, _QUERY),
    Decoded(f"{DECODED}.agent", "http_request.user_agent", decoded, _LAYERS),
    Decoded(f"{DECODED}.headers", "http_request.headers", header_text, ""),
    _inspected("target", "http_request.url.url_string", "target", marks.TARGET),
    _inspected("body", "http_request.body", "body", ""),
    _inspected("cookies", "http_request.cookies", "cookie", marks.COOKIES),
    _inspected("referrer", "http_request.referrer", "referer", marks.REFERRER),
    _inspected("agent", "http_request.user_agent", "user-agent", marks.AGENT),
    _inspected("headers", "http_request.headers", "headers", ""),
    _inspected("matched", "firewall_rule.match_details", "matched", ""),
    *(_inspected(name, source, name, "") for name, source in WRITTEN.items()),
    Decoded(f"{INSPECTED}.guard", GUARD, codes_of_guard, "", "", words_of_guard, GUARD_ACTION),
)
COLUMNS: Mapping[str, Decoded] = MappingProxyType({one.name: one for one in _ALL})
"""By name."""


def group_of(name: str) -> str:
    """Parts of a request are scanned for the same things, so with one database."""
    return COLUMNS[name].whole if name in COLUMNS else name


def source_of(name: str) -> str:
    """The column an event must have for this one to be there."""
    return COLUMNS[name].source if name in COLUMNS else name


def made_of(columns: Collection[str]) -> list[str]:
    """The columns of these that can be made of a frame with those columns."""
    return [one.name for one in _ALL if one.source in columns]


def with_columns(frame: pl.DataFrame, names: Collection[str]) -> pl.DataFrame:
    """A frame with those of these columns that are named and can be made of it."""
    made = [COLUMNS[name] for name in made_of(frame.columns) if name in names]
    read = [one.of(frame[one.source].cast(pl.String, strict=False)).alias(one.name) for one in made]
    return frame.with_columns(read) if read else frame


def _told(one: Decoded, event: Mapping[str, Any]) -> str:
    told = (one.words or one.read)(str(event[one.source]))
    if told and one.beside and event.get(one.beside):
        head, _, rest = told.partition("\n")
        return f"{head}\n= {str(event[one.beside])[:20]}\n{rest}"
    return told


def with_decoded(event: Mapping[str, Any]) -> dict[str, Any]:
    """One event with its parts as they are read, and all of them under the name of the whole."""
    there = [one for one in _ALL if event.get(one.source) is not None]
    parts = {one.name: _told(one, event) for one in there}
    wholes = {name: [parts[one.name] for one in there if one.whole == name] for name in WHOLES}
    return {**event, **parts, **wholes}
