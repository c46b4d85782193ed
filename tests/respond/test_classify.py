"""The type an incident starts with."""

from __future__ import annotations

import pytest

from shangdun.detect.finding import Entity
from shangdun.respond.classify import Kind, incident_kind


@pytest.mark.parametrize(
    ("tags", "kinds", "expected"),
    [
        ([], [], Kind.NETWORK_ATTACK),
        (["attack.initial-access", "attack.t1190"], ["address"], Kind.NETWORK_ATTACK),
        (["attack.Exfiltration"], ["address"], Kind.DATA_BREACH),
        (["attack.collection"], ["account"], Kind.DATA_BREACH),
        (["attack.exfiltration"], ["account", "staff"], Kind.INSIDER_THREAT),
        (["attack.credential-access"], ["staff", "address"], Kind.NETWORK_ATTACK),
        (["shangdun.system-failure"], ["host"], Kind.SYSTEM_FAILURE),
    ],
)
def test_from_tags_and_entities(tags: list[str], kinds: list[str], expected: Kind) -> None:
    assert incident_kind(tags, [Entity(kind, "x") for kind in kinds]) is expected
