"""Putting the shop's protection to the test, and keeping what came of it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import msgspec
from django.utils.translation import gettext as _

from shangdun.actions.action import SYSTEM_CLOCK, Done, Outcome, Unchanged, action
from shangdun.actions.incident_changes import write_timeline
from shangdun.kernel.clock import Clock
from shangdun.kernel.errors import NotFound, UsageError
from shangdun.protect.prove.ask import MARK, target_of
from shangdun.protect.prove.proof import Outcome as Proven
from shangdun.protect.prove.proof import Result, new_token
from shangdun.protect.prove.replay import replay_of
from shangdun.records.access import get_incident
from shangdun.records.actor import Actor, System, person
from shangdun.records.models import (
    Incident,
    ProofCause,
    ProofRun,
    ProofState,
    Suppression,
    TimelineKind,
)
from shangdun.records.rehearsal import require_real
from shangdun.records.roles import Capability

LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
MOST_FINDINGS = 200
"""Of an incident whose attack is sent again: the newest tell how it was done."""
LONGEST = timedelta(hours=1)
"""A run takes minutes; after this its canaries would be told like anybody's attack."""
SILENT = timedelta(minutes=3)
"""A run that says nothing for so long lost its process."""


@action(Capability.MANAGE_ENFORCERS, Capability.DECIDE)
def do_start_proof(
    actor: Actor,
    *,
    url: str,
    cause: str = ProofCause.ASKED,
    changed: str = "",
    running: bool = False,
    clock: Clock = SYSTEM_CLOCK,
) -> Outcome[ProofRun]:
    """Queue a test of the shop at an address; ``running``: whoever asks carries it out himself.

    Raises ``UsageError`` for an address that is none, and while another test waits or runs.
    """
    now = clock.now()
    row = _queued(actor, url, cause, now)
    row.changed = changed
    row.state = ProofState.RUNNING if running else ProofState.QUEUED
    row.save()
    return Done(row, ("proof", row.pk), now, {"url": row.url, "cause": str(cause)})


@action(Capability.MANAGE_ENFORCERS, Capability.DECIDE)
def do_replay_attack(
    actor: Actor, *, incident_id: int, url: str, clock: Clock = SYSTEM_CLOCK
) -> Outcome[ProofRun]:
    """Queue an incident's own attack to be sent at the shop again, to see whether it still works.

    Raises ``UsageError`` for a drill, for an incident without a request that can be sent again
    (code ``replay.nothing``), and while another test waits or runs.
    """
    now = clock.now()
    incident = require_real(get_incident(actor, incident_id)).incident
    lines = incident.findings.order_by("-time").values_list("evidences", flat=True)[:MOST_FINDINGS]
    title = {"zh": f"事件 #{incident.number} 的攻击", "en": f"Attack of #{incident.number}"}
    replay = replay_of((line for evidences in lines for line in evidences), title)
    if not replay.measure.canaries:
        raise UsageError(
            "no request of this incident can be sent again by itself",
            code="replay.nothing",
            fix="try it by hand and confirm the point with a note",
        )
    row = _queued(actor, url, ProofCause.REPLAY, now)
    row.incident, row.measures = incident, msgspec.to_builtins([replay.measure])
    row.save()
    sent = len(replay.measure.canaries)
    data = {"what": "replayed", "sent": sent, "left_out": replay.left_out, "run": row.pk}
    write_timeline(incident, actor, TimelineKind.CLEANUP, now, data=data)
    payload = {"url": row.url, "proof": row.pk, "requests": sent}
    return Done(row, ("incident", incident.number), now, payload)


def attack_in_drill(actor: Actor, incident: Incident, url: str, now: datetime) -> ProofRun:
    """Queue the catalogue's attacks for a live drill, within the caller's action.

    Only this machine's demo shop is attacked: raises ``UsageError`` (code ``drill.live``) for a
    target that is not on the loopback. What rules find of it is withheld like any security test's.
    """
    if target_of(url).host not in LOOPBACK:
        raise UsageError(
            "a live drill attacks the demo shop alone",
            code="drill.live",
            where=url,
            fix="start ShangDun with `up --demo`",
        )
    row = _queued(actor, url, ProofCause.DRILL, now)
    row.incident = incident
    row.save()
    return row


