"""The seats that the plan names (section 三), as they are shipped in ``content/organisation``."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

import msgspec
import yaml

from shangdun.respond.groups import Group
from shangdun.respond.organisation.seats import Rank


class BuiltInSeat(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A seat of a fresh installation, in both languages."""

    key: str
    group: Group
    rank: Rank
    name_zh: str = msgspec.field(name="zh")
    name_en: str = msgspec.field(name="en")
    duties_zh: str = ""
    duties_en: str = ""


class Duties(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a group is there for."""

    duties_zh: str
    duties_en: str


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    groups: dict[Group, Duties]
    seats: tuple[BuiltInSeat, ...]


def built_in_seats() -> tuple[BuiltInSeat, ...]:
    """In the plan's order: group by group, heads first."""
    return _read().seats


def group_duties(group: Group) -> Duties:
    """The plan's words on what the group does (section 三, 四.4 for logistics)."""
    return _read().groups[group]


@cache
def _read() -> _File:
    text = (files("shangdun") / "content" / "organisation" / "seats.yml").read_text("utf-8")
    return msgspec.convert(yaml.safe_load(text), _File)
