"""What has to be shown before an incident closes, by its type: read from ``content/cleanup``."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum
from functools import lru_cache
from importlib.resources import files

import msgspec

from shangdun.respond.classify import Type
from shangdun.respond.groups import Group


class CheckKind(StrEnum):
    """How a point is shown."""

    PROBES = "probes"
    """Measured: every probe green for a while, no error budget burning."""
    DATA = "data"
    """Measured: counts and checksums against the backup."""
    REPLAY = "replay"
    """Measured: the attack's own requests sent again are stopped."""
    QUIET = "quiet"
    """Measured: nothing new about those involved for a while."""
    BY_HAND = "by_hand"
    """A person's word, with a note."""


class Wording(msgspec.Struct, frozen=True):
    """A point in one language."""

    title: str
    detail: str


class Point(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One point of the list."""

    key: str
    group: Group
    check: CheckKind
    zh: Wording
    en: Wording
    types: tuple[Type, ...] = ()
    """Empty: of every incident."""
    minutes: int = 0

    @property
    def period(self) -> timedelta:
        """How long a measured state has to hold."""
        return timedelta(minutes=self.minutes)


@lru_cache(maxsize=1)
def points() -> dict[str, Point]:
    """Every point there is, by its key, in the order of the list."""
    text = (files("shangdun") / "content" / "cleanup" / "checklist.yml").read_bytes()
    found = msgspec.yaml.decode(text, type=list[Point])
    return {point.key: point for point in found}


def points_for(kind: Type) -> list[Point]:
    """The points of an incident of this type, in order."""
    return [point for point in points().values() if not point.types or kind in point.types]
