"""The post-incident report: written, submitted, sent back, signed; losses and improvements."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from shangdun.actions.action import ACTIONS
from shangdun.actions.review.improve import Plan
from shangdun.records.roles import Role
from shangdun.respond.review.loss import Loss, LossKind
from shangdun.respond.review.sections import WRITERS

Given = tuple[tuple[Any, ...], dict[str, Any]]
LOSS = Loss(
    kind=LossKind.BUSINESS_DISRUPTION,
    direct=True,
    low=Decimal("12.50"),
    high=Decimal(20),
    currency="CNY",
    basis="three hours of orders",
)
PLAN = Plan(title="A content policy", group="legal", due=date(2027, 1, 31), retest="a test script")


def _incident(world: Any) -> dict[str, Any]:
    return {"incident_id": world.incident.pk}


def _begun(world: Any) -> dict[str, Any]:
    ACTIONS["begin_review"](world.boss, **_incident(world))
    return _incident(world)


def _written(world: Any) -> dict[str, Any]:
    given = _begun(world)
    for section in WRITERS:
        ACTIONS["write_section"](world.boss, **given, section=section.value, text="none")
    ACTIONS["close_incident"](world.boss, **given, verdict="true_positive", note="over")
    return given


def _submitted(world: Any) -> dict[str, Any]:
    given = _written(world)
    ACTIONS["submit_review"](world.other, **given)
    return given


def _with_loss(world: Any) -> Given:
    given = _begun(world)
    return (), {**given, "loss_id": ACTIONS["add_loss"](world.boss, **given, loss=LOSS).pk}


def _improvement(world: Any) -> dict[str, Any]:
    row = ACTIONS["add_improvement"](world.boss, **_incident(world), plan=PLAN)
    return {"improvement_id": row.pk}


def _finished(world: Any) -> dict[str, Any]:
    given = _improvement(world)
    ACTIONS["finish_improvement"](world.boss, **given)
    return given


CASES = {
    "begin_review": lambda w: ((), _incident(w)),
    "write_section": lambda w: ((), {**_begun(w), "section": "summary", "text": "it began"}),
    "add_loss": lambda w: ((), {**_begun(w), "loss": LOSS}),
    "remove_loss": _with_loss,
    "submit_review": lambda w: ((), _written(w)),
    "return_review": lambda w: ((), {**_submitted(w), "note": "say more about the cause"}),
    "sign_review": lambda w: ((), _submitted(w)),
    "add_improvement": lambda w: ((), {**_incident(w), "plan": PLAN}),
    "change_improvement": lambda w: (
        (), {**_improvement(w), "plan": Plan(title="B", group="legal", due=PLAN.due, retest="c")},
    ),
    "finish_improvement": lambda w: ((), _improvement(w)),
    "retest_improvement": lambda w: ((), {**_finished(w), "works": True, "result": "refused"}),
    "drop_improvement": lambda w: ((), {**_improvement(w), "result": "sold the shop"}),
}  # fmt: skip
GROUPS = {
    Role.LEADERSHIP, Role.TECHNICAL_SUPPORT, Role.CUSTOMER_SERVICE, Role.LEGAL, Role.LOGISTICS,
}  # fmt: skip
MAY = {
    **dict.fromkeys(CASES, GROUPS),
    "write_section": {Role.LEADERSHIP},  # the summary is theirs
    "return_review": {Role.LEADERSHIP},
    "sign_review": {Role.LEADERSHIP},
    "drop_improvement": {Role.LEADERSHIP},
}
