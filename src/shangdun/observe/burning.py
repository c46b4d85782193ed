"""Requests counted for the objectives whose routes they took."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from shangdun.observe.objective import Burn, Ledger, burns, covers
from shangdun.observe.routes import OTHER, RouteTable, Seen
from shangdun.observe.settings import Objective
from shangdun.observe.sketch import bucket
from shangdun.observe.state import Observed


class Accounts:
    """The routes and the objectives' ledgers of an ``Observed``, filled together."""

    def __init__(self, objectives: Sequence[Objective], observed: Observed) -> None:
        self._objectives = list(objectives)
        self._table: RouteTable = observed.routes
        self._ledgers = observed.objectives
        names = {objective.name for objective in objectives}
        for gone in [name for name in self._ledgers if name not in names]:
            del self._ledgers[gone]
        for name in names:
            self._ledgers.setdefault(name, Ledger())
        self._slow = {one.name: bucket(one.latency_ms) for one in objectives}
        self._covering: dict[str, list[str]] = {}

    def take(self, seen: Iterable[Seen]) -> None:
        """Count requests; a request is slow by its bucket, so within its relative error."""
        for one in seen:
            route = self._table.route_of(one.path, one.status)
            self._table.count(route, one)
            for name in self._names(route):
                slow = one.bucket is not None and one.bucket > self._slow[name]
                self._ledgers[name].add(
                    one.minute,
                    requests=one.requests,
                    errors=one.requests if one.status == 5 else 0,
                    timed=one.requests if one.bucket is not None else 0,
                    slow=one.requests if slow else 0,
                )

    def burns(self, minute: int) -> list[Burn]:
        """How every objective stands as of a minute; what is too old is forgotten."""
        found = []
        for objective in self._objectives:
            ledger = self._ledgers[objective.name]
            ledger.forget(minute)
            found += burns(objective, ledger, minute)
        return found

    def _names(self, route: str) -> list[str]:
        if route == OTHER:
            return []
        if route not in self._covering:
            if len(self._covering) > 1000:
                self._covering.clear()  # routes come and go; the table itself is bounded
            self._covering[route] = [one.name for one in self._objectives if covers(one, route)]
        return self._covering[route]
