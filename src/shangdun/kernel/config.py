"""``shangdun.toml``: typed, every key also as ``SHANGDUN_…``, an unknown key is an error.

A nested key joins its section with two underscores: ``lake.retention_days`` is
``SHANGDUN_LAKE__RETENTION_DAYS``. The environment wins over the file.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

import msgspec

from shangdun.kernel.errors import ConfigError

PREFIX = "SHANGDUN_"
HOME_VARIABLE = "SHANGDUN_HOME"


class SourceConfig(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """One thing to watch: exactly one of ``path``, ``listen`` and ``http``."""

    name: str
    format: str
    path: str = ""
    """Glob of the files to tail; rotated and compressed siblings are caught up with."""
    listen: str = ""
    """``udp://HOST:PORT``, ``tcp://HOST:PORT`` or ``tls://HOST:PORT`` for syslog."""
    http: bool = False
    """Accept pushes at ``/api/ingest/NAME`` with a token issued on the sources page."""
    tls_certificate: str = ""
    tls_key: str = ""


class LakeConfig(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """Where events are kept and for how long."""

    path: str = ""
    """Default: ``lake`` in the home directory."""
    retention_days: int = 200
    """At least 183: the law asks for six months of network logs."""
    commit_seconds: float = 2.0


class DetectConfig(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """Which rules run."""

    builtin: bool = True
    rules: list[str] = msgspec.field(default_factory=list)
    """Further folders of Sigma rules."""


class WebConfig(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """How the console is reached."""

    bind: str = "127.0.0.1:8600"
    workers: int = 2
    hosts: list[str] = msgspec.field(default_factory=lambda: ["localhost", "127.0.0.1", "[::1]"])
    """Host names the console answers to."""
    https: bool = False
    """Set when a TLS proxy stands in front: cookies become secure, HSTS is sent."""
    language: Literal["zh-hans", "en"] = "zh-hans"
    time_zone: str = "Asia/Shanghai"
    mfa: Literal["required", "offered"] = "required"
    """A second factor for every role that can act; ``offered`` is for demonstrations only."""
    log_folders: list[str] = msgspec.field(default_factory=lambda: ["/var/log"])
    """Folders from which the sources page may watch files; others are named in this file."""


class RecordsConfig(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """Where records are kept: SQLite in the home directory, or PostgreSQL."""

    postgres: str = ""
    """A libpq connection string; empty means SQLite."""


class RespondConfig(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """What many share, so that it joins no findings into an incident: a proxy, a test account."""

    shared_values: list[str] = msgspec.field(default_factory=list)
    shared_networks: list[str] | None = None
    """In CIDR notation; default: the private ranges, behind which a shop's own proxy sits."""


class Config(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """The whole of ``shangdun.toml``."""

    sources: list[SourceConfig] = msgspec.field(default_factory=list)
    lake: LakeConfig = msgspec.field(default_factory=LakeConfig)
    detect: DetectConfig = msgspec.field(default_factory=DetectConfig)
    web: WebConfig = msgspec.field(default_factory=WebConfig)
    records: RecordsConfig = msgspec.field(default_factory=RecordsConfig)
    respond: RespondConfig = msgspec.field(default_factory=RespondConfig)


def home_directory(environ: Mapping[str, str] = os.environ) -> Path:
    """Where state lives: ``$SHANGDUN_HOME``, else ``~/.local/share/shangdun``."""
    given = environ.get(HOME_VARIABLE)
    return Path(given).expanduser() if given else Path.home() / ".local" / "share" / "shangdun"


def load_config(home: Path, environ: Mapping[str, str] = os.environ) -> Config:
    """Read ``shangdun.toml`` in ``home`` and lay the environment over it.

    Raises ``ConfigError`` naming the file or variable and the key.
    """
    path = home / "shangdun.toml"
    try:
        document = tomllib.loads(path.read_text("utf-8")) if path.exists() else {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(
            str(error), where=str(path), fix="write it as TOML 1.0 in UTF-8"
        ) from error
    for variable, text in environ.items():
        if variable.startswith(PREFIX) and variable != HOME_VARIABLE:
            _lay_over(document, variable, text)
    try:
        config = msgspec.convert(document, Config, strict=False)
    except msgspec.ValidationError as error:
        raise ConfigError(
            str(error), where=str(path), fix="see docs/configuration.md for every key"
        ) from error
    _check(config, str(path))
    return config


def _lay_over(document: dict[str, Any], variable: str, text: str) -> None:
    *sections, key = variable.removeprefix(PREFIX).lower().split("__")
    place = document
    for section in sections:
        place = place.setdefault(section, {})
        if not isinstance(place, dict):
            raise ConfigError("is not a section", where=variable, fix="check the name")
    place[key] = msgspec.json.decode(text) if text[:1] in {"[", "{"} else text


def _check(config: Config, where: str) -> None:
    seen: set[str] = set()
    for source in config.sources:
        ways = [bool(source.path), bool(source.listen), source.http]
        if sum(ways) != 1:
            raise ConfigError(
                f"source {source.name!r} needs exactly one of path, listen and http",
                where=where,
                fix="keep one of them",
            )
        if source.name in seen:
            raise ConfigError(
                f"two sources are named {source.name!r}", where=where, fix="rename one"
            )
        seen.add(source.name)
    if config.lake.retention_days < 1:
        raise ConfigError("lake.retention_days must be at least 1", where=where, fix="use 200")
