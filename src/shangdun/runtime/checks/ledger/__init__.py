"""The ledger is whole: every row's hash, every signed checkpoint."""

from __future__ import annotations

from collections.abc import Iterator

from shangdun.kernel.clock import to_millis
from shangdun.kernel.ledger import Entry, verify
from shangdun.runtime.checks.asked import Asked, Seen, SeenFact, failed, passed

LATE_MINUTES = 60
"""The jobs sign every ten minutes."""


def check(asked: Asked) -> Seen:
    """Reads all of it; fails where it does not hold, or has not been signed for an hour."""
    from shangdun.records import checkpoints, ledger_rows  # noqa: PLC0415  needs boot

    folder = checkpoints.ledger_directory(asked.home)
    marks = checkpoints.read_checkpoints(folder / checkpoints.CHECKPOINT_FILE)
    key_path = folder / checkpoints.PUBLIC_FILE
    key = checkpoints.public_key(key_path) if key_path.exists() else None
    verdict = verify(_in_time(ledger_rows.entries(), asked), marks, key)
    facts = (
        SeenFact("rows", f"{verdict.entries:,}", "/ledger/"),
        SeenFact("marks", f"{len(marks):,}", "/ledger/"),
    )
    if not verdict.holds:
        return failed("broken", *facts, row=verdict.bad_seq, detail=verdict.detail)
    if checkpoints.signed_but_gone(folder, marks):
        return failed("gone", *facts)
    last = max((mark.time for mark in marks), default=0)
    late = to_millis(asked.now) - last > LATE_MINUTES * 60_000
    if verdict.entries and late:
        return failed("unsigned", *facts)
    return passed("good", *facts, count=f"{verdict.entries:,}")


def _in_time(entries: Iterator[Entry], asked: Asked) -> Iterator[Entry]:
    for number, entry in enumerate(entries):
        if number % 1000 == 0:
            asked.in_time()
        yield entry
