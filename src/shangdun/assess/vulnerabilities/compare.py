"""What a report changes of what is known: opened, closed, reopened, changed, left as it is.

A report speaks for its own tool and scope only: what another tool found, or the same tool
elsewhere, is never closed by it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from enum import StrEnum

import msgspec

from shangdun.assess.vulnerabilities.found import Found, Section
from shangdun.assess.vulnerabilities.severity import Grade


class Standing(StrEnum):
    """How a known vulnerability stands."""

    OPEN = "open"
    FIXED = "fixed"
    ACCEPTED = "accepted"
    FALSE_POSITIVE = "false_positive"


COMPARED = ("title", "severity", "score", "vector", "description", "rule", "cve", "place",
            "component", "found_version", "fixed_version", "help_url")  # fmt: skip
"""What a report may change of a known one. ``known_exploited`` is added to, never taken away."""


class Known(msgspec.Struct, frozen=True, kw_only=True):
    """A vulnerability as it is kept: its number, how it stands, and what the report may change."""

    number: int
    standing: Standing
    title: str
    severity: Grade
    score: Decimal | None = None
    vector: str = ""
    known_exploited: bool = False
    description: str = ""
    rule: str = ""
    cve: str = ""
    place: str = ""
    component: str = ""
    found_version: str = ""
    fixed_version: str = ""
    help_url: str = ""
    due: date | None = None
    due_by_hand: bool = False


class Effect(msgspec.Struct, frozen=True, kw_only=True):
    """What an import does, by number of the known ones."""

    opened: tuple[Found, ...] = ()
    reopened: tuple[tuple[int, Found], ...] = ()
    changed: tuple[tuple[int, Found], ...] = ()
    """Known, not fixed, and the report says something else of them now."""
    unchanged: tuple[int, ...] = ()
    closed: tuple[int, ...] = ()
    suppressed: tuple[Found, ...] = ()
    """New ones that the tool was told to leave alone: not opened."""
    settled: int = 0
    """Named as fixed, and not open here: nothing is to be done."""
    missing: tuple[int, ...] = ()
    """Not in the report, and not closed: it is not whole."""

    @property
    def nothing(self) -> bool:
        """Whether all stays as it is."""
        return not (self.opened or self.reopened or self.changed or self.closed)


def effect_of(section: Section, known: Mapping[str, Known], *, whole: bool) -> Effect:
    """Compare one tool's report with what is known of its tool and scope, by identity.

    ``whole``: what it does not name is gone. A false positive that is no longer named stays one:
    should the tool say it again, nobody is asked twice. What the report names as fixed is closed by
    that, whole or not.
    """
    opened: list[Found] = []
    reopened: list[tuple[int, Found]] = []
    changed: list[tuple[int, Found]] = []
    unchanged: list[int] = []
    suppressed: list[Found] = []
    closed = [known[one.identity].number for one in section.found if _closes(one, known)]
    settled = sum(one.fixed for one in section.found) - len(closed)
    for one in section.found:
        before = known.get(one.identity)
        if one.fixed:
            continue
        if before is None:
            (suppressed if one.suppressed else opened).append(one)
        elif before.standing is Standing.FIXED:
            if one.suppressed:
                suppressed.append(one)
            else:
                reopened.append((before.number, one))
        elif differs(before, one):
            changed.append((before.number, one))
        else:
            unchanged.append(before.number)
    gone = list(_gone(section.found, known))
    return Effect(
        opened=tuple(opened),
        reopened=tuple(reopened),
        changed=tuple(changed),
        unchanged=tuple(unchanged),
        closed=(*closed, *gone) if whole else tuple(closed),
        suppressed=tuple(suppressed),
        settled=settled,
        missing=() if whole else tuple(gone),
    )


def differs(before: Known, now: Found) -> bool:
    """Whether the report says something else of it than is kept."""
    if now.known_exploited and not before.known_exploited:
        return True
    if now.due is not None and not before.due_by_hand and now.due != before.due:
        return True
    return any(getattr(before, name) != getattr(now, name) for name in COMPARED)


def _closes(one: Found, known: Mapping[str, Known]) -> bool:
    before = known.get(one.identity)
    open_ones = {Standing.OPEN, Standing.ACCEPTED}
    return one.fixed and before is not None and before.standing in open_ones


def _gone(found: Iterable[Found], known: Mapping[str, Known]) -> Iterable[int]:
    named = {one.identity for one in found}
    for identity, one in known.items():
        if identity not in named and one.standing in {Standing.OPEN, Standing.ACCEPTED}:
            yield one.number
