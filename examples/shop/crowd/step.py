"""One request of one visitor, and the visit that makes it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random
from typing import Any
from urllib.parse import quote_plus, urlencode

from crowd.people import Account, Client

Event = dict[str, Any]

# Page sizes and times as this shop answers them: (bytes, spread, seconds). Measured once on the
# shop itself, so that replayed lines look like recorded ones.
PAGES = {
    "listing": (46_000, 9_000, 0.26),
    "product": (21_000, 2_500, 0.11),
    "search": (30_000, 14_000, 0.19),
    "form": (17_000, 600, 0.07),
    "account": (18_500, 2_000, 0.09),
    "checkout": (16_500, 900, 0.12),
    "dashboard": (38_000, 6_000, 0.22),
    "login": (0, 0, 0.11),
    "redirect": (0, 0, 0.05),
    "missing": (12_500, 100, 0.04),
    "refused": (1_100, 60, 0.02),
    "asset": (60_000, 50_000, 0.003),
    "csv": (9_000, 2_000, 0.18),
}


@dataclass(frozen=True, slots=True)
class Step:
    """A request after a pause of `after` seconds, and what the shop makes of it.

    `status`, `size`, `took` and `events` are for the replay; a running shop decides them itself.
    `{order}` in a path stands for the number of the visitor's last order.
    """

    after: float
    method: str
    target: str
    status: int
    size: int
    took: float
    referrer: str = "-"
    form: dict[str, str] | None = None
    events: tuple[Event, ...] = ()
    client: Client | None = None
    """Set where this request comes from elsewhere than the visit's client."""


@dataclass(slots=True)
class Visit:
    """The visitor's side of one session: makes steps, remembers where she is and who she is."""

    rng: Random
    client: Client
    host: str = "shop.example"
    account: Account | None = None
    page: str = "-"
    order: str = ""
    discount: int = 0
    session: str = ""
    device: str = ""
    cart: list[tuple[Any, int]] = field(default_factory=list)
    logged_in: list[Account] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.session = self.token("session")
        self.device = self.token("device")

    def token(self, kind: str) -> str:
        """An opaque value as servers give them, stable for the seed."""
        return hashlib.sha256(f"{kind}{self.rng.random()}".encode()).hexdigest()[:32]

    def pause(self, low: float, high: float) -> float:
        """Seconds a person takes; most are quick, some go and make tea."""
        return round(low + (high - low) * self.rng.random() ** 2, 3)

    def get(
        self,
        path: str,
        kind: str,
        *,
        after: float,
        status: int = 200,
        events: tuple[Event, ...] = (),
        **query: str | int,
    ) -> Step:
        """Open a page, from the page that is open."""
        target = f"{path}?{urlencode(query, quote_via=quote_plus)}" if query else path
        step = self.raw("GET", target, kind, after=after, status=status, events=events)
        if status == 200 and kind != "csv":
            self.page = f"https://{self.host}{target}"
        return step

    def post(
        self,
        path: str,
        form: dict[str, str],
        kind: str = "redirect",
        *,
        after: float,
        status: int = 302,
        events: tuple[Event, ...] = (),
    ) -> Step:
        """Send a form of the page that is open."""
        return self.raw("POST", path, kind, after=after, status=status, events=events, form=form)

    def raw(
        self,
        method: str,
        target: str,
        kind: str,
        *,
        after: float,
        status: int = 200,
        events: tuple[Event, ...] = (),
        form: dict[str, str] | None = None,
    ) -> Step:
        """A request with its target exactly as it is put on the wire; stays on the page."""
        size, spread, took = PAGES[kind]
        return Step(
            after=after,
            method=method,
            target=target,
            status=status,
            size=max(0, size + int(spread * (2 * self.rng.random() - 1))),
            took=round(took * (0.6 + self.rng.expovariate(1.6)), 3),
            referrer=self.page,
            form=form,
            events=events,
        )


Steps = Iterator[Step]
