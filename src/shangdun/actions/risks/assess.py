"""Assessing a risk: its levels, and its frequency and loss as ranges."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

import msgspec

from shangdun.actions.action import SYSTEM_CLOCK, Done, Outcome, Unchanged, action
from shangdun.actions.incident_changes import sealed
from shangdun.actions.risks.changes import money, open_risk, review_after, save, worded
from shangdun.assess.frequency import prior
from shangdun.assess.method.scale import LEVELS
from shangdun.assess.quantify.loss import Loss, Shape
from shangdun.kernel.clock import Clock
from shangdun.kernel.errors import UsageError
from shangdun.records.actor import Actor
from shangdun.records.models import Risk
from shangdun.records.risks import standing_of
from shangdun.records.roles import Capability

FINEST = Decimal("0.0001")
"""Events a year: once in ten thousand years is as rare as a person can say."""


class Assessed(msgspec.Struct, kw_only=True, frozen=True):
    """What somebody holds a risk for, without the measures that are listed with it.

    Levels are 1 to 5. The frequency is events a year, low and high holding the truth with 90%; the
    loss is of one event. Numbers are a matter of choice: all empty, or frequency and loss together.
    """

    threat_level: int
    ease: int
    harm: int
    asset_value: int | None = None
    frequency_low: Decimal | None = None
    frequency_high: Decimal | None = None
    loss_shape: str = Shape.LOGNORMAL.value
    loss_low: Decimal | None = None
    loss_mode: Decimal | None = None
    loss_high: Decimal | None = None
    success_share: Decimal | None = None
    observed_since: datetime | None = None
    """None: from now on; what was before is in the range."""
    basis: str = ""


LEVEL_FIELDS = ("threat_level", "ease", "harm", "asset_value")
MONEY_FIELDS = ("loss_low", "loss_mode", "loss_high")
FIELDS = tuple(name for name in Assessed.__struct_fields__ if name != "observed_since")


@action(Capability.MANAGE_RISKS)
def do_assess_risk(
    actor: Actor,
    wanted: Assessed,
    *,
    number: int,
    version: int | None = None,
    clock: Clock = SYSTEM_CLOCK,
) -> Outcome[Risk]:
    """Say how high a risk is. Raises ``UsageError``: ``risk.level``, ``.frequency``, ``.loss``,
    ``.share``, ``.basis``, ``.asset``; ``EditConflict`` where somebody was first.
    """  # noqa: D205 - the codes belong to one sentence
    now = clock.now()
    mine = {name: getattr(wanted, name) for name in FIELDS}
    risk = open_risk(actor, number, version, mine)
    values = _checked(wanted)
    if not values["asset_value"] and not risk.assets.filter(value__isnull=False).exists():
        raise UsageError(
            "nothing says what the asset is worth",
            code="risk.asset",
            fix="say a value from 1 to 5, or link an asset that has one",
        )
    values["observed_since"] = _since(wanted, risk, now)
    before = {name: getattr(risk, name) for name in values}
    if before == values and risk.assessed_at is not None:
        return Unchanged(risk)
    if any(before[name] != values[name] for name in ("observed_since", "success_share")):
        risk.learned_at, risk.attempts = None, 0
    for name, value in values.items():
        setattr(risk, name, value)
    risk.assessed_at = risk.reviewed_at = now
    save(risk, *values, "assessed_at", "reviewed_at", "learned_at", "attempts")
    level = standing_of(actor, number).now
    risk.review_on = review_after(now, level.level if level else None)
    risk.save(update_fields=["review_on"])
    return Done(risk, ("risk", number), now, _told(risk, level.level if level else 0))


def _checked(wanted: Assessed) -> dict[str, Any]:
    values: dict[str, Any] = {name: getattr(wanted, name) for name in LEVEL_FIELDS}
    for name, value in values.items():
        if value not in LEVELS and not (name == "asset_value" and value is None):
            raise UsageError("a level is 1 to 5", code="risk.level", where=name, fix="1 to 5")
    values |= {name: money(getattr(wanted, name)) for name in MONEY_FIELDS}
    values |= {
        name: _rounded(getattr(wanted, name)) for name in ("frequency_low", "frequency_high")
    }
    values["loss_shape"] = Shape(wanted.loss_shape).value
    values["basis"] = worded(wanted.basis)
    share = wanted.success_share
    if share is not None and not (share.is_finite() and 0 < share < 1):
        raise UsageError("no such share", code="risk.share", fix="between 0 and 1: 1 in 1,000")
    values["success_share"] = None if share is None else share.quantize(Decimal("0.00000001"))
    _check_numbers(values)
    return values


def _check_numbers(values: dict[str, Any]) -> None:
    if values["loss_shape"] == Shape.LOGNORMAL:
        values["loss_mode"] = None
    needed = ["frequency_low", "frequency_high", "loss_low", "loss_high"]
    needed += ["loss_mode"] if values["loss_shape"] == Shape.PERT else []
    given = [name for name in needed if values[name] is not None]
    if not given:
        values["loss_mode"] = None
        return
    if len(given) < len(needed):
        missing = next(name for name in needed if values[name] is None)
        raise UsageError(
            "numbers come together", code="risk.together", where=missing,
            fix="frequency and loss, both with their ends, or none of them",
        )  # fmt: skip
    prior(float(values["frequency_low"]), float(values["frequency_high"]))
    Loss(
        shape=Shape(values["loss_shape"]),
        low=float(values["loss_low"]),
        high=float(values["loss_high"]),
        mode=float(values["loss_mode"] or 0),
    ).check()
    if not values["basis"]:
        raise UsageError("numbers need a ground", code="risk.basis", fix="say where they come from")


def _rounded(value: Decimal | None) -> Decimal | None:
    if value is None:
        return None
    if not value.is_finite() or abs(value) > 1_000_000:
        raise UsageError("no such frequency", code="risk.frequency", fix="events a year")
    return value.quantize(FINEST)


def _since(wanted: Assessed, risk: Risk, now: datetime) -> datetime | None:
    if wanted.frequency_low is None:
        return None
    if wanted.observed_since is not None:
        if wanted.observed_since > now:
            raise UsageError("it is not past yet", code="risk.since", fix="a day in the past")
        return wanted.observed_since
    return risk.observed_since or now


def _told(risk: Risk, level: int) -> dict[str, Any]:
    numbers = {
        name: str(getattr(risk, name))
        for name in ("frequency_low", "frequency_high", *MONEY_FIELDS)
        if getattr(risk, name) is not None
    }
    return {
        "level": level,
        **{name: getattr(risk, name) or 0 for name in LEVEL_FIELDS},
        **numbers,
        "basis_sha256": sealed(risk.basis),
    }
