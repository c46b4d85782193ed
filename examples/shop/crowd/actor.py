"""Somebody who comes once: her visit, her steps, and what the labels say about her."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from typing import Any

from crowd.attacks import Attack
from crowd.people import Account, Client
from crowd.shoppers import HONEST
from crowd.step import Step, Steps, Visit


@dataclass(slots=True)
class Actor:
    """One visit with its label; a `real` one is played against the shop where one runs."""

    kind: str
    family: str
    visit: Visit
    steps: Steps
    real: bool
    title: str = ""
    start: float = 0.0
    end: float = 0.0
    requests: int = 0
    accounts: set[str] = field(default_factory=set)

    def saw(self, step: Step, at: float) -> None:
        """Keep the label's books."""
        self.start = self.start or at
        self.end = at
        self.requests += 1
        for event in step.events:
            if name := event.get("user", {}).get("name"):
                self.accounts.add(name)

    def label(self, *, replayed: bool, finished: bool = True) -> dict[str, Any]:
        """The ground truth as one row; times in milliseconds since the epoch."""
        row: dict[str, Any] = {
            "kind": self.kind,
            "family": self.family,
            "start": round(self.start * 1000),
            "end": round(self.end * 1000),
            "addresses": [self.visit.client.address],
            "accounts": sorted(self.accounts),
            "requests": self.requests,
            "replayed": replayed,
            "finished": finished,
        }
        if self.kind == "attack":
            row |= {"title": self.title, "expected": [self.family]}
        return row


def honest(
    role: str, rng: Random, client: Client, account: Account, *, real: bool,
    play: Callable[[Visit, Account], Steps] | None = None,
) -> Actor:  # fmt: skip
    """A shopper, a member of staff, a welcome robot."""
    visit = Visit(rng, client)
    return Actor("honest", role, visit, (play or HONEST[role])(visit, account), real)


def hostile(attack: Attack, rng: Random, client: Client) -> Actor:
    """An attacker."""
    visit = Visit(rng, client)
    return Actor("attack", attack.family, visit, attack.play(visit), attack.real, attack.title)
