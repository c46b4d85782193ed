"""Protective measures: the list, checks, reminders."""

from __future__ import annotations

from typing import Any

from shangdun.actions.controls.check import do_check_control
from shangdun.actions.controls.keep import ControlPlan, do_adopt_controls, do_archive_control
from shangdun.govern.controls.found import Found
from shangdun.govern.controls.standing import CheckState
from shangdun.records.actor import JOBS, SETUP
from shangdun.records.models import Control
from shangdun.records.roles import Role

Case = tuple[tuple[Any, ...], dict[str, Any]]
PLAN = ControlPlan(rhythm="quarter", group="technical_support")
OWN = ControlPlan(
    rhythm="year", group="logistics", kind="management", method="document", layer="people",
    title="Visitors sign in", what="A book lies at the door.",
)  # fmt: skip
FOUND = Found(
    state=CheckState.FAIL, says={"zh": "没有", "en": "gone"}, fix={"zh": "修", "en": "mend"}
)


def _kept(*keys: str) -> Control:
    do_adopt_controls(SETUP, keys=keys)
    return Control.objects.get(key=keys[0])


def _adopt(world: Any) -> Case:
    return (), {"keys": ["tls", "training"]}


def _add(world: Any) -> Case:
    return (OWN,), {}


def _change(world: Any) -> Case:
    _kept("training")
    return (PLAN,), {"key": "training"}


def _archive(world: Any) -> Case:
    _kept("training")
    return (), {"key": "training"}


def _restore(world: Any) -> Case:
    _kept("training")
    do_archive_control(SETUP, key="training")
    return (), {"key": "training"}


def _check(world: Any) -> Case:
    _kept("training")
    return (), {"key": "training", "state": "pass", "note": "Read the list.", "method": "document"}


def _record(world: Any) -> Case:
    return ({_kept("tls").pk: FOUND},), {}


def _ask(world: Any) -> Case:
    _kept("tls")
    return (), {"key": "tls"}


def _remind(world: Any) -> Case:
    row = _kept("training")
    do_check_control(SETUP, key="training", state="fail", note="No list.", method="document")
    return (), {"control_id": row.pk, "what": "failing"}


CASES = {
    "adopt_controls": _adopt,
    "add_control": _add,
    "change_control": _change,
    "archive_control": _archive,
    "restore_control": _restore,
    "check_control": _check,
    "record_checks": _record,
    "ask_check": _ask,
    "remind_of_control": _remind,
}
MANAGERS = {Role.LEADERSHIP, Role.TECHNICAL_SUPPORT}
SYSTEM = ("record_checks", "remind_of_control")
MAY = dict.fromkeys(CASES, MANAGERS) | dict.fromkeys(SYSTEM, frozenset[Role]())
ACTORS = dict.fromkeys(CASES, SETUP) | dict.fromkeys(SYSTEM, JOBS)
