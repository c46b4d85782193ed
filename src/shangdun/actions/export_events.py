"""Events that leave the system: who took which, when."""

from __future__ import annotations

from datetime import datetime

from shangdun.actions.action import SYSTEM_CLOCK, Done, Outcome, action
from shangdun.kernel.clock import Clock
from shangdun.kernel.errors import UsageError
from shangdun.records.actor import Actor
from shangdun.records.roles import Capability

FORMS = frozenset({"csv", "ndjson", "parquet"})


@action(Capability.SEARCH_EVENTS)
def do_export_events(
    actor: Actor,
    *,
    query: str,
    sql: bool,
    since: datetime,
    until: datetime,
    form: str,
    clock: Clock = SYSTEM_CLOCK,
) -> Outcome[None]:
    """Put on record that events are exported, before the first one leaves."""
    del actor
    if form not in FORMS:
        raise UsageError(f"there is no form {form!r}", fix=f"use one of {', '.join(sorted(FORMS))}")
    payload = {
        "query": query[:2000],
        "sql": sql,
        "since": since.isoformat(),
        "until": until.isoformat(),
        "form": form,
    }
    return Done(None, ("events", form), clock.now(), payload)
