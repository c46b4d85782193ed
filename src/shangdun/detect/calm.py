"""Correlations during an announced sale: those that count a rush wait for a larger one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from shangdun.detect.baseline.sale import Sale, raised_by
from shangdun.detect.correlation.hit import CorrelationHit
from shangdun.detect.rule import CorrelationRule


class CalmSales:
    """Withholds the hits of rules marked ``sale: calm`` below the raised threshold."""

    def __init__(self) -> None:
        self._sales: tuple[Sale, ...] = ()
        self.withheld = 0
        """Episodes that an announced sale kept quiet when they began."""

    def announce(self, sales: Sequence[Sale]) -> None:
        """These sales are announced, and no others."""
        self._sales = tuple(sales)

    def pass_on(
        self, hits: list[CorrelationHit], rules: Mapping[str, CorrelationRule]
    ) -> list[CorrelationHit]:
        """The hits that are told; one that grows past the raised threshold is told then."""
        if not self._sales:
            return hits
        told = []
        for hit in hits:
            if self._is_calm(hit, rules[hit.rule]):
                self.withheld += hit.begins
            else:
                told.append(hit)
        return told

    def _is_calm(self, hit: CorrelationHit, rule: CorrelationRule) -> bool:
        least = rule.spec.condition.least
        if rule.content.sale != "calm" or not least:
            return False
        keys = list(hit.group.values())
        raised = raised_by(self._sales, hit.first_time, hit.last_time + 1, keys)
        return hit.value < raised * least
