"""How much is done about somebody who goes on, and how that is forgotten again."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import msgspec

from shangdun.kernel.severity import Severity
from shangdun.protect.decision import Measure

MINUTE, HOUR, DAY = 60_000, 3_600_000, 86_400_000


class Step(msgspec.Struct, frozen=True):
    """What is done at one step of the ladder, and for how long (ms)."""

    measure: Measure
    lasts: int


LADDER: tuple[Step, ...] = (
    Step(Measure.THROTTLE, 10 * MINUTE),
    Step(Measure.CHALLENGE, HOUR),
    Step(Measure.BLOCK, DAY),
    Step(Measure.BLOCK, 7 * DAY),
)
"""Step 1 is the first; a step up needs another offence while or after the one before stood."""

FIRST_STEP: Mapping[int, int] = MappingProxyType(
    {
        Severity.LOW: 1,
        Severity.MEDIUM: 1,
        Severity.HIGH: 1,
        Severity.CRITICAL: 2,
        Severity.FATAL: 2,
    }
)
"""Nobody is blocked for one finding alone: the worst begins with a challenge, which who is no
robot passes."""

GRACE = 20_000
"""Milliseconds after a decision in which offences tell nothing of it: they were on their way."""

FORGETS_ONE_STEP = DAY
"""Milliseconds without offence, after a decision ran out, by which the memory sinks one step."""


class Past(msgspec.Struct, frozen=True):
    """The last decision about the same target."""

    level: int
    since: int
    """When it came into force (ms)."""
    until: int
    """When it ends or ended (ms)."""
    standing: bool
    """Whether it is still in force."""


def next_level(past: Past | None, severity: int, offence: int) -> int:
    """The step for an offence at ``offence`` (ms); 0 where the standing decision is answer enough.

    While a decision stands, an offence within ``GRACE`` of its beginning changes nothing, a later
    one goes one step up; at the top a day must pass. After it ran out the memory sinks by one step
    a quiet day.
    """
    first = FIRST_STEP.get(severity, 1)
    if past is None or past.level == 0:
        return 0 if past is not None and past.standing else first
    if past.standing:
        if past.level >= len(LADDER):
            return len(LADDER) if offence - past.since > DAY else 0
        return past.level + 1 if offence - past.since > GRACE else 0
    quiet = max(0, offence - past.until) // FORGETS_ONE_STEP
    remembered = past.level - int(quiet)
    return max(first, min(remembered + 1, len(LADDER))) if remembered > 0 else first
