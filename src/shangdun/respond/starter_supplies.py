"""The suggested list of emergency supplies, in either language; a company adopts what it wants."""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import Literal

import msgspec
import yaml

from shangdun.respond.supplies import SupplyKind


class Starter(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One line of ``content/supplies/starter.yml``; ``check`` is in days, 0: none."""

    id: str
    kind: SupplyKind
    zh: str
    en: str
    quantity: int = 1
    minimum: int = 0
    check: int = 0
    consumable: bool = False
    unit_zh: str = ""
    unit_en: str = ""
    note_zh: str = ""
    note_en: str = ""

    def name(self, language: Literal["zh", "en"]) -> str:
        """What it is called."""
        return self.zh if language == "zh" else self.en

    def unit(self, language: Literal["zh", "en"]) -> str:
        """What it is counted in; empty: pieces."""
        return self.unit_zh if language == "zh" else self.unit_en

    def note(self, language: Literal["zh", "en"]) -> str:
        """What to mind."""
        return self.note_zh if language == "zh" else self.note_en


@cache
def starters() -> tuple[Starter, ...]:
    """The whole list, in its order."""
    path = resources.files("shangdun.content") / "supplies" / "starter.yml"
    rows = yaml.safe_load(path.read_text("utf-8"))
    return tuple(msgspec.convert(rows, list[Starter]))
