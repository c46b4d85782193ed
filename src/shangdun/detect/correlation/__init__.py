"""Sigma 2.1 correlations over true sliding windows of event time.

``spec.read_correlation`` turns a rule's document into a ``CorrelationSpec``; a
``correlator.Correlator`` is fed frames of events with the matches of single rules and gives
``hit.CorrelationHit``s.
"""
