"""Which findings lead to which measures: careful, since a customer turned away costs most."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from enum import StrEnum
from ipaddress import ip_address

import msgspec

from shangdun.detect.finding import Entity, Finding
from shangdun.kernel.errors import UsageError
from shangdun.kernel.severity import Severity
from shangdun.protect.decision import Measure
from shangdun.protect.escalation import LADDER, Past, next_level
from shangdun.protect.settings import ProtectConfig
from shangdun.protect.target import SUBSCRIBER, Target, TargetKind, subscriber, target

MOST_OF_A_FINDING = 1
"""Only the main entity: what else a line names may be the attacker's to write, or his victim."""

MEDIUM_NEEDS = 3
"""Offences of medium level that a target needs before anything is done."""


class Hold(StrEnum):
    """Why an automatic decision waits for a person."""

    MODE = "mode"
    """The mode is ``propose``."""
    CUSTOMERS = "customers"
    """It would meet more paying customers than it may."""
    SHARE = "share"
    """All automatic decisions together would."""
    UNKNOWN = "unknown"
    """Who pays is not known."""
    ACCOUNT = "account"
    """An account may be the victim's: only a person locks it out."""
    UNDONE = "undone"
    """A person undid one for the same target a short while ago."""
    STORM = "storm"
    """There are too many at once."""


class Offence(msgspec.Struct, frozen=True, array_like=True):
    """What one target did in one batch of findings, as one rule saw it."""

    target: Target
    rule: str
    title: str
    severity: int
    time: int
    """Of the last event, milliseconds."""
    count: int
    """Findings."""
    finding: str
    """The uid of the last of them."""


class Ruling(msgspec.Struct, frozen=True, kw_only=True):
    """What the policy wants done about one target."""

    target: Target
    measure: Measure
    lasts: int
    """Milliseconds."""
    level: int
    rate: int
    rule: str
    title: str
    finding: str
    offences: int
    hold: Hold | None = None
    payers: int = 0
    """Recently paying customers whom it meets."""


_LEVELS = {
    "low": Severity.LOW,
    "medium": Severity.MEDIUM,
    "high": Severity.HIGH,
    "critical": Severity.CRITICAL,
}
_KINDS = {
    "address": TargetKind.ADDRESS,
    "account": TargetKind.ACCOUNT,
    "session": TargetKind.SESSION,
    "device": TargetKind.DEVICE,
}


def offences_in(
    findings: Iterable[Finding],
    config: ProtectConfig,
    *,
    is_noisy: Callable[[Entity], bool],
    weights: Mapping[str, float],
    now: int,
) -> list[Offence]:
    """The offences that may lead to decisions, one a target and rule; newest finding named.

    ``weights``: what verdicts said of rules, 0 to 1. Time is taken as ``now`` where an event lies
    in the future. What ``is_noisy`` stands for too many to tell anybody apart.
    """
    least = _LEVELS[config.minimum_level]
    exempt = frozenset(config.exempt_rules)
    found: dict[tuple[Target, str], Offence] = {}
    for finding in findings:
        sure = finding.confidence * weights.get(finding.rule_uid, 1.0)
        if finding.severity_id < least or sure < config.minimum_confidence:
            continue
        if finding.rule_uid in exempt:
            continue
        for one in _targets(finding.entities[:MOST_OF_A_FINDING], is_noisy):
            key = (one, finding.rule_uid)
            known = found.get(key)
            time = min(finding.time, now)
            newest = known is None or time >= known.time
            found[key] = Offence(
                target=one,
                rule=finding.rule_uid,
                title=finding.title,
                severity=max(finding.severity_id, known.severity if known else 0),
                time=max(time, known.time if known else 0),
                count=1 + (known.count if known else 0),
                finding=finding.uid if newest or known is None else known.finding,
            )
    return list(found.values())


def _targets(entities: Iterable[Entity], is_noisy: Callable[[Entity], bool]) -> Iterable[Target]:
    for entity in entities:
        kind = _KINDS.get(entity.kind)
        if kind is None or is_noisy(entity) or _nobody(entity):
            continue
        try:
            if kind is TargetKind.ADDRESS:
                yield subscriber(entity.value)
            else:
                yield target(kind, entity.value)
        except UsageError:
            continue  # a log line may say anything


def _nobody(entity: Entity) -> bool:
    """Addresses that are no single visitor's."""
    if entity.kind != "address":
        return False
    try:
        address = ip_address(entity.value)
    except ValueError:
        return True
    return address.is_multicast or address.is_unspecified or address.is_link_local


def gathered(offences: Iterable[Offence]) -> dict[Target, Offence]:
    """All offences of a target as one: the gravest rule speaks, the counts add up."""
    found: dict[Target, Offence] = {}
    for one in offences:
        known = found.get(one.target)
        if known is None:
            found[one.target] = one
            continue
        grave = max(known, one, key=lambda offence: (offence.severity, offence.time))
        found[one.target] = msgspec.structs.replace(
            grave, count=known.count + one.count, time=max(known.time, one.time)
        )
    return found


def ruling(offence: Offence, past: Past | None, earlier: int, rate: int) -> Ruling | None:
    """What to do about an offence; None where nothing is to be done (yet).

    ``earlier``: offences of the last hour that were not answered; ``rate``: of a throttle.
    """
    first = past is None and offence.severity <= Severity.MEDIUM
    if first and not is_wide(offence.target) and offence.count + earlier < MEDIUM_NEEDS:
        return None
    # In a range most did nothing: it begins at the foot of the ladder.
    severity = Severity.MEDIUM if is_wide(offence.target) else offence.severity
    level = next_level(past, severity, offence.time)
    if level == 0:
        return None
    step = LADDER[level - 1]
    return Ruling(
        target=offence.target,
        measure=step.measure,
        lasts=step.lasts,
        level=level,
        rate=rate if step.measure is Measure.THROTTLE else 0,
        rule=offence.rule,
        title=offence.title,
        finding=offence.finding,
        offences=offence.count + earlier,
        hold=Hold.ACCOUNT if offence.target.kind is TargetKind.ACCOUNT else None,
    )


def is_wide(target: Target) -> bool:
    """Whether it is a range of several subscribers."""
    network = target.network
    return network is not None and network.prefixlen < SUBSCRIBER[network.version]


def held(one: Ruling, mode: str, *, undone: bool) -> Ruling:
    """The ruling, held where the mode or a person's undo a short while ago holds it."""
    hold = one.hold or (Hold.MODE if mode == "propose" else None)
    return msgspec.structs.replace(one, hold=Hold.UNDONE if undone else hold)
