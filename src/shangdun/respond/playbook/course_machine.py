"""The inside of a course: entering steps, ending them, and what follows from it."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Mapping
from datetime import datetime, timedelta

from msgspec.structs import replace

from shangdun.respond.playbook.condition import ConditionError, holds, value_of
from shangdun.respond.playbook.course_state import (
    FAILURES,
    Entry,
    Memory,
    Outcome,
    State,
)
from shangdun.respond.playbook.model import Kind, Playbook, Step
from shangdun.respond.playbook.variables import LONGEST_VALUE, starting_values

MOST_ENTRIES = 5_000
MOST_TURNS = 1_000
DEEPEST_CALL = 8
EXCEPTION = -1
"""Branch of what follows an exception: with its end the playbook has failed."""


class Machine:
    """One change of a course; used once."""

    def __init__(
        self,
        playbook: Playbook,
        library: Mapping[str, Playbook],
        memory: Memory,
        variables: dict[str, str],
    ) -> None:
        self.playbook, self.library, self.variables = playbook, library, variables
        self._entries = {entry.key: entry for entry in memory.entries}
        self._passes = Counter(entry.step for entry in memory.entries)
        self._scopes = {key: dict(values) for key, values in memory.scopes.items()}
        self._began, self._ended, self._outcome = memory.began, memory.ended, memory.outcome
        self._todo: deque[tuple[str, str, int, str, str]] = deque()
        """Steps to enter: (step, parent, branch, scope, playbook)."""

    def memory(self) -> Memory:
        return Memory(
            entries=tuple(self._entries.values()),
            scopes=self._scopes,
            began=self._began,
            ended=self._ended,
            outcome=self._outcome,
        )

    def begin(self, at: datetime) -> None:
        self._began = at
        self._todo.append((self.playbook.start, "", 0, "", self.playbook.id))
        self._run(at)

    def start(self, key: str, at: datetime) -> None:
        self._entries[key] = replace(self._entries[key], state=State.RUNNING, began=at)

    def end(self, key: str, outcome: State, at: datetime, values: Mapping[str, str]) -> None:
        entry = self._entries[key]
        self._keep(entry.scope, entry.playbook, values)
        self._finish(entry, outcome, at)
        self._run(at)

    def skip(self, key: str, at: datetime) -> None:
        self._finish(replace(self._entries[key], held=False), State.SKIPPED, at)
        self._run(at)

    def repeat(self, key: str, at: datetime) -> None:
        entry = self._entries[key]
        self._entries[key] = replace(entry, held=False)
        self._todo.append((entry.step, entry.parent, entry.branch, entry.scope, entry.playbook))
        self._run(at)

    def tick(self, at: datetime) -> None:
        """Open what was delayed and time out what is late, the earliest first."""
        while due := self._due(at):
            entry = min(due, key=lambda one: (min(_moments(one)), one.key))
            if entry.deadline is not None and entry.deadline <= at:
                self._finish(entry, State.TIMED_OUT, at)
            else:
                self._entries[entry.key] = entry = replace(entry, not_before=None)
                self._open(entry, at)
            self._run(at)

    def _due(self, at: datetime) -> list[Entry]:
        return [
            entry
            for entry in self._entries.values()
            if entry.is_open
            and any(moment <= at for moment in _moments(entry))
            and (
                (entry.deadline is not None and entry.deadline <= at)
                or (entry.state is State.READY and self._step(entry).kind is not Kind.ACTION)
            )
        ]

    def _step(self, entry: Entry) -> Step:
        return self.library[entry.playbook].steps[entry.step]

    def _run(self, at: datetime) -> None:
        while self._todo and self._outcome is None:
            self._enter(*self._todo.popleft(), at)
        self._todo.clear()

    def _enter(
        self, step_id: str, parent: str, branch: int, scope: str, playbook: str, at: datetime
    ) -> None:
        step = self.library[playbook].steps.get(step_id)
        if step is None or len(self._entries) >= MOST_ENTRIES:
            self._over(Outcome.FAILED, at)
            return
        self._passes[step_id] += 1
        delay = timedelta(milliseconds=step.delay_ms or 0)
        entry = Entry(
            key=f"{step_id}#{self._passes[step_id]}",
            step=step_id,
            playbook=playbook,
            state=State.READY,
            entered=at,
            parent=parent,
            branch=branch,
            scope=scope,
            not_before=at + delay if delay else None,
            deadline=at + delay + timedelta(milliseconds=step.timeout_ms)
            if step.timeout_ms
            else None,
        )
        self._entries[entry.key] = entry
        if step.kind is not Kind.ACTION and not delay:
            self._open(entry, at)

    def _open(self, entry: Entry, at: datetime) -> None:
        """Do what a step that is no action does."""
        step = self._step(entry)
        match step.kind:
            case Kind.START | Kind.END:
                self._finish(entry, State.OK, at)
            case Kind.PARALLEL:
                self._inside(entry, at, *(to for name, to in step.edges if name == "next_steps"))
            case Kind.PLAYBOOK:
                self._call(entry, step, at)
            case _:
                self._decide(entry, step, at)

    def _inside(self, entry: Entry, at: datetime, *branches: str) -> None:
        self._entries[entry.key] = replace(
            entry, state=State.INSIDE, began=entry.began or at, closed=()
        )
        for number, step in enumerate(branches):
            self._todo.append((step, entry.key, number, entry.scope, entry.playbook))

    def _decide(self, entry: Entry, step: Step, at: datetime) -> None:
        try:
            branch = self._chosen(entry, step)
        except ConditionError as error:
            self._finish(replace(entry, why=error.code), State.FAILED, at)
            return
        if not branch:
            self._finish(entry, State.OK, at)
        elif step.kind is Kind.WHILE and entry.turns >= MOST_TURNS:
            self._finish(replace(entry, why="loop"), State.FAILED, at)
        else:
            self._inside(replace(entry, turns=entry.turns + 1), at, branch)

    def _chosen(self, entry: Entry, step: Step) -> str:
        values = self._values(entry, step)
        types = {v.name: v.type for v in (*self.library[entry.playbook].variables, *step.variables)}
        if step.kind is Kind.SWITCH:
            value = value_of(step.condition, values)
            return step.next(f"case:{value}") or step.next("case:default")
        if holds(step.condition, values, types):
            return step.next("on_true")
        return step.next("on_false") if step.kind is Kind.IF else ""

    def _values(self, entry: Entry, step: Step) -> dict[str, str]:
        own = {v.name: v.value for v in step.variables if v.value is not None}
        return own | (self._scopes.get(entry.scope, {}) if entry.scope else self.variables)

    def _call(self, entry: Entry, step: Step, at: datetime) -> None:
        called = self.library.get(step.playbook_id)
        if called is None or self._depth(entry, step.playbook_id) >= DEEPEST_CALL:
            self._finish(
                replace(entry, why="playbook" if called is None else "recursion"), State.FAILED, at
            )
            return
        values = starting_values(called)
        seen = self._values(entry, step)
        constant = {variable.name for variable in called.variables if variable.constant}
        values |= {name: seen[name] for name in step.in_args if name in seen.keys() - constant}
        self._scopes[entry.key] = values
        self._entries[entry.key] = replace(entry, state=State.INSIDE, began=at)
        self._todo.append((called.start, entry.key, 0, entry.key, called.id))

    def _depth(self, entry: Entry, playbook: str) -> int:
        """How deep calls are nested; a playbook that calls itself is as deep as can be."""
        depth, scope = 0, entry.scope
        if playbook == entry.playbook:
            return DEEPEST_CALL
        while scope:
            depth, caller = depth + 1, self._entries[scope]
            if caller.playbook == playbook:
                return DEEPEST_CALL
            scope = caller.scope
        return depth

    def _finish(self, entry: Entry, outcome: State, at: datetime) -> None:
        """End a pass, cancel what is still open inside it, and go where its outcome leads."""
        if entry.state is State.INSIDE and outcome is not State.OK:
            self._cancel(entry.key, at)
        entry = replace(entry, state=outcome, ended=at, began=entry.began or at)
        self._entries[entry.key] = entry
        step = self._step(entry)
        failed = outcome in FAILURES
        following = step.next(*_ways(failed=failed, own_fault=bool(entry.why)))
        if following and following != self._step_of(entry.parent):
            self._todo.append((following, entry.parent, entry.branch, entry.scope, entry.playbook))
        elif failed and not following:
            self._uncaught(entry, at)
        else:
            self._close(entry.parent, entry.branch, at)

    def _step_of(self, key: str) -> str:
        return self._entries[key].step if key else ""

    def _uncaught(self, entry: Entry, at: datetime) -> None:
        exception = self.library[entry.playbook].exception
        if not exception or self._in_exception(entry):
            self._entries[entry.key] = replace(entry, held=True)
            return
        self._cancel(entry.scope, at)
        self._todo.clear()
        self._todo.append((exception, entry.scope, EXCEPTION, entry.scope, entry.playbook))

    def _in_exception(self, entry: Entry) -> bool:
        while entry.branch != EXCEPTION and entry.parent not in ("", entry.scope):
            entry = self._entries[entry.parent]
        return entry.branch == EXCEPTION

    def _cancel(self, parent: str, at: datetime) -> None:
        """End everything below; the empty parent is the whole course."""
        below = {parent}
        for key, entry in self._entries.items():
            if entry.parent in below:
                below.add(key)
                if entry.is_open or entry.held:
                    state = State.CANCELLED if entry.is_open else entry.state
                    self._entries[key] = replace(
                        entry, state=state, ended=entry.ended or at, held=False
                    )

    def _close(self, parent: str, branch: int, at: datetime) -> None:
        """A branch reached its end."""
        if not parent:
            self._over(Outcome.FAILED if branch == EXCEPTION else Outcome.DONE, at)
            return
        entry = self._entries[parent]
        step = self._step(entry)
        if not entry.is_open:
            return
        if step.kind is Kind.PARALLEL:
            entry = replace(entry, closed=(*entry.closed, branch))
            self._entries[parent] = entry
            if len(entry.closed) >= len(step.branches()):
                self._finish(entry, State.OK, at)
        elif step.kind is Kind.WHILE:
            self._decide(entry, step, at)
        else:
            if step.kind is Kind.PLAYBOOK:
                inner = self._scopes.get(entry.key, {})
                given = {name: inner[name] for name in step.out_args if name in inner}
                self._keep(entry.scope, entry.playbook, given)
            self._finish(entry, State.FAILED if branch == EXCEPTION else State.OK, at)

    def _keep(self, scope: str, playbook: str, values: Mapping[str, str]) -> None:
        constant = {v.name for v in self.library[playbook].variables if v.constant}
        into = self._scopes.setdefault(scope, {}) if scope else self.variables
        for name, value in values.items():
            if name not in constant:
                into[name] = value[:LONGEST_VALUE]

    def _over(self, outcome: Outcome, at: datetime) -> None:
        if self._outcome is None:
            self._cancel("", at)
            self._ended, self._outcome = at, outcome


def _ways(*, failed: bool, own_fault: bool) -> tuple[str, ...]:
    """Which successors count: what the machine itself could not decide goes on by itself never."""
    if not failed:
        return ("on_completion", "on_success")
    return ("on_failure",) if own_fault else ("on_failure", "on_completion")


def _moments(entry: Entry) -> list[datetime]:
    waits = entry.not_before if entry.state is State.READY else None
    return [moment for moment in (waits, entry.deadline) if moment is not None]
