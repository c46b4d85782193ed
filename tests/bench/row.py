"""One measured figure beside its bar."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    measure: str
    value: float
    unit: str
    bar: float | None = None
    at_least: bool = True
    """True: the value must reach the bar; False: it must stay below."""
    note: str = ""

    @property
    def ratio(self) -> float | None:
        """How many times better than the bar; below 1 the bar is missed."""
        if self.bar is None or not self.value:
            return None
        return self.value / self.bar if self.at_least else self.bar / self.value
