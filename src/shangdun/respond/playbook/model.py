"""A CACAO playbook as this product reads it; the document itself is kept whole beside the view.

``Playbook.document`` is the CACAO object, never changed in place; everything else is read from it.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from functools import cached_property
from typing import Any

import msgspec

from shangdun.respond.classify import Type
from shangdun.respond.groups import Group
from shangdun.respond.phases import Phase
from shangdun.respond.playbook.extension import EXTENSION


class Kind(StrEnum):
    """CACAO's workflow step types (section 4)."""

    START = "start"
    END = "end"
    ACTION = "action"
    PLAYBOOK = "playbook-action"
    PARALLEL = "parallel"
    IF = "if-condition"
    WHILE = "while-condition"
    SWITCH = "switch-condition"


class Automatic(StrEnum):
    """What an action does by itself; ``HTTP`` is CACAO's ``http-api`` command."""

    BLOCK = "block"
    """``what`` (variable or value), ``entity`` kind, ``minutes``."""
    UNBLOCK = "unblock"
    COLLECT = "collect"
    """``query`` in the lake, ``hours`` back, ``name`` of the evidence."""
    SEARCH = "search"
    """``query``, ``hours``; the number of events goes into ``count_into``."""
    NOTIFY = "notify"
    """``groups``, ``message`` kind."""
    HTTP = "http-api"


class Text(msgspec.Struct, frozen=True):
    """A text in both languages; where one is missing the other stands in."""

    zh: str = ""
    en: str = ""

    def said(self, language: str) -> str:
        """In ``zh`` or ``en`` (anything else is English)."""
        return (self.zh or self.en) if language.startswith("zh") else (self.en or self.zh)


class Variable(msgspec.Struct, frozen=True, kw_only=True):
    """``name`` with its underscores, as CACAO writes it; ``value`` None is not known yet."""

    name: str
    type: str = "string"
    value: str | None = None
    constant: bool = False
    external: bool = False
    about: Text = Text()


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """One step; ``successors`` by the property that names them are in ``edges``."""

    id: str
    kind: Kind
    key: str
    """What people call it; the identifier where they gave none."""
    name: Text
    description: Text = Text()
    instruction: Text = Text()
    """What to do: the text of the manual command."""
    group: Group | None = None
    """Who does it, or looks after it when it is automatic."""
    phase: Phase = Phase.RESPONSE
    minutes: int | None = None
    """Allowed, as a target; ``timeout`` is when the course goes on without it."""
    timeout_ms: int | None = None
    delay_ms: int | None = None
    automatic: Automatic | None = None
    parameters: Mapping[str, Any] = {}
    """Of an automatic step, as the extension or the ``http-api`` command has them."""
    confirm: bool = False
    """Whether a person looks at what it would do before it does it."""
    in_args: tuple[str, ...] = ()
    out_args: tuple[str, ...] = ()
    """Variables that its end gives a value: of a manual step, what people are asked."""
    variables: tuple[Variable, ...] = ()
    edges: tuple[tuple[str, str], ...] = ()
    """(property, step): ``on_completion``, ``on_success``, ``on_failure``, ``on_true``,
    ``on_false``, ``next_steps``, ``case:VALUE``, in the document's order."""
    condition: str = ""
    """Of if and while; of a switch the expression whose value is looked up."""
    playbook_id: str = ""
    raw: Mapping[str, Any] = {}

    def next(self, *names: str) -> str:
        """The first successor among the properties named; empty: none."""
        return next((step for name in names for prop, step in self.edges if prop == name), "")

    def branches(self) -> tuple[str, ...]:
        """Beginnings of what runs inside this step before it ends itself."""
        inner = ("on_true", "on_false", "next_steps")
        return tuple(s for name, s in self.edges if name in inner or name.startswith("case:"))


class Playbook(msgspec.Struct, frozen=True, kw_only=True, dict=True):
    """A playbook whose shape holds; ``validate`` says whether its course does."""

    document: Mapping[str, Any]
    id: str
    name: Text
    description: Text
    types: tuple[Type, ...]
    start: str
    exception: str
    """Step that follows a failure that no step of its own catches; empty: none."""
    variables: tuple[Variable, ...]
    steps: Mapping[str, Step]
    """By identifier, in the document's order."""

    @cached_property
    def extension(self) -> Mapping[str, Any]:
        """The part of the document that is this product's own."""
        found = self.document.get("playbook_extensions", {}).get(EXTENSION, {})
        return found if isinstance(found, Mapping) else {}
