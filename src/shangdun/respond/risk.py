"""How risky an entity is: what was found about it, weighed and forgotten with time.

A finding gives each entity it is about::

    points = impact × confidence × precision / (1 + n)^1.5

``impact`` is the severity on a scale of 100 and ``confidence`` the finding's own, multiplied as in
risk-based alerting (Splunk Enterprise Security: risk score = impact × confidence). ``precision`` is
what verdicts taught about the rule. ``n`` is how often the same rule has spoken about the entity
lately; the i-th word of one voice counts 1/i^1.5, as in Elastic's entity risk score, so that one
noisy rule alone stays below 2.612 times its points (the zeta function at 1.5).

The score is the sum of the points, each halved every ``HALF_LIFE_MS``::

    score(t) = sum of points_i × 2^-((t - t_i) / H)

It is kept as ``level = log2(sum of points_i × 2^(t_i / H))``, the *forward decay* of Cormode,
Shkapenyuk, Srivastava and Xu (ICDE 2009): ``score(t) = 2^(level - t / H)``. A level does not age:
the order of entities by level is their order by score at every moment, a table sorted by it needs
no job that recomputes it, and findings that come late or in any order add up to the same.

Times are in milliseconds since the epoch; scores are not negative and have no upper bound.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from math import exp2, log2

import msgspec

from shangdun.kernel.severity import Severity

HALF_LIFE_MS = 24 * 60 * 60 * 1000
"""An attacker who was busy yesterday is half as interesting today, a hundredth in a week."""

THRESHOLD = 100.0
"""A score from which on somebody should look, even where no single finding asks for it."""

VOICES = 2
"""So many rules at least must have spoken: one rule alone is its own finding's matter."""

IMPACT: Mapping[int, float] = {
    Severity.UNKNOWN: 5.0,
    Severity.INFORMATIONAL: 5.0,
    Severity.LOW: 21.0,
    Severity.MEDIUM: 47.0,
    Severity.HIGH: 73.0,
    Severity.CRITICAL: 99.0,
    Severity.FATAL: 99.0,
}
"""Of 100, by severity; Elastic's default risk scores, which people know."""

NOTHING = float("-inf")
"""The level of an entity of which nothing is known."""

_PRIOR_RIGHT, _PRIOR = 4.0, 5.0
"""Before any verdict a rule is taken to be right four times in five."""


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """What verdicts said of a rule: how often it was right, right but harmless, and wrong."""

    true: int = 0
    benign: int = 0
    false: int = 0

    @property
    def total(self) -> int:
        return self.true + self.benign + self.false

    @property
    def precision(self) -> float | None:
        """The share of verdicts that confirmed it; None before the first."""
        return self.true / self.total if self.total else None

    @property
    def weight(self) -> float:
        """The precision to expect, 0 to 1: the mean of a Beta distribution over the verdicts.

        It begins at 0.8 and needs a handful of verdicts to move far, so that one false alarm does
        not silence a rule.
        """
        return (self.true + _PRIOR_RIGHT) / (self.total + _PRIOR)


def points(severity: int, *, confidence: float, weight: float, repeats: float) -> float:
    """What one finding gives an entity; see the module. ``repeats`` is n, not negative."""
    told_before: float = (1.0 + repeats) ** 1.5
    return IMPACT.get(severity, 0.0) * confidence * weight / told_before


def add(level: float, amount: float, time: int) -> float:
    """The level after ``amount`` was given at ``time``; the order of additions does not matter."""
    if amount <= 0:
        return level
    return _sum(level, log2(amount) + time / HALF_LIFE_MS)


def renew(level: float, amount: float, earlier: int, later: int) -> float:
    """The level after what was given at ``earlier`` goes on until ``later``: it decays from then.

    Nothing happens where ``later`` is not later.
    """
    if amount <= 0 or later <= earlier:
        return level
    gained = log2(1.0 - exp2((earlier - later) / HALF_LIFE_MS))
    return _sum(level, log2(amount) + later / HALF_LIFE_MS + gained)


def score(level: float, time: int) -> float:
    """The score at ``time``; 0 for ``NOTHING``."""
    return exp2(min(level - time / HALF_LIFE_MS, 1000.0)) if level > NOTHING else 0.0


def level_of(amount: float, time: int) -> float:
    """The level that has this score at ``time``: what a list sorted by level is cut at."""
    return add(NOTHING, amount, time)


def _sum(one: float, two: float) -> float:
    high, low = max(one, two), min(one, two)
    return high if low == NOTHING else high + log2(1.0 + exp2(low - high))


class Spell(msgspec.Struct, frozen=True):
    """One finding in an entity's past: its points, held from first to last event, then fading."""

    first_time: int
    time: int
    points: float


def course(spells: Iterable[Spell], moments: Iterable[int]) -> list[float]:
    """The score at each moment, from the findings themselves; for drawing."""
    past = list(spells)
    return [sum(_left(spell, moment) for spell in past) for moment in moments]


def _left(spell: Spell, moment: int) -> float:
    if moment < spell.first_time:
        return 0.0
    return spell.points * exp2(-max(0, moment - spell.time) / HALF_LIFE_MS)
