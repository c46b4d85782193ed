"""All baselines of a rule set, fed frame by frame."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol

import msgspec
import numpy as np
import polars as pl
from numpy.typing import NDArray

from shangdun.detect.baseline.alarm import Alarm
from shangdun.detect.baseline.columns import SEED, Columns, Ints
from shangdun.detect.baseline.gauge import Gauge
from shangdun.detect.baseline.links import LinkedGauge
from shangdun.detect.baseline.sale import Sale, raised_by
from shangdun.detect.baseline.spec import BaselineSpec
from shangdun.kernel.errors import StoreError
from shangdun.kernel.ids import content_id

VERSION = 1


class HasUid(Protocol):
    """A rule, as far as baselines care."""

    @property
    def uid(self) -> str: ...


class Matched(Protocol):
    """Rows of one frame that one rule matched."""

    @property
    def rule(self) -> HasUid: ...

    @property
    def rows(self) -> NDArray[np.integer[Any]]: ...


class BaselinesState(msgspec.Struct, kw_only=True):
    """Everything, under a version of the layout."""

    version: int
    baselines: dict[str, tuple[str, Any]]
    """Uid → what it computes (``content_of``) and its state."""


class Baselines:
    """Evaluates baselines; the same frames in the same order give the same alarms.

    ``calm`` are the uids for which an announced sale raises the bound.
    """

    def __init__(self, specs: Iterable[BaselineSpec], *, calm: Iterable[str] = ()) -> None:
        self._gauges: dict[str, Gauge | LinkedGauge] = {
            spec.uid: LinkedGauge(spec) if spec.measure == "linked" else Gauge(spec)
            for spec in specs
        }
        self._calm = frozenset(calm)
        self._sales: tuple[Sale, ...] = ()
        self._asked = frozenset(
            name for gauge in self._gauges.values() for name in gauge.spec.references
        )

    def __bool__(self) -> bool:
        return bool(self._gauges)

    @property
    def fields(self) -> frozenset[str]:
        """Every field that is read, as documents write it, and ``time``."""
        return frozenset({"time"}).union(*(one.spec.fields for one in self._gauges.values()))

    @property
    def figures(self) -> dict[str, dict[str, int]]:
        """Per uid: entities held, what was evicted, late or withheld, first and last moment.

        From ``knows`` on (milliseconds of the events) a baseline knows what is usual.
        """
        return {uid: gauge.figures for uid, gauge in self._gauges.items()}

    def announce(self, sales: Sequence[Sale]) -> None:
        """These sales are announced, and no others."""
        self._sales = tuple(sales)

    def feed(
        self, events: pl.DataFrame, matches: Iterable[Matched], *, file: str = "", source: str = ""
    ) -> list[Alarm]:
        """Take in a frame with the rows that single-event rules matched in it.

        Alarms come baseline by baseline, within one in the order of periods and slots.
        """
        matched: Mapping[str, Ints] = {
            match.rule.uid: np.asarray(match.rows, np.int64)
            for match in matches
            if match.rule.uid in self._asked
        }
        if not matched:
            return []
        columns = Columns(events)
        alarms: list[Alarm] = []
        for gauge in self._gauges.values():
            if not matched.keys().isdisjoint(gauge.spec.references):
                alarms += gauge.feed(columns, matched, (source, file), self._lift)
        return alarms

    def _lift(self, uid: str, start: int, key: str) -> float:
        if not self._sales or uid not in self._calm:
            return 1.0
        spec = self._gauges[uid].spec
        whole = not spec.per or spec.measure == "mix"
        until = start + spec.every
        if whole:  # a sale of some products is felt in the whole shop
            sales = [sale for sale in self._sales if sale.since < until and start < sale.until]
            return max([1.0, *(sale.factor for sale in sales)])
        return raised_by(self._sales, start, until, [key])

    def snapshot(self) -> bytes:
        """All state, for ``restore`` with the same or changed baselines."""
        saved = {uid: (content_of(one.spec), one.save()) for uid, one in self._gauges.items()}
        return msgspec.msgpack.encode(BaselinesState(version=VERSION, baselines=saved))

    def restore(self, data: bytes) -> list[str]:
        """Take up a snapshot; gives the uids that begin anew as they are new or changed.

        Raises ``StoreError`` if the bytes are no snapshot.
        """
        try:
            state = msgspec.msgpack.decode(data, type=BaselinesState)
        except msgspec.DecodeError as error:
            raise _unreadable(str(error)) from error
        if state.version != VERSION:
            raise _unreadable(f"version {state.version}, not {VERSION}")
        anew = []
        for uid, gauge in self._gauges.items():
            content, saved = state.baselines.get(uid, ("", None))
            if content == content_of(gauge.spec):
                gauge.load(saved)
            else:
                anew.append(uid)
        return sorted(anew)


def content_of(spec: BaselineSpec) -> str:
    """Identifies what a baseline computes; entities are kept as hashes, so these count too."""
    probe = int(pl.Series(["probe"]).hash(seed=SEED)[0])
    return content_id(VERSION, probe, msgspec.json.encode(spec, order="sorted"))


def _unreadable(message: str) -> StoreError:
    return StoreError(
        f"the state of the baselines cannot be read: {message}",
        code="store.state",
        fix="remove it; baselines learn anew",
    )
