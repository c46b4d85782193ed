"""Measures as they are shown: value, how sure, target, trend, and the way to the records."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db.models import QuerySet

from shangdun.govern.measures.definition import Kind, Measure, measure_named, measures
from shangdun.govern.measures.intervals import Interval
from shangdun.govern.measures.periods import Period, period_of, periods_to
from shangdun.govern.measures.reading import Reading, trend_of
from shangdun.govern.measures.target import Better, Outcome, outcome, within_chance
from shangdun.govern.measures.trend import Trend
from shangdun.records.access import require
from shangdun.records.actor import Actor
from shangdun.records.measure_readings import read_measure, records_began
from shangdun.records.messages import console_zone
from shangdun.records.models import MeasureTarget, MeasureValue
from shangdun.records.roles import Capability

SHOWN = 8
"""Periods in a trend: two years of quarters."""
PATHS: dict[str, tuple[str, tuple[Capability, ...]]] = {
    "incident-rate": (
        "/figures/?quarters=20&quarter={key}#incidents", (Capability.VIEW_INCIDENTS,),
    ),
    "satisfaction": (
        "/surveys/?period={key}", (Capability.VIEW_MEASURES, Capability.MANAGE_SURVEYS),
    ),
    "compliance": ("/law/", (Capability.VIEW_COMPLIANCE,)),
    "execution": ("/controls/rate/?period={key}", (Capability.VIEW_CONTROLS,)),
}  # fmt: skip


@dataclass(frozen=True)
class Measured:
    """One measure in one period."""

    measure: Measure
    period: Period
    reading: Reading
    target: float | None
    trend: Trend
    over: bool
    """Whether the period has ended; otherwise it is the value so far."""
    frozen_at: datetime | None = None
    """When the value was kept; None: as the records stand now."""

    @property
    def value(self) -> float | None:
        return self.reading.value(self.measure.kind)

    @property
    def interval(self) -> Interval | None:
        return self.reading.interval(self.measure.kind)

    @property
    def outcome(self) -> Outcome:
        """Against the target; a count below its limit is not met before the period is over."""
        found = outcome(self.value, self.target, self.measure.better)
        counts = self.measure.kind is Kind.COUNT and self.measure.better is Better.LOWER
        early = counts and not self.over and found is Outcome.MET
        return Outcome.NO_VALUE if early else found

    @property
    def by_chance(self) -> bool:
        """Whether the true value may as well lie on the other side of the target."""
        return within_chance(self.interval, self.target)

    @property
    def whole(self) -> bool:
        """Whether the records cover the period, as far as it has gone."""
        return self.over is False or self.reading.days >= self.period.days - 1

    @property
    def path(self) -> str:
        """Where the records behind it are."""
        return PATHS[self.measure.key][0].format(key=self.period.key)

    def opens_to(self, actor: Actor) -> bool:
        """Whether this actor may see the records behind it."""
        return actor.can(*PATHS[self.measure.key][1])


@dataclass(frozen=True)
class Kept:
    """What many measures are reckoned with, read once: targets, frozen values, the beginning."""

    targets: Mapping[str, list[MeasureTarget]]
    values: Mapping[tuple[str, str], MeasureValue]
    began: datetime | None
    zone: ZoneInfo


def kept() -> Kept:
    """Three queries."""
    targets: dict[str, list[MeasureTarget]] = {}
    for row in MeasureTarget.objects.order_by("measure", "-valid_from"):
        targets.setdefault(row.measure, []).append(row)
    values = {(row.measure, row.period): row for row in MeasureValue.objects.all()}
    return Kept(targets, values, records_began(), console_zone())


def target_on(known: Kept, measure: Measure, day: date) -> float | None:
    """The target in force on a day; None: none was set for it."""
    rows = known.targets.get(measure.key, ())
    return next((float(row.value) for row in rows if row.valid_from <= day), None)


def measured(
    measure: Measure | str, period: Period, now: datetime, known: Kept | None = None
) -> Measured:
    """A measure in a period: as it was frozen, or as the records stand now."""
    return history(measure, now, last=period, count=1, known=known)[0]


def history(
    measure: Measure | str,
    now: datetime,
    *,
    last: Period | None = None,
    count: int = SHOWN,
    known: Kept | None = None,
) -> list[Measured]:
    """The periods up to ``last`` (the running one), the oldest first.

    Those before the records began are left out, but never all of them.
    """
    measure = measure_named(measure) if isinstance(measure, str) else measure
    known = known or kept()
    last = last or period_of(now.astimezone(known.zone).date(), measure.cadence)
    periods = periods_to(last, count + 1)
    readings = [_reading(measure, period, now, known) for period in periods]
    found = [
        _measured(measure, period, readings[place], readings[place + 1], now, known)
        for place, period in enumerate(periods[1:])
    ]
    began = [one for one in found if one.reading.problem != "no_records"]
    return began or found[-1:]


def freshly(measure: Measure, period: Period, now: datetime) -> Reading:
    """The reading as the records stand now, whatever was frozen."""
    return read_measure(measure.key, period, now, console_zone(), records_began())


def current(now: datetime, known: Kept | None = None) -> list[Measured]:
    """The running period of every measure, or the last one where the running one has no value."""
    known = known or kept()
    found = []
    for measure in measures():
        newest = history(measure, now, count=2, known=known)
        told = [one for one in newest if one.value is not None]
        found.append(told[-1] if told else newest[-1])
    return found


def visible_targets(actor: Actor, measure: Measure) -> QuerySet[MeasureTarget]:
    """What a measure was to reach, the newest first."""
    require(actor, Capability.VIEW_MEASURES)
    rows = MeasureTarget.objects.filter(measure=measure.key).select_related("set_by")
    return rows.order_by("-valid_from")


def _reading(
    measure: Measure, period: Period, now: datetime, known: Kept
) -> tuple[Reading, MeasureValue | None]:
    row = known.values.get((measure.key, period.key))
    if row is not None:
        return reading_of(row), row
    return read_measure(measure.key, period, now, known.zone, known.began), None


def reading_of(row: MeasureValue) -> Reading:
    """A frozen value as a reading."""
    parts = {key: (count, total) for key, (count, total) in row.parts.items()}
    return Reading(
        count=row.count, total=row.total, parts=parts, apart=row.apart, days=row.days,
        problem=row.problem, rests_on=tuple(row.rests_on), digest=row.digest,
    )  # fmt: skip


def _measured(
    measure: Measure,
    period: Period,
    before: tuple[Reading, MeasureValue | None],
    here: tuple[Reading, MeasureValue | None],
    now: datetime,
    known: Kept,
) -> Measured:
    reading, row = here
    target = target_on(known, measure, period.last)
    if row is not None:
        target = None if row.target is None else float(row.target)
    return Measured(
        measure=measure,
        period=period,
        reading=reading,
        target=target,
        trend=trend_of(measure.kind, reading, before[0]),
        over=period.is_over(now, known.zone),
        frozen_at=None if row is None else row.taken_at,
    )
