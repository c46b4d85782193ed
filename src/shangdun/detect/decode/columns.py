"""Decoded parts of requests as columns that rules name and that no parser has to write.

``http_request.decoded`` is all of them. Each is made of one column of the event, value for value,
so the engine decodes a value when it learns it and never again while it remembers it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import polars as pl

from shangdun.detect.decode.layers import decoded
from shangdun.detect.decode.request import body_text, cookie_text, header_text, target_text

DECODED = "http_request.decoded"
"""Any part of a request: a rule that names it asks every column below."""

_LAYERS = (
    r"%|\\|&#|&[A-Za-z]{2,24};|&(?:lt|gt|quot)\b|/\*|[\x00\t\r\x0b\x0c\u{a0}]|  "
    r"|[\u{ff01}-\u{ff5e}\u{3000}]"
)
"""What only a value with something to decode has; everything else is passed on as it is."""
_QUERY = rf"\?.*\+|=[\[{{]|{_LAYERS}|[=,:;\x22'\s?&][A-Za-z0-9+/_-]{{16}}"


@dataclass(frozen=True, slots=True)
class Decoded:
    """A column made of another: values in which ``marks`` occurs are ``read``, others stay."""

    name: str
    source: str
    read: Callable[[str], str]
    marks: str
    """Regular expression of the Rust dialect; empty: every value is read."""

    def of(self, values: pl.Series) -> pl.Series:
        """Texts (nulls stay null), value for value."""
        coded = values.is_not_null() if not self.marks else values.str.contains(self.marks)
        places = coded.fill_null(value=False).arg_true()
        if not len(places):
            return values
        read = [self.read(text) for text in values.gather(places).to_list()]
        return values.clone().scatter(places, pl.Series(read, dtype=pl.String))


_ALL = (
    Decoded(f"{DECODED}.target", "http_request.url.url_string", target_text, _QUERY),
    Decoded(f"{DECODED}.body", "http_request.body", body_text, ""),
    Decoded(f"{DECODED}.cookies", "http_request.cookies", cookie_text, ""),
    Decoded(f"{DECODED}.referrer", "http_request.referrer", target_text, _QUERY),
    Decoded(f"{DECODED}.agent", "http_request.user_agent", decoded, _LAYERS),
    Decoded(f"{DECODED}.headers", "http_request.headers", header_text, ""),
)
COLUMNS: Mapping[str, Decoded] = MappingProxyType({one.name: one for one in _ALL})
"""By name."""


def group_of(name: str) -> str:
    """Parts of a request are scanned for the same things, so with one database."""
    return DECODED if name in COLUMNS else name


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


def with_decoded(event: Mapping[str, Any]) -> dict[str, Any]:
    """One event with its decoded parts, and all of them under the name of the whole."""
    there = [one for one in _ALL if event.get(one.source) is not None]
    parts = {one.name: one.read(str(event[one.source])) for one in there}
    return {**event, **parts, DECODED: list(parts.values())}
