"""Protective measures as they are read: how each stands, and the rate of those executed."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import QuerySet

from shangdun.govern.controls.rate import Execution, Outcome, Rate, Row, execution, rate_of
from shangdun.govern.controls.rhythm import Rhythm, Span
from shangdun.govern.controls.standing import (
    Check,
    CheckState,
    ControlState,
    Standing,
    standing,
)
from shangdun.kernel.errors import NotAllowed, NotFound
from shangdun.records.access import require
from shangdun.records.actor import Actor, person
from shangdun.records.messages import console_zone
from shangdun.records.models import Control, ControlResult
from shangdun.records.roles import Capability

REACH = timedelta(days=2 * 366)
"""So far back checks are looked at: a yearly one that is owed, and the one before it."""


def visible_controls(actor: Actor, *, archived: bool = False) -> QuerySet[Control]:
    """The list in its order: technical measures first; an employee sees those that are hers."""
    rows = _seen_by(actor).filter(archived_at__isnull=not archived)
    return rows.order_by("-kind", "id")


def _seen_by(actor: Actor) -> QuerySet[Control]:
    rows = Control.objects.select_related("owner")
    if actor.can(Capability.VIEW_CONTROLS):
        return rows
    require(actor, Capability.WORK_PLAN)
    return rows.filter(owner=person(actor))


def get_control(actor: Actor, key: str) -> Control:
    """One measure by its key. Raises ``NotFound``."""
    found = _seen_by(actor).filter(key=key).first()
    if found is None:
        raise NotFound(f"there is no measure {key}", fix="see the list of measures")
    return found


def get_control_to_check(actor: Actor, key: str) -> Control:
    """One that the actor checks: whoever keeps the list, and its owner."""
    found = get_control(actor, key)
    if not actor.can(Capability.MANAGE_CONTROLS) and found.owner != person(actor):
        raise NotAllowed("this measure is another's", fix="ask its owner")
    return found


def visible_results(actor: Actor) -> QuerySet[ControlResult]:
    """What checks found, newest first."""
    rows = ControlResult.objects.select_related("control", "by")
    if not actor.can(Capability.VIEW_CONTROLS):
        rows = rows.filter(control__in=_seen_by(actor))
    return rows.order_by("-at", "-id")


def get_result(actor: Actor, result_id: int) -> ControlResult:
    """One check's result with its facts. Raises ``NotFound``."""
    found = visible_results(actor).filter(pk=result_id).first()
    if found is None:
        raise NotFound(f"there is no result {result_id}", fix="see the measure's history")
    return found


@dataclass(frozen=True)
class Stands:
    """A measure with how it stands and the newest result of a check."""

    control: Control
    standing: Standing
    result: ControlResult | None

    @property
    def state(self) -> ControlState:
        return self.standing.state

    @property
    def proven(self) -> bool:
        return self.standing.proven

    @property
    def path(self) -> str:
        """Where one looks at it."""
        return f"/controls/{self.control.key}/"


def control_states(keys: Collection[str] | None, now: datetime) -> dict[str, Stands]:
    """How the measures stand, by key; None: all that are kept. A key that is not kept is left out.

    Two queries, however many they are.
    """
    rows = Control.objects.filter(archived_at=None).select_related("owner")
    if keys is not None:
        rows = rows.filter(key__in=keys)
    return {one.control.key: one for one in stands(rows.order_by("-kind", "id"), now)}


def stands(controls: Iterable[Control], now: datetime) -> list[Stands]:
    """Each of the measures with how it stands."""
    kept = list(controls)
    today = now.astimezone(console_zone()).date()
    checks, newest = _checks(kept, now - REACH, now)
    results = {
        one.control_id: one
        for one in ControlResult.objects.filter(pk__in=newest.values()).select_related("by")
    }
    return [
        Stands(one, _standing(one, checks.get(one.pk, []), today), results.get(one.pk))
        for one in kept
    ]


def execution_rate(since: date, until: date, now: datetime) -> Rate:
    """The execution rate of the days from ``since`` to ``until``, both included.

    Rows are by measure (``key``, ``detail`` is its ``Execution``); ``by["kind"]`` tallies technical
    and management measures, ``by["method"]`` automatic checks, on-site checks, document reviews,
    ``by["layer"]`` the layers of GB/T 22239.
    """
    controls = list(Control.objects.filter(archived_at=None).order_by("-kind", "id"))
    zone = console_zone()
    begins = datetime.combine(since - timedelta(days=366), time.min, zone)
    ends = datetime.combine(until + timedelta(days=1), time.min, zone)
    checks, _newest = _checks(controls, begins, min(ends, now))
    today = now.astimezone(zone).date()
    return rate_of(_row(one, checks.get(one.pk, []), Span(since, until), today) for one in controls)


def _row(control: Control, checks: Sequence[Check], span: Span, today: date) -> Row:
    found = (
        execution(Rhythm(control.rhythm), control.since, checks, span, today)
        if control.applies
        else Execution(Outcome.NOT_APPLICABLE)
    )
    groups = {"kind": control.kind, "method": control.method, "layer": control.layer}
    done = found.outcome is Outcome.EXECUTED
    return Row(control.key, found.outcome, done, found.outcome.counts, groups, found)


def _standing(control: Control, checks: Sequence[Check], today: date) -> Standing:
    rhythm = Rhythm(control.rhythm)
    found = standing(rhythm, control.since, checks, today)
    return found if control.applies else found._replace(state=ControlState.NOT_APPLICABLE)


def _checks(
    controls: Collection[Control], since: datetime, until: datetime
) -> tuple[dict[int, list[Check]], dict[int, int]]:
    """By measure: its checks in their order, and the id of the newest result."""
    zone = console_zone()
    rows = ControlResult.objects.filter(control__in=controls, at__gte=since, at__lte=until)
    found: dict[int, list[Check]] = {}
    newest: dict[int, int] = {}
    columns = rows.order_by("at", "id").values_list("id", "control_id", "at", "state")
    for result_id, control_id, at, state in columns:
        day = at.astimezone(zone).date()
        found.setdefault(control_id, []).append(Check(day, CheckState(state)))
        newest[control_id] = result_id
    return found, newest
