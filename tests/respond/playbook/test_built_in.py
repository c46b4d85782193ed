"""The product's own playbooks: sound, complete in both languages, each group has its duty."""

from __future__ import annotations

import re

import pytest

from shangdun.respond.classify import Type
from shangdun.respond.groups import Group
from shangdun.respond.phases import Phase
from shangdun.respond.playbook import Automatic, Kind, Playbook, Text, validate
from shangdun.respond.playbook.built_in import built_in
from shangdun.respond.playbook.outline import actions, outline

LIBRARY = {one.id: one for one in built_in()}
TOP = [one for one in built_in() if one.types]


def all_actions(playbook: Playbook) -> list[object]:
    """Its own and those of what it calls."""
    own = [step for step in playbook.steps.values() if step.kind is Kind.ACTION]
    called = [s.playbook_id for s in playbook.steps.values() if s.kind is Kind.PLAYBOOK]
    return [*own, *(step for one in called for step in all_actions(LIBRARY[one]))]


def test_every_type_of_the_plan_has_its_playbooks() -> None:
    names = {kind: {one.name.en for one in TOP if kind in one.types} for kind in Type}
    assert {kind: len(found) for kind, found in names.items()} == {
        Type.DATA_BREACH: 1, Type.NETWORK_ATTACK: 4, Type.SYSTEM_FAILURE: 1, Type.INSIDER_THREAT: 1,
    }  # fmt: skip
    assert names[Type.NETWORK_ATTACK] == {
        "Denial-of-service attack", "Malware and ransomware", "Web intrusion",
        "Account-takeover wave",
    }  # fmt: skip


@pytest.mark.parametrize("one", built_in(), ids=lambda one: one.name.en)
def test_it_is_sound_without_even_a_warning(one: Playbook) -> None:
    assert validate(one, LIBRARY) == []
    shown = actions(outline(one))
    assert {step.id for step in shown} == {
        step.id for step in one.steps.values() if step.kind is Kind.ACTION
    }


@pytest.mark.parametrize("one", TOP, ids=lambda one: one.name.en)
def test_each_group_and_phase_has_its_part(one: Playbook) -> None:
    steps = all_actions(one)
    assert {step.group for step in steps} == set(Group)
    assert {step.phase for step in steps} >= {
        Phase.RESPONSE, Phase.LOGISTICS, Phase.CLEANUP, Phase.REVIEW,
    }  # fmt: skip
    assert all(step.minutes for step in steps)


@pytest.mark.parametrize("one", built_in(), ids=lambda one: one.name.en)
def test_both_languages_are_complete(one: Playbook) -> None:
    texts: list[Text] = [one.name, one.description]
    for step in one.steps.values():
        texts += [step.name] if step.kind not in (Kind.START, Kind.END) else []
        texts += [step.instruction] if step.kind is Kind.ACTION else []
    texts += [variable.about for variable in one.variables]
    for text in texts:
        assert re.search(r"[\u4e00-\u9fff]", text.zh), text
        assert text.en, text
        assert not re.search(r"[\u4e00-\u9fff]", text.en), text


def test_what_acts_on_others_asks_first_and_has_a_way_by_hand() -> None:
    kinds = set()
    for one in built_in():
        for step in one.steps.values():
            kinds.add(step.automatic)
            if step.automatic in (Automatic.BLOCK, Automatic.UNBLOCK):
                assert step.confirm, step.key
            if step.automatic is Automatic.BLOCK:
                by_hand = one.steps[step.next("on_failure")]
                assert by_hand.automatic is None
    assert kinds >= {
        Automatic.BLOCK,
        Automatic.UNBLOCK,
        Automatic.COLLECT,
        Automatic.SEARCH,
        Automatic.NOTIFY,
    }
