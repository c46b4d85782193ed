"""What a schema cannot see: courses that lead nowhere, variables nobody sets, steps nobody owns.

Each check is a function of the playbook in ``CHECKS``; each problem says where it is, what is wrong
and what to do. An error keeps a playbook from being used; a warning is for its author.
"""

from __future__ import annotations

from collections.abc import Mapping

from shangdun.respond.playbook.check_course import course_problems
from shangdun.respond.playbook.check_steps import step_problems
from shangdun.respond.playbook.check_variables import variable_problems
from shangdun.respond.playbook.model import Playbook
from shangdun.respond.playbook.problem import Level, Problem

__all__ = ["CHECKS", "Level", "Problem", "errors", "validate"]

CHECKS = (course_problems, step_problems, variable_problems)


def validate(playbook: Playbook, library: Mapping[str, Playbook] | None = None) -> list[Problem]:
    """All problems, errors first, else in the order of the steps.

    ``library`` has the playbooks that can be called, by identifier; without it calls of other
    playbooks are not followed.
    """
    place = {step: number for number, step in enumerate(playbook.steps)}
    found = [problem for check in CHECKS for problem in check(playbook, library)]
    return sorted(
        dict.fromkeys(found), key=lambda p: (p.level is not Level.ERROR, place.get(p.step, -1))
    )


def errors(playbook: Playbook, library: Mapping[str, Playbook] | None = None) -> list[Problem]:
    """Only what keeps it from being used."""
    return [p for p in validate(playbook, library) if p.level is Level.ERROR]
