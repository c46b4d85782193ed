"""A course as people read it: in order, with what runs side by side and what is decided."""

from __future__ import annotations

import msgspec

from shangdun.respond.playbook.model import Kind, Playbook, Step

DEEPEST = 40


class Branch(msgspec.Struct, frozen=True):
    """A part of a course.

    ``why`` is ``next_steps``, ``on_true``, ``on_false``, ``case:VALUE`` or ``on_failure``.
    """

    why: str
    lines: tuple[Line, ...]


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """One step at its place; ``again`` where it stands further up already."""

    step: Step
    branches: tuple[Branch, ...] = ()
    again: bool = False

    @property
    def number_of_steps(self) -> int:
        """Of actions in it and below."""
        own = 0 if self.again else int(self.step.kind is Kind.ACTION)
        return own + sum(line.number_of_steps for b in self.branches for line in b.lines)


def outline(playbook: Playbook) -> tuple[Line, ...]:
    """The course from its start; then what no way leads to. Start and ends are left out."""
    walker = _Walker(playbook)
    lines = walker.walk(playbook.start, frozenset(), 0)
    for step in playbook.steps.values():
        if step.id not in walker.seen and step.kind not in (Kind.START, Kind.END):
            lines += walker.walk(step.id, frozenset(), 0)
    return lines


def actions(lines: tuple[Line, ...]) -> list[Step]:
    """The actions in the order in which they are read."""
    found: list[Step] = []
    for line in lines:
        if not line.again and line.step.kind is Kind.ACTION:
            found.append(line.step)
        for branch in line.branches:
            found += actions(branch.lines)
    return found


class _Walker:
    def __init__(self, playbook: Playbook) -> None:
        self._steps = playbook.steps
        self.seen: set[str] = set()

    def walk(self, begin: str, stop: frozenset[str], depth: int) -> tuple[Line, ...]:
        lines: list[Line] = []
        at = begin
        while at in self._steps and at not in stop and depth < DEEPEST:
            step = self._steps[at]
            if at in self.seen:
                if step.kind is not Kind.END:
                    lines.append(Line(step=step, again=True))
                break
            self.seen.add(at)
            following = step.next("on_completion", "on_success")
            if step.kind not in (Kind.START, Kind.END):
                lines.append(self._line(step, stop | {following, at}, depth))
            at = following
        return tuple(lines)

    def _line(self, step: Step, stop: frozenset[str], depth: int) -> Line:
        branches = [
            Branch(name, self.walk(to, stop, depth + 1))
            for name, to in step.edges
            if name in ("next_steps", "on_true", "on_false", "on_failure") or name[:5] == "case:"
        ]
        return Line(step=step, branches=tuple(branches))
