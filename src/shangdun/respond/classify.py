"""Which of the emergency plan's four types an incident is, from what its first finding says."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from shangdun.detect.finding import Entity


class Type(StrEnum):
    """The plan's risks (section 二)."""

    DATA_BREACH = "data_breach"
    NETWORK_ATTACK = "network_attack"
    SYSTEM_FAILURE = "system_failure"
    INSIDER_THREAT = "insider_threat"


_BREACH_TAGS = ("attack.exfiltration", "attack.collection")
_FAILURE_TAGS = ("shangdun.system-failure", "shangdun.system_failure")


def incident_type(tags: Iterable[str], entities: Iterable[Entity]) -> Type:
    """The type to start with; whoever triages corrects it.

    ``tags`` are Sigma's. ATT&CK's exfiltration and collection are a data breach, and an insider
    threat when staff took part, because the plan then also needs personnel and legal; staff alone
    prove nothing, their accounts are attacked too. What a rule marks as system failure is one;
    everything else attacks the network.
    """
    labels = {tag.lower() for tag in tags}
    if not labels.isdisjoint(_BREACH_TAGS):
        by_staff = any(entity.kind == "staff" for entity in entities)
        return Type.INSIDER_THREAT if by_staff else Type.DATA_BREACH
    if not labels.isdisjoint(_FAILURE_TAGS):
        return Type.SYSTEM_FAILURE
    return Type.NETWORK_ATTACK
