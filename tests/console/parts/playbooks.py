"""Playbooks: the product's own, and one that somebody edited."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

from tests.console.who import HANDLES, STAFF

from shangdun.actions.playbooks.bring import do_bring_playbooks
from shangdun.actions.playbooks.save import do_save_playbook
from shangdun.kernel.clock import FixedClock
from shangdun.records.actor import JOBS
from shangdun.records.models import User
from shangdun.respond.playbook.extension import playbook_id
from shangdun.respond.playbook.yaml_form import from_yaml

ORDER = 5
UID = playbook_id("data-breach")
OWN = """\
playbook: sale-night
name: {zh: 大促夜间值守, en: Night of the sale}
language: zh
for: [system_failure]
steps:
  watch:
    group: technical_support
    name: {zh: 盯住下单成功率, en: Watch the rate of orders}
    do:
      zh: 每五分钟看一次，低于九成立即呼叫值班经理。
      en: Look every five minutes; below nine in ten call the manager.
    minutes: 30
  tell:
    group: customer_service
    name: {zh: 准备公告, en: Prepare the notice}
    do: {zh: 备好两版公告，等指挥发话。, en: Have two notices ready and wait for the word.}
    minutes: 15
"""

EXPECTED = {
    "playbooks": ("get", STAFF),
    "playbook": ("get", STAFF),
    "playbook_history": ("get", STAFF),
    "playbook_export": ("get", STAFF),
    "playbook_new": ("get", HANDLES),
    "playbook_import": ("get", HANDLES),
    "playbook_edit": ("get", HANDLES),
    "playbook_revert": ("post", HANDLES),
    "playbook_click": ("post", HANDLES),
}


def arguments() -> dict[str, dict[str, Any]]:
    one = {"uid": UID}
    names = ("playbook", "playbook_history", "playbook_edit", "playbook_revert", "playbook_click")
    return dict.fromkeys(names, one) | {"playbook_export": {**one, "form": "json"}}


def paths() -> dict[str, str]:
    return {
        "playbooks": "/playbooks/",
        "playbook": f"/playbooks/{UID}/",
        "playbook edit": f"/playbooks/{UID}/edit/",
        "playbook as text": f"/playbooks/{UID}/edit/?as=text",
        "playbook history": f"/playbooks/{playbook_id('sale-night')}/history/",
        "playbook import": "/playbooks/import/",
        "playbook new": "/playbooks/new/",
    }


SCREENS = {
    "playbooks": "/playbooks/",
    "playbook": f"/playbooks/{UID}/",
    "playbook_edit": f"/playbooks/{UID}/edit/",
    "playbook_text": f"/playbooks/{UID}/edit/?as=text",
    "playbook_history": f"/playbooks/{playbook_id('sale-night')}/history/",
}


def seed(users: dict[str, User], home: Path, now: datetime) -> None:
    clock = FixedClock(now)
    do_bring_playbooks(JOBS, clock=clock)
    for text, reason in (
        (OWN, "大促前夜的安排"),
        (OWN.replace("minutes: 30", "minutes: 20"), "改为二十分钟"),
    ):
        playbook = from_yaml(text, now).playbook
        assert playbook is not None
        do_save_playbook(users["technical_support"], playbook=playbook, reason=reason, clock=clock)
