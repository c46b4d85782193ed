"""Cleanup: what is shown before an incident closes."""
