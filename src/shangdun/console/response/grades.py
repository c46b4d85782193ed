"""Grades of incidents in words, for the room's pages."""

from __future__ import annotations

from shangdun.console.wordings.grades import GRADE_WORDS

__all__ = ["GRADE_WORDS"]
