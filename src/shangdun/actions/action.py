"""What makes permission, transaction and ledger entry impossible to forget.

An action is written as a function that changes records and returns ``Done`` (or ``Unchanged`` when
there was nothing to do). ``@action(…)`` turns it into what callers see: the actor's capability is
checked, one transaction is opened, the function runs, exactly one ledger entry is appended, and the
bare result comes back. A refusal is itself written to the ledger.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import wraps
from typing import Any, Concatenate, Generic, ParamSpec, TypeVar

from django.db import transaction

from shangdun.actions.ledger import append, lock
from shangdun.kernel.clock import SystemClock, to_millis
from shangdun.kernel.errors import NotAllowed
from shangdun.records.access import require
from shangdun.records.actor import Actor, actor_name
from shangdun.records.models import LedgerEntry
from shangdun.records.roles import Capability

P = ParamSpec("P")
T = TypeVar("T")
A = TypeVar("A", bound=Actor)

SYSTEM_CLOCK = SystemClock()
REFUSALS_APART = timedelta(minutes=1)
"""The same refusal is written once a minute: whoever hammers a page must not fill the disk."""


@dataclass(frozen=True)
class Done(Generic[T]):
    """What was done: the result for the caller, and what the ledger says about it."""

    result: T
    subject: tuple[str, str | int]
    at: datetime
    payload: Mapping[str, Any] = field(default_factory=dict)
    then: Callable[[], object] | None = None
    """What cannot be rolled back, done once all of it stands: a process may die before it."""


@dataclass(frozen=True)
class Unchanged(Generic[T]):
    """Nothing was to do: a second click, a repeated batch. The ledger stays as it is."""

    result: T


Outcome = Done[T] | Unchanged[T]

ACTIONS: dict[str, Callable[..., Any]] = {}
"""Every action by its name in the ledger, for the test that walks them all."""


def action(
    *needs: Capability,
) -> Callable[[Callable[Concatenate[A, P], Outcome[T]]], Callable[Concatenate[A, P], T]]:
    """Make an action that needs at least one of the capabilities; none: whoever is active may."""

    def decorate(
        change: Callable[Concatenate[A, P], Outcome[T]],
    ) -> Callable[Concatenate[A, P], T]:
        name = change.__name__.removeprefix("do_")

        @wraps(change)
        def act(actor: A, /, *args: P.args, **kwargs: P.kwargs) -> T:
            try:
                _require(actor, needs)
                with transaction.atomic(durable=True):
                    lock()
                    outcome = change(actor, *args, **kwargs)
                    if isinstance(outcome, Done):
                        kind, identifier = outcome.subject
                        append(
                            actor_name(actor),
                            name,
                            subject=(kind, str(identifier)),
                            payload=outcome.payload,
                            at=outcome.at,
                        )
            except NotAllowed:
                _record_refusal(actor, name)
                raise
            if isinstance(outcome, Done) and outcome.then is not None:
                outcome.then()
            return outcome.result

        ACTIONS[name] = act
        return act

    return decorate


def _require(actor: Actor, needs: tuple[Capability, ...]) -> None:
    if not actor.is_active:
        raise NotAllowed("this account is switched off", fix="ask an administrator")
    if needs:
        require(actor, *needs)


def _record_refusal(actor: Actor, name: str) -> None:
    now = SYSTEM_CLOCK.now()
    with transaction.atomic(durable=True):
        lock()
        same = LedgerEntry.objects.filter(
            actor=actor_name(actor),
            action="refuse",
            subject_id=name,
            time__gt=to_millis(now - REFUSALS_APART),
        )
        if not same.exists():
            append(actor_name(actor), "refuse", subject=("action", name), payload={}, at=now)
