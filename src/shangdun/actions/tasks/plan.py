"""What a playbook's graph says ahead of its course: tasks to come, what each waits for."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping

import msgspec

from shangdun.kernel.errors import UsageError
from shangdun.respond.playbook.condition import asked, switched
from shangdun.respond.playbook.course import Course
from shangdun.respond.playbook.course_state import State
from shangdun.respond.playbook.model import Kind, Playbook, Step

BY_FAILURE = frozenset({"on_failure"})
MOST_AHEAD = 500


class Ahead(msgspec.Struct, frozen=True):
    """An action that the course will come to if nothing fails."""

    step: Step
    after: tuple[str, ...]
    """Identifiers of the actions right before it."""


Library = Mapping[str, Playbook]


def ahead(playbook: Playbook, library: Library) -> list[Ahead]:
    """Actions in the order in which the course can come to them, those of called playbooks too.

    Ways for failures are left out: their tasks appear when they are needed.
    """
    order: list[Step] = []
    before: dict[str, list[str]] = {}
    todo: deque[tuple[Playbook, str, tuple[str, ...], tuple[str, ...]]] = deque()
    todo.append((playbook, playbook.start, (), (playbook.id,)))
    met: set[tuple[str, str]] = set()
    while todo and len(order) < MOST_AHEAD:
        book, step_id, after, calls = todo.popleft()
        step = book.steps.get(step_id)
        if step is None:
            continue
        if step.kind is Kind.ACTION:
            _join(before.setdefault(step.id, []), after)
        if (book.id, step_id) in met:
            continue
        met.add((book.id, step_id))
        if step.kind is Kind.ACTION:
            order.append(step)
        called = library.get(step.playbook_id) if step.kind is Kind.PLAYBOOK else None
        if called is not None and called.id not in calls:
            todo.append((called, called.start, after, (*calls, called.id)))
        last = _last_inside(step, book, library, calls) or after
        for inner in step.branches():
            todo.append((book, inner, after, calls))
        for following in _following(step):
            ends = (step.id,) if step.kind is Kind.ACTION else last
            todo.append((book, following, ends, calls))
    return [Ahead(step, tuple(before[step.id])) for step in order]


def _join(known: list[str], more: tuple[str, ...]) -> None:
    known.extend(one for one in more if one not in known)


def _following(step: Step) -> tuple[str, ...]:
    return tuple(to for name, to in step.edges if name in {"on_completion", "on_success"})


def _last_inside(
    step: Step, book: Playbook, library: Library, calls: tuple[str, ...]
) -> tuple[str, ...]:
    """The actions with which what runs inside a step ends."""
    if step.kind is Kind.PLAYBOOK:
        called = library.get(step.playbook_id)
        if called is None or called.id in calls:
            return ()
        return _ends(called, called.start, library, (*calls, called.id))
    found: list[str] = []
    for inner in step.branches():
        _join(found, _ends(book, inner, library, calls))
    return tuple(found)


def _ends(book: Playbook, start: str, library: Library, calls: tuple[str, ...]) -> tuple[str, ...]:
    """The last actions of a branch: those after which nothing but its end comes."""
    found: list[str] = []
    met: set[str] = set()
    todo: deque[tuple[str, tuple[str, ...]]] = deque([(start, ())])
    while todo:
        step_id, last = todo.popleft()
        step = book.steps.get(step_id)
        if step is None or step_id in met:
            _join(found, last if step is None else ())
            continue
        met.add(step_id)
        if step.kind is Kind.ACTION:
            last = (step.id,)
        elif step.kind is not Kind.START and step.kind is not Kind.END:
            last = _last_inside(step, book, library, calls) or last
        following = _following(step)
        if not following:
            _join(found, last)
        todo.extend((to, last) for to in following)
    return tuple(found)


def still_possible(course: Course) -> set[str]:
    """Identifiers of the steps that the course may still come to, by any way."""
    found: set[str] = set()
    todo: deque[tuple[Playbook, str]] = deque()
    for entry in course.entries:
        book, step = course.library[entry.playbook], course.step(entry.key)
        if entry.state is State.INSIDE and step.kind is not Kind.WHILE:
            # what it chose has entries of its own; the other side is not come to any more
            inner = set(step.branches())
            todo.extend((book, to) for _, to in step.edges if to not in inner)
            if book.exception:
                todo.append((book, book.exception))
        elif entry.is_open or entry.held:
            todo.append((book, entry.step))
    while todo:
        book, step_id = todo.popleft()
        next_step = book.steps.get(step_id)
        if next_step is None or step_id in found:
            continue
        found.add(step_id)
        todo.extend((book, to) for _, to in next_step.edges)
        calls = next_step.kind is Kind.PLAYBOOK
        called = course.library.get(next_step.playbook_id) if calls else None
        if called is not None:
            todo.append((called, called.start))
        if book.exception:
            todo.append((book, book.exception))
    return found


def needed(library: Library) -> set[str]:
    """Variables that a condition of one of the playbooks reads: without a value it cannot go on."""
    return {name for book in library.values() for name in _read(book)}


def _read(book: Playbook) -> Iterator[str]:
    for step in book.steps.values():
        if not step.condition:
            continue
        try:
            if step.kind is Kind.SWITCH:
                yield switched(step.condition)
            else:
                yield from asked(step.condition)
        except UsageError:
            continue  # said where the playbook is checked; its step will be held
