"""A security test with every outcome, for pages that are looked at and tested."""

from __future__ import annotations

from datetime import datetime

import msgspec
from tests.console.pulse import HOSTILE

from shangdun.actions.prove import do_finish_proof, do_start_proof
from shangdun.kernel.clock import FixedClock
from shangdun.protect.prove.ask import Answer
from shangdun.protect.prove.catalogue import MeasureKind, measures
from shangdun.protect.prove.proof import Outcome, Result, prove
from shangdun.protect.prove.settings import ProofConfig
from shangdun.records.actor import JOBS
from shangdun.records.models import User


def tested(users: dict[str, User], now: datetime) -> None:
    """One test that is done; its header measure fails, one attack passed unseen."""
    clock = FixedClock(now)
    row = do_start_proof(users["administrator"], url="https://shop.example", clock=clock)
    do_finish_proof(JOBS, proof_id=row.pk, results=results(), clock=clock)


def results() -> list[Result]:
    """As a run gives them, with what a hostile server may answer."""
    every = measures(ProofConfig(coupon="/coupon"), https=True)
    kinds = {canary: one.kind for one in every for canary in map(repr, one.canaries)}

    def send(canary: object, mark: str) -> Answer:
        del mark
        kind = kinds[repr(canary)]
        honest = kind in {MeasureKind.JOURNEY, MeasureKind.HEADER}
        return Answer(status=200 if honest else 403, milliseconds=12.5)

    judged = prove(every, "0" * 24, send, None, see_seconds=1)
    notes = {"xss": Outcome.UNSEEN, "smuggling": Outcome.FAILS, "methods": Outcome.UNKNOWN}
    return [
        msgspec.structs.replace(
            one,
            outcome=notes.get(one.measure, one.outcome),
            exchanges=tuple(
                msgspec.structs.replace(
                    part, seen_after=1.4, note=HOSTILE if part.number == 3 else ""
                )
                for part in one.exchanges
            ),
        )
        for one in judged
    ]
