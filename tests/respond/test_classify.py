"""The type an incident starts with."""

from __future__ import annotations

import pytest

from shangdun.detect.finding import Entity
from shangdun.respond.classify import Type, incident_type


@pytest.mark.parametrize(
    ("tags", "kinds", "expected"),
    [
        ([], [], Type.NETWORK_ATTACK),
        (["attack.initial-access", "attack.t1190"], ["address"], Type.NETWORK_ATTACK),
        (["attack.Exfiltration"], ["address"], Type.DATA_BREACH),
        (["attack.collection"], ["account"], Type.DATA_BREACH),
        (["attack.exfiltration"], ["account", "staff"], Type.INSIDER_THREAT),
        (["attack.credential-access"], ["staff", "address"], Type.NETWORK_ATTACK),
        (["shangdun.system-failure"], ["host"], Type.SYSTEM_FAILURE),
    ],
)
def test_from_tags_and_entities(tags: list[str], kinds: list[str], expected: Type) -> None:
    assert incident_type(tags, [Entity(kind, "x") for kind in kinds]) is expected
