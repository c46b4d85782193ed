"""The steps of a playbook as a graph: what follows what, and what runs inside what."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from shangdun.respond.playbook.model import Kind, Playbook, Step

ONWARD = ("on_completion", "on_success", "on_failure")


def successors(step: Step) -> tuple[str, ...]:
    """Every step that this one names, each once."""
    return tuple(dict.fromkeys(to for _, to in step.edges))


def onward(step: Step) -> tuple[str, ...]:
    """The steps that follow when it has ended, whichever way."""
    return tuple(dict.fromkeys(to for name, to in step.edges if name in ONWARD))


def reached(playbook: Playbook, begin: Iterable[str]) -> set[str]:
    """Every step on some way from these, these among them; names of no step are left out."""
    found: set[str] = set()
    todo = [step for step in begin if step in playbook.steps]
    while todo:
        step = todo.pop()
        if step not in found:
            found.add(step)
            todo += [to for to in successors(playbook.steps[step]) if to in playbook.steps]
    return found


def along(playbook: Playbook, begin: str, *, stop: str = "") -> list[str]:
    """The steps of one branch at its own level: those that follow, not what runs inside them.

    ``stop`` is not entered: the loop that a body returns to.
    """
    found: dict[str, None] = {}
    todo = [begin]
    while todo:
        step = todo.pop(0)
        if step in found or step == stop or step not in playbook.steps:
            continue
        found[step] = None
        todo += onward(playbook.steps[step])
    return list(found)


def within(playbook: Playbook, step: Step) -> set[str]:
    """Every step that runs inside a composite one, at any depth."""
    inside: set[str] = set()
    todo = list(step.branches())
    while todo:
        begin = todo.pop()
        for found in along(playbook, begin, stop=step.id):
            if found not in inside:
                inside.add(found)
                todo += playbook.steps[found].branches()
    return inside


def rings(playbook: Playbook) -> Iterator[tuple[str, ...]]:
    """Ways that come back to where they began, but for a body that returns to its own loop.

    Each ring once, found by Tarjan's strongly connected components without recursion.
    """
    edges = {
        step.id: [
            to
            for to in successors(step)
            if to in playbook.steps and not _returns(playbook, step, to)
        ]
        for step in playbook.steps.values()
    }
    for ring in _components(edges):
        if len(ring) > 1 or ring[0] in edges[ring[0]]:
            yield tuple(sorted(ring, key=list(edges).index))


def _returns(playbook: Playbook, step: Step, to: str) -> bool:
    """Whether this is the way from the body of a loop back to the loop."""
    loop = playbook.steps[to]
    if loop.kind is not Kind.WHILE or step.id == to:
        return False
    return any(step.id in along(playbook, begin, stop=to) for begin in loop.branches())


def _components(edges: Mapping[str, list[str]]) -> Iterator[list[str]]:
    number: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    for root in edges:
        work = [(root, 0)] if root not in number else []
        while work:
            step, at = work.pop()
            if at == 0:
                number[step] = low[step] = len(number)
                stack.append(step)
            following = edges[step]
            if at > 0:
                low[step] = min(low[step], low[following[at - 1]])
            while at < len(following) and following[at] in number:
                if following[at] in stack:
                    low[step] = min(low[step], number[following[at]])
                at += 1
            if at < len(following):
                work += [(step, at + 1), (following[at], 0)]
            elif low[step] == number[step]:
                cut = stack.index(step)
                yield stack[cut:]
                for done in stack[cut:]:
                    low[done] = len(edges)
                del stack[cut:]
