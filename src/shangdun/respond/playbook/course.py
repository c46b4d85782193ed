"""A playbook that runs: a deterministic machine over the states of its steps.

    course = Course(playbook).apply(Begun(now))
    for entry in course.ready(now): …              # actions that may begin: tasks, automatic ones
    course = course.apply(Started(entry.key, now))     # store this before an automatic step acts
    course = course.apply(Ended(entry.key, State.OK, now, {"__attacker__": "203.0.113.9"}))
    course = course.apply(Passed(now))                 # when course.next_moment() has come

``apply`` returns another course and changes none; the same events give the same course. Store
``states`` and ``variables`` (both JSON), and make it again with ``Course(playbook, states,
variables, library)``. A step's key and the run's own identifier name one execution for ever
(``execution``): whoever acts by it acts once.

Branches of parallel, if, switch and while steps run until they reach an ``end`` (CACAO 4.5), then
the step that began them goes on. A failure follows ``on_failure``, else ``on_completion``, else the
playbook's ``workflow_exception``; where none is given the step is *held* until a person repeats or
skips it: on the worst night a course waits rather than breaks off.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

import msgspec

from shangdun.kernel.errors import UsageError
from shangdun.respond.playbook.course_machine import Machine
from shangdun.respond.playbook.course_state import (
    OUTCOMES,
    Begun,
    Ended,
    Entry,
    Event,
    Memory,
    Outcome,
    Passed,
    Repeated,
    Started,
    State,
)
from shangdun.respond.playbook.model import Kind, Playbook, Step
from shangdun.respond.playbook.variables import fill, starting_values


def execution(run: str, key: str) -> str:
    """The name of one execution of one step, the same after a restart."""
    return f"{run}:{key}"


class Course:
    """``states`` and ``variables`` as another course gave them; empty: not begun.

    ``library`` has the playbooks that ``playbook-action`` steps call, by identifier. Raises
    ``UsageError`` (``course.states``) for states that are none of this machine's.
    """

    def __init__(
        self,
        playbook: Playbook,
        states: Mapping[str, Any] | Memory | None = None,
        variables: Mapping[str, str] | None = None,
        library: Mapping[str, Playbook] | None = None,
    ) -> None:
        self.playbook = playbook
        self.library = {**(library or {}), playbook.id: playbook}
        self.variables: Mapping[str, str] = (
            starting_values(playbook) if variables is None else dict(variables)
        )
        try:
            self._memory = (
                states if isinstance(states, Memory) else msgspec.convert(states or {}, Memory)
            )
        except msgspec.ValidationError as error:
            raise UsageError(
                f"this is no state of a course: {error}", code="course.states", fix="begin anew"
            ) from error
        self._by_key = {entry.key: entry for entry in self._memory.entries}

    @property
    def states(self) -> dict[str, Any]:
        """As JSON; moments are ISO 8601 in UTC."""
        plain: dict[str, Any] = msgspec.to_builtins(self._memory)
        return plain

    @property
    def entries(self) -> tuple[Entry, ...]:
        """Every pass through a step so far, in the order in which they began."""
        return self._memory.entries

    @property
    def began(self) -> datetime | None:
        return self._memory.began

    @property
    def ended(self) -> datetime | None:
        return self._memory.ended

    @property
    def outcome(self) -> Outcome | None:
        """None while it goes on."""
        return self._memory.outcome

    def entry(self, key: str) -> Entry:
        """Raises ``UsageError`` (``course.key``) for a pass that never was."""
        found = self._by_key.get(key)
        if found is None:
            raise UsageError(
                "this course never came to that step", code="course.key", where=key, fix="reload"
            )
        return found

    def step(self, key: str) -> Step:
        """The step that an entry passes through, of the playbook that it belongs to."""
        entry = self.entry(key)
        return self.library[entry.playbook].steps[entry.step]

    def ready(self, now: datetime) -> tuple[Entry, ...]:
        """Actions that nobody has begun and that may begin."""
        return tuple(
            entry
            for entry in self._actions()
            if entry.state is State.READY and (entry.not_before is None or entry.not_before <= now)
        )

    def running(self) -> tuple[Entry, ...]:
        """Actions that somebody or something is doing."""
        return tuple(entry for entry in self._actions() if entry.state is State.RUNNING)

    def held(self) -> tuple[Entry, ...]:
        """Steps that failed and wait for a person: ``Repeated``, or ``Ended`` as ``SKIPPED``."""
        return tuple(entry for entry in self.entries if entry.held)

    def next_moment(self) -> datetime | None:
        """When ``Passed`` has something to do next: a delay or a time-out; None: never."""
        moments = [
            moment
            for entry in self.entries
            if entry.is_open
            for moment in (
                entry.not_before if entry.state is State.READY else None,
                entry.deadline,
            )
            if moment is not None
        ]
        return min(moments, default=None)

    def values(self, key: str) -> dict[str, str]:
        """The variables that a step sees, its own first."""
        entry, step = self.entry(key), self.step(key)
        seen = dict(self._memory.scopes.get(entry.scope, {}) if entry.scope else self.variables)
        own = {v.name: v.value for v in step.variables if v.value is not None}
        return own | seen

    def filled(self, key: str, text: str) -> str:
        """``text`` with ``__name__:value`` replaced; what is not known yet stays as it is."""
        return fill(text, self.values(key))

    def apply(self, event: Event) -> Course:
        """The course after this; raises ``UsageError`` (``course.…``) for what cannot happen."""
        if (event.at.tzinfo is None) or (self.began is None) is not isinstance(event, Begun):
            raise UsageError(
                "a course begins once, and moments have a time zone",
                code="course.begin",
                fix="begin it first",
            )
        machine = Machine(self.playbook, self.library, self._memory, dict(self.variables))
        match event:
            case Begun(at):
                machine.begin(at)
            case Started(key, at):
                self._may(key, at, State.READY)
                machine.start(key, at)
            case Ended(key, outcome, at, values):
                self._end(machine, key, outcome, at, values)
            case Repeated(key, at):
                self._held(key)
                machine.repeat(key, at)
            case Passed(at):
                machine.tick(at)
        return Course(self.playbook, machine.memory(), machine.variables, self.library)

    def _actions(self) -> Iterator[Entry]:
        for entry in self.entries:
            if entry.is_open and self.step(entry.key).kind is Kind.ACTION:
                yield entry

    def _may(self, key: str, at: datetime, *states: State) -> None:
        entry, step = self.entry(key), self.step(key)
        early = entry.not_before is not None and at < entry.not_before
        if step.kind is not Kind.ACTION or entry.state not in states or early:
            raise UsageError(
                f"this step is {entry.state.value}",
                code="course.state",
                where=key,
                fix="look at the board again: somebody was first, or its time has not come",
            )

    def _held(self, key: str) -> None:
        if not self.entry(key).held:
            raise UsageError(
                "only a step that waits for a decision is repeated",
                code="course.state",
                where=key,
                fix="look at the board again",
            )

    def _end(
        self, machine: Machine, key: str, outcome: State, at: datetime, values: Mapping[str, str]
    ) -> None:
        if outcome not in OUTCOMES:
            raise UsageError(
                f"no step ends {outcome.value}", code="course.outcome", where=key, fix="see State"
            )
        if self.entry(key).held and outcome is State.SKIPPED:
            machine.skip(key, at)
            return
        self._may(key, at, State.READY, State.RUNNING)
        asked = self.step(key).out_args
        foreign = sorted(values.keys() - set(asked))
        if foreign:
            raise UsageError(
                f"this step gives no value to {', '.join(foreign)}",
                code="course.value",
                where=key,
                fix=f"it gives: {', '.join(asked) or 'none'}",
            )
        machine.end(key, outcome, at, values)


def replay(
    playbook: Playbook,
    events: Iterable[Event],
    library: Mapping[str, Playbook] | None = None,
) -> Course:
    """The course that these events make."""
    course = Course(playbook, library=library)
    for event in events:
        course = course.apply(event)
    return course
