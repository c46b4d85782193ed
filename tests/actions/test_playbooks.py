"""Playbooks in the records: brought, edited, reverted, never lost."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from tests.actions.cases.playbooks import UID, edited

from shangdun.actions.playbooks import bring
from shangdun.actions.playbooks.bring import builtin_waits, do_bring_playbooks
from shangdun.actions.playbooks.save import (
    do_restore_playbook,
    do_revert_playbook,
    do_save_playbook,
)
from shangdun.actions.playbooks.switch import do_disable_playbook, do_enable_playbook
from shangdun.kernel.errors import UsageError
from shangdun.records.actor import JOBS, local_administrator
from shangdun.records.conflict import EditConflict
from shangdun.records.models import LedgerEntry, Playbook, PlaybookOrigin
from shangdun.records.playbooks import content, library, playbooks_for, usable_versions
from shangdun.respond.playbook.built_in import built_in
from shangdun.respond.playbook.yaml_form import from_yaml, to_yaml

pytestmark = pytest.mark.django_db(transaction=True)
AT = datetime(2026, 3, 4, 9, tzinfo=UTC)


def row() -> Playbook:
    return Playbook.objects.get(uid=UID)


def test_they_are_brought_once() -> None:
    assert builtin_waits()
    assert do_bring_playbooks(JOBS) == len(built_in()) == 9
    entries = LedgerEntry.objects.count()
    assert do_bring_playbooks(JOBS) == 0
    assert not builtin_waits()
    assert LedgerEntry.objects.count() == entries
    assert [version.playbook.title_en for version in playbooks_for("system_failure")] == [
        "System failure"
    ]
    assert len(playbooks_for("network_attack")) == 4
    assert len(usable_versions("data_breach")) == 7
    assert library().keys() == {one.id for one in built_in()}
    assert content(row().versions.get()).document == next(
        one.document for one in built_in() if one.id == UID
    )


def test_an_update_spares_what_somebody_edited(monkeypatch: pytest.MonkeyPatch) -> None:
    do_bring_playbooks(JOBS)
    do_save_playbook(
        local_administrator(), playbook=edited("minutes: 10", "minutes: 8"), reason="快", uid=UID
    )
    newer = tuple(
        from_yaml(to_yaml(one).replace("minutes: 15", "minutes: 14"), AT).playbook
        for one in built_in()
    )
    monkeypatch.setattr(bring, "built_in", lambda: newer)
    assert builtin_waits()
    do_bring_playbooks(JOBS)
    assert (row().version, row().origin) == (2, PlaybookOrigin.EDITED)
    other = Playbook.objects.get(title_en="Data breach")
    assert (other.version, other.origin) == (2, PlaybookOrigin.BUILTIN)
    assert not builtin_waits()


def test_versions_stay_and_come_back() -> None:
    do_bring_playbooks(JOBS)
    me = local_administrator()
    do_save_playbook(me, playbook=edited("minutes: 10", "minutes: 8"), reason="快", uid=UID)
    assert do_save_playbook(me, playbook=edited("x", "x"), reason="又点一次", uid=UID).version == 2
    do_revert_playbook(me, uid=UID, number=1, reason="回去")
    assert row().sha256 == row().versions.get(number=1).sha256
    do_save_playbook(me, playbook=edited("minutes: 10", "minutes: 7"), reason="再快", uid=UID)
    do_restore_playbook(me, uid=UID, reason="用自带的")
    assert (row().version, row().origin) == (5, PlaybookOrigin.BUILTIN)
    assert [one.number for one in row().versions.order_by("number")] == [1, 2, 3, 4, 5]


def test_two_people_at_once() -> None:
    do_bring_playbooks(JOBS)
    me = local_administrator()
    mine, theirs = edited("minutes: 10", "minutes: 8"), edited("minutes: 10", "minutes: 9")
    do_save_playbook(me, playbook=theirs, reason="一", uid=UID, version=1)
    with pytest.raises(EditConflict) as caught:
        do_save_playbook(me, playbook=mine, reason="二", uid=UID, version=1)
    assert "minutes: 8" in caught.value.mine["text"]
    assert "minutes: 9" in caught.value.theirs["text"]
    assert caught.value.theirs["version"] == 2


def test_what_is_broken_is_not_used() -> None:
    do_bring_playbooks(JOBS)
    me = local_administrator()
    broken = edited("while: __restored__:value = 'false'", "while: __gone__:value = 'false'")
    with pytest.raises(UsageError) as caught:
        do_save_playbook(me, playbook=broken, reason="试", uid=UID)
    assert caught.value.code == "playbook.problems"
    do_disable_playbook(me, uid=UID, reason="改写")
    assert do_save_playbook(me, playbook=broken, reason="草稿", uid=UID).problems == 2
    with pytest.raises(UsageError):
        do_enable_playbook(me, uid=UID, reason="启用")
    assert playbooks_for("system_failure") == []
    with pytest.raises(UsageError) as caught:
        do_save_playbook(me, playbook=broken, reason=" ", uid=UID)
    assert caught.value.code == "playbook.reason"
    with pytest.raises(UsageError) as caught:
        do_save_playbook(me, playbook=built_in()[0], reason="x", uid=UID)
    assert caught.value.code == "playbook.id"
