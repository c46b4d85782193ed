"""Plays many actors at once and writes what the shop would have logged, in the order of time."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator
from typing import NamedTuple

from crowd.actor import Actor
from crowd.step import Step
from crowd.writer import Logs, access_line, event_line


class Arrival(NamedTuple):
    """Somebody comes at a time, in seconds since the epoch."""

    at: float
    actor: Actor


class _Pending(NamedTuple):
    """A request that ends at a time; `number` keeps equal times in order."""

    ends: float
    number: int
    actor: Actor
    step: Step


class Timeline:
    """Arrivals in, log lines out.

    `divert` may take an actor elsewhere by returning True. Nothing is written of what ends before
    `begin`: with arrivals from before it, the shop is as busy at once as it stays.
    """

    def __init__(
        self,
        arrivals: Iterator[Arrival],
        logs: Logs,
        *,
        divert: Callable[[Actor], bool] = lambda _actor: False,
        pace: float = 1.0,
        begin: float = 0.0,
    ) -> None:
        self._arrivals = arrivals
        self._next = next(arrivals, None)
        self._logs = logs
        self._divert = divert
        self._pace = pace
        self._begin = begin
        self._pending: list[_Pending] = []
        self._count = 0

    @property
    def due(self) -> float:
        """When something happens next, in seconds since the epoch."""
        times = [self._next.at] if self._next else []
        times += [self._pending[0].ends] if self._pending else []
        return min(times, default=float("inf"))

    def run(self, until: float) -> int:
        """Play everything that ends up to a moment; gives the number of requests written."""
        written = 0
        while self.due <= until:
            if self._next and self._next.at <= self.due:
                self._admit(self._next)
                self._next = next(self._arrivals, None)
            else:
                self._write(heapq.heappop(self._pending))
                written += 1
        return written

    def finish(self) -> None:
        """Label those who are still under way."""
        for actor in {id(one.actor): one.actor for one in self._pending}.values():
            if actor.requests:
                self._logs.label(actor.label(replayed=True, finished=False))
        self._pending.clear()

    def _admit(self, arrival: Arrival) -> None:
        if not self._divert(arrival.actor):
            self._go_on(arrival.actor, arrival.at)

    def _go_on(self, actor: Actor, now: float) -> None:
        step = next(actor.steps, None)
        if step is None:
            if not actor.requests:  # came and went before the beginning
                return
            self._logs.label(actor.label(replayed=True))
            return
        self._count += 1
        ends = now + step.after / self._pace + step.took
        heapq.heappush(self._pending, _Pending(ends, self._count, actor, step))

    def _write(self, done: _Pending) -> None:
        actor, step = done.actor, done.step
        client = step.client or actor.visit.client
        target = step.target.replace("{order}", actor.visit.order)
        if done.ends >= self._begin:
            actor.saw(step, done.ends)
            self._logs.access.add(access_line(done.ends, client, step, target))
            for event in step.events:
                self._logs.events.add(event_line(event, done.ends, client, step.method, target))
        self._go_on(actor, done.ends)
