"""What an online shop usually consists of, in either language; a company rates and changes it."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from functools import cache
from importlib import resources
from typing import Literal

import msgspec
import yaml

from shangdun.assess.inventory.layers import AssetKind


class Suggested(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One line of ``content/assets/starter.yml``; its comment says what the keys mean."""

    id: str
    kind: AssetKind
    zh: str
    en: str
    parts: frozenset[str] = msgspec.field(default=frozenset(), name="for")
    c: int | None = None
    i: int | None = None
    a: int | None = None
    importance: int | None = None
    note_zh: str = ""
    note_en: str = ""
    bears: dict[str, int] = {}

    def name(self, language: Literal["zh", "en"]) -> str:
        """What it is called."""
        return self.zh if language == "zh" else self.en

    def note(self, language: Literal["zh", "en"]) -> str:
        """What belongs to it."""
        return self.note_zh if language == "zh" else self.note_en


@cache
def suggestions() -> tuple[Suggested, ...]:
    """The whole list, in its order: what is borne stands before what bears it."""
    path = resources.files("shangdun.content") / "assets" / "starter.yml"
    rows = yaml.safe_load(path.read_text("utf-8"))
    return tuple(msgspec.convert(rows, list[Suggested]))


def suggested_for(platform: AbstractSet[str]) -> list[Suggested]:
    """What fits a shop made of these parts; an empty answer leaves nothing out."""
    return [one for one in suggestions() if not one.parts or not platform or one.parts & platform]
