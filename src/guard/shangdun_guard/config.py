"""How a shop is guarded: one frozen object, from a dictionary or the environment, checked."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any, cast
from urllib.parse import urlsplit

from shangdun_guard.inspector.modes import Route, plain_path
from shangdun_guard.proxies import Proxies

OPEN, CLOSED = "open", "closed"
OLDEST, NEWEST = "oldest", "newest"
PREFIX = "SHANGDUN_GUARD_"
_NOT_IN_ENVIRON = frozenset(("routes", "patches", "exceptions"))


class ConfigError(ValueError):
    """A setting is wrong: names it and says what would be right."""


@dataclass(frozen=True)
class GuardRoute(Route):
    """A part of the shop: what an attack meets there, and what holds when a measure is missing."""

    inspect: bool = True
    """False: requests are not looked into, decisions hold all the same."""
    away: str = OPEN
    """While ShangDun cannot be reached: ``open`` (last known decisions), or ``closed`` (503)."""
    failing: str = OPEN
    """When the inspector itself fails on a request: ``open`` or ``closed`` (503)."""

    def __post_init__(self) -> None:
        super().__post_init__()
        for name in ("away", "failing"):
            if getattr(self, name) not in (OPEN, CLOSED):
                raise ValueError(f"{name} on {self.prefix}: open or closed")


@dataclass(frozen=True)
class Config:
    """Every setting, with what holds where nothing is said."""

    url: str = ""
    """Of ShangDun, as ``https://shangdun.example``; empty: only inspection, no decisions."""
    key: str = ""
    """Of this guard, from the Enforcers page: reads decisions."""
    source: str = ""
    """Name of the source (format OCSF) that events are sent to; empty: nothing is reported."""
    token: str = ""
    """Of that source, from the Sources page: sends events."""
    ca_file: str = ""
    """Certificates to believe ShangDun by, where the system's are not enough."""
    name: str = "shop"
    """How this shop is called in events."""
    folder: Path = Path("~/.local/state/shangdun-guard")
    """Last known decisions and unsent events; the shop's user must be able to write there."""
    trusted_proxies: tuple[str, ...] = ()
    """Networks of the proxies in front of the shop, and ``unix`` for a Unix socket."""
    client_header: str = "x-forwarded-for"
    """The one header that those proxies write: it, ``forwarded``, ``x-real-ip`` or a CDN's own."""
    country_header: str = ""
    """Header in which a trusted proxy tells the client's country (ISO 3166-1, two letters)."""
    network_header: str = ""
    """Header in which a trusted proxy tells the number of the client's network (AS)."""
    session_cookie: str = "sessionid"
    device_cookie: str = "device"
    set_client: bool = False
    """Give the application the client's address in place of the proxy's."""
    inspect: bool = True
    body_limit: int = 64 * 1024
    """Bytes of a body that are inspected and held in memory; the rest streams by unseen."""
    routes: tuple[GuardRoute, ...] = ()
    """The most specific decides; ``/`` for the rest of the shop."""
    patches: tuple[Mapping[str, Any], ...] = ()
    """Virtual patches, each with the fields of ``inspector.patches.Patch``."""
    exceptions: tuple[Mapping[str, Any], ...] = ()
    """Exceptions from false alarms, each with the fields of ``inspector.exceptions.Excuse``."""
    profile: str = ""
    """File of a learned profile, as ``inspector.profile.Profile`` writes it."""
    poll_seconds: float = 0.5
    timeout_seconds: float = 5.0
    away_seconds: float = 30.0
    """Without an answer for so long, ShangDun is away, and ``away`` of the routes holds."""
    secret: str = ""
    """Signs passes of challenges, the same on all machines; empty: derived from ``key``."""
    digest_key: str = ""
    """Hashes session keys in events; empty: ``secret`` or ``key``."""
    difficulty: int = 16
    """Leading zero bits of a challenge: 16 are 65,000 hashes, about a second on a telephone."""
    pass_seconds: int = 4 * 3600
    """How long a solved challenge holds for its address."""
    wait_seconds: int = 10
    """Without a script: after so long a client may go on. 0: never."""
    contact: str = ""
    """For appeals, shown on the page of who is turned away: a telephone number, a mail address."""
    processes: int = 1
    """Worker processes that share a throttle's rate: each grants its part."""
    buffer_bytes: int = 256 * 1024 * 1024
    """Unsent events on disk, at most."""
    buffer_drops: str = OLDEST
    """What goes when the buffer or the disk is full: ``oldest`` or ``newest``."""
    fsync_seconds: float = 1.0
    """How long a machine's crash may lose (a process's crash loses none). 0: each is synced."""

    def __post_init__(self) -> None:
        _check(self)

    @property
    def proxies(self) -> Proxies:
        """The trusted hops. Raises ``ConfigError``."""
        try:
            return Proxies(self.trusted_proxies, self.client_header)
        except ValueError as error:
            raise ConfigError(f"trusted_proxies: {error}") from error


