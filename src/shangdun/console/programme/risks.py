"""The risk register for its pages: heat maps, frequencies in plain words, curves."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.formats import number_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from shangdun.assess.frequency import Rate
from shangdun.assess.method.matrix import Level, Matrix
from shangdun.assess.method.scale import LEVELS
from shangdun.assess.quantify.simulate import Simulated, Spread
from shangdun.records.models import RiskLevel
from shangdun.records.risks import Learned, Stage, Standing

STAGES: dict[Stage, Promise] = {
    "before": pgettext_lazy("risk stage", "Before measures"),
    "now": pgettext_lazy("risk stage", "Now"),
    "planned": pgettext_lazy("risk stage", "With what is planned"),
}
TRENDS: dict[str, tuple[Promise, str, str]] = {
    "up": (gettext_lazy("higher than in the last assessment"), "arrow-trending-up", "sev-high"),
    "down": (gettext_lazy("lower than in the last assessment"), "arrow-trending-down", "good"),
    "same": (gettext_lazy("as in the last assessment"), "minus", "soft"),
    "new": (gettext_lazy("not in the last assessment"), "sparkles", "soft"),
}
LOOKS = {1: "l1", 2: "l2", 3: "l3", 4: "l4", 5: "l5"}


@dataclass(frozen=True)
class Cell:
    """One field of a heat map."""

    likelihood: int
    loss: int
    level: int
    risks: tuple[Standing, ...]

    @property
    def label(self) -> str:
        """For who does not see the colour."""
        return _("%(n)d risks; likelihood %(likelihood)d, loss %(loss)d: %(level)s") % {
            "n": len(self.risks), "likelihood": self.likelihood, "loss": self.loss,
            "level": RiskLevel(self.level).label,
        }  # fmt: skip


@dataclass(frozen=True)
class HeatMap:
    """A stage; rows from the likeliest down, columns by loss."""

    stage: Stage
    title: Promise
    rows: tuple[tuple[int, tuple[Cell, ...]], ...]
    columns: tuple[int, ...] = LEVELS


def heat_maps(rows: Sequence[Standing], matrix: Matrix) -> list[HeatMap]:
    """Where the risks lie before measures, now, and with what is planned."""
    return [
        HeatMap(
            stage,
            title,
            tuple(
                (likelihood, tuple(_cell(rows, matrix, stage, likelihood, loss) for loss in LEVELS))
                for likelihood in reversed(LEVELS)
            ),
        )
        for stage, title in STAGES.items()
    ]


def _cell(
    rows: Sequence[Standing], matrix: Matrix, stage: Stage, likelihood: int, loss: int
) -> Cell:
    here = tuple(one for one in rows if lies(one, stage, likelihood, loss))
    return Cell(likelihood, loss, matrix.risk[likelihood - 1][loss - 1], here)


def lies(one: Standing, stage: Stage, likelihood: int, loss: int) -> bool:
    """Whether the risk is in that field."""
    at: Level | None = getattr(one, stage)
    return at is not None and (at.likelihood, at.loss) == (likelihood, loss)


@dataclass(frozen=True)
class Step:
    """One step from ratings to a level, for showing how it came about."""

    name: str
    first: str
    second: str
    result: int


def steps_of(one: Standing) -> list[Step]:
    """How likelihood, loss and level before measures follow from the ratings."""
    if one.rated is None or one.before is None:
        return []
    return [
        Step(
            _("Likelihood"),
            _("threat %(n)d") % {"n": one.rated.threat},
            _("ease %(n)d") % {"n": one.rated.ease},
            one.before.likelihood,
        ),
        Step(
            pgettext("risk", "Loss"),
            _("asset %(n)d") % {"n": one.rated.asset},
            _("harm %(n)d") % {"n": one.rated.harm},
            one.before.loss,
        ),
    ]


def often(rate: float) -> str:
    """A yearly rate as people say it."""
    if rate >= 1:
        return _("%(n)s times a year") % {"n": number_format(rate, 1)}
    if rate >= 0.1:
        return _("once in %(n)s years") % {"n": number_format(1 / rate, 1)}
    if rate <= 0:
        return _("never")
    return _("once in %(n)s years") % {"n": number_format(round(1 / rate), 0, force_grouping=True)}


@dataclass(frozen=True)
class Told:
    """Prior, evidence, posterior in plain words."""

    prior: str
    evidence: str
    attempts: str
    posterior: str
    shift: str


def told(learned: Learned) -> Told:
    """How the estimate came to be what it is."""
    seen = learned.evidence
    attempts = ""
    if seen.share and seen.years:
        attempts = _("%(n)s attempts at one success in %(one_in)s weigh as %(events)s events.") % {
            "n": number_format(seen.attempts, 0, force_grouping=True),
            "one_in": number_format(round(1 / seen.share), 0, force_grouping=True),
            "events": number_format(seen.attempts * seen.share, 2),
        }
    evidence = _("Nothing was observed yet.")
    if seen.years:
        evidence = _("%(n)d incidents in %(years)s years of observation.") % {
            "n": seen.events, "years": number_format(seen.years, 2),
        }  # fmt: skip
    return Told(
        _ranged(learned.prior),
        evidence,
        attempts,
        _ranged(learned.posterior),
        _shift(learned),
    )


def _ranged(rate: Rate) -> str:
    low, high = rate.interval()
    return _("%(mean)s (90%% between %(low)s and %(high)s a year)") % {
        "mean": often(rate.mean), "low": _short(low), "high": _short(high),
    }  # fmt: skip


def _short(value: float) -> str:
    return number_format(value, 1 if value >= 10 else 2 if value >= 0.1 else 4)


def _shift(learned: Learned) -> str:
    before, after = learned.prior.mean, learned.posterior.mean
    if not learned.evidence.years or abs(after / before - 1) < 0.05:
        return _("What was seen agrees with the estimate.") if learned.evidence.years else ""
    if after > before:
        return _("It happens more often than was estimated.")
    return _("It happens less often than was estimated.")


def curve_of(year: Simulated, names: Iterable[str] | None = None) -> dict[str, Any]:
    """The loss-exceedance curve for the chart: percent of years with more than a loss."""
    titles = list(names) if names is not None else [str(title) for title in STAGES.values()]
    keys = ("fill-high", "primary", "fill-low")
    return {
        "series": [
            {
                "name": title,
                "key": key,
                "values": [
                    [round(point.loss), round(point.above[place] * 100, 3)]
                    for point in year.curve
                    if point.above[place] > 0
                ],
            }
            for place, (title, key) in enumerate(zip(titles, keys, strict=True))
        ]
    }


@dataclass(frozen=True)
class Year:
    """A stage of the simulated year as a line of a table."""

    title: Promise
    spread: Spread

    @property
    def half(self) -> float:
        return self.spread.percentiles[0]

    @property
    def twentieth(self) -> float:
        return self.spread.percentiles[2]

    @property
    def hundredth(self) -> float:
        return self.spread.percentiles[3]

    @property
    def none(self) -> float:
        return self.spread.none * 100


def years_of(spreads: Iterable[Spread]) -> list[Year]:
    """The three stages."""
    return [Year(title, spread) for title, spread in zip(STAGES.values(), spreads, strict=True)]
