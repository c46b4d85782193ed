"""What is measured, how and how often: ``content/measures/*.yml``."""

from __future__ import annotations

from enum import StrEnum
from functools import cache
from importlib import resources
from typing import Literal

import msgspec
import yaml

from shangdun.govern.measures.periods import Cadence
from shangdun.govern.measures.target import Better
from shangdun.kernel.errors import NotFound


class Kind(StrEnum):
    """What the value is made of."""

    COUNT = "count"
    """So many in a period; what it could have been by chance is Poisson's."""
    SHARE = "share"
    """So many of so many, shown in per cent."""


class Words(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A measure in one language."""

    name: str
    definition: str
    """What it counts, of what, over what: one or two sentences."""
    evidence: str
    """The records it rests on."""
    unit: str
    """What stands behind the number: ``incidents``; empty for a share."""


class Measure(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One measure; ``target`` is what is suggested, in the value's unit (per cent for shares)."""

    key: str
    order: int
    kind: Kind
    cadence: Cadence
    better: Better
    target: float | None
    source: str
    """The clause of the plan that asks for it."""
    zh: Words
    en: Words

    def words(self, language: str) -> Words:
        """In the language of a page or paper: ``zh…`` or anything else."""
        return self.zh if language.startswith("zh") else self.en


Key = Literal["incident-rate", "satisfaction", "compliance", "execution"]


@cache
def measures() -> tuple[Measure, ...]:
    """All of them, in their order."""
    folder = resources.files("shangdun.content") / "measures"
    files = sorted(
        (file for file in folder.iterdir() if file.name.endswith(".yml")), key=lambda f: f.name
    )
    read = [msgspec.convert(yaml.safe_load(file.read_text("utf-8")), Measure) for file in files]
    return tuple(sorted(read, key=lambda one: one.order))


def measure_named(key: str) -> Measure:
    """One of them. Raises ``NotFound``."""
    found = next((one for one in measures() if one.key == key), None)
    if found is None:
        raise NotFound(f"there is no measure {key[:40]!r}", fix="see the measures page")
    return found
