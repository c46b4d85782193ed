"""How far the law is kept: each duty's last judgements, and the rate of those kept.

A duty counts as *kept* when everybody who judged it in its last round (internal audit, outside
counsel) found it kept, against the text in force. A judgement of an older text is out of date and
counts for nothing until it is renewed; so does a duty that nobody judged.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import NamedTuple


class Side(StrEnum):
    """The source's two ways of assessing (section 五.2.c)."""

    INTERNAL = "internal"
    COUNSEL = "counsel"


class Verdict(StrEnum):
    """One judgement of one duty."""

    KEPT = "kept"
    PARTLY = "partly"
    NOT_KEPT = "not_kept"
    NOT_APPLICABLE = "not_applicable"


class DutyState(StrEnum):
    """How a duty stands."""

    KEPT = "kept"
    PARTLY = "partly"
    NOT_KEPT = "not_kept"
    OUT_OF_DATE = "out_of_date"
    NOT_ASSESSED = "not_assessed"
    NOT_APPLICABLE = "not_applicable"

    @property
    def counts(self) -> bool:
        return self is not DutyState.NOT_APPLICABLE


class Judged(NamedTuple):
    """A judgement as it counts: by whom, in which round, of which text."""

    round: int
    side: Side
    verdict: Verdict
    version_sha256: str


WORST = (Verdict.NOT_KEPT, Verdict.PARTLY, Verdict.KEPT, Verdict.NOT_APPLICABLE)


def duty_state(judgements: Iterable[Judged], in_force_sha256: str) -> DutyState:
    """The state by the last round in which the duty was judged; of each side its last judgement.

    ``judgements`` are in the order they were made.
    """
    kept = list(judgements)
    if not kept:
        return DutyState.NOT_ASSESSED
    last_round = max(one.round for one in kept)
    last = {one.side: one for one in kept if one.round == last_round}
    if any(one.version_sha256 != in_force_sha256 for one in last.values()):
        return DutyState.OUT_OF_DATE
    worst = min((one.verdict for one in last.values()), key=WORST.index)
    return DutyState(worst.value)
