"""Clocks, reports to regulators, the legal side."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from shangdun.actions.action import ACTIONS
from shangdun.actions.clocks.report import Draft, Handed
from shangdun.actions.legal.assess import Assessment
from shangdun.actions.legal.claims import ClaimWanted, LiabilityWanted
from shangdun.records.actor import JOBS, Actor, System
from shangdun.records.models import Clock, Incident
from shangdun.records.roles import Role
from shangdun.respond.facts import Facts

SAID = {"entity": "拾光百货", "event": "三月四日凌晨，客户资料被导出。"}


def _incident(world: Any) -> Incident:
    """One that has to be reported, aware three hours ago: half of its four hours are gone."""
    known = datetime.now(UTC) - timedelta(hours=3)
    facts = Facts(known_at=known, personal_data=True, people=2_000_000)
    ACTIONS["state_facts"](world.boss, incident_id=world.incident.pk, facts=facts)
    return Incident.objects.get(pk=world.incident.pk)


def _clock(world: Any) -> Clock:
    return Clock.objects.get(incident=_incident(world), duty="cac-operator")


def _judge(world: Any) -> tuple[tuple[Any, ...], dict[str, Any]]:
    return (), {"clock_id": _clock(world).pk, "applies": False, "reason": "not our system"}


def _remind(world: Any) -> tuple[tuple[Any, ...], dict[str, Any]]:
    return (), {"clock_id": _clock(world).pk}


def _save(world: Any) -> tuple[tuple[Any, ...], dict[str, Any]]:
    draft = Draft("cac-report", "zh", "first", SAID)
    return (), {"incident_id": _incident(world).pk, "draft": draft}


def _submit(world: Any) -> tuple[tuple[Any, ...], dict[str, Any]]:
    args, keywords = _save(world)
    row = ACTIONS["save_report"](world.boss, *args, **keywords)
    handed = Handed("the provincial administration", "12387", datetime.now(UTC))
    return (), {
        "incident_id": row.incident_id,
        "number": row.number,
        "handed": handed,
        "version": row.version,
    }


def _assess(world: Any) -> tuple[tuple[Any, ...], dict[str, Any]]:
    assessment = Assessment(facts_of_law="A breach in the sense of PIPL Art. 57.")
    return (), {"incident_id": world.incident.pk, "assessment": assessment}


def _liability(world: Any) -> tuple[tuple[Any, ...], dict[str, Any]]:
    wanted = LiabilityWanted(kind="civil", basis="民法典 第一千一百九十四条", likelihood="possible")
    return (), {"incident_id": world.incident.pk, "wanted": wanted}


def _claim(world: Any) -> tuple[tuple[Any, ...], dict[str, Any]]:
    wanted = ClaimWanted(claimant="李女士", basis="PIPL 69", received_on=date(2026, 3, 5))
    return (), {"incident_id": world.incident.pk, "wanted": wanted}


CASES = {
    "judge_clock": _judge,
    "remind_of_clock": _remind,
    "save_report": _save,
    "submit_report": _submit,
    "assess_legally": _assess,
    "set_liability": _liability,
    "set_claim": _claim,
}
REPORTERS = {Role.LEGAL, Role.LEADERSHIP}
MAY = {
    "judge_clock": REPORTERS,
    "remind_of_clock": set(),
    "save_report": REPORTERS,
    "submit_report": REPORTERS,
    "assess_legally": {Role.LEGAL},
    "set_liability": {Role.LEGAL},
    "set_claim": {Role.LEGAL},
}
COUNSEL = System("local:counsel")
"""The world's person has no role of legal's."""
ACTORS: dict[str, Actor] = {
    "remind_of_clock": JOBS,
    **dict.fromkeys(("assess_legally", "set_liability", "set_claim"), COUNSEL),
}
