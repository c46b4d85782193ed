"""The duties and groups that come with the product (``content/communication/duties.yml``)."""

from __future__ import annotations

from functools import cache
from importlib import resources

import msgspec
import yaml

from shangdun.govern.communication.lines import Audience
from shangdun.govern.communication.matrix import Words
from shangdun.govern.communication.raci import Letter
from shangdun.kernel.errors import UsageError


class Duty(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One duty; the letters hold keys of offices."""

    key: str
    title: Words
    accountable: tuple[str, ...] = msgspec.field(name="A")
    responsible: tuple[str, ...] = msgspec.field(name="R")
    consulted: tuple[str, ...] = msgspec.field(name="C", default=())
    informed: tuple[str, ...] = msgspec.field(name="I", default=())

    def parts(self) -> list[tuple[Letter, str]]:
        """Every letter with its office."""
        held = {
            Letter.ACCOUNTABLE: self.accountable,
            Letter.RESPONSIBLE: self.responsible,
            Letter.CONSULTED: self.consulted,
            Letter.INFORMED: self.informed,
        }
        return [(letter, office) for letter, offices in held.items() for office in offices]


class Member(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    role: str
    team: Audience
    duty: Words
    expected: Words


class TeamGroup(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """People of several teams with one purpose; ``meets`` is the kind of meeting they hold."""

    key: str
    name: Words
    purpose: Words
    expected: Words
    shares: Words
    teams: tuple[Audience, ...]
    lead: str
    members: tuple[Member, ...]
    meets: str = ""


class Organised(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Everything of the file."""

    offices: dict[str, Words]
    duties: tuple[Duty, ...]
    groups: tuple[TeamGroup, ...]


@cache
def organised() -> Organised:
    """Raises ``UsageError`` (``communication.duties``) where the file or an office is wrong."""
    path = resources.files("shangdun.content") / "communication" / "duties.yml"
    try:
        found = msgspec.convert(yaml.safe_load(path.read_text("utf-8")), Organised)
    except (yaml.YAMLError, msgspec.ValidationError) as error:
        raise _bad(str(error)) from error
    named = {office for duty in found.duties for _letter, office in duty.parts()}
    named |= {one.role for group in found.groups for one in group.members}
    named |= {group.lead for group in found.groups}
    if unknown := sorted(named - found.offices.keys()):
        raise _bad(f"no such office: {', '.join(unknown)}")
    if wrong := [duty.key for duty in found.duties if len(duty.accountable) != 1]:
        raise _bad(f"not exactly one accountable: {', '.join(wrong)}")
    return found


def _bad(message: str) -> UsageError:
    return UsageError(
        message,
        code="communication.duties",
        where="content/communication/duties.yml",
        fix="mend the file",
    )
