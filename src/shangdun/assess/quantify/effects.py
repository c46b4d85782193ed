"""What measures do to the numbers, and whether they are worth their money.

A measure keeps off a share of the events (a Poisson process thinned at random is a Poisson process
again) and a share of the loss at each. Several work one after the other: what is left is the
product of what each leaves. Were they to guard against the very same events, that says too much for
them; the register says so beside the figures.
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec


class Kept(msgspec.Struct, frozen=True):
    """The share of events, and of the loss at each, that is left; 1: all of it."""

    events: float = 1.0
    loss: float = 1.0


ALL = Kept()


class Cut(msgspec.Struct, frozen=True):
    """What one measure takes away, in per cent."""

    events: int = 0
    loss: int = 0


def kept(cuts: Iterable[Cut]) -> Kept:
    """What several measures together leave."""
    events = loss = 1.0
    for cut in cuts:
        events *= 1 - cut.events / 100
        loss *= 1 - cut.loss / 100
    return Kept(events, loss)


def expected(rate: float, loss: float, left: Kept = ALL) -> float:
    """The expected yearly loss of a compound Poisson process (Wald): rate × loss.

    ``rate`` a year and ``loss`` of one event, each as the measures leave it.
    """
    return rate * left.events * loss * left.loss


class Worth(msgspec.Struct, frozen=True):
    """A measure in money units a year."""

    without: float
    """Expected loss with all other measures in effect, but not this one."""
    with_it: float
    cost: float

    @property
    def saved(self) -> float:
        return self.without - self.with_it

    @property
    def net(self) -> float:
        """What remains when it is paid."""
        return self.saved - self.cost

    @property
    def ratio(self) -> float | None:
        """Saved for each unit spent; None where it costs nothing."""
        return self.saved / self.cost if self.cost > 0 else None


def worth(rate: float, loss: float, others: Iterable[Cut], cut: Cut, cost: float) -> Worth:
    """What a measure saves beside the ``others`` that are in effect, and what it costs a year."""
    standing = list(others)
    return Worth(
        expected(rate, loss, kept(standing)), expected(rate, loss, kept([*standing, cut])), cost
    )
