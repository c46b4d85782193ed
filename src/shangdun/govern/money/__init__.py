"""Budgets: planned, committed, spent, and what is left; every amount has its currency."""
