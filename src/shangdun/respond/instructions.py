"""First instructions to each group by the incident's type: what an order is prefilled with."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

import msgspec
import yaml

from shangdun.respond.classify import Type
from shangdun.respond.groups import Group


class Instruction(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """In both languages; lines are single tasks."""

    zh: str
    en: str

    def text(self, language: str) -> str:
        """In a language of the console, Chinese unless it is English."""
        return (self.en if language.startswith("en") else self.zh).strip()


@cache
def instructions(kind: Type) -> dict[Group, Instruction]:
    """By group, from ``content/orders``; leadership instructs the other four."""
    text = (files("shangdun") / "content" / "orders" / f"{kind.value}.yml").read_text("utf-8")
    return msgspec.convert(yaml.safe_load(text), dict[Group, Instruction])
