"""What Microsoft Project's XML calls things (MSPDI, namespace of Project 2003 and later)."""

from __future__ import annotations

from shangdun.govern.schedule.activity import LinkKind

NAMESPACE = "http://schemas.microsoft.com/project"
MINUTES = 480
"""Of a working day: 8:00 to 12:00 and 13:00 to 17:00, Project's standard."""
LAG = MINUTES * 10
"""A lag is in tenths of a minute."""
LINKS: dict[LinkKind, int] = {LinkKind.FF: 0, LinkKind.FS: 1, LinkKind.SF: 2, LinkKind.SS: 3}
START_NO_EARLIER = 4
AS_SOON_AS_POSSIBLE = 0
LAG_IN_DAYS = 7
LAG_IN_PERCENT = (19, 20)
TEXT30 = "188744016"
"""Text30, a free column of Project, which it keeps: there our own id travels."""
MARK = "shangdun:"
FORENOON = ("08:00:00", "12:00:00")
AFTERNOON = ("13:00:00", "17:00:00")
ELAPSED = frozenset({4, 6, 8, 10, 12, 36, 38, 40, 42, 44})
"""Formats of lengths and lags that count round the clock (``ed``; guessed ones from 35 on)."""
MINUTES_OF_A_WEEK = 7 * 24 * 60
