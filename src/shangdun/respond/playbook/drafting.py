"""Changing a playbook that is being written: steps added, moved, removed, renamed.

A draft is the compact form as plain values (``yaml_text``); every function returns another draft.
A key that is not there changes nothing: two tabs may show the same draft.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

Draft = dict[str, Any]
NAMING = ("next", "success", "failure", "then", "else")
"""Words of a step that name another one."""
_KEY = re.compile(r"[a-z0-9][a-z0-9_-]{0,59}\Z")


def steps_of(draft: Mapping[str, Any]) -> dict[str, Any]:
    """Key → what the step says; empty where the draft has no steps yet."""
    steps = draft.get("steps")
    return dict(steps) if isinstance(steps, Mapping) else {}


def is_key(key: str) -> bool:
    """Whether people may call a step so: small letters, digits, dashes."""
    return _KEY.match(key) is not None and key != "none"


def free_key(draft: Mapping[str, Any], wanted: str) -> str:
    """``wanted``, or with a number behind it where that is taken."""
    steps = steps_of(draft)
    number, key = 1, wanted
    while key in steps:
        number += 1
        key = f"{wanted}-{number}"
    return key


def add(draft: Draft, after: str, key: str, body: Mapping[str, Any]) -> Draft:
    """A new step below ``after``; at the end where that is not there."""
    steps = steps_of(draft)
    if key in steps:
        return draft
    items = list(steps.items())
    place = list(steps).index(after) + 1 if after in steps else len(items)
    items.insert(place, (key, dict(body)))
    return {**draft, "steps": dict(items)}


def move(draft: Draft, key: str, by: int) -> Draft:
    """The step ``by`` places down (up when negative), as far as there is room."""
    items = list(steps_of(draft).items())
    places = [place for place, (name, _) in enumerate(items) if name == key]
    if not places:
        return draft
    item = items.pop(places[0])
    items.insert(max(0, min(len(items), places[0] + by)), item)
    return {**draft, "steps": dict(items)}


def remove(draft: Draft, key: str) -> Draft:
    """Without the step; what led to it leads to what followed it."""
    steps = steps_of(draft)
    body = steps.get(key)
    if body is None:
        return draft
    keys = list(steps)
    below = keys[keys.index(key) + 1] if keys.index(key) + 1 < len(keys) else "end"
    said = body if isinstance(body, Mapping) else {}
    following = str(said.get("next") or said.get("success") or below)
    following = "end" if following in {key, "none"} else following
    del steps[key]
    return _renamed({**draft, "steps": steps}, lambda name: following if name == key else name)


def rename(draft: Draft, key: str, new: str) -> Draft:
    """The step under another key, and every word that names it."""
    steps = steps_of(draft)
    if key not in steps or new in steps or not is_key(new):
        return draft
    renamed = {new if name == key else name: body for name, body in steps.items()}
    return _renamed({**draft, "steps": renamed}, lambda name: new if name == key else name)


def put(draft: Draft, key: str, body: Mapping[str, Any]) -> Draft:
    """The step with another content."""
    steps = steps_of(draft)
    if key not in steps:
        return draft
    return {**draft, "steps": {**steps, key: dict(body)}}


def _renamed(draft: Draft, name: Callable[[str], str]) -> Draft:
    steps = {key: _naming(body, name) for key, body in steps_of(draft).items()}
    changed = {**draft, "steps": steps}
    for word in ("start", "exception"):
        if isinstance(draft.get(word), str):
            changed[word] = name(draft[word])
    return changed


def _naming(body: object, name: Callable[[str], str]) -> object:
    if not isinstance(body, Mapping):
        return body
    changed = dict(body)
    for word in NAMING:
        if isinstance(body.get(word), str):
            changed[word] = name(body[word])
    if isinstance(body.get("parallel"), list):
        named = [name(one) if isinstance(one, str) else one for one in body["parallel"]]
        changed["parallel"] = list(dict.fromkeys(named))
    if isinstance(body.get("cases"), Mapping):
        changed["cases"] = {
            value: name(one) if isinstance(one, str) else one
            for value, one in body["cases"].items()
        }
    return changed
