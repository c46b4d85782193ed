"""Whether a course can be walked: ends, ways, rings, joins, calls."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from shangdun.respond.playbook.graph import along, onward, reached, rings, within
from shangdun.respond.playbook.model import Kind, Playbook, Step
from shangdun.respond.playbook.problem import Level, Problem

_BRANCHING = (Kind.PARALLEL, Kind.IF, Kind.WHILE, Kind.SWITCH)


def course_problems(
    playbook: Playbook, library: Mapping[str, Playbook] | None = None
) -> Iterator[Problem]:
    """Everything about how steps follow each other."""
    yield from _beginning(playbook)
    for step in playbook.steps.values():
        yield from _dangling(playbook, step)
        yield from _ways_on(step)
    yield from _unreached(playbook)
    yield from _rings(playbook)
    yield from _joins(playbook)
    yield from _calls(playbook, library)


def _beginning(playbook: Playbook) -> Iterator[Problem]:
    start = playbook.steps.get(playbook.start)
    if start is None or start.kind is not Kind.START:
        yield Problem(
            code="step.start",
            where="workflow_start",
            message="the course has no beginning",
            fix="workflow_start names a step of type start",
        )
    for step in playbook.steps.values():
        if step.kind is Kind.START and step.id != playbook.start:
            yield Problem(
                code="step.starts",
                step=step.id,
                message="there is a second beginning",
                fix="a playbook has one step of type start",
            )
    exception = playbook.exception
    if exception and exception not in playbook.steps:
        yield Problem(
            code="step.dangling",
            where="workflow_exception",
            message=f"{exception} is no step of this playbook",
            fix="name a step, or leave workflow_exception out",
        )


def _dangling(playbook: Playbook, step: Step) -> Iterator[Problem]:
    for name, to in step.edges:
        if to not in playbook.steps:
            yield Problem(
                code="step.dangling",
                step=step.id,
                where=name,
                message=f"{name} leads to {to}, which is no step of this playbook",
                fix="name a step that is there, or write the missing one",
            )


def _ways_on(step: Step) -> Iterator[Problem]:
    names = {name for name, _ in step.edges}
    if "on_completion" in names and names & {"on_success", "on_failure"}:
        yield Problem(
            code="step.ways",
            step=step.id,
            where="on_completion",
            message="on_completion stands beside on_success or on_failure",
            fix="either one way whatever happens, or one for success and one for failure",
        )
    elif "on_failure" in names and "on_success" not in names:
        yield Problem(
            code="step.ways",
            step=step.id,
            where="on_failure",
            message="it says what follows a failure, but not what follows success",
            fix="add on_success",
        )
    elif step.kind is not Kind.END and not onward(step):
        yield Problem(
            code="step.no_end",
            level=Level.WARNING,
            step=step.id,
            message="nothing follows it, and it is no end",
            fix="let an end follow",
        )


def _unreached(playbook: Playbook) -> Iterator[Problem]:
    found = reached(playbook, (playbook.start, playbook.exception))
    for step in playbook.steps.values():
        if step.id not in found:
            yield Problem(
                code="step.unreachable",
                step=step.id,
                message="no way leads to it",
                fix="let a step lead to it, or remove it",
            )


def _rings(playbook: Playbook) -> Iterator[Problem]:
    for ring in rings(playbook):
        names = " → ".join(playbook.steps[step].key for step in (*ring, ring[0]))
        yield Problem(
            code="step.cycle",
            step=ring[0],
            message=f"the course runs in a circle: {names}",
            fix="only a while-condition repeats: put what is repeated into its body",
        )


def _joins(playbook: Playbook) -> Iterator[Problem]:
    """Branches that run into each other, or into what follows the step that began them."""
    for step in playbook.steps.values():
        if step.kind not in _BRANCHING:
            continue
        after = set(onward(step))
        ends = {one.id for one in playbook.steps.values() if one.kind is Kind.END}
        inside = within(playbook, step) - ends
        for to in sorted(after & inside):
            yield Problem(
                code="step.join",
                step=step.id,
                where=playbook.steps[to].key,
                message="a branch runs on into what follows when all branches are done",
                fix="end each branch with an end of its own: the next step follows by itself",
            )
        if step.kind is Kind.PARALLEL:
            yield from _shared(playbook, step)


def _shared(playbook: Playbook, step: Step) -> Iterator[Problem]:
    seen: set[str] = set()
    for begin in step.branches():
        branch = {one for one in along(playbook, begin) if playbook.steps[one].kind is not Kind.END}
        for both in sorted(seen & branch, key=list(playbook.steps).index)[:1]:
            yield Problem(
                code="step.parallel",
                step=step.id,
                where=playbook.steps[both].key,
                message="two branches that run at once come to the same step: it would run twice",
                fix="end both branches, and put that step after the parallel one",
            )
        seen |= branch
        if branch and not _ends(playbook, begin):
            yield Problem(
                code="step.no_join",
                step=step.id,
                where=playbook.steps[begin].key,
                message="this branch never comes to an end, so the parallel step never does",
                fix="let the branch end with an end",
            )


def _ends(playbook: Playbook, begin: str) -> bool:
    """Whether a branch comes to an end, or to a step that nothing follows."""
    return any(
        playbook.steps[step].kind is Kind.END or not onward(playbook.steps[step])
        for step in along(playbook, begin)
    )


def _calls(playbook: Playbook, library: Mapping[str, Playbook] | None) -> Iterator[Problem]:
    known = {**(library or {}), playbook.id: playbook}
    for step in playbook.steps.values():
        if step.kind is not Kind.PLAYBOOK:
            continue
        if library is not None and step.playbook_id not in known:
            yield Problem(
                code="step.playbook",
                step=step.id,
                where=step.playbook_id,
                message="the playbook that it calls is not here",
                fix="import that playbook, or remove the step",
            )
        elif playbook.id in _called(known, step.playbook_id):
            yield Problem(
                code="step.recursion",
                step=step.id,
                where=step.playbook_id,
                message="the playbook calls itself",
                fix="use a while-condition to repeat steps",
            )


def _called(known: Mapping[str, Playbook], begin: str) -> set[str]:
    found: set[str] = set()
    todo = [begin]
    while todo:
        one = todo.pop()
        if one not in found:
            found.add(one)
            steps = known[one].steps.values() if one in known else ()
            todo += [step.playbook_id for step in steps if step.kind is Kind.PLAYBOOK]
    return found
