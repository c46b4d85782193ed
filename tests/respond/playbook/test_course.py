"""The machine: it ends or waits, does nothing twice, and the same events make the same course."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.respond.playbook.made import AT, playbook, trees

from shangdun.kernel.errors import UsageError
from shangdun.respond.playbook import (
    Begun,
    Course,
    Ended,
    Kind,
    Outcome,
    Passed,
    Playbook,
    Repeated,
    Started,
    State,
    execution,
    replay,
)
from shangdun.respond.playbook.built_in import built_in
from shangdun.respond.playbook.course_machine import MOST_TURNS
from shangdun.respond.playbook.yaml_form import from_yaml

HEAD = "playbook: p\nname: p\nlanguage: zh\n"


def written(steps: str, head: str = "", name: str = "p") -> Playbook:
    text = HEAD.replace("playbook: p", f"playbook: {name}") + head + "steps:\n" + steps
    reading = from_yaml(text, AT)
    assert reading.playbook is not None, reading.problems
    return reading.playbook


def act(key: str, more: str = "") -> str:
    return f"  {key}: {{group: legal, name: {key}, do: x{', ' + more if more else ''}}}\n"


def ready(course: Course) -> list[str]:
    return [course.step(entry.key).key for entry in course.ready(AT + timedelta(days=99))]


def key_of(course: Course, name: str) -> str:
    return [entry.key for entry in course.entries if course.step(entry.key).key == name][-1]


def end(course: Course, name: str, how: State = State.OK, **values: str) -> Course:
    given = {f"__{variable}__": value for variable, value in values.items()}
    return course.apply(Ended(key_of(course, name), how, AT, given))


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(trees(), st.data())
def test_it_ends_or_waits_and_repeats_nothing(tree: list[Any], data: st.DataObject) -> None:
    one = playbook(tree)
    events: list[Any] = [Begun(AT)]
    course = Course(one).apply(events[0])
    done: set[str] = set()
    for turn in range(300):
        if course.outcome is not None:
            break
        at = AT + timedelta(minutes=turn)
        held, open_ = course.held(), (*course.ready(at), *course.running())
        assert held or open_, "neither over nor waiting for anybody"
        if held:
            chosen = data.draw(st.sampled_from(held)).key
            again = turn < 100 and data.draw(st.booleans())
            event: Any = Repeated(chosen, at) if again else Ended(chosen, State.SKIPPED, at)
        else:
            chosen = data.draw(st.sampled_from(open_)).key
            if course.entry(chosen).state is State.READY and data.draw(st.booleans()):
                event = Started(chosen, at)
            else:
                assert chosen not in done, "a step ended twice"
                done.add(chosen)
                how = data.draw(st.sampled_from([State.OK, State.OK, State.FAILED, State.SKIPPED]))
                event = Ended(chosen, how, at)
        events.append(event)
        course = course.apply(event)
        stored = json.loads(json.dumps([course.states, dict(course.variables)]))
        assert Course(one, *stored).states == course.states
    assert course.outcome is Outcome.DONE
    assert not any(entry.is_open for entry in course.entries)
    assert len({entry.key for entry in course.entries}) == len(course.entries)
    assert replay(one, events).states == course.states


@pytest.mark.parametrize("answer", ["true", "false"])
def test_built_in_come_to_their_end(answer: str) -> None:
    library = {one.id: one for one in built_in()}
    for one in built_in():
        course = Course(one, library=library).apply(Begun(AT))
        for _ in range(300):
            if course.outcome is not None:
                break
            entry = (*course.ready(AT), *course.running())[0]
            values = {}
            for name in course.step(entry.key).out_args:
                loops = name in {
                    "__leaking__",
                    "__attacking__",
                    "__spreading__",
                    "__still_falling__",
                }
                values[name] = (
                    "false" if loops else "0" if "found" in name or "find" in name else answer
                )
                if name in {"__stable__", "__restored__"}:
                    values[name] = "true"
            course = course.apply(Ended(entry.key, State.OK, AT, values))
        assert course.outcome is Outcome.DONE, one.name.en


def test_branches_join() -> None:
    course = Course(
        written(
            "  both: {parallel: [a, b], next: c}\n"
            + act("a", "next: end")
            + act("b", "next: end")
            + act("c")
        )
    ).apply(Begun(AT))
    assert ready(course) == ["a", "b"]
    course = end(course, "a")
    assert ready(course) == ["b"]
    course = end(course, "b")
    assert ready(course) == ["c"]
    assert end(course, "c").outcome is Outcome.DONE


def test_conditions_choose() -> None:
    steps = (
        act("ask", "asks: [v]")
        + "  which: {switch: '__v__:value', cases: {x: a, default: b}, next: last}\n"
        + act("a", "next: end")
        + act("b", "next: end")
        + act("last")
    )
    one = written(steps, "variables: {v: {type: string}}\n")
    for value, wanted in (("x", "a"), ("y", "b")):
        course = end(Course(one).apply(Begun(AT)), "ask", v=value)
        assert ready(course) == [wanted]
        assert ready(end(course, wanted)) == ["last"]


def test_a_condition_without_a_value_waits_for_a_person() -> None:
    steps = (
        "  if: {if: \"__v__:value = 'x'\", then: a, next: last}\n"
        + act("a", "next: end")
        + act("last")
    )
    course = Course(written(steps, "variables: {v: {type: string}}\n")).apply(Begun(AT))
    assert [course.step(entry.key).key for entry in course.held()] == ["if"]
    assert course.held()[0].why == "condition.unknown"
    assert ready(end(course, "if", State.SKIPPED)) == ["last"]


def test_a_loop_goes_round_and_is_bounded() -> None:
    steps = (
        "  loop: {while: \"__v__:value = 'y'\", then: again, next: last}\n"
        + act("again", "asks: [v], next: end")
        + act("last")
    )
    one = written(steps, "variables: {v: {type: string, value: 'y'}}\n")
    course = Course(one).apply(Begun(AT))
    course = end(course, "again", v="y")
    assert key_of(course, "again").endswith("#2")
    assert ready(end(course, "again", v="n")) == ["last"]
    course = Course(one).apply(Begun(AT))
    for _ in range(MOST_TURNS):
        course = end(course, "again", v="y")
    assert [entry.why for entry in course.held()] == ["loop"]


def test_failure_goes_where_it_says_and_else_waits() -> None:
    steps = act("a", "success: last, failure: mend") + act("mend") + act("last")
    assert ready(end(Course(written(steps)).apply(Begun(AT)), "a", State.FAILED)) == ["mend"]
    course = end(
        Course(written(act("a", "success: last") + act("last"))).apply(Begun(AT)), "a", State.FAILED
    )
    assert (course.outcome, ready(course), len(course.held())) == (None, [], 1)
    again = course.apply(Repeated(course.held()[0].key, AT))
    assert ready(again) == ["a"]
    assert key_of(again, "a").endswith("#2")
    assert ready(end(again, "a")) == ["last"]


def test_an_exception_ends_the_playbook() -> None:
    steps = (
        "  both: {parallel: [a, b], success: last}\n"
        + act("a", "success: end")
        + act("b", "next: end")
        + act("last")
        + act("alarm", "next: end")
    )
    course = Course(written(steps, "exception: alarm\n")).apply(Begun(AT))
    course = end(course, "a", State.FAILED)
    assert ready(course) == ["alarm"]
    assert course.entry(key_of(course, "b")).state is State.CANCELLED
    assert end(course, "alarm").outcome is Outcome.FAILED


def test_time_outs_and_delays() -> None:
    steps = (
        act("a", "timeout: 30m, success: b, failure: c")
        + act("b", "delay: 2h")
        + act("c", "delay: 1h")
    )
    course = Course(written(steps)).apply(Begun(AT))
    assert course.next_moment() == AT + timedelta(minutes=30)
    assert course.apply(Passed(AT + timedelta(minutes=29))).states == course.states
    late = course.apply(Passed(AT + timedelta(minutes=30)))
    assert late.entry(key_of(late, "a")).state is State.TIMED_OUT
    assert late.ready(AT + timedelta(minutes=89)) == ()
    assert [late.step(e.key).key for e in late.ready(AT + timedelta(minutes=90))] == ["c"]
    with pytest.raises(UsageError, match="ready"):
        late.apply(Started(key_of(late, "c"), AT + timedelta(minutes=31)))


def test_a_called_playbook_gets_and_gives_values() -> None:
    called = written(
        act("inner", "asks: [out]"),
        "variables: {given: {type: string}, out: {type: string}}\n",
        "called",
    )
    caller = written(
        "  call: {playbook: called, uses: [given], asks: [out]}\n"
        "  if: {if: \"__out__:value = 'done'\", then: yes-step, next: end}\n"
        + act("yes-step", "next: end"),
        "variables: {given: {type: string, value: g}, out: {type: string, value: ''}}\n",
    )
    course = Course(caller, library={called.id: called}).apply(Begun(AT))
    assert course.values(key_of(course, "inner"))["__given__"] == "g"
    assert (
        course.filled(key_of(course, "inner"), "a __given__:value b __none__:value")
        == "a g b __none__:value"
    )
    assert ready(end(course, "inner", out="done")) == ["yes-step"]


def test_a_call_that_cannot_be_made_waits() -> None:
    missing = written("  call: {playbook: nothing}\n")
    itself = written("  call: {playbook: p}\n")
    for one, why in ((missing, "playbook"), (itself, "recursion")):
        course = Course(one).apply(Begun(AT))
        assert [entry.why for entry in course.held()] == [why]


def test_what_cannot_happen_is_refused() -> None:
    one = written(act("a", "asks: [v]"), "variables: {v: {type: string}, c: {type: string}}\n")
    course = Course(one)
    with pytest.raises(UsageError):
        course.apply(Passed(AT))
    course = course.apply(Begun(AT))
    key = key_of(course, "a")
    for event, code in (
        (Begun(AT), "course.begin"),
        (Started("nothing#1", AT), "course.key"),
        (Repeated(key, AT), "course.state"),
        (Ended(key, State.READY, AT), "course.outcome"),
        (Ended(key, State.OK, AT, {"__c__": "x"}), "course.value"),
        (Begun(AT.replace(tzinfo=None)), "course.begin"),
    ):
        with pytest.raises(UsageError) as caught:
            course.apply(event)
        assert caught.value.code == code
    over = course.apply(Ended(key, State.OK, AT))
    with pytest.raises(UsageError, match="ok"):
        over.apply(Ended(key, State.OK, AT))
    with pytest.raises(UsageError, match="no state"):
        Course(one, {"entries": [{"key": 1}]})


def test_one_execution_has_one_name() -> None:
    assert execution("run-7", "action--x#2") == "run-7:action--x#2"


def test_kinds_are_all_known() -> None:
    assert {kind.value for kind in Kind} == {
        "start", "end", "action", "playbook-action", "parallel", "if-condition", "while-condition",
        "switch-condition",
    }  # fmt: skip
