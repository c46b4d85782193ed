"""What a schema cannot see."""

from __future__ import annotations

import time

import pytest
from hypothesis import HealthCheck, given, settings
from tests.respond.playbook.made import playbook, trees
from tests.respond.playbook.test_course import act, written

from shangdun.respond.playbook import Level, errors, load, validate
from shangdun.respond.playbook.reading import MOST_STEPS

V = "variables: {v: {type: string}}\n"
ASK = act("ask", "asks: [v]")
IF = "  if: {if: \"__v__:value = 'x'\", then: a, next: end}\n"


@pytest.mark.parametrize(
    ("steps", "head", "codes"),
    [
        (act("a"), "", set()),
        (ASK + IF + act("a", "next: end"), V, set()),
        (act("a", "next: end") + act("b"), "", {"step.unreachable"}),
        (act("a", "next: b") + act("b", "next: a"), "", {"step.cycle"}),
        (act("a", "next: a"), "", {"step.cycle"}),
        (
            ASK + "  w: {while: \"__v__:value = 'x'\", then: a, next: end}\n" + act("a", "next: w"),
            V,
            set(),
        ),
        (
            "  p: {parallel: [a, b], next: c}\n"
            + act("a", "next: c")
            + act("b", "next: end")
            + act("c"),
            "",
            {"step.join"},
        ),
        (
            "  p: {parallel: [a, b]}\n" + act("a", "next: b") + act("b", "next: end"),
            "",
            {"step.join", "step.parallel"},
        ),
        (act("a", "next: b, failure: b") + act("b"), "", {"step.ways"}),
        (act("a", "failure: b") + act("b"), "", {"step.ways"}),
        (act("a", "timeout: 1s"), "", {"step.timeout"}),
        (act("a", "timeout: 99d"), "", {"step.timeout"}),
        (act("a", "delay: 99d"), "", {"step.delay"}),
        (act("a", "minutes: 99999"), "", {"step.minutes"}),
        (act("a", "asks: [w]"), "", {"variable.undefined"}),
        (act("a", "do: '__w__:value'").replace("do: x, ", ""), "", {"variable.undefined"}),
        (IF + act("a", "next: end"), V, {"variable.unset"}),
        (ASK, "variables: {v: {type: string, constant: true}}\n", {"variable.constant"}),
        (
            ASK
            + "  if: {if: \"__v__:value MATCHES '.*'\", then: a, next: end}\n"
            + act("a", "next: end"),
            V,
            {"condition.syntax"},
        ),
        ("  c: {playbook: p}\n", "", {"step.recursion"}),
        ("  c: {playbook: nothing}\n", "", {"step.playbook"}),
        (act("a", "block: {entity: address}"), "", {"step.parameter"}),
        (act("a", "block: {entity: moon, what: x}"), "", {"step.entity"}),
        (act("a", "notify: {groups: [chefs]}"), "", {"step.groups"}),
    ],
)
def test_errors(steps: str, head: str, codes: set[str]) -> None:
    found = errors(written(steps, head), {})
    assert {problem.code for problem in found} == codes
    assert all(problem.fix and problem.message for problem in found)


def test_nobody_does_it() -> None:
    document = dict(written(act("a")).document)
    step = next(key for key in document["workflow"] if key.startswith("action"))
    document["workflow"] = {
        **document["workflow"],
        step: {**document["workflow"][step], "agent": "individual--" + step.partition("--")[2]},
    }
    assert [p.code for p in errors(load(document))] == ["step.owner"]


def test_dangling_steps_and_start() -> None:
    document = dict(written(act("a") + act("b")).document)
    workflow = dict(document["workflow"])
    gone = list(workflow)[-1]
    del workflow[gone]
    found = errors(load({**document, "workflow": workflow}))
    assert [p.code for p in found] == ["step.dangling"]
    assert found[0].where == "on_completion"
    named = load({**document, "workflow_start": list(document["workflow"])[1]})
    assert {p.code for p in errors(named)} == {"step.start", "step.starts", "step.unreachable"}


def test_warnings_do_not_keep_it_from_use() -> None:
    one = written(act("a", "block: {entity: address, what: '203.0.113.9'}"))
    assert [(p.code, p.level) for p in validate(one)] == [("step.confirm", Level.WARNING)]


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(trees())
def test_what_is_made_is_sound(tree: list[object]) -> None:
    found = {problem.code for problem in errors(playbook(tree))}
    assert found <= {"step.timeout"}


def test_the_largest_is_judged_quickly() -> None:
    steps = "".join(act(f"s{n}") for n in range(MOST_STEPS - 2))
    began = time.process_time()
    assert errors(written(steps)) == []
    assert time.process_time() - began < 3
