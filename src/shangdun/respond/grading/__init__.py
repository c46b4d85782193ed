"""How grave an incident is: criteria of dated laws vote, the gravest vote is the grade.

``grade`` is pure: facts, the incident's type and the day in, a ``Grading`` out. The data is
``content/law/grading.yml``.
"""

from __future__ import annotations

from shangdun.respond.grading.data import Certainty, Criterion, Law, Level, laws
from shangdun.respond.grading.reckon import Answer, Grading, Vote, grade

__all__ = [
    "Answer",
    "Certainty",
    "Criterion",
    "Grading",
    "Law",
    "Level",
    "Vote",
    "grade",
    "laws",
]