def _check(config: Config) -> None:
    if config.url:
        parts = urlsplit(config.url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ConfigError("url: write it as https://shangdun.example")
    if config.source and not (config.url and config.token):
        raise ConfigError("source: needs url and token as well")
    if config.buffer_drops not in (OLDEST, NEWEST):
        raise ConfigError("buffer_drops: oldest or newest")
    if not 1 <= config.difficulty <= 28:
        raise ConfigError("difficulty: 1 to 28 bits; each doubles the work of a customer's device")
    positive = ("poll_seconds", "timeout_seconds", "away_seconds", "pass_seconds", "processes")
    for name in (*positive, "buffer_bytes"):
        if getattr(config, name) <= 0:
            raise ConfigError(f"{name}: must be above 0")
    if config.body_limit < 0 or config.fsync_seconds < 0 or config.wait_seconds < 0:
        raise ConfigError("body_limit, fsync_seconds, wait_seconds: 0 or more")
    if not config.client_header:
        raise ConfigError("client_header: name the header that the proxies write")
    _ = config.proxies


def read_config(given: Mapping[str, Any], environ: Mapping[str, str] = os.environ) -> Config:
    """A configuration from keys as above, in small or capital letters.

    Where a key is not given, ``SHANGDUN_GUARD_<KEY>`` of the environment holds. ``routes`` is a
    mapping of path to a mode or to a mapping of ``GuardRoute``'s fields. Raises ``ConfigError``.
    """
    known = {one.name: one for one in fields(Config)}
    values: dict[str, Any] = {}
    for name in known:
        variable = PREFIX + name.upper()
        if variable in environ and name not in _NOT_IN_ENVIRON:
            values[name] = environ[variable]
    for key, value in given.items():
        if key.lower() not in known:
            raise ConfigError(f"{key}: unknown; known are {', '.join(known)}")
        values[key.lower()] = value
    try:
        typed: dict[str, Any] = {name: _typed(name, value) for name, value in values.items()}
        return Config(**typed)
    except (TypeError, ValueError) as error:
        raise error if isinstance(error, ConfigError) else ConfigError(str(error)) from error


_FLAGS = {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}


def _typed(name: str, value: object) -> object:
    default = getattr(Config, name)
    if name == "routes":
        return tuple(_routes(value))
    if isinstance(default, bool) and isinstance(value, str):
        if value.lower() not in _FLAGS:
            raise ConfigError(f"{name}: true or false")
        return _FLAGS[value.lower()]
    if isinstance(default, tuple):
        words = value.replace(",", " ").split() if isinstance(value, str) else value
        return tuple(cast("Sequence[str]", words))
    try:
        return Path(str(value)) if isinstance(default, Path) else type(default)(value)
    except (TypeError, ValueError) as error:
        raise ConfigError(f"{name}: {value!r} is no {type(default).__name__}") from error


def _routes(value: object) -> Sequence[GuardRoute]:
    if not isinstance(value, Mapping):
        return list(cast("Sequence[GuardRoute]", value))
    made = []
    for prefix, says in value.items():
        about: dict[str, Any] = {"mode": says} if isinstance(says, str) else dict(says)
        if "methods" in about:
            about["methods"] = tuple(about["methods"])
        try:
            made.append(GuardRoute(prefix=prefix, **about))
        except (TypeError, ValueError) as error:
            raise ConfigError(f"routes: {prefix}: {error}") from error
    return made


@dataclass(frozen=True)
class Routes:
    """The routes of a shop, the most specific first, so that the first that covers decides."""

    routes: tuple[GuardRoute, ...]
    rest: GuardRoute = field(default_factory=GuardRoute)

    @classmethod
    def of(cls, config: Config) -> Routes:
        """Longest prefix first; of equal ones that which names methods."""
        ranked = sorted(
            config.routes,
            key=lambda route: (len(route.prefix.rstrip("/")), bool(route.methods)),
            reverse=True,
        )
        rest = GuardRoute(inspect=config.inspect)
        if not config.inspect:
            ranked = [replace(route, inspect=False) for route in ranked]
        return cls(tuple(ranked), rest)

    def find(self, method: str, target: str) -> GuardRoute:
        """The route of a request; ``target`` as in the request line."""
        if not self.routes:
            return self.rest
        path = plain_path(target)
        for route in self.routes:
            if route.covers(method, path):
                return route
        return self.rest
