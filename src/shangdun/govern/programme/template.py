"""Templates of programmes: what comes with the product, and what companies keep of their own.

A template has no people and no dates: roles stand for owners, lengths and links for dates. Those
of ``content/programme`` are bilingual and are read in one language; a company's own has one.
"""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files
from typing import Any

import msgspec
import yaml

from shangdun.kernel.errors import UsageError

LANGUAGES = {"zh-hans": "zh", "en": "en"}
KINDS = ("task", "subtask", "milestone")
MOST_ITEMS = 6_000
_LINK = re.compile(r"(?P<key>\S+)(?: (?P<kind>FS|SS|FF|SF)(?P<lag>[+-]\d{1,4})?)?")


class Link(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What an item waits for; the lag is in working days."""

    before: str
    kind: str = "FS"
    lag: int = 0


class Criterion(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What proves an item; ``kind`` is one of ``records.criteria``."""

    kind: str
    params: dict[str, Any] = {}


class Item(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A task, subtask or milestone; ``parent`` is the key of one before it, or empty."""

    key: str
    kind: str = "subtask"
    parent: str = ""
    title: str
    description: str = ""
    reason: str = ""
    expected: str = ""
    needed: str = ""
    role: str = ""
    importance: int = 3
    urgency: int = 3
    days: int = 0
    after: tuple[Link, ...] = ()
    proves: tuple[Criterion, ...] = ()


class Role(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whose work it is, until somebody is named."""

    key: str
    name: str


class Chapter(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A part of the plan that is text; ``body`` in the markup of ``papers.markup``."""

    key: str
    title: str
    body: str


class Template(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A programme in one language, parents before their children."""

    title: str
    language: str
    introduction: str = ""
    goals: tuple[str, ...] = ()
    chapters: tuple[Chapter, ...] = ()
    summary: str = ""
    roles: tuple[Role, ...] = ()
    items: tuple[Item, ...] = ()


@cache
def built_in(key: str, language: str) -> Template:
    """One of ``content/programme`` in a language.

    Raises ``UsageError``: ``template.unknown`` for no such template or language.
    """
    name = LANGUAGES.get(language)
    if name is None or key not in built_in_keys():
        raise UsageError(
            f"there is no template {key} in {language}", code="template.unknown",
            fix="choose one of the list",
        )  # fmt: skip
    path = files("shangdun.content") / "programme" / f"{key}.yml"
    raw = _in_language(yaml.safe_load(path.read_text("utf-8")), name)
    raw.pop("key")
    for role in raw["roles"]:
        role["name"] = role.pop(name)
        role.pop("zh" if name == "en" else "en")
    raw["items"] = list(_flat(raw["items"], ""))
    return checked(raw | {"language": language})


@cache
def built_in_keys() -> tuple[str, ...]:
    """The names of what comes with the product."""
    folder = files("shangdun.content") / "programme"
    names = sorted(one.name for one in folder.iterdir())
    return tuple(name.removesuffix(".yml") for name in names if name.endswith(".yml"))


def checked(raw: Any) -> Template:  # noqa: ANN401 - builtins of any origin
    """A template out of builtins.

    Raises ``UsageError``: ``template.broken`` where keys repeat, a parent or a link names nothing
    before it or nothing at all, or anything has the wrong form.
    """
    try:
        template = msgspec.convert(raw, Template)
    except msgspec.ValidationError as error:
        raise _broken(str(error)) from error
    if template.language not in LANGUAGES:
        raise _broken(f"language {template.language}")
    if len(template.items) > MOST_ITEMS:
        raise _broken(f"more than {MOST_ITEMS} items")
    seen: set[str] = set()
    for item in template.items:
        if not item.key or item.key in seen or item.kind not in KINDS:
            raise _broken(f"item {item.key or item.title}")
        if item.parent and item.parent not in seen:
            raise _broken(f"parent {item.parent} of {item.key} does not come before it")
        seen.add(item.key)
    for item in template.items:
        for link in item.after:
            if link.before not in seen or link.before == item.key:
                raise _broken(f"{item.key} waits for {link.before}")
    return template


def _broken(what: str) -> UsageError:
    return UsageError(
        f"this is no template: {what}", code="template.broken", where=what[:200],
        fix="save it anew from a programme",
    )  # fmt: skip


def _in_language(node: Any, name: str) -> Any:  # noqa: ANN401 - what YAML holds
    """Every ``{zh: …, en: …}`` replaced by its text."""
    if isinstance(node, dict):
        if node.keys() == {"zh", "en"}:
            return node[name]
        return {key: _in_language(value, name) for key, value in node.items()}
    if isinstance(node, list):
        return [_in_language(one, name) for one in node]
    return node


def _flat(items: list[dict[str, Any]], parent: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    for raw in items:
        below = raw.pop("items", [])
        raw["after"] = [_link(text) for text in raw.get("after", [])]
        raw["proves"] = [{"kind": one.pop("kind"), "params": one} for one in raw.get("proves", [])]
        rows.append(raw | {"parent": parent})
        rows += _flat(below, raw["key"])
    return rows


def _link(text: str) -> dict[str, Any]:
    found = _LINK.fullmatch(text)
    if found is None:
        raise _broken(f"link {text}")
    return {
        "before": found["key"],
        "kind": found["kind"] or "FS",
        "lag": int(found["lag"] or 0),
    }
