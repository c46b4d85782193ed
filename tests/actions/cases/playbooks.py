"""Writing playbooks and taking them into use."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from shangdun.actions.playbooks.bring import do_bring_playbooks
from shangdun.actions.playbooks.save import do_save_playbook
from shangdun.actions.playbooks.switch import do_disable_playbook
from shangdun.records.actor import JOBS
from shangdun.records.models import Playbook
from shangdun.records.roles import Role
from shangdun.respond.playbook.extension import playbook_id
from shangdun.respond.playbook.model import Playbook as Cacao
from shangdun.respond.playbook.yaml_form import from_yaml, to_yaml

AT = datetime(2026, 3, 4, 9, tzinfo=UTC)
UID = playbook_id("system-failure")
Call = tuple[tuple[Any, ...], dict[str, Any]]


def edited(old: str, new: str) -> Cacao:
    from shangdun.records.playbooks import content  # noqa: PLC0415  the records are ready by then

    row = Playbook.objects.get(uid=UID)
    text = to_yaml(content(row.versions.get(number=row.version)))
    assert old in text
    playbook = from_yaml(text.replace(old, new), AT).playbook
    assert playbook is not None
    return playbook


def _save(world: Any) -> Call:
    do_bring_playbooks(JOBS)
    return (), {"playbook": edited("minutes: 10", "minutes: 8"), "reason": "快一点", "uid": UID}


def _revert(world: Any) -> Call:
    _changed()
    return (), {"uid": UID, "number": 1, "reason": "回到原来"}


def _restore(world: Any) -> Call:
    _changed()
    return (), {"uid": UID, "reason": "用回产品自带的"}


def _disable(world: Any) -> Call:
    do_bring_playbooks(JOBS)
    return (), {"uid": UID, "reason": "改写中"}


def _enable(world: Any) -> Call:
    do_bring_playbooks(JOBS)
    do_disable_playbook(_manager(), uid=UID, reason="改写中")
    return (), {"uid": UID, "reason": "改好了"}


def _bring(world: Any) -> Call:
    return (), {}


def _changed() -> None:
    do_bring_playbooks(JOBS)
    do_save_playbook(
        _manager(), playbook=edited("minutes: 10", "minutes: 8"), reason="快一点", uid=UID
    )


def _manager() -> Any:
    from shangdun.records.actor import local_administrator  # noqa: PLC0415  as above

    return local_administrator()


CASES = {
    "bring_playbooks": _bring,
    "save_playbook": _save,
    "revert_playbook": _revert,
    "restore_playbook": _restore,
    "enable_playbook": _enable,
    "disable_playbook": _disable,
}
MANAGERS = {Role.LEADERSHIP, Role.TECHNICAL_SUPPORT}
MAY = dict.fromkeys(CASES, MANAGERS) | {"bring_playbooks": set()}
ACTORS = {"bring_playbooks": JOBS}
