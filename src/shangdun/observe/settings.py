"""The section ``[monitor]`` of ``shangdun.toml``, typed where it is used."""

from __future__ import annotations

from typing import Annotated

import msgspec

from shangdun.kernel.config import Config
from shangdun.kernel.errors import ConfigError

_Percent = Annotated[float, msgspec.Meta(gt=0, lt=100)]


class Objective(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """What a class of routes promises: how many requests succeed, how many are fast."""

    name: str
    routes: list[str] = msgspec.field(default_factory=lambda: ["/*"])
    """Patterns of normalised routes, ``*`` for anything: ``/checkout*``, ``/api/order/:id``."""
    availability: _Percent = 99.5
    """Per cent of requests that are not answered with 5xx."""
    latency_ms: Annotated[float, msgspec.Meta(gt=0)] = 1000.0
    """A request is fast up to here; needs the time of requests in the access log."""
    latency: _Percent = 95.0
    """Per cent of requests that are fast."""


def _objectives() -> list[Objective]:
    return [
        Objective(name="shop"),
        Objective(
            name="checkout",
            routes=["*checkout*", "*cart*", "*basket*", "*order*", "*pay*"],
            availability=99.9,
            latency_ms=2000.0,
        ),
    ]


class MonitorConfig(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """How the shop and this system are observed."""

    metadata_addresses: bool = False
    """Let probes reach link-local addresses and the metadata services of clouds."""
    metrics_token: str = ""
    """Lets a scraper from elsewhere read ``/metrics``: ``Authorization: Bearer …``."""
    hung_seconds: Annotated[float, msgspec.Meta(ge=5)] = 90.0
    """A process of ours that gives no sign of life for so long is started again."""
    host_seconds: Annotated[float, msgspec.Meta(ge=1)] = 60.0
    """How often the figures of this machine are taken."""
    objectives: list[Objective] = msgspec.field(default_factory=_objectives)


def monitor_config(config: Config) -> MonitorConfig:
    """The section, checked; raises ``ConfigError`` naming the key."""
    try:
        found = msgspec.convert(config.monitor, MonitorConfig, strict=False)
    except msgspec.ValidationError as error:
        raise ConfigError(
            str(error), where="[monitor]", fix="see docs/monitoring.md for every key"
        ) from error
    names = [objective.name for objective in found.objectives]
    if len(set(names)) < len(names):
        raise ConfigError("two objectives have one name", where="[monitor]", fix="rename one")
    return found
