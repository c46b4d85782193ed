"""What becomes of one request: decisions first, then the inspector, the strictest counts.

Pure: what is needed comes in, an action comes out; nothing here waits for a network or a disk.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple, Protocol

from shangdun_guard.config import CLOSED, GuardRoute
from shangdun_guard.decisions import ALLOW, BLOCK, CHALLENGE, THROTTLE, Decision, Decisions
from shangdun_guard.incoming import Incoming
from shangdun_guard.inspector.modes import OBSERVE, PASS, STRICTNESS, action_for
from shangdun_guard.passes import COOKIE, Passes
from shangdun_guard.request import Request
from shangdun_guard.throttle import Throttle

TEXT = 300
"""Characters of a value that are told; the rest stays with the shop."""
HITS = 8


class Judgement(Protocol):
    """The part of a verdict that is used here."""

    @property
    def attack(self) -> bool:
        """Whether the request is one."""

    @property
    def score(self) -> float:
        """Probability of the most probable class."""

    @property
    def classes(self) -> tuple[str, ...]:
        """The most probable first."""

    @property
    def hits(self) -> Sequence[Any]:
        """Signs with their places."""

    @property
    def partial(self) -> tuple[str, ...]:
        """What was not looked at."""


class Inspects(Protocol):
    """``inspector.Inspector``, or whatever a shop puts in its place."""

    def inspect(self, request: Request) -> Judgement:
        """The verdict over a request."""


class Ruling(NamedTuple):
    """What decisions say of a request, before anybody has looked into it."""

    action: str
    """pass, allow, throttle, challenge, block or closed."""
    route: GuardRoute
    decision: Decision | None = None
    wait: float = 0.0
    """Seconds until a throttle grants again."""
    has_pass: bool = False
    """A challenge was solved before."""


class Now(NamedTuple):
    """The moment of a request."""

    wall: float
    """Seconds since 1970."""
    clock: float
    """Seconds of a clock that only goes forward."""
    is_away: bool = False
    """ShangDun has not answered for a while."""


def rule(
    incoming: Incoming,
    route: GuardRoute,
    decisions: Decisions,
    passes: Passes,
    throttle: Throttle,
    now: Now,
) -> Ruling:
    """What decisions and the route say."""
    if now.is_away and route.away == CLOSED:
        return Ruling(CLOSED, route)
    decision = decisions.find(incoming.who, incoming.host, incoming.path, now.wall)
    if decision is None:
        return Ruling(PASS, route)
    return enforce(incoming, route, decision, passes, throttle, now)


def enforce(
    incoming: Incoming,
    route: GuardRoute,
    decision: Decision,
    passes: Passes,
    throttle: Throttle,
    now: Now,
) -> Ruling:
    """What one decision means for a request that it meets."""
    if decision.measure == BLOCK:
        return Ruling(BLOCK, route, decision)
    if decision.measure == CHALLENGE:
        solved = passes.holds(incoming.cookie(COOKIE), incoming.sender, now.wall)
        return Ruling(PASS if solved else CHALLENGE, route, decision, has_pass=solved)
    if decision.measure == THROTTLE:
        wait = throttle.wait(decision.uid, incoming.sender, decision.rate, now.clock)
        return Ruling(THROTTLE if wait else PASS, route, decision, wait)
    return Ruling(ALLOW, route, decision)


def weigh(ruling: Ruling, verdict: Judgement, *, has_pass: bool) -> str:
    """The action over a request that was looked into.

    Who is allowed by decision is only observed. A pass that was earned turns a verdict's challenge
    into observing: nobody solves two in a row.
    """
    action = action_for(verdict, ruling.route)
    if ruling.action == ALLOW:
        return OBSERVE if action != PASS else PASS
    if action == CHALLENGE and has_pass:
        action = OBSERVE
    if ruling.action == CHALLENGE and STRICTNESS[action] < STRICTNESS[CHALLENGE]:
        return CHALLENGE
    return action


def told_of(verdict: Judgement) -> dict[str, Any]:
    """A verdict as an event carries it: classes, score, and the first signs with their places."""
    return {
        "attack": verdict.attack,
        "score": round(float(verdict.score), 4),
        "classes": list(verdict.classes),
        "partial": list(verdict.partial),
        "hits": [_hit(hit) for hit in verdict.hits[:HITS]],
    }


def _hit(hit: Any) -> dict[str, Any]:  # noqa: ANN401  an inspector's own type
    return {
        "class": hit.cls,
        "score": round(float(hit.score), 4),
        "place": hit.slot.place,
        "name": hit.slot.name[:TEXT],
        "raw": hit.raw[:TEXT].decode("latin-1"),
        "start": hit.start,
        "end": hit.end,
        "form": hit.form[:TEXT],
        "layers": list(hit.layers),
        "code": hit.code,
        "reason": hit.reason,
        "sign_start": hit.sign_start,
        "sign_end": hit.sign_end,
    }
