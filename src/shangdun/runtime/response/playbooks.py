"""The product's playbooks are there before anybody needs them."""

from __future__ import annotations

from shangdun.actions.playbooks.bring import builtin_waits, do_bring_playbooks
from shangdun.kernel.clock import Clock
from shangdun.records.actor import JOBS


def bring_playbooks(clock: Clock) -> None:
    """Bring what is missing or older than the product's own; else one small read."""
    if builtin_waits():
        do_bring_playbooks(JOBS, clock=clock)
