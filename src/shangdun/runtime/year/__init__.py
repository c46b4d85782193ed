"""A year of a shop's plan, played: for demonstrations and trials, never beside real records.

Day after day the clock is moved, the duties of the jobs process run as they would, and people do
what waits for them through the same actions as ever, more or less diligently. Everything is drawn
from one seed: the same seed plays the same year. A diary says what happened, so that what the pages
show can be held against it.
"""
