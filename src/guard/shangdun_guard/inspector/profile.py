"""A profile of the shop's normal traffic, learned per route, for what no grammar knows.

It is off until a profile is loaded. It learns only what no sink suspects, speaks of a parameter
only after hundreds of requests from several clients, and forgets what is not seen again. After
Kruegel and Vigna, "Anomaly detection of web-based attacks" (CCS 2003): length, characters, type,
choice and presence of parameters; here as signs that are weighed like any other.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from shangdun_guard.inspector.decode.forms import natural
from shangdun_guard.inspector.extract import values_of
from shangdun_guard.inspector.modes import plain_path
from shangdun_guard.inspector.profile_field import FieldProfile
from shangdun_guard.inspector.profile_route import ANY, CHILDREN, RouteProfile, template
from shangdun_guard.inspector.protocol.check import Check
from shangdun_guard.inspector.sink import Sign
from shangdun_guard.inspector.value import HEAD, Form, Value
from shangdun_guard.inspector.verdict import Judged, Verdict
from shangdun_guard.request import Request

ROUTES = 2000
"""Routes remembered; a shop that shows more has paths that are parameters."""
SUSPICION = 0.05
"""A request in which any class is this probable teaches nothing."""
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
_PLACES = frozenset(("query", "form", "json", "xml", "multipart"))
WEIGHTS = {
    "anomaly.type": 5.0,
    "anomaly.choice": 3.0,
    "anomaly.characters": 5.0,
    "anomaly.character": 2.5,
    "anomaly.length": 3.5,
    "anomaly.repeated": 4.0,
    "anomaly.name": 3.0,
    "anomaly.missing": 2.5,
    "anomaly.media": 3.0,
    "anomaly.method": 3.0,
    "anomaly.path": 1.0,
    "anomaly.closed": 5.0,
}
SENTENCES = {
    "anomaly.type": "This parameter never held a value of this type.",
    "anomaly.choice": "This parameter only ever held one of a few values.",
    "anomaly.characters": "These characters never stood in this parameter.",
    "anomaly.character": "This character never stood in this parameter so far.",
    "anomaly.length": "The value is far longer than any this parameter held.",
    "anomaly.repeated": "This parameter never stood so often in one request.",
    "anomaly.name": "This route never took a parameter of this name.",
    "anomaly.missing": "A parameter that was in every request of this route is missing.",
    "anomaly.media": "This route never took a body of this media type.",
    "anomaly.method": "This path never took this method.",
    "anomaly.path": "No honest request ever asked for this path.",
    "anomaly.closed": "The shop has no other paths than those that were learned.",
}


@dataclass
class Profile:
    """Routes of one shop and what is normal there."""

    routes: dict[str, RouteProfile] = field(default_factory=dict)
    """``GET /cart/{}`` to its profile."""
    below: dict[str, set[str]] = field(default_factory=dict)
    """Path to the segments seen below it; more than ``CHILDREN``: only ``{}``."""
    is_closed: bool = False
    """Every path is known, as of an API or a small shop: an unknown one is an attack by itself.
    Elsewhere it is a weak sign, because old links and robots ask for what is not there."""

    def learn(self, request: Request, verdict: Verdict, client: str) -> bool:
        """Count a request that the shop answered well; False: it was suspicious, nothing learned.

        ``client`` tells clients apart, an address or a session.
        """
        if verdict.attack or verdict.score >= SUSPICION or verdict.partial:
            return False
        path = self._grow(template(plain_path(request.target)))
        key = f"{request.method} {path}"
        route = self.routes.get(key)
        if route is None:
            if len(self.routes) >= ROUTES:
                return False
            route = self.routes[key] = RouteProfile()
        found = {name: [text for _, text in held] for name, held in _values(request).items()}
        route.learn(found, _media(request), zlib.crc32(client.encode("utf-8", "replace")))
        return True

    def _grow(self, path: str) -> str:
        """The path as known, with new segments added while there is room."""
        known = ""
        for part in path.split("/")[1:]:
            seen = self.below.setdefault(known, set())
            if part not in seen and ANY not in seen and len(seen) >= CHILDREN:
                self._open(known)
                seen = self.below[known] = {ANY}
            if ANY not in seen:
                seen.add(part)
            known += "/" + (part if part in seen else ANY)
        return known

    def _open(self, path: str) -> None:
        """Too many segments below ``path``: they are one parameter; what they taught is dropped."""
        stem = path + "/"
        self.below = {key: seen for key, seen in self.below.items() if not key.startswith(stem)}
        self.routes = {
            key: route
            for key, route in self.routes.items()
            if not key.split(" ")[1].startswith(stem)
        }

    def find(self, target: str) -> str:
        """The known path for a target; empty when there is none."""
        known = ""
        for part in template(plain_path(target)).split("/")[1:]:
            seen = self.below.get(known, ())
            if part not in seen and ANY not in seen:
                return ""
            known += "/" + (part if part in seen else ANY)
        return known

    def check(self) -> Check:
        """The profile as a part of an ``Inspector``: class ``anomaly``."""
        return Check("anomaly", WEIGHTS, SENTENCES, self.judge)

    def judge(self, request: Request) -> list[Judged]:
        """What of a request was never seen on its route; each parameter is judged alone."""
        return list(self._deviations(request))

    def _deviations(self, request: Request) -> Iterator[Judged]:
        path = self.find(request.target)
        route = self.routes.get(f"{request.method} {path}")
        if route is None:
            yield from self._off_the_map(request, path)
        elif route.is_settled:
            found = _values(request)
            for key, held in found.items():
                yield from _of_field(route.fields.get(key), held)
            yield from _of_names(route, found)
            media = _media(request)
            if media and media not in route.media:
                yield _judged(_whole("content-type"), media, "anomaly.media")

    def _off_the_map(self, request: Request, path: str) -> Iterator[Judged]:
        others = [self.routes.get(f"{method} {path}") for method in METHODS]
        if any(others):
            if any(route is not None and route.is_settled for route in others):
                yield _judged(_whole("method"), request.method, "anomaly.method")
        elif any(route.is_settled for route in self.routes.values()):
            codes = ("anomaly.path", "anomaly.closed") if self.is_closed else ("anomaly.path",)
            yield _judged(_whole("path"), request.target, *codes)

    def age(self) -> None:
        """Halve all counts and forget what faded; call it once a month or so."""
        for route in self.routes.values():
            route.age()
        self.routes = {key: route for key, route in self.routes.items() if route.count}

    def to_json(self) -> str:
        """The profile as text, for a file."""
        below = {path: sorted(seen) for path, seen in self.below.items()}
        routes = {key: route.to_json() for key, route in self.routes.items()}
        data = {"version": 1, "closed": self.is_closed, "below": below, "routes": routes}
        return json.dumps(data, ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> Profile:
        """As ``to_json`` wrote it; raises ValueError with what is wrong."""
        try:
            data: dict[str, Any] = json.loads(text)
            if data["version"] != 1:
                raise ValueError(f"a profile of version {data['version']}; this guard reads 1")
            return cls(
                {str(key): RouteProfile.from_json(route) for key, route in data["routes"].items()},
                {str(path): {str(part) for part in seen} for path, seen in data["below"].items()},
                bool(data["closed"]),
            )
        except (KeyError, TypeError, AttributeError) as error:
            raise ValueError(f"no profile: {error!r}") from error


def _of_field(known: FieldProfile | None, held: list[tuple[Value, str]]) -> Iterator[Judged]:
    if known is None:
        return
    if known.is_settled and len(held) > known.most:
        yield _judged(held[-1][0], held[-1][1], "anomaly.repeated")
    for value, text in held:
        codes = tuple(known.deviations(text))
        if codes:
            yield _judged(value, text, *codes)


def _of_names(route: RouteProfile, found: dict[str, list[tuple[Value, str]]]) -> Iterator[Judged]:
    """Unknown names and missing ones; together they tell of a form that the shop did not make."""
    missing = [key for key in route.always() if key not in found]
    unknown = [] if route.takes_any else [key for key in found if key not in route.fields]
    codes = ("anomaly.missing",) if missing else ()
    if unknown:
        value, text = found[unknown[0]][0]
        yield _judged(value, text, "anomaly.name", *codes)
    elif missing:
        yield _judged(_whole("parameters"), " ".join(missing), *codes)


def _whole(name: str) -> Value:
    """A stand-in for what is not one value of the request."""
    return Value("request", name, "", HEAD, 0, 0)


def _judged(value: Value, text: str, *codes: str) -> Judged:
    return Judged(
        "anomaly", value, Form(text, ()), tuple(Sign(code, 0, len(text)) for code in codes)
    )


def _values(request: Request) -> dict[str, list[tuple[Value, str]]]:
    """Parameters by place and name, decoded once as their place writes them."""
    found: dict[str, list[tuple[Value, str]]] = {}
    for value in values_of(request):
        if value.place in _PLACES:
            text = natural(value.text, value.syntax).text
            found.setdefault(f"{value.place}:{value.name}", []).append((value, text))
    return found


def _media(request: Request) -> str:
    if not request.body:
        return ""
    text = next((text for name, text in request.headers if name == "content-type"), "")
    return text.partition(";")[0].strip().lower()
