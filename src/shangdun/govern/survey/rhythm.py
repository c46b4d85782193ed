"""When the half-yearly survey is prepared, opened and closed."""

from __future__ import annotations

from datetime import date, timedelta

import msgspec

from shangdun.govern.measures.periods import Cadence, Period, period_of

PREPARED, OPENS, CLOSES = timedelta(days=60), timedelta(days=44), timedelta(days=14)
"""Before the half-year's last day: time to look at it, a month for answers, two weeks to read."""
REMIND = timedelta(days=5)
"""So long before its last day whoever has not answered can still be reminded."""


class Round(msgspec.Struct, frozen=True):
    """The survey of one half-year."""

    period: Period

    @property
    def prepared_on(self) -> date:
        return self.period.last - PREPARED

    @property
    def opens_on(self) -> date:
        """The day by which it is to be opened."""
        return self.period.last - OPENS

    @property
    def closes_on(self) -> date:
        """Its last day for answers."""
        return self.period.last - CLOSES

    @property
    def next(self) -> Round:
        return Round(self.period.next)


def round_of(day: date) -> Round:
    """The round of the half-year that a day lies in."""
    return Round(period_of(day, Cadence.HALF))


def first_round(day: date) -> Round:
    """The first one that can still be held in good time."""
    here = round_of(day)
    return here if day <= here.opens_on else here.next
