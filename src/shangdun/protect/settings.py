"""The section ``[protect]`` of ``shangdun.toml``, typed where it is used."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec

from shangdun.kernel.config import Config
from shangdun.kernel.errors import ConfigError

_Count = Annotated[int, msgspec.Meta(ge=0)]
_Percent = Annotated[float, msgspec.Meta(ge=0, le=100)]


class CustomersConfig(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """How many recently paying customers a decision may meet that no person looked at."""

    days: Annotated[int, msgspec.Meta(ge=1, le=90)] = 30
    """Who paid within so many days counts."""
    blocked_at_most: _Count = 0
    """Of one decision that blocks."""
    slowed_at_most: _Count = 3
    """Of one that throttles or challenges: an honest customer gets through."""
    share_percent: _Percent = 0.5
    """Of all automatic decisions in force together, in per cent of the recently paying customers;
    a single customer is let pass by ``slowed_at_most`` however few there are."""
    unknown: Literal["propose", "act"] = "propose"
    """What automatic decisions become while no orders are known or the lake cannot be read."""


class ProtectConfig(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """What is done about attackers without being asked, and within which bounds."""

    mode: Literal["off", "simulate", "propose", "act"] = "propose"
    """Of automatic decisions: none; noted only; put before a person; taken."""
    minimum_level: Literal["low", "medium", "high", "critical"] = "medium"
    """Of findings that can lead to a decision."""
    minimum_confidence: Annotated[float, msgspec.Meta(ge=0, le=1)] = 0.5
    """Of a finding, weighed by what verdicts said of its rule."""
    exempt_rules: list[str] = msgspec.field(default_factory=list)
    """Identifiers of rules whose findings lead to no decision."""
    throttle_rate: Annotated[int, msgspec.Meta(ge=1)] = 30
    """Requests a minute that a throttled visitor has."""
    most_a_minute: Annotated[int, msgspec.Meta(ge=1)] = 1_000
    """Automatic decisions; a rule that would make more is more likely wrong than the world is full
    of attackers: what is above waits for a person."""
    most_in_force: Annotated[int, msgspec.Meta(ge=1)] = 100_000
    """Automatic decisions at a time."""
    payment_networks: list[str] = msgspec.field(default_factory=list)
    """Further never-block entries: ranges from which payment providers call back."""
    monitoring_networks: list[str] = msgspec.field(default_factory=list)
    """The same for monitoring services outside."""
    search_engines: bool = True
    """Verify by DNS who claims to be a search engine, and never turn away who is one."""
    contact: str = ""
    """What a person who was turned away is told: a telephone number or an address to write to."""
    customers: CustomersConfig = msgspec.field(default_factory=CustomersConfig)
    enforcers: list[dict[str, Any]] = msgspec.field(default_factory=list)
    """Typed by the enforcers' own registry."""
    proof: dict[str, Any] = msgspec.field(default_factory=dict)
    """Typed in ``protect.prove.settings``."""


def protect_config(config: Config) -> ProtectConfig:
    """The section, checked; raises ``ConfigError`` naming the key."""
    try:
        return msgspec.convert(config.protect, ProtectConfig, strict=False)
    except msgspec.ValidationError as error:
        raise ConfigError(
            str(error), where="[protect]", fix="see docs/decisions.md for every key"
        ) from error
