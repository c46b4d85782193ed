"""Playbooks: CACAO v2.0 documents, what is wrong with them, and the course of one that runs.

Source: OASIS CACAO Security Playbooks Version 2.0 (Committee Specification 01, 2023).
``load`` and ``dump`` lose nothing; ``validate`` says what a schema cannot see; ``Course`` is the
deterministic machine that knows which steps may begin.
"""

from shangdun.respond.playbook.checks import Level, Problem, errors, validate
from shangdun.respond.playbook.course import Course, execution, replay
from shangdun.respond.playbook.course_state import (
    Begun,
    Ended,
    Entry,
    Outcome,
    Passed,
    Repeated,
    Started,
    State,
)
from shangdun.respond.playbook.model import Automatic, Kind, Playbook, Step, Text, Variable
from shangdun.respond.playbook.reading import dump, load

__all__ = [
    "Automatic",
    "Begun",
    "Course",
    "Ended",
    "Entry",
    "Kind",
    "Level",
    "Outcome",
    "Passed",
    "Playbook",
    "Problem",
    "Repeated",
    "Started",
    "State",
    "Step",
    "Text",
    "Variable",
    "dump",
    "errors",
    "execution",
    "load",
    "replay",
    "validate",
]
