"""The schedule of a plan: working days, and what depends on what."""
