"""Playbooks made up: nested courses of every kind of step, in compact form."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import count
from typing import Any

from hypothesis import strategies as st

from shangdun.respond.groups import Group
from shangdun.respond.playbook import Playbook
from shangdun.respond.playbook.yaml_form import from_yaml
from shangdun.respond.playbook.yaml_text import write_text

AT = datetime(2026, 3, 4, 9, tzinfo=UTC)
TEXT = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), max_size=30)
WORDS = TEXT.filter(lambda text: bool(text.strip()))


def trees() -> st.SearchStrategy[Any]:
    """A course: a list of actions and of composites with courses inside."""
    action = st.fixed_dictionaries(
        {
            "kind": st.just("action"),
            "group": st.sampled_from([g.value for g in Group]),
            "name": WORDS,
            "en": st.none() | WORDS,
            "do": WORDS,
            "minutes": st.none() | st.integers(1, 600),
            "timeout": st.sampled_from([None, "90s", "30m", "2h", "12345ms"]),
            "fails_to": st.booleans(),
        }
    )
    return st.lists(
        st.recursive(
            action,
            lambda inner: st.fixed_dictionaries(
                {
                    "kind": st.sampled_from(["parallel", "if", "switch"]),
                    "inner": st.lists(
                        st.lists(inner, min_size=1, max_size=2), min_size=2, max_size=3
                    ),
                }
            ),
            max_leaves=8,
        ),
        min_size=1,
        max_size=4,
    )


class _Writer:
    """Gives each step of a tree a key; every branch ends with the implied end."""

    def __init__(self) -> None:
        self.steps: dict[str, Any] = {}
        self._number = count(1)

    def chain(self, course: list[Any]) -> str:
        keys = [f"s{next(self._number)}" for _ in course]
        self.steps |= {key: {} for key in keys}
        for key, node, following in zip(keys, course, [*keys[1:], "end"], strict=True):
            self.steps[key] = self._step(node, following)
        return keys[0]

    def _step(self, node: Any, following: str) -> dict[str, Any]:
        if node["kind"] == "action":
            return self._act(node, following)
        first, *more = [self.chain(part) for part in node["inner"]]
        body: dict[str, Any] = {"parallel": [first, *more]}
        if node["kind"] == "if" and len(more) == 1:
            body = {"if": "__v__:value = 'yes'", "then": first, "else": more[0]}
        elif node["kind"] == "switch":
            cases = {str(place): key for place, key in enumerate(more)}
            body = {"switch": "__v__:value", "cases": {"yes": first, **cases}}
        return {**body, "next": following}

    def _act(self, node: Any, following: str) -> dict[str, Any]:
        zh, en = node["name"], node["en"]
        body = {
            "group": node["group"],
            "name": {"zh": zh, "en": en} if en else zh,
            "do": node["do"],
            **{name: node[name] for name in ("minutes", "timeout") if node[name]},
        }
        if node["fails_to"]:
            return {**body, "success": following, "failure": following}
        return {**body, "next": following}


def compact(tree: list[Any]) -> dict[str, Any]:
    """The tree as compact form."""
    writer = _Writer()
    writer.chain(tree)
    return {
        "playbook": "made-up",
        "name": "made up",
        "language": "zh",
        "variables": {"v": {"type": "string", "value": "yes"}},
        "steps": writer.steps,
    }


def playbook(tree: list[Any]) -> Playbook:
    reading = from_yaml(write_text(compact(tree)), AT)
    assert reading.playbook is not None, reading.problems
    return reading.playbook
