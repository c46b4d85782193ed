"""What an automatic check found: a state, a sentence, what it rests on, and what to do."""

from __future__ import annotations

import msgspec

from shangdun.govern.controls.standing import CheckState

Words = dict[str, str]
"""By language: ``zh`` and ``en``."""


class Fact(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that was seen."""

    name: Words
    value: str
    path: str = ""
    """Where one sees it oneself, from the root; empty: outside the console."""


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """The result of one automatic check."""

    state: CheckState
    says: Words
    fix: Words = {}
    """What to do about it; empty where nothing is to be done."""
    facts: tuple[Fact, ...] = ()
