from __future__ import annotations

from datetime import UTC, datetime

import pytest

from shangdun.respond.classify import Type
from shangdun.respond.facts import Facts
from shangdun.respond.playbook.extension import playbook_id
from shangdun.respond.recommended import recommended

NAMES = ("ddos", "account-takeover", "malware-ransomware", "web-intrusion")
THERE = {playbook_id(name) for name in NAMES}
NOTHING = Facts(known_at=datetime(2026, 3, 4, tzinfo=UTC))
RANSOM = Facts(known_at=NOTHING.known_at, ransom=True)


@pytest.mark.parametrize(
    ("tags", "facts", "name"),
    [
        (["attack.T1110"], NOTHING, "account-takeover"),
        (["attack.t1499"], NOTHING, "ddos"),
        (["attack.t1190"], NOTHING, "web-intrusion"),
        (["attack.t1499"], RANSOM, "malware-ransomware"),
        ([], NOTHING, "web-intrusion"),
    ],
)
def test_techniques_and_facts_point_to_a_playbook(tags, facts, name) -> None:
    assert recommended(Type.NETWORK_ATTACK, THERE, tags, facts) == (playbook_id(name),)


def test_the_only_one_is_recommended_and_of_strangers_none() -> None:
    assert recommended(Type.DATA_BREACH, {"playbook--x"}, [], NOTHING) == ("playbook--x",)
    assert recommended(Type.DATA_BREACH, {"playbook--x", "playbook--y"}, [], NOTHING) == ()
    less = THERE - {playbook_id("web-intrusion")}
    assert recommended(Type.NETWORK_ATTACK, less, [], NOTHING) == ()
