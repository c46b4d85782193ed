"""What the search process is asked and what it answers, as lines of JSON."""

from __future__ import annotations

from typing import Any

import msgspec


class FileGroup(msgspec.Struct, frozen=True):
    """Files of one day: no other group has events of that time."""

    paths: list[str]
    rows: int


class Export(msgspec.Struct, frozen=True):
    """Write the rows into a file instead of answering them."""

    path: str
    form: str
    """csv, ndjson or parquet."""
    most: int = 1_000_000
    most_bytes: int = 512 << 20


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """One search; files are grouped by day, newest day first."""

    groups: list[FileGroup]
    since: int
    until: int
    condition: str = "TRUE"
    values: list[str | int | float | bool] = []
    sql: str = ""
    statement: str = ""
    """One of our own over ``events``: never a person's, so it is not judged."""
    named: dict[str, str | int | float | bool | list[str]] = {}
    """What the names in ``statement`` stand for."""
    limit: int = 100
    columns: list[str] = []
    """Of an export; empty: those that hold anything."""
    facets: list[str] = []
    values_a_facet: int = 10
    step: int = 0
    """Milliseconds of a bar of the histogram; 0: none is drawn."""
    shift: int = 0
    """Milliseconds that local time is ahead of UTC: a bar of a day begins at a local midnight."""
    export: Export | None = None
    memory_mb: int = 1024
    threads: int = 2
    seconds: float = 60.0


class Rows(msgspec.Struct, tag="rows", tag_field="type"):
    """Events newest first (or a statement's rows), without their nulls."""

    rows: list[dict[str, Any]]
    columns: list[str] = []
    """Of a statement: the names in order."""


class Histogram(msgspec.Struct, tag="histogram", tag_field="type"):
    """Events by the time a bar begins (ms), so far; replaces the one before."""

    bars: dict[int, int]
    done: float
    """Share of the rows looked at."""
    step: int = 0
    """Milliseconds of a bar."""

    @property
    def total(self) -> int:
        return sum(self.bars.values())


class Facet(msgspec.Struct, tag="facet", tag_field="type"):
    """The most frequent values of a field with their counts."""

    field: str
    values: list[tuple[str | int | float | bool | None, int]]


class Exported(msgspec.Struct, tag="exported", tag_field="type"):
    """How many rows an export has so far."""

    rows: int
    more: bool
    """Whether a limit cut it short."""


class Done(msgspec.Struct, tag="done", tag_field="type"):
    """The search has ended."""

    seconds: float
    more: bool = False
    """Whether there are rows beyond the limit."""
    cancelled: bool = False


class Failed(msgspec.Struct, tag="failed", tag_field="type"):
    """The search has ended with an error of ours."""

    message: str
    code: str
    fix: str
    usage: bool = False


Update = Rows | Histogram | Facet | Exported | Done | Failed

_ENCODER = msgspec.json.Encoder(enc_hook=str)
_UPDATES: msgspec.json.Decoder[Update] = msgspec.json.Decoder(Update)


def encode(update: Update) -> bytes:
    """An update as a line."""
    return _ENCODER.encode(update) + b"\n"


def decode(line: bytes) -> Update:
    """The update of a line."""
    return _UPDATES.decode(line)
