"""What was kept, late and missed of what was due, and who of it is behind."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from shangdun.govern.communication.due import Standing


class Tally(msgspec.Struct, frozen=True):
    """Of a set of things that were due; those still ahead and those set aside are not in it."""

    kept: int = 0
    kept_late: int = 0
    missed: int = 0
    late: int = 0
    """Past its day, may still be done."""

    @property
    def due(self) -> int:
        return self.kept + self.kept_late + self.missed + self.late

    @property
    def share(self) -> float | None:
        """Done on time of all that was due, 0 to 1; None where nothing was due."""
        return self.kept / self.due if self.due else None


def tally(standings: Iterable[Standing]) -> Tally:
    """Count them."""
    counts = dict.fromkeys(Standing, 0)
    for one in standings:
        counts[one] += 1
    return Tally(
        kept=counts[Standing.KEPT],
        kept_late=counts[Standing.KEPT_LATE],
        missed=counts[Standing.MISSED],
        late=counts[Standing.LATE],
    )
