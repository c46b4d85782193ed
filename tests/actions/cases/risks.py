"""The risk register: what each of its actions needs."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

from shangdun.actions.action import SYSTEM_CLOCK
from shangdun.actions.risks.accept import Bearing, do_accept_risk
from shangdun.actions.risks.assess import Assessed, do_assess_risk
from shangdun.actions.risks.matrix import NewMatrix, NewThreat, do_keep_threat
from shangdun.actions.risks.register import NewRisk, do_add_risk
from shangdun.actions.risks.rounds import (
    Round,
    do_begin_risk_assessment,
    do_close_risk_assessment,
)
from shangdun.actions.risks.treat import NewMeasure, do_add_risk_measure
from shangdun.assess.method.matrix import default
from shangdun.assess.method.review import REVIEW_DAYS
from shangdun.records.actor import JOBS, SETUP
from shangdun.records.models import (
    Incident,
    PlanTask,
    PlanTaskState,
    Programme,
    Risk,
    RiskAcceptance,
    RiskMeasure,
)
from shangdun.records.roles import Role

Case = tuple[tuple[Any, ...], dict[str, Any]]
NEW = NewRisk(title="Orders are read by others", incident_types=("system_failure",))
ASSESSED = Assessed(
    threat_level=4, ease=4, harm=4, asset_value=4, frequency_low=Decimal("0.2"),
    frequency_high=Decimal(2), loss_low=Decimal(1_000), loss_high=Decimal(90_000), basis="tickets",
)  # fmt: skip
MEASURE = NewMeasure(title="A filter at the door", likelihood_steps=2, frequency_cut=50)
ROUND = Round(title="Risk assessment report", scope="The shop")
THREAT = NewThreat(name="Floods", source="deliberate")


def _risk(world: Any) -> Risk:
    return do_add_risk(SETUP, NEW)


def _assessed(world: Any) -> Risk:
    return do_assess_risk(SETUP, ASSESSED, number=_risk(world).number)


def _measure(world: Any) -> RiskMeasure:
    return do_add_risk_measure(SETUP, MEASURE, number=_risk(world).number)


def _finished(world: Any) -> dict[str, Any]:
    begun = do_begin_risk_assessment(SETUP, ROUND)
    _assessed(world)
    do_close_risk_assessment(SETUP, number=begun.number)
    return {"number": begun.number}


def _begun(world: Any) -> dict[str, Any]:
    return {"number": do_begin_risk_assessment(SETUP, ROUND).number}


def _until() -> Any:
    return (SYSTEM_CLOCK.now() + timedelta(days=90)).date()


def _add(world: Any) -> Case:
    return (NEW,), {}


def _change(world: Any) -> Case:
    wanted = NewRisk(title="Orders are changed by others")
    return (wanted,), {"number": _risk(world).number}


def _number(world: Any) -> Case:
    return (), {"number": _assessed(world).number}


def _archive(world: Any) -> Case:
    return (), {"number": _risk(world).number, "reason": "sold that business"}


def _assess(world: Any) -> Case:
    return (ASSESSED,), {"number": _risk(world).number}


def _add_measure(world: Any) -> Case:
    return (MEASURE,), {"number": _risk(world).number}


def _change_measure(world: Any) -> Case:
    wanted = NewMeasure(title="Two filters at the door")
    return (wanted,), {"measure_id": _measure(world).pk}


def _move_measure(world: Any) -> Case:
    moved = {"state": "effective", "reason": "tested on 4 May"}
    return (), {"measure_id": _measure(world).pk, **moved}


def _archive_measure(world: Any) -> Case:
    return (), {"measure_id": _measure(world).pk}


def _follow(world: Any) -> Case:
    now = SYSTEM_CLOCK.now()
    plan = Programme.objects.create(
        number=900, title="Plan", language="en", starts_on=now.date(), created_at=now
    )
    task = PlanTask.objects.create(
        programme=plan, position=1, code="1", title="Filter", state=PlanTaskState.DONE
    )
    RiskMeasure.objects.filter(pk=_measure(world).pk).update(task=task)
    return (), {}


def _accept(world: Any) -> Case:
    return (Bearing(until=_until(), reason="dearer to treat"),), {"number": _assessed(world).number}


def _accepted(world: Any) -> dict[str, Any]:
    number = _assessed(world).number
    do_accept_risk(SETUP, Bearing(until=_until(), reason="dearer to treat"), number=number)
    return {"number": number}


def _withdraw(world: Any) -> Case:
    return (), {**_accepted(world), "reason": "it rose"}


def _expire(world: Any) -> Case:
    _accepted(world)
    RiskAcceptance.objects.update(expires_on=(SYSTEM_CLOCK.now() - timedelta(days=3)).date())
    return (), {}


def _judge(world: Any) -> Case:
    told = {"counts": True, "reason": "the same hole"}
    return (), {"number": _risk(world).number, "incident_number": world.incident.number, **told}


def _learn(world: Any) -> Case:
    _assessed(world)
    now = SYSTEM_CLOCK.now()
    Incident.objects.create(
        number=9_001, title="Down", type="system_failure", severity=4, state="closed",
        verdict="true_positive", occurred_at=now, last_activity=now, reported_at=now,
    )  # fmt: skip
    return (), {}


def _begin(world: Any) -> Case:
    return (ROUND,), {}


def _change_round(world: Any) -> Case:
    return (Round(title="Risk assessment report", scope="The shop and the app"),), _begun(world)


def _confirm(world: Any) -> Case:
    return (), {"numbers": [_assessed(world).number]}


def _close(world: Any) -> Case:
    begun = _begun(world)
    _assessed(world)
    return (), begun


def _report(world: Any) -> Case:
    return (), _finished(world)


def _matrix(world: Any) -> Case:
    own = default()
    wanted = NewMatrix(
        likelihood=own.likelihood, loss=own.loss, risk=own.risk, acceptable=1,
        review_days=REVIEW_DAYS, currency="EUR", note="the board asked for it",
    )  # fmt: skip
    return (wanted,), {}


def _threat(world: Any) -> Case:
    return (THREAT,), {}


def _archive_threat(world: Any) -> Case:
    return (), {"threat_id": do_keep_threat(SETUP, THREAT).pk}


CASES = {
    "accept_risk": _accept,
    "add_risk": _add,
    "add_risk_measure": _add_measure,
    "archive_risk": _archive,
    "archive_risk_measure": _archive_measure,
    "archive_threat": _archive_threat,
    "assess_risk": _assess,
    "begin_risk_assessment": _begin,
    "change_risk": _change,
    "change_risk_assessment": _change_round,
    "change_risk_matrix": _matrix,
    "change_risk_measure": _change_measure,
    "close_risk_assessment": _close,
    "confirm_risks": _confirm,
    "expire_risk_acceptances": _expire,
    "follow_risk_measures": _follow,
    "judge_risk_evidence": _judge,
    "keep_threat": _threat,
    "learn_risk_frequencies": _learn,
    "move_risk_measure": _move_measure,
    "review_risk": _number,
    "withdraw_risk_acceptance": _withdraw,
    "write_risk_report": _report,
}
MANAGES = {Role.LEADERSHIP, Role.TECHNICAL_SUPPORT}
BY_THE_CLOCK = ("expire_risk_acceptances", "follow_risk_measures", "learn_risk_frequencies")
MAY: dict[str, set[Role]] = (
    dict.fromkeys(CASES, MANAGES)
    | {key: {Role.LEADERSHIP} for key in ("accept_risk", "withdraw_risk_acceptance")}
    | {key: set() for key in BY_THE_CLOCK}
)
ACTORS = dict.fromkeys(CASES, SETUP) | dict.fromkeys(BY_THE_CLOCK, JOBS)