def _queued(actor: Actor, url: str, cause: str, now: datetime) -> ProofRun:
    """A run that waits, its canaries withheld."""
    target_of(url)
    give_up_lost(now)
    if ProofRun.objects.filter(state__in=(ProofState.QUEUED, ProofState.RUNNING)).exists():
        raise UsageError(
            "a security test is running", code="proof.busy", fix="wait until it is done"
        )
    token = new_token()
    withheld = Suppression.objects.create(
        marker=f"{MARK}/{token}-",
        reason=_("Security test of the shop's protection"),
        author=person(actor),
        created=now,
        until=now + LONGEST,
    )
    return ProofRun.objects.create(
        url=url[:300],
        cause=cause,
        token=token,
        suppression=withheld,
        owner=person(actor),
        created=now,
        beat=now,
    )


@action(Capability.RECORD_FINDINGS)
def do_finish_proof(
    actor: System,
    *,
    proof_id: int,
    results: list[Result],
    error: str = "",
    clock: Clock = SYSTEM_CLOCK,
) -> Outcome[ProofRun]:
    """Keep what came of a test; from now on its mark hides nothing."""
    row = ProofRun.objects.filter(pk=proof_id).select_related("suppression", "incident").first()
    if row is None:
        raise NotFound(f"there is no security test {proof_id}", fix="see the list")
    if not row.running:
        return Unchanged(row)
    now = clock.now()
    known = [one for one in results if one.outcome is not Proven.UNKNOWN]
    row.state = ProofState.FAILED if error else ProofState.DONE
    row.results, row.error = msgspec.to_builtins(results), error[:1000]
    row.known, row.working = len(known), sum(one.outcome is Proven.WORKS for one in known)
    row.progress, row.finished = 1.0, now
    row.save()
    _end(row.suppression, now)
    _tell_drill(actor, row, now)
    told: dict[str, Any] = {"url": row.url, "working": row.working, "known": row.known}
    told["failing"] = [one.measure for one in known if one.outcome is not Proven.WORKS][:100]
    return Done(row, ("proof", row.pk), now, told | ({"error": row.error} if error else {}))


def _tell_drill(actor: System, row: ProofRun, now: datetime) -> None:
    """A live drill's players read what became of the attack."""
    if row.cause != ProofCause.DRILL or row.incident is None:
        return
    exchanges = [one for result in row.results for one in result["exchanges"]]
    data = {
        "what": "attacked",
        "run": row.pk,
        "sent": len(exchanges),
        "stopped": sum(bool(one["stopped"]) for one in exchanges),
        "seen": sum(one.get("seen_after") is not None for one in exchanges),
    }
    write_timeline(row.incident, actor, TimelineKind.INJECT, now, data=data)


def claim_proof(now: datetime) -> ProofRun | None:
    """The run that waits, now running."""
    give_up_lost(now)
    waiting = ProofRun.objects.filter(state=ProofState.QUEUED).order_by("id").first()
    if waiting is None:
        return None
    mine = ProofRun.objects.filter(pk=waiting.pk, state=ProofState.QUEUED)
    if not mine.update(state=ProofState.RUNNING, beat=now):
        return None
    return ProofRun.objects.select_related("suppression").get(pk=waiting.pk)


def tell_proof(proof_id: int, progress: float, now: datetime) -> None:
    """Write how far a run is: a figure of the second, which the ledger does not keep."""
    ProofRun.objects.filter(pk=proof_id).update(progress=progress, beat=now)


def give_up_lost(now: datetime) -> None:
    """Runs whose process ended are taken for failed."""
    lost = ProofRun.objects.filter(state=ProofState.RUNNING, beat__lt=now - SILENT)
    for row in lost.select_related("suppression"):
        row.state, row.finished = ProofState.FAILED, now
        row.error = "the process that ran it ended"
        row.save(update_fields=["state", "finished", "error"])
        _end(row.suppression, now)


def _end(withheld: Suppression, now: datetime) -> None:
    """The last canaries are still on their way through the logs for a minute."""
    withheld.until = min(withheld.until, now + timedelta(minutes=1))
    withheld.save(update_fields=["until"])
