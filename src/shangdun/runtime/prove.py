"""Security tests carried out: asked for on a page, by the clock, and after changes."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import msgspec
from django.db import connection

from shangdun.kernel.clock import Clock, SystemClock
from shangdun.kernel.config import Config, home_directory, load_config
from shangdun.kernel.errors import ShangdunError
from shangdun.kernel.ids import content_id
from shangdun.observe.settings import monitor_config
from shangdun.protect.prove.ask import Answer, Target, ask, target_of
from shangdun.protect.prove.catalogue import Canary, Measure, measures
from shangdun.protect.prove.proof import Look, Result, prove
from shangdun.protect.prove.settings import ProofConfig, proof_config
from shangdun.runtime.monitor.addresses import AddressGuard

log = logging.getLogger(__name__)

LOOK_SECONDS = 2.0
TELL_SECONDS = 0.5
AFTER_CHANGE = timedelta(minutes=2)
"""A change seldom comes alone; the test waits until things are in force."""
SOONEST = timedelta(minutes=10)
"""Between two tests that nobody asked for."""


class ProofRunner(threading.Thread):
    """Looks for tests that wait or are due, and carries them out one after the other."""

    def __init__(self, config: Config, stop: threading.Event) -> None:
        super().__init__(name="proofs", daemon=True)
        self._proof = proof_config(config)
        self._settling = Settling()
        self._stop_event = stop

    def run(self) -> None:
        """Until ``stop`` is set."""
        while not self._stop_event.wait(LOOK_SECONDS):
            try:
                start_due(self._proof, self._settling, SystemClock())
                prove_once(self._proof, SystemClock())
            except Exception:
                log.exception("security tests cannot be looked for; tried again")
                connection.close()  # it may be what is broken: the next try begins with a fresh one


class Settling:
    """Since when what protects the shop is as it is now."""

    def __init__(self) -> None:
        self._state = ""
        self._since: datetime | None = None

    def has_settled(self, state: str, now: datetime) -> bool:
        """Whether it has been like this long enough for a test to mean something."""
        if state != self._state or self._since is None:
            self._state, self._since = state, now
        return now - self._since >= AFTER_CHANGE


def start_due(proof: ProofConfig, settling: Settling, clock: Clock) -> bool:
    """Queue the test that the clock or a change asks for; False when none is due."""
    from shangdun.actions.prove import do_start_proof  # noqa: PLC0415  needs records.boot.start
    from shangdun.records.actor import JOBS  # noqa: PLC0415  as above
    from shangdun.records.models import ProofCause, ProofRun, ProofState  # noqa: PLC0415  as above

    if not proof.url:
        return False
    now = clock.now()
    state = protection_state()
    settled = settling.has_settled(state, now)
    last = ProofRun.objects.filter(incident=None).order_by("-id").first()
    if ProofRun.objects.filter(state__in=(ProofState.QUEUED, ProofState.RUNNING)).exists():
        return False
    if last is not None and now - last.created < SOONEST:
        return False
    changed = proof.after_changes and settled and last is not None and state != last.changed
    every = timedelta(hours=proof.every_hours)
    due = bool(proof.every_hours) and (last is None or now - last.created >= every)
    if not ((due and settled) or changed):
        return False
    cause = ProofCause.CHANGE if changed else ProofCause.SCHEDULE
    do_start_proof(JOBS, url=proof.url, cause=cause, changed=state, clock=clock)
    return True


def protection_state() -> str:
    """What protects the shop, in a few letters: another text, and something has changed.

    The generation of rules, which enforcers there are, and what ``shangdun.toml`` says of
    protection and edge.
    """
    from shangdun.records.models import Enforcer  # noqa: PLC0415  needs records.boot.start
    from shangdun.records.rule_documents import generation  # noqa: PLC0415  as above

    config = load_config(home_directory())
    enforcers = Enforcer.objects.order_by("name").values_list("name", "kind")
    return content_id(
        str(generation()), repr(list(enforcers)), repr(config.protect), repr(config.edge)
    )


def prove_once(proof: ProofConfig, clock: Clock) -> bool:
    """Carry out the test that waits, to its end; False when none does."""
    from shangdun.actions.prove import claim_proof  # noqa: PLC0415  needs records.boot.start

    row = claim_proof(clock.now())
    if row is None:
        return False
    carry_out(row.pk, proof, clock)
    return True


def carry_out(
    proof_id: int,
    proof: ProofConfig,
    clock: Clock,
    *,
    verify: bool = True,
    watched: bool = True,
    told: Callable[[float], None] = lambda _: None,
) -> list[Result]:
    """Send, watch, judge and keep; what goes wrong is kept with the run.

    ``watched`` False: no watch runs on this home directory, so only what is stopped is judged.
    """
    from shangdun.actions.prove import do_finish_proof, tell_proof  # noqa: PLC0415  needs boot
    from shangdun.records.actor import JOBS  # noqa: PLC0415  as above
    from shangdun.records.models import ProofRun  # noqa: PLC0415  as above

    row = ProofRun.objects.select_related("suppression").get(pk=proof_id)
    spoken = 0.0

    def progress(share: float) -> bool:
        nonlocal spoken
        if time.monotonic() - spoken > TELL_SECONDS:
            spoken = time.monotonic()
            tell_proof(row.pk, share, clock.now())
            told(share)
        return True

    results: list[Result] = []
    error = ""
    try:
        target = target_of(row.url, verify=verify)
        results = prove(
            replayed(row.measures) or measures(proof, https=target.https),
            row.token,
            sender(
                target, metadata=monitor_config(load_config(home_directory())).metadata_addresses
            ),
            watcher(row.pk) if watched else None,
            see_seconds=proof.see_seconds,
            told=progress,
        )
    except (ShangdunError, OSError) as problem:
        error = str(problem)
    except Exception as problem:
        log.exception("security test %d failed", row.pk)
        error = f"{type(problem).__name__}: {problem}"
    do_finish_proof(JOBS, proof_id=row.pk, results=results, error=error, clock=clock)
    return results


def replayed(measures: list[dict[str, Any]]) -> list[Measure]:
    """What a replay sends in place of the catalogue; empty: it is none."""
    return msgspec.convert(measures, list[Measure])


def sender(target: Target, *, metadata: bool = False) -> Callable[[Canary, str], Answer]:
    """Sends to the shop, never to what keeps a cloud's keys."""
    guard = AddressGuard(metadata=metadata)

    def resolve(host: str, port: int) -> tuple[str, int]:
        place = guard.resolve(host, port)
        return place.address, place.port

    return lambda canary, mark: ask(target, canary, mark, resolve)


def watcher(proof_id: int) -> Look:
    """Which canaries are findings by now, and since when we know."""
    from shangdun.records.models import ProofRun  # noqa: PLC0415  needs records.boot.start
    from shangdun.records.proofs import seen_by  # noqa: PLC0415  as above

    row = ProofRun.objects.get(pk=proof_id)
    known: dict[int, float] = {}

    def look() -> dict[int, float]:
        for number in seen_by(row):
            known.setdefault(number, time.time())
        return known

    return look
