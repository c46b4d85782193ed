"""Reporting clocks: they follow from the facts; reports that are handed in stop them."""
