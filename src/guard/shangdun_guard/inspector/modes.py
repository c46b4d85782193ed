"""What to do with a verdict on a route: look on, ask for a proof of patience, or turn away.

A route is a path and everything below it. The most specific one decides, so that a shop can
block everywhere, challenge at its search box and only look on in its product editor.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import unquote

PASS, OBSERVE, CHALLENGE, BLOCK = "pass", "observe", "challenge", "block"
"""What becomes of a request, from nothing at all to turned away; OBSERVE is told, not felt."""

STRICTNESS = {PASS: 0, OBSERVE: 1, CHALLENGE: 2, BLOCK: 3}
MODES = (OBSERVE, CHALLENGE, BLOCK)
LEARNED = frozenset(("anomaly",))
"""Classes that were learned from traffic: unusual is no proof of ill will."""


class Judged(Protocol):
    """The part of a verdict that decides what happens."""

    @property
    def attack(self) -> bool: ...

    @property
    def classes(self) -> tuple[str, ...]: ...


@dataclass(frozen=True)
class Route:
    """How a part of the shop is protected."""

    prefix: str = "/"
    """A path, and what is below: ``/cart`` covers ``/cart/add``, but not ``/carts``."""
    mode: str = BLOCK
    """``observe``, ``challenge`` or ``block``: the most that an attack meets here."""
    learned: str = CHALLENGE
    """The most that a deviation from the learned profile meets here, if nothing else speaks."""
    methods: tuple[str, ...] = ()
    """In capitals; none: every method."""

    def __post_init__(self) -> None:
        if not self.prefix.startswith("/"):
            raise ValueError(f"a route starts with a slash, as /cart does: {self.prefix!r}")
        for mode in (self.mode, self.learned):
            if mode not in MODES:
                raise ValueError(f"mode {mode!r} on {self.prefix}: one of {', '.join(MODES)}")

    def covers(self, method: str, path: str) -> bool:
        """Is this request below the route? ``path`` as ``plain_path`` leaves it."""
        if self.methods and method.upper() not in self.methods:
            return False
        stem = self.prefix.rstrip("/")
        return path.startswith(stem) and path[len(stem) : len(stem) + 1] in ("", "/")


EVERYWHERE = Route()


def plain_path(target: str) -> str:
    """The path of a request target as a shop's router sees it, so that no spelling escapes a route.

    Without host, query and fragment, percent signs read once, doubled slashes and dot segments
    taken away (RFC 3986, 5.2.4). Undecodable bytes become U+FFFD.
    """
    path = target.split("?", 1)[0].split("#", 1)[0]
    if not path.startswith("/") and "://" in path:
        path = "/" + path.split("://", 1)[1].partition("/")[2]
    if "%" in path:
        path = unquote(path)
    if "//" not in path and "/." not in path:
        return path if path.startswith("/") else "/" + path
    kept: list[str] = []
    for part in path.split("/"):
        if part == "..":
            del kept[-1:]
        elif part not in ("", "."):
            kept.append(part)
    ending = "/" if kept and path.endswith(("/", "/.", "/..")) else ""
    return "/" + "/".join(kept) + ending


def route_for(method: str, target: str, routes: Sequence[Route]) -> Route:
    """The most specific of ``routes`` that covers a request; ``EVERYWHERE`` if none does.

    Longer prefixes win; of equal ones, the one that names methods; then the first.
    """
    path = plain_path(target)
    covering = [route for route in routes if route.covers(method, path)]
    if not covering:
        return EVERYWHERE
    return max(covering, key=lambda route: (len(route.prefix.rstrip("/")), bool(route.methods)))


def action_for(verdict: Judged, route: Route) -> str:
    """``pass``, ``observe``, ``challenge`` or ``block`` for a verdict on its route.

    An honest verdict passes everywhere. Where only the learned profile speaks, the route's
    ``learned`` bounds what happens, and its ``mode`` still does.
    """
    if not verdict.attack:
        return PASS
    if all(name in LEARNED for name in verdict.classes):
        return mildest((route.mode, route.learned))
    return route.mode


def strictest(actions: Iterable[str]) -> str:
    """The strictest of several actions; ``pass`` of none."""
    return max(actions, key=STRICTNESS.__getitem__, default=PASS)


def mildest(actions: Iterable[str]) -> str:
    """The mildest of several actions; ``pass`` of none."""
    return min(actions, key=STRICTNESS.__getitem__, default=PASS)
