"""The shape of a mapping."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from shangdun.lake.block import Logsource


@dataclass(frozen=True, slots=True)
class Pipeline:
    """Sigma fields → columns, for rules whose log source names one of these."""

    columns: Mapping[str, str]
    categories: frozenset[str] = frozenset()
    services: frozenset[str] = frozenset()
    products: frozenset[str] = frozenset()
    dashed: frozenset[str] = frozenset()
    """Columns that are null where the log has ``-``."""
    keywords: frozenset[str] = frozenset()
    """Columns that hold all text of an event of these categories; empty: unknown."""

    def serves(self, logsource: Logsource) -> bool:
        """Whether rules of this log source use the mapping."""
        return (
            logsource.category in self.categories
            or logsource.service in self.services
            or logsource.product in self.products
        )
