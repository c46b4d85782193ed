"""Sigma 2.1 correlations over true sliding windows of event time.

``read_correlation`` turns a rule's document into a ``CorrelationSpec``; a ``Correlator`` is fed
frames of events with the matches of single rules and gives ``CorrelationHit``s.
"""

from shangdun.detect.correlation.hit import CorrelationHit, EventRef, Matched
from shangdun.detect.correlation.spec import Condition, CorrelationSpec, read_correlation

__all__ = [
    "Condition",
    "CorrelationHit",
    "CorrelationSpec",
    "EventRef",
    "Matched",
    "read_correlation",
]
