"""What pages of playbooks show: the course in order, its groups, its problems."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from shangdun.console.response.room import PHASE_WORDS
from shangdun.console.wordings.playbooks import AUTOMATIC, KINDS, told
from shangdun.records.models import PlanGroup
from shangdun.respond.groups import Group
from shangdun.respond.phases import Phase
from shangdun.respond.playbook import Kind, Level, Playbook, Problem, Step, Text, validate
from shangdun.respond.playbook.outline import Branch, Line, actions, outline


@dataclass(frozen=True)
class Told:
    """A problem in words, with the step that it is about."""

    level: str
    about: str
    key: str
    text: str
    fix: str
    line: int = 0


@dataclass
class Shown:
    """One step at its place in the course."""

    step: Step
    name: str
    instruction: str
    about: str
    kind: str
    """Its CACAO type, for the look."""
    label: str
    group: str = ""
    group_label: str = ""
    phase: str = ""
    """In words, where another phase begins with it."""
    number: int = 0
    again: bool = False
    automatic: str = ""
    condition: str = ""
    calls: str = ""
    calls_uid: str = ""
    asks: list[str] = field(default_factory=list)
    branches: list[ShownBranch] = field(default_factory=list)
    problems: list[Told] = field(default_factory=list)


@dataclass(frozen=True)
class ShownBranch:
    """A part of the course and when it is taken."""

    why: str
    look: str
    lines: list[Shown]


@dataclass(frozen=True)
class Lane:
    """What one group does in all of it."""

    group: str
    label: str
    steps: list[Shown]
    minutes: int


def language() -> str:
    """``zh`` or ``en``."""
    return "zh" if (get_language() or "zh").startswith("zh") else "en"


def say(text: Text) -> str:
    """In the page's language."""
    return text.said(language())


def course_of(
    playbook: Playbook, problems: Iterable[Told] = (), titles: Mapping[str, str] | None = None
) -> list[Shown]:
    """The course as it is read; ``titles`` names playbooks that are called."""
    return _Teller(playbook, list(problems), titles or {}).tell(outline(playbook))


def problems_of(
    playbook: Playbook,
    library: Mapping[str, Playbook],
    lines: Mapping[str, int] | None = None,
) -> list[Told]:
    """Everything that is wrong, in words; ``lines`` of steps in the text that was written."""
    return [_told(playbook, one, lines or {}) for one in validate(playbook, library)]


def _told(playbook: Playbook, problem: Problem, lines: Mapping[str, int]) -> Told:
    text, fix = told(problem)
    step = playbook.steps.get(problem.step)
    return Told(
        level=problem.level.value,
        about=(say(step.name) or step.key) if step else "",
        key=step.key if step else "",
        text=text,
        fix=fix,
        line=lines.get(problem.step, 0),
    )


def has_errors(problems: Iterable[Told]) -> bool:
    return any(problem.level == Level.ERROR for problem in problems)


def lanes_of(playbook: Playbook) -> list[Lane]:
    """Who does what, in the order of the plan's groups."""
    teller = _Teller(playbook, [], {})
    shown = [teller.one(step) for step in actions(outline(playbook))]
    lanes = []
    for group in Group:
        mine = [one for one in shown if one.group == group.value]
        minutes = sum(one.step.minutes or 0 for one in mine)
        if mine:
            lanes.append(Lane(group.value, str(PlanGroup(group.value).label), mine, minutes))
    return lanes


class _Teller:
    def __init__(self, playbook: Playbook, problems: list[Told], titles: Mapping[str, str]) -> None:
        self._playbook, self._problems, self._titles = playbook, problems, titles
        self._number = 0
        self._phase = ""
        self._asks = {variable.name: variable for variable in playbook.variables}

    def tell(self, lines: tuple[Line, ...]) -> list[Shown]:
        return [self._line(line) for line in lines]

    def _line(self, line: Line) -> Shown:
        shown = self.one(line.step)
        shown.again = line.again
        if line.again:
            return shown
        phase = line.step.phase.value
        if phase != self._phase:
            self._phase = phase
            shown.phase = str(PHASE_WORDS[Phase(phase)])
        if line.step.kind is Kind.ACTION:
            self._number += 1
            shown.number = self._number
        shown.problems = [one for one in self._problems if one.key == line.step.key]
        shown.branches = [self._branch(line.step, branch) for branch in line.branches]
        return shown

    def _branch(self, step: Step, branch: Branch) -> ShownBranch:
        look = "case" if branch.why.startswith("case:") else branch.why
        return ShownBranch(_why(step, branch.why), look, self.tell(branch.lines))

    def one(self, step: Step) -> Shown:
        return Shown(
            step=step,
            name=say(step.name) or step.key,
            instruction=say(step.instruction),
            about=say(step.description),
            kind=step.kind.value,
            label=str(KINDS[step.kind]),
            group=step.group.value if step.group else "",
            group_label=str(PlanGroup(step.group.value).label) if step.group else "",
            automatic=str(AUTOMATIC[step.automatic]) if step.automatic else "",
            condition=step.condition,
            calls=self._titles.get(step.playbook_id, step.playbook_id),
            calls_uid=step.playbook_id if step.playbook_id in self._titles else "",
            asks=[self._question(name) for name in step.out_args],
        )

    def _question(self, name: str) -> str:
        variable = self._asks.get(name)
        return (say(variable.about) if variable else "") or name


def _why(step: Step, name: str) -> str:
    words: dict[str, Promise | str] = {
        "next_steps": "",
        "on_true": _("then") if step.kind is Kind.IF else _("each time"),
        "on_false": _("otherwise"),
        "on_failure": _("if it fails"),
        "case:default": _("in every other case"),
    }
    if name in words:
        return str(words[name])
    return _("if it is “%(value)s”") % {"value": name.removeprefix("case:")}


def differing(before: str, after: str) -> list[tuple[str, str]]:
    """(look, line) of what changed, with a few lines around it."""
    shown: list[tuple[str, str]] = []
    looks = {"+": "new", "-": "gone", " ": "same", "@": "skip"}
    for line in difflib.unified_diff(before.splitlines(), after.splitlines(), lineterm="", n=2):
        if line.startswith(("---", "+++")):
            continue
        look = looks.get(line[:1], "same")
        shown.append((look, "⋯" if look == "skip" else line[1:]))
    return shown
