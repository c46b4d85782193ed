"""Which routes of the shop are called, how often they fail, how long they take.

Paths become routes: what identifies one thing is ``:id``, pictures and styles are together, and
the number of routes is bounded, whatever a scanner asks for. A route is only remembered once it
answered with anything but 4xx: what is not there is no route of the shop.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple

import msgspec

from shangdun.observe import sketch

MOST_ROUTES = 200
MOST_CHILDREN = 40
"""Different last segments below one route; a further one is a name of a thing: ``:id``."""
OTHER = "(other)"
STATIC = "(static)"
SLICE_MINUTES = 5
SLICE_MS = SLICE_MINUTES * 60_000
SLICES = 288
"""A day."""
FINE_SLICES = 12
"""Whose histograms are kept: the last hour."""
_ASSET = re.compile(
    r"\.(?:png|jpe?g|gif|webp|avif|svg|ico|css|js|mjs|map|woff2?|ttf|otf|mp4|webm|pdf)$",
    re.IGNORECASE,
)
_IDENTIFIER = re.compile(
    r"""\d+ | \d{4}-\d\d(?:-\d\d)?                      # numbers and days
    | [0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12} | [0-9a-f]{8,}
    | (?=[^/]*\d)[A-Za-z0-9_-]{12,}                     # tokens, order numbers
    | [A-Za-z]{1,5}[-_]?\d{2,} | [^/]*-\d+(?:\.html?)?  # SKU-1234, red-shoes-41
    | [^/]{41,} | [^/]*@[^/]*
    """,
    re.VERBOSE | re.IGNORECASE,
)
_DEPTH = 6


def normalise(path: str) -> str:
    """The route of a path: ``/Order/2041/?x`` → ``/Order/:id``; never longer than 250 letters."""
    path = path.partition("?")[0].partition("#")[0].partition(";")[0]
    if _ASSET.search(path):
        return STATIC
    segments = [segment for segment in path.split("/") if segment]
    named = [":id" if _IDENTIFIER.fullmatch(segment) else segment for segment in segments[:_DEPTH]]
    if len(segments) > _DEPTH:
        named.append("…")
    return "/" + "/".join(named)


class Seen(NamedTuple):
    """Requests that are alike: path, minute, status class (1 … 5), bucket of latency."""

    path: str
    minute: int
    status: int
    bucket: int | None
    requests: int


class Slice(msgspec.Struct):
    """Five minutes of a route."""

    requests: int = 0
    errors: int = 0
    """Answered with 5xx."""
    p95: float | None = None
    """Milliseconds; kept when the histogram goes."""
    latency: dict[int, int] = msgspec.field(default_factory=dict)


class Route(msgspec.Struct):
    """One route over the last day."""

    slices: dict[int, Slice] = msgspec.field(default_factory=dict)


class RouteFigures(msgspec.Struct, frozen=True):
    """A route as the table shows it: of the last hour, and its trend."""

    route: str
    per_minute: float
    requests: int
    errors: int
    p50: float | None
    p95: float | None
    p99: float | None
    trend: list[float]
    """Requests a minute of each five minutes of the last hour."""

    @property
    def error_percent(self) -> float:
        """Per cent of the requests answered with 5xx."""
        return 100 * self.errors / self.requests if self.requests else 0.0


class RouteTable(msgspec.Struct):
    """All routes; bounded whatever comes."""

    routes: dict[str, Route] = msgspec.field(default_factory=dict)
    children: dict[str, set[str]] = msgspec.field(default_factory=dict)
    refused: int = 0
    """Requests counted under ``(other)`` because the table was full."""

    def route_of(self, path: str, status: int) -> str:
        """The route a request is counted under; a new one is only made for a good answer."""
        if path == OTHER:
            return OTHER
        route = normalise(path)
        if route in self.routes:
            return route
        parent, _, last = route.rpartition("/")
        if status == 4:
            return OTHER
        known = self.children.setdefault(parent, set())
        if last not in known and len(known) >= MOST_CHILDREN:
            route = f"{parent}/:id"
        if route not in self.routes and len(self.routes) >= MOST_ROUTES:
            if not known:
                del self.children[parent]
            return OTHER
        if len(known) < MOST_CHILDREN:
            known.add(last)
        return route

    def take(self, seen: Iterable[Seen]) -> None:
        """Count requests."""
        for one in seen:
            self.count(self.route_of(one.path, one.status), one)

    def count(self, route: str, one: Seen) -> None:
        """Count requests under a route that ``route_of`` gave."""
        if route == OTHER:
            self.refused += one.requests
        slices = self.routes.setdefault(route, Route()).slices
        part = slices.setdefault(one.minute // SLICE_MINUTES, Slice())
        part.requests += one.requests
        if one.status == 5:
            part.errors += one.requests
        if one.bucket is not None:
            part.latency[one.bucket] = part.latency.get(one.bucket, 0) + one.requests

    def forget(self, now: int) -> None:
        """Keep a day of figures and an hour of histograms, as of ``now`` (ms)."""
        last = now // SLICE_MS
        for name, route in list(self.routes.items()):
            for number, part in list(route.slices.items()):
                if number <= last - SLICES:
                    del route.slices[number]
                elif number <= last - FINE_SLICES and part.latency:
                    part.p95 = sketch.percentile(part.latency, 0.95)
                    part.latency = {}
            if not route.slices:
                del self.routes[name]
                parent, _, end = name.rpartition("/")
                self.children.get(parent, set()).discard(end)
                if not self.children.get(parent, True):
                    del self.children[parent]

    def figures(self, now: int) -> list[RouteFigures]:
        """Every route called in the last hour, the most called first."""
        last = now // SLICE_MS
        found = [
            _figures(name, route.slices, range(last - FINE_SLICES + 1, last + 1), now)
            for name, route in self.routes.items()
        ]
        return sorted((one for one in found if one.requests), key=lambda one: -one.requests)

    def history(self, name: str, now: int) -> list[tuple[int, float, float, float | None]]:
        """A route over the day: slice's start (ms), requests and errors a minute, p95."""
        route = self.routes.get(name)
        if route is None:
            return []
        last = now // SLICE_MS
        return [_moment(number, route.slices.get(number)) for number in range(last - SLICES, last)]


def _figures(name: str, slices: Mapping[int, Slice], numbers: range, now: int) -> RouteFigures:
    latency: dict[int, int] = {}
    requests = errors = 0
    trend = []
    for number in numbers:
        part = slices.get(number, Slice())
        requests += part.requests
        errors += part.errors
        sketch.add(latency, part.latency)
        if number < numbers[-1]:  # the last one is not over yet
            trend.append(part.requests / SLICE_MINUTES)
    first = min((number for number in slices if number in numbers), default=numbers[-1])
    observed = max(1.0, (now - first * SLICE_MS) / 60_000)
    p50, p95, p99 = (sketch.percentile(latency, share) for share in (0.5, 0.95, 0.99))
    return RouteFigures(name, requests / observed, requests, errors, p50, p95, p99, trend)


def _moment(number: int, part: Slice | None) -> tuple[int, float, float, float | None]:
    if part is None or not part.requests:
        return number * SLICE_MS, 0.0, 0.0, None
    p95 = sketch.percentile(part.latency, 0.95) if part.latency else part.p95
    return number * SLICE_MS, part.requests / SLICE_MINUTES, part.errors / SLICE_MINUTES, p95
