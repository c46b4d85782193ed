"""Virtual patches: a hole in the shop is closed at its door until the shop is mended.

A patch names a route, a parameter and what makes a value dangerous there. Conditions are few and
linear in the value's length; there are no patterns that could be written badly on a bad night.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any, Callable

from shangdun_guard.inspector.config import Limits
from shangdun_guard.inspector.decode.forms import forms_below, natural
from shangdun_guard.inspector.extract import values_of
from shangdun_guard.inspector.modes import Route, plain_path
from shangdun_guard.inspector.profile_shape import type_of
from shangdun_guard.inspector.protocol.check import Check
from shangdun_guard.inspector.sink import Sign
from shangdun_guard.inspector.value import HEAD, Form, Value
from shangdun_guard.inspector.verdict import Judged
from shangdun_guard.request import Request

CONDITIONS: dict[str, Callable[[str, str], bool]] = {
    "present": lambda _text, _argument: True,
    "longer than": lambda text, argument: len(text) > int(argument),
    "not a number": lambda text, _argument: type_of(text) not in {"number", "decimal"},
    "not one of": lambda text, argument: text not in argument.split("|"),
    "contains": lambda text, argument: argument.lower() in text.lower(),
    "other characters than": lambda text, argument: not _written_in(text, argument),
}
"""What makes a value dangerous, to whether it holds of a decoded text and the patch's argument.

``not one of`` takes values set off by ``|``; ``other characters than`` takes characters, in which
``a-z``, ``A-Z`` and ``0-9`` stand for ranges and ``é`` for everything beyond ASCII.
"""
ALWAYS = "any request"
"""The condition of a patch that closes a route as a whole."""
_RANGES = {
    "a-z": "abcdefghijklmnopqrstuvwxyz",
    "A-Z": "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
    "0-9": "0123456789",
}
WEIGHT = 20.0
"""Log-odds of a patch: it convicts by itself."""


@dataclass(frozen=True)
class Patch:
    """One closed hole."""

    name: str
    """Told as the reason, as ``CVE-2021-44228 in the search``."""
    prefix: str
    """The route, with what is below it."""
    condition: str
    """One of ``CONDITIONS``, or ``any request``."""
    argument: str = ""
    place: str = ""
    """query, form, json, header, cookie …; empty: wherever it stands."""
    parameter: str = ""
    methods: tuple[str, ...] = ()
    until: float = 0.0
    """Seconds since 1970 at which it ends; 0: it stays until it is taken away."""

    def __post_init__(self) -> None:
        if self.condition != ALWAYS and self.condition not in CONDITIONS:
            known = ", ".join((*CONDITIONS, ALWAYS))
            raise ValueError(
                f"patch {self.name!r}: condition {self.condition!r} is none of {known}"
            )
        if self.condition != ALWAYS and not self.parameter:
            raise ValueError(f"patch {self.name!r} names no parameter")
        if self.condition == "longer than" and not self.argument.isdigit():
            raise ValueError(f"patch {self.name!r}: a length in characters, not {self.argument!r}")
        Route(self.prefix)

    def covers(self, request: Request, path: str, now: float) -> bool:
        """Is it in force on this request's route? ``path``: as ``modes.plain_path`` leaves it."""
        if self.until and now >= self.until:
            return False
        return Route(self.prefix, methods=self.methods).covers(request.method, path)

    def names(self, value: Value) -> bool:
        """Is this the parameter? Header names in any case."""
        if self.place and value.place != self.place:
            return False
        wanted = self.parameter.lower() if value.place == "header" else self.parameter
        return value.name == wanted

    @property
    def code(self) -> str:
        """``exploit.patch:`` and the name."""
        return f"exploit.patch:{self.name}"


class Patches:
    """Patches in force, as a part of an ``Inspector``."""

    def __init__(self, patches: Iterable[Patch], now: Callable[[], float]) -> None:
        self._patches = tuple(patches)
        self._now = now
        self._limits = Limits()

    def check(self) -> Check:
        """Class ``exploit``, one code for each patch."""
        weights = {patch.code: WEIGHT for patch in self._patches}
        sentences = {
            patch.code: f"The patch {patch.name!r} closes this: {patch.condition}"
            f"{' ' + patch.argument if patch.argument else ''}."
            for patch in self._patches
        }
        return Check("exploit", weights, sentences, self.judge)

    def judge(self, request: Request) -> list[Judged]:
        """What of a request a patch closes; every decoded form of a value counts."""
        path, now = plain_path(request.target), self._now()
        due = [patch for patch in self._patches if patch.covers(request, path, now)]
        if not due:
            return []
        found = [
            _judged(Value("request", "route", "", HEAD, 0, 0), Form(path, ()), patch)
            for patch in due
            if patch.condition == ALWAYS
        ]
        for value in values_of(request):
            mine = [p for p in due if p.condition != ALWAYS and p.names(value)]
            if mine:
                found += self._of_value(value, mine)
        return found

    def _of_value(self, value: Value, patches: list[Patch]) -> list[Judged]:
        found = []
        forms = forms_below(natural(value.text, value.syntax), value.text, self._limits)
        for patch in patches:
            holds = CONDITIONS[patch.condition]
            # A bad character may be hidden in any layer; what must be good is so as the shop reads
            # it, which is the first layer that its framework takes off.
            looked = forms if patch.condition == "contains" else forms[:1]
            found += [
                _judged(value, form, patch) for form in looked if holds(form.text, patch.argument)
            ][:1]
        return found


def _judged(value: Value, form: Form, patch: Patch) -> Judged:
    return Judged("exploit", value, form, (Sign(patch.code, 0, len(form.text)),))


def _written_in(text: str, argument: str) -> bool:
    for short, long in _RANGES.items():
        argument = argument.replace(short, long)
    known = set(argument)
    return all(sign in known or (sign > "\x7f" and "é" in known) for sign in set(text))


def to_data(patches: Iterable[Patch]) -> list[dict[str, Any]]:
    """For JSON."""
    return [asdict(patch) for patch in patches]


def from_data(data: Iterable[dict[str, Any]]) -> list[Patch]:
    """As ``to_data`` wrote them; raises ValueError with what is wrong."""
    try:
        return [Patch(**{**item, "methods": tuple(item.get("methods", ()))}) for item in data]
    except TypeError as error:
        raise ValueError(f"no patch: {error}") from error
