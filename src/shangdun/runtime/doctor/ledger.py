"""Whether the ledger holds and is signed on time."""

from __future__ import annotations

from collections.abc import Iterator

from shangdun.kernel.clock import to_millis
from shangdun.kernel.ledger import verify
from shangdun.records import boot
from shangdun.runtime.doctor.symptom import Kind, Place, Symptom

LATE_MINUTES = 60
"""The jobs sign every ten minutes."""


def check(place: Place) -> Iterator[Symptom]:
    if not place.home.is_dir():
        return  # the disk check says so
    boot.start()
    from shangdun.records import checkpoints, ledger_rows  # noqa: PLC0415  needs boot.start

    folder = checkpoints.ledger_directory(place.home)
    marks = checkpoints.read_checkpoints(folder / checkpoints.CHECKPOINT_FILE)
    key_path = folder / checkpoints.PUBLIC_FILE
    key = checkpoints.public_key(key_path) if key_path.exists() else None
    verdict = verify(ledger_rows.entries(), marks, key)
    if not verdict.holds:
        yield Symptom(
            Kind.BROKEN,
            f"the ledger does not hold at row {verdict.bad_seq}: {verdict.detail}",
            "keep the home directory as it is and find out who changed it",
        )
    if checkpoints.signed_but_gone(folder, marks):
        yield Symptom(
            Kind.BROKEN,
            "the ledger's checkpoints are gone, though there is a key that signed them",
            "put back the copy of checkpoints.jsonl that is kept elsewhere, and verify with it",
        )
        return
    now = to_millis(place.clock.now())
    last = max((mark.time for mark in marks), default=0)
    if verdict.entries and now - last > LATE_MINUTES * 60_000:
        yield Symptom(
            Kind.LATE,
            "the ledger has not been signed for an hour" if last else "the ledger is not signed",
            "start `shangdun up` (or `jobs`), or run `shangdun ledger checkpoint`",
        )
