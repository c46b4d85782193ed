"""Simulations for pages: started with the form, looked at until they end, kept when decided."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import msgspec
from django.conf import settings
from django.utils import timezone

from shangdun.console.search import (
    about_of,
    failure_of,
    lake,
    read_search,
    request_of_search,
    start_request,
)
from shangdun.kernel.errors import NotFound, ShangdunError
from shangdun.protect import simulation
from shangdun.protect.customers import Customers
from shangdun.protect.simulation import HOURS, Outcome, Wish
from shangdun.protect.target import Target
from shangdun.records.customers_file import customers
from shangdun.records.models import User


@dataclass
class Simulation:
    """A simulation as a page shows it; without an outcome it runs or has failed."""

    wish: Wish
    token: str = ""
    outcome: Outcome | None = None
    failure: ShangdunError | None = None
    events: int = 0
    """Events that are looked at."""
    knows_customers: bool = True

    @property
    def share(self) -> float:
        """Of recently paying customers, in per cent."""
        return 100 * self.outcome.share if self.outcome else 0.0

    @property
    def part(self) -> float:
        """Of all requests, in per cent."""
        found = self.outcome
        return 100 * found.requests / found.all_requests if found and found.all_requests else 0.0


def start_simulation(user: User, wish: Wish, *, wait: float) -> Simulation:
    """Count what the decision would have done in the last day; waits a moment for the answer."""
    now = timezone.now()
    since = now - timedelta(hours=HOURS)
    if wish.target.kind in simulation.SILENT_KINDS:
        return _with_customers(Simulation(wish, outcome=simulation.nothing_counted(since, now)))
    try:
        request = simulation.request_for(lake(), wish, since, now)
        about = {"decision": msgspec.to_builtins(wish)}
        token = start_request(user, request, about)
    except ShangdunError as error:
        return Simulation(wish, failure=error)
    return _read(user, token, wish, wait)


def read_simulation(user: User, token: str) -> Simulation:
    """How a simulation of this person goes; raises ``NotFound`` where there is none."""
    return _read(user, token, _wish_of(user, token), 0.0)


def kept_outcome(user: User, token: str, wish: Wish) -> dict[str, Any]:
    """The outcome as it is kept with a decision: only of the same wish, and only if it ended."""
    try:
        if not token or _wish_of(user, token) != wish:
            return {}
        found = _read(user, token, wish, 0.0)
    except ShangdunError:
        return {}
    return msgspec.to_builtins(found.outcome) if found.outcome else {}


def met_customers(target: Target) -> tuple[int, Customers]:
    """Recently paying customers whom a decision about the target would meet."""
    known = customers(settings.HOME)
    return known.met_by(target), known


def _wish_of(user: User, token: str) -> Wish:
    try:
        return msgspec.convert(about_of(user, token)["decision"], Wish)
    except (KeyError, msgspec.ValidationError) as error:
        raise NotFound("there is no such simulation", fix="open the form again") from error


def _read(user: User, token: str, wish: Wish, wait: float) -> Simulation:
    found = read_search(user, token, wait=wait)
    request = request_of_search(user, token)
    events = sum(group.rows for group in request.groups)
    known = Simulation(wish, token, failure=failure_of(found), events=events)
    if found.done is not None:
        known.outcome = simulation.outcome_of(found.rows, request)
    return _with_customers(known)


def _with_customers(known: Simulation) -> Simulation:
    met, index = met_customers(known.wish.target)
    known.knows_customers = index.total > 0
    if known.outcome is not None:
        known.outcome.payers, known.outcome.payers_of_all = met, index.total
    return known
