"""Turning somebody away: the same decisions as people take, with the same rules over them.

Who is never turned away stays so, the guard for paying customers has its word, and the simulation
of the last day stands beside each decision. In a drill nothing is decided: the step says whom it
would have met.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import msgspec

from shangdun.actions.decide import NewDecision, do_decide, refuse_protected
from shangdun.actions.tasks.steps import Acted
from shangdun.kernel.errors import StoreError, UsageError
from shangdun.protect.decision import Author, AuthorKind, DecisionState, Measure
from shangdun.protect.simulation import Outcome, Wish
from shangdun.protect.target import Target, target
from shangdun.records.actor import JOBS
from shangdun.records.customers_file import customers
from shangdun.records.rehearsal import RealIncident, require_real
from shangdun.runtime import lake_answers
from shangdun.runtime.response.work import Work

KIND = "block"
MINUTES = 60
MOST_MINUTES = 60 * 24 * 30


def repeats(parameters: Mapping[str, Any]) -> bool:
    """The same wish with the same end is one decision (``do_decide``)."""
    del parameters
    return True


def act(work: Work) -> Acted:
    """Decide about each of those named; what is refused is told with its reason."""
    wanted, wrong = targets_of(work)
    if not wanted:
        why = "; ".join(wrong) or "the playbook names nobody"
        return Acted(ok=False, did={"what": "block", "refused": wrong}, problem=why)
    simulated = {one: simulated_for(work, one) for one in wanted}
    if work.incident.is_drill:
        return _rehearsed(work, simulated, wrong)
    real = require_real(work.incident)
    decided: list[str] = []
    proposed: list[str] = []
    for one in wanted:
        try:
            row = do_decide(JOBS, _decision(work, real, one, simulated[one]), clock=work.clock)
        except UsageError as error:
            wrong.append(f"{one.value}: {error.message}")
            continue
        waits = row.state == DecisionState.PROPOSED
        (proposed if waits else decided).append(one.value)
    did = {
        "what": "block",
        "decided": decided,
        "proposed": proposed,
        "refused": wrong,
        **figures(simulated),
    }
    ok = bool(decided or proposed)
    return Acted(ok=ok, did=did, problem="" if ok else "; ".join(wrong))


def targets_of(work: Work) -> tuple[list[Target], list[str]]:
    """Whom the step names, and what of it nobody can be turned away by."""
    found, wrong = [], []
    for value in work.values():
        try:
            found.append(target(work.kind(), value))
        except UsageError as error:
            wrong.append(f"{value}: {error.message}")
    return list(dict.fromkeys(found)), wrong


def simulated_for(work: Work, one: Target) -> Outcome | None:
    """What it would have met in the last day; None where the lake does not answer."""
    wish = Wish(target=one, measure=measure_of(work))
    try:
        return lake_answers.simulate(work.lake, wish, work.clock.now(), customers(work.home))
    except StoreError:
        return None


def measure_of(work: Work) -> Measure:
    """What is done: a block unless the step says challenge or throttle."""
    named = work.text("measure")
    return Measure(named) if named in {"challenge", "throttle"} else Measure.BLOCK


def figures(simulated: Mapping[Target, Outcome | None]) -> dict[str, int]:
    """What all of it together met in the last day."""
    counted = [one for one in simulated.values() if one is not None]
    return {
        "requests": sum(one.requests for one in counted),
        "visitors": sum(one.visitors for one in counted),
        "orders": sum(one.orders for one in counted),
        "payers": sum(one.payers for one in counted),
    }


def author_of(work: Work) -> Author:
    """The step, as the author of what it decides: ``step:RUN/STEP``."""
    return Author(AuthorKind.STEP, f"{work.task.run_id}/{work.task.step}"[:180])


def _decision(
    work: Work, real: RealIncident, one: Target, simulated: Outcome | None
) -> NewDecision:
    return NewDecision(
        target=one,
        measure=measure_of(work),
        reason=f"{work.task.title_zh} (#{real.incident.number})",
        until=_until(work),
        author=author_of(work),
        incident=real.incident.number,
        simulation=msgspec.to_builtins(simulated) if simulated else {},
    )


def _until(work: Work) -> datetime:
    """From the first claim, so that a repetition wishes the same; anew where that is over."""
    lasts = timedelta(minutes=work.number("minutes", MINUTES, MOST_MINUTES))
    now = work.clock.now()
    ends = work.began + lasts
    return ends if ends > now + timedelta(minutes=1) else now + lasts


def _rehearsed(work: Work, simulated: Mapping[Target, Outcome | None], wrong: list[str]) -> Acted:
    would = []
    for one in simulated:
        try:
            refuse_protected(one, work.clock.now())
        except UsageError as error:
            wrong.append(f"{one.value}: {error.message}")
            continue
        would.append(one.value)
    did = {"what": "would_block", "decided": would, "refused": wrong, **figures(simulated)}
    return Acted(ok=bool(would), did=did, problem="" if would else "; ".join(wrong))
