"""What detection found that may lead to decisions, kept until it is answered.

Called inside ``do_record_findings``: a batch of findings and the offences in it are stored in one
transaction, so that whoever dies before they are answered loses none.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import msgspec

from shangdun.actions.entity_risk import records_of
from shangdun.detect.finding import Finding
from shangdun.kernel.clock import to_millis
from shangdun.protect.policy import Offence, offences_in
from shangdun.records.models import OffenceBatch
from shangdun.records.protected import configured_protection
from shangdun.respond.noise import Noise

MOST_AT_ONCE = 200_000
"""Offences of one batch: of more the gravest are kept."""


def note_offences(findings: Sequence[Finding], noise: Noise, now: datetime) -> None:
    """Keep what the policy may act on; nothing where it is switched off."""
    config = configured_protection()
    if config.mode == "off" or not findings:
        return
    records = records_of({finding.rule_uid for finding in findings})
    # A rule without verdicts speaks with its own confidence alone: doubt needs a reason.
    weights = {rule: record.weight for rule, record in records.items()}
    offences = offences_in(
        findings, config, is_noisy=noise.is_noisy, weights=weights, now=to_millis(now)
    )
    if not offences:
        return
    if len(offences) > MOST_AT_ONCE:
        offences = sorted(offences, key=lambda one: -one.severity)[:MOST_AT_ONCE]
    OffenceBatch.objects.create(
        recorded=now, number=len(offences), offences=msgspec.msgpack.encode(offences)
    )


def offences_of(batch: OffenceBatch) -> list[Offence]:
    """What a stored batch holds."""
    return msgspec.msgpack.decode(bytes(batch.offences), type=list[Offence])
