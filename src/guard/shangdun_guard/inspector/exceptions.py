"""Exceptions from false alarms: one sign, in one parameter, of one route, for one shape of value.

An exception names everything exactly; there is no way to write a broad one. A value that says
more, in other characters or at far greater length than the one it was made for, is judged as
before, and so are all other signs in the same value.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from typing import Any

from shangdun_guard.inspector.modes import plain_path
from shangdun_guard.inspector.profile_route import template
from shangdun_guard.inspector.profile_shape import alphabet, length_step, step_limit
from shangdun_guard.inspector.verdict import Judged, Reading, Verdict
from shangdun_guard.request import Request


@dataclass(frozen=True)
class Excuse:
    """One sign that is no alarm where it was made for."""

    method: str
    path: str
    """As ``profile_route.template`` has it: ``/product/{}/edit``."""
    place: str
    name: str
    code: str
    """Of the sign, as ``xss.handler``; every sign needs an excuse of its own."""
    characters: str
    """Classes of characters (``profile_shape.alphabet``) that the value may have."""
    longest: int
    """Characters up to which a value is excused."""
    until: float = 0.0
    """Seconds since 1970 at which it ends; 0: it stays."""

    def __post_init__(self) -> None:
        if "." not in self.code or not self.method or not self.path.startswith("/"):
            raise ValueError("an exception names a method, a path and the code of one sign")
        if self.longest < 1:
            raise ValueError("an exception bounds the length of the value")

    @property
    def key(self) -> tuple[str, ...]:
        """What is compared exactly."""
        return self.method, self.path, self.place, self.name, self.code

    def fits(self, form: str) -> bool:
        """Whether a decoded value is of the shape that the exception was made for."""
        return len(form) <= self.longest and alphabet(form) <= set(self.characters)


class Excuses:
    """Exceptions in force, found by what they name."""

    def __init__(self, excuses: Iterable[Excuse] = ()) -> None:
        self._by_key: dict[tuple[str, ...], list[Excuse]] = {}
        for excuse in excuses:
            self._by_key.setdefault(excuse.key, []).append(excuse)

    def __len__(self) -> int:
        return sum(len(held) for held in self._by_key.values())

    def apply(self, request: Request, reading: Reading, now: float) -> Reading:
        """The reading without excused signs. ``now``: seconds since 1970."""
        if not self._by_key or not reading.judged:
            return reading
        path = template(plain_path(request.target))
        judged = []
        for item in reading.judged:
            kept = tuple(
                sign
                for sign in item.signs
                if not self._excused((request.method, path), item, sign.code, now)
            )
            if kept:
                judged.append(item if len(kept) == len(item.signs) else item._replace(signs=kept))
        return Reading(judged, reading.partial)

    def _excused(self, route: tuple[str, str], item: Judged, code: str, now: float) -> bool:
        key = (*route, item.value.place, item.value.name, code)
        return any(
            excuse.fits(item.form.text) and (not excuse.until or now < excuse.until)
            for excuse in self._by_key.get(key, ())
        )


def propose(request: Request, verdict: Verdict, until: float = 0.0) -> list[Excuse]:
    """The exceptions that would have let a falsely accused request pass, and no more.

    One for each sign of the convicting classes; empty for a request that was not accused. Each is
    as wide as the value it is made from: its classes of characters, and the next rung of length.
    """
    path = template(plain_path(request.target))
    found: dict[tuple[str, ...], Excuse] = {}
    for hit in verdict.hits:
        if hit.cls not in verdict.classes:
            continue
        shape = "".join(sorted(alphabet(hit.form)))
        longest = max(step_limit(length_step(len(hit.form)) + 1), 8)
        place, name = hit.slot.place, hit.slot.name
        excuse = Excuse(request.method, path, place, name, hit.code, shape, longest, until)
        known = found.get(excuse.key)
        found[excuse.key] = excuse if known is None else _joined(known, excuse)
    return list(found.values())


def _joined(one: Excuse, other: Excuse) -> Excuse:
    """The same sign in two forms of one value: the exception covers both."""
    characters = "".join(sorted({*one.characters, *other.characters}))
    return replace(one, characters=characters, longest=max(one.longest, other.longest))


def to_data(excuses: Iterable[Excuse]) -> list[dict[str, Any]]:
    """For JSON."""
    return [asdict(excuse) for excuse in excuses]


def from_data(data: Iterable[dict[str, Any]]) -> list[Excuse]:
    """As ``to_data`` wrote them; raises ValueError with what is wrong."""
    try:
        return [Excuse(**item) for item in data]
    except TypeError as error:
        raise ValueError(f"no exception: {error}") from error
