"""A scan, the injection that followed and the web shell are told as three steps in order."""

from __future__ import annotations

import random

import pytest

from shangdun.detect.coverage import ATTACK_TACTICS, AUTOMATED_THREATS
from shangdun.detect.finding import Entity
from shangdun.respond.stages import TACTICS, THREATS, stage_of, threats_of
from shangdun.respond.story import ENTITIES_TOLD, TOGETHER_MS, Seen, story

MINUTE = 60_000
ATTACKER = Entity("address", "203.0.113.9")
SCAN = ("attack.reconnaissance", "attack.t1595", "oat.014")
INJECTION = ("attack.initial-access", "attack.t1190")
SHELL = ("attack.persistence", "attack.t1505.003")


def seen(ref: int, tags: tuple[str, ...], at: int, rule: str = "", **more: object) -> Seen:
    values = {
        "ref": ref,
        "rule_uid": rule or tags[0],
        "severity": 3,
        "first_time": at,
        "time": at + 1000,
        "tags": tags,
        "entities": (ATTACKER,),
    }
    return Seen(**(values | more))


def test_three_steps_in_the_order_in_which_they_began() -> None:
    findings = [
        seen(1, SCAN, 0, count=900),
        seen(2, INJECTION, 5 * MINUTE, entities=(ATTACKER, Entity("account", "li"))),
        seen(3, SCAN, 6 * MINUTE, count=100),
        seen(4, SHELL, 9 * MINUTE, severity=5),
    ]
    for _ in range(5):
        random.Random(1).shuffle(findings)
        steps = story(findings)
        assert [step.stage.tactic for step in steps] == [
            "reconnaissance", "initial-access", "persistence",
        ]  # fmt: skip
        scan, injection, shell = steps
        assert (scan.findings, scan.events, scan.first_time, scan.time) == (
            2, 1000, 0, 6 * MINUTE + 1000,
        )  # fmt: skip
        assert scan.threats == ("014",)
        assert scan.new_entities == {ATTACKER}
        assert injection.new_entities == {Entity("account", "li")}
        assert (shell.severity, shell.new_entities) == (5, frozenset())
        assert [told.ref for told in scan.rules] == [1]


def test_time_decides_against_the_book_but_not_within_a_burst() -> None:
    late_scan = [seen(1, SHELL, 0), seen(2, SCAN, TOGETHER_MS + 1)]
    assert [step.stage.tactic for step in story(late_scan)] == ["persistence", "reconnaissance"]
    burst = [seen(1, SHELL, 0), seen(2, SCAN, TOGETHER_MS)]
    assert [step.stage.tactic for step in story(burst)] == ["reconnaissance", "persistence"]


def test_what_has_no_tactic_is_told_as_other_signs() -> None:
    (step,) = story([seen(1, ("cve.2021-44228",), 0)])
    assert (step.stage.tactic, step.stage.words.en) == ("", "Other signs")


def test_a_storm_counts_its_subjects_and_names_some() -> None:
    entities = tuple(Entity("address", f"198.51.100.{n}") for n in range(40))
    rule = Entity("rule", "r")
    (step,) = story([seen(1, SCAN, 0, subjects=4312, entities=(rule, *entities))])
    assert step.subjects == 4312
    assert len(step.entities) == ENTITIES_TOLD
    assert rule not in step.entities


@pytest.mark.parametrize(
    ("tags", "tactic", "threats"),
    [
        (("attack.credential-access", "attack.execution", "oat.008"), "credential-access", ["008"]),
        (("attack.defense_evasion",), "stealth", []),
        (("ATTACK.IMPACT", "OAT.021"), "impact", ["021"]),
        (("oat.999", "attack.t1190"), "", []),
        ((), "", []),
    ],
)  # fmt: skip
def test_of_several_tactics_the_furthest(tags, tactic, threats) -> None:
    assert (stage_of(tags).tactic, threats_of(tags)) == (tactic, threats)


def test_every_tactic_and_threat_has_words_in_both_languages() -> None:
    assert set(TACTICS) == set(ATTACK_TACTICS)
    assert set(THREATS) == set(AUTOMATED_THREATS)
    assert all(words.en and words.zh for words in [*TACTICS.values(), *THREATS.values()])
