"""Indicators: kinds, reading them out of text, and exchanging them as STIX 2.1."""
