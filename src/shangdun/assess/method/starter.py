"""The register to begin with: factors, risks, measures and threats of ``content/risks``."""

from __future__ import annotations

import math
from functools import cache
from importlib import resources
from typing import Literal

import msgspec
import yaml

from shangdun.assess.method.scale import ThreatSource

Language = Literal["zh", "en"]


class _Bilingual(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    key: str
    zh: str
    en: str

    def say(self, language: Language, about: str = "") -> str:
        """Its name, or what ``about`` says of it (``consequence``: ``consequence_zh``)."""
        name = f"{about}_{language}" if about else language
        return str(getattr(self, name))


class StarterThreat(_Bilingual, frozen=True, kw_only=True):
    """One line of the catalogue."""

    source: ThreatSource
    capability: int
    frequency: int
    motive_zh: str
    motive_en: str
    timing_zh: str
    timing_en: str

    @property
    def level(self) -> int:
        return threat_level(self.capability, self.frequency)


class StarterMeasure(_Bilingual, frozen=True, kw_only=True):
    """A measure of a factor; ``task`` is a key of the plan's template, ``control`` of a measure."""

    about_zh: str
    about_en: str
    likelihood: int = 0
    loss: int = 0
    task: str = ""
    control: str = ""


class StarterRisk(_Bilingual, frozen=True, kw_only=True):
    """A risk below a factor; ``loss_zh`` says what to add up, never how much."""

    threat: str
    about_zh: str
    about_en: str
    consequence_zh: str
    consequence_en: str
    loss_zh: str
    loss_en: str
    ease: int
    harm: int
    value: int
    types: tuple[str, ...] | None = None
    """Of incidents; None: the factor's."""
    tags: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()


class StarterFactor(_Bilingual, frozen=True, kw_only=True):
    """One of the five factors of the plan."""

    about_zh: str
    about_en: str
    impact: int
    measures: tuple[StarterMeasure, ...]
    risks: tuple[StarterRisk, ...]
    types: tuple[str, ...] = ()


class Register(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The whole file."""

    threats: tuple[StarterThreat, ...]
    factors: tuple[StarterFactor, ...]


@cache
def register() -> Register:
    """What comes along, in its order."""
    path = resources.files("shangdun.content") / "risks" / "starter.yml"
    return msgspec.convert(yaml.safe_load(path.read_text("utf-8")), Register)


def threat_level(capability: int, frequency: int) -> int:
    """How strongly a threat presses: the rounded geometric mean of both (1 to 5)."""
    return math.floor(math.sqrt(capability * frequency) + 0.5)
