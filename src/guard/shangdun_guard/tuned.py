"""The inspector that a shop's settings ask for: virtual patches, exceptions, a learned profile."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from shangdun_guard.config import Config, ConfigError
from shangdun_guard.inspector import Inspector, exceptions, patches
from shangdun_guard.inspector.profile import Profile
from shangdun_guard.inspector.tuning import TunedInspector
from shangdun_guard.request import Request
from shangdun_guard.ruling import Inspects, Judgement

log = logging.getLogger("shangdun.guard")


class Absent:
    """Stands where an inspector should: every request fails to be inspected, and says why."""

    def __init__(self, why: Exception) -> None:
        self._why = why

    def inspect(self, request: Request) -> Judgement:
        """Raises."""
        raise RuntimeError(f"there is no inspector for {request.method}: {self._why}")


def inspector_for(config: Config) -> Inspects:
    """As configured. Raises ``ConfigError`` for a wrong patch or exception.

    An inspector that does not start is no reason for a shop not to: each request then counts as
    failed, and the routes say what that means.
    """
    try:
        holes = patches.from_data(dict(one) for one in config.patches)
        excuses = exceptions.from_data(dict(one) for one in config.exceptions)
    except (TypeError, ValueError) as error:
        raise ConfigError(f"patches, exceptions: {error}") from error
    try:
        profile = _profile(config.profile)
        if not (holes or excuses or profile):
            return Inspector()
        return TunedInspector(profile=profile, patches=holes, excuses=excuses)
    except Exception as error:
        log.exception("the inspector does not start; routes fail open or closed as configured")
        return Absent(error)


def retuned(config: Config, settings: Mapping[str, Any]) -> Inspects | None:
    """The inspector with the patches and exceptions that ShangDun adds; None where it names none.

    Raises ``ConfigError`` for what is not understood.
    """
    more = {name: settings.get(name) for name in ("patches", "exceptions")}
    if not any(more.values()):
        return None
    joined = {
        name: (*getattr(config, name), *_rows(name, rows)) for name, rows in more.items() if rows
    }
    values = {**config.__dict__, **joined}
    return inspector_for(Config(**values))


def _rows(name: str, rows: object) -> Iterable[Mapping[str, Any]]:
    if not isinstance(rows, list) or not all(isinstance(row, Mapping) for row in rows):
        raise ConfigError(f"{name}: a list of objects")
    return rows


def _profile(place: str) -> Profile | None:
    """An unreadable profile is left aside: what it would have added is not known to anybody."""
    if not place:
        return None
    try:
        return Profile.from_json(Path(place).expanduser().read_text("utf-8"))
    except (OSError, ValueError) as error:
        log.warning("the learned profile is left aside: %s", error)
        return None
