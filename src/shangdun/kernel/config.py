"""``shangdun.toml``: typed, every key also as ``SHANGDUN_…``, an unknown key is an error.

A nested key joins its section with two underscores: ``lake.retention_days`` is
``SHANGDUN_LAKE__RETENTION_DAYS``. The environment wins over the file.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from shangdun.kernel.errors import ConfigError

PREFIX = "SHANGDUN_"
HOME_VARIABLE = "SHANGDUN_HOME"
SHORTEST_TOKEN = 20


class SourceConfig(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """One thing to watch: exactly one of ``path``, ``listen`` and ``http``."""

    name: str
    format: str
    path: str = ""
    """Glob of the files to tail; rotated and compressed siblings are caught up with."""
    listen: str = ""
    """``udp://HOST:PORT``, ``tcp://HOST:PORT`` or ``tls://HOST:PORT`` for syslog."""
    http: bool = False
    """Accept pushes at ``/api/ingest/NAME`` from whoever has the source's token."""
    token: str = ""
    """Of an ``http`` source in the file; one added on the sources page has its token from there."""
    tls_certificate: str = ""
    tls_key: str = ""

    @property
    def ways(self) -> list[str]:
        """Which of ``path``, ``listen`` and ``http`` are given: one, in a source of use."""
        return [way for way in ("path", "listen", "http") if getattr(self, way)]


class LakeConfig(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """Where events are kept and for how long."""

    path: str = ""  # default: ``lake`` in the home directory
    retention_days: Annotated[int, msgspec.Meta(ge=1)] = 200
    """At least 183: the law asks for six months of network logs."""
    commit_seconds: Annotated[float, msgspec.Meta(gt=0)] = 2.0


class DetectConfig(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """Which rules run."""

    builtin: bool = True
    rules: list[str] = msgspec.field(default_factory=list)  # further folders of Sigma rules
    lateness_seconds: Annotated[int, msgspec.Meta(ge=0)] = 300  # of events that windows still count


class WebConfig(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """How the console is reached."""

    bind: str = "127.0.0.1:8600"
    workers: Annotated[int, msgspec.Meta(ge=1)] = 2
    hosts: list[str] = msgspec.field(default_factory=lambda: ["localhost", "127.0.0.1", "[::1]"])
    """Host names the console answers to."""
    https: bool = False
    """Set when a TLS proxy stands in front: cookies become secure, HSTS is sent."""
    proxies: list[str] | None = None  # CIDR: whose X-Forwarded-For is believed
    language: Literal["zh-hans", "en"] = "zh-hans"
    time_zone: str = "Asia/Shanghai"
    mfa: Literal["required", "offered"] = "required"
    """A second factor for every role that can act; ``offered`` is for demonstrations only."""
    log_folders: list[str] = msgspec.field(default_factory=lambda: ["/var/log"])
    """Folders from which the sources page may watch files; others are named in this file."""


class RecordsConfig(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """Where records are kept: SQLite in the home directory, or PostgreSQL."""

    postgres: str = ""  # a libpq connection string; empty means SQLite


class RespondConfig(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """What many share, so that it joins no findings into an incident: a proxy, a test account."""

    shared_values: list[str] = msgspec.field(default_factory=list)
    shared_networks: list[str] | None = None  # CIDR; default: the private ranges, a proxy's home
    evidence_megabytes: Annotated[int, msgspec.Meta(ge=1)] = 4096  # the largest file that is kept
    two_people: bool = False  # who answers for something does not close it alone: records.owned
    step_hosts: list[str] = msgspec.field(default_factory=list)  # HOST[:PORT] that steps may call


class Config(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """The whole of ``shangdun.toml``."""

    sources: list[SourceConfig] = msgspec.field(default_factory=list)
    lake: LakeConfig = msgspec.field(default_factory=LakeConfig)
    detect: DetectConfig = msgspec.field(default_factory=DetectConfig)
    web: WebConfig = msgspec.field(default_factory=WebConfig)
    records: RecordsConfig = msgspec.field(default_factory=RecordsConfig)
    respond: RespondConfig = msgspec.field(default_factory=RespondConfig)
    monitor: dict[str, Any] = msgspec.field(default_factory=dict)  # typed in observe.settings
    protect: dict[str, Any] = msgspec.field(default_factory=dict)  # typed in protect.settings
    edge: dict[str, Any] = msgspec.field(default_factory=dict)  # typed in protect.edge.settings


def home_directory(environ: Mapping[str, str] = os.environ) -> Path:
    """Where state lives: ``$SHANGDUN_HOME``, else ``~/.local/share/shangdun``."""
    given = environ.get(HOME_VARIABLE)
    return Path(given).expanduser() if given else Path.home() / ".local" / "share" / "shangdun"


def load_config(home: Path, environ: Mapping[str, str] = os.environ) -> Config:
    """Read ``shangdun.toml`` in ``home`` and lay the environment over it.

    Raises ``ConfigError`` naming the key and the file or variables it may stand in.
    """
    path = home / "shangdun.toml"
    places = [str(path)]
    try:
        document = tomllib.loads(path.read_text("utf-8")) if path.exists() else {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(
            str(error), where=str(path), fix="write it as TOML 1.0 in UTF-8"
        ) from error
    for variable, text in environ.items():
        if variable.startswith(PREFIX) and variable != HOME_VARIABLE:
            _lay_over(document, variable, text)
            places.append(variable)
    where = " or ".join(places)
    try:
        config = msgspec.convert(document, Config, strict=False)
    except msgspec.ValidationError as error:
        raise ConfigError(
            str(error), where=where, fix="see docs/configuration.md for every key"
        ) from error
    _check(config, where)
    return config


def _lay_over(document: dict[str, Any], variable: str, text: str) -> None:
    *sections, key = variable.removeprefix(PREFIX).lower().split("__")
    place = document
    for section in sections:
        place = place.setdefault(section, {})
        if not isinstance(place, dict):
            raise ConfigError("is not a section", where=variable, fix="check the name")
    try:
        place[key] = msgspec.json.decode(text) if text[:1] in {"[", "{"} else text
    except msgspec.DecodeError as error:
        raise ConfigError(str(error), where=variable, fix="write it as JSON") from error


def _check(config: Config, where: str) -> None:
    seen: set[str] = set()
    for source in config.sources:
        if problem := _problem(source, seen):
            raise ConfigError(f"source {source.name!r} {problem[0]}", where=where, fix=problem[1])
        seen.add(source.name)
    try:
        ZoneInfo(config.web.time_zone)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise ConfigError(
            f"{config.web.time_zone!r} is no time zone",
            where=f"{where}: web.time_zone",
            fix="write one like Asia/Shanghai",
        ) from error


def _problem(source: SourceConfig, seen: set[str]) -> tuple[str, str] | None:
    if len(source.ways) != 1:
        return "needs exactly one of path, listen and http", "keep one of them"
    if source.name in seen:
        return "is there twice", "rename one"
    if source.http and len(source.token) < SHORTEST_TOKEN:
        long = f"needs a token of at least {SHORTEST_TOKEN} characters"
        return long, "token = … as `openssl rand -hex 32` prints it"
    return None
