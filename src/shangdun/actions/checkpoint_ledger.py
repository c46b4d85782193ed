"""Signing the ledger's head into a file outside the database."""

from __future__ import annotations

from pathlib import Path

from shangdun.actions.action import SYSTEM_CLOCK, Done, Outcome, Unchanged, action
from shangdun.kernel.clock import Clock, to_millis
from shangdun.kernel.errors import UsageError
from shangdun.kernel.ledger import Checkpoint, sign_checkpoint
from shangdun.records.actor import Actor
from shangdun.records.checkpoints import (
    CHECKPOINT_FILE,
    append_checkpoint,
    ledger_directory,
    read_checkpoints,
    signing_key,
)
from shangdun.records.ledger_rows import head
from shangdun.records.roles import Capability


@action(Capability.SIGN_LEDGER)
def do_checkpoint_ledger(
    actor: Actor, *, home: Path, clock: Clock = SYSTEM_CLOCK
) -> Outcome[Checkpoint]:
    """Sign the head as it stood before this action; the file is on the disk before the entry.

    A crash between the two leaves a checkpoint without its entry, which still holds. When nothing
    happened since the last checkpoint there is nothing to sign, and an idle ledger stays short.
    """
    del actor
    last = head()
    if last is None:
        raise UsageError("the ledger is empty", code="ledger.empty", fix="nothing to sign yet")
    if last.action == "checkpoint_ledger":
        newest = read_checkpoints(ledger_directory(home) / CHECKPOINT_FILE)[-1:]
        if newest and newest[0].seq == last.seq - 1:
            return Unchanged(newest[0])
    now = clock.now()
    checkpoint = sign_checkpoint(last.seq, last.hash, time=to_millis(now), key=signing_key(home))
    append_checkpoint(home, checkpoint)
    payload = {"seq": last.seq, "hash": last.hash, "key_id": checkpoint.key_id}
    return Done(checkpoint, ("ledger", last.seq), now, payload)
