"""The four measures from their records: counted, frozen, judged, told."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError

from shangdun.actions.measures.freeze import do_freeze_measure
from shangdun.actions.measures.targets import do_set_target, suggest_targets
from shangdun.actions.move_incident import do_close_incident
from shangdun.actions.record_findings import do_record_findings
from shangdun.actions.report_incident import do_report_incident
from shangdun.govern.measures.definition import measure_named
from shangdun.govern.measures.periods import period_named
from shangdun.govern.measures.target import Outcome
from shangdun.govern.measures.trend import Direction
from shangdun.kernel.clock import FixedClock
from shangdun.kernel.errors import UsageError
from shangdun.records.actor import JOBS, SETUP, WATCH
from shangdun.records.conflict import EditConflict
from shangdun.records.dated import Asked, DatedState
from shangdun.records.dated.measures import dated
from shangdun.records.measures import freshly, history, measured
from shangdun.records.models import MeasureValue, Message
from shangdun.records.roles import Role
from shangdun.respond.report import Report
from shangdun.runtime.programme.measures import freeze_measures

from .conftest import NOON, finding

pytestmark = pytest.mark.django_db
ZONE = ZoneInfo("Asia/Shanghai")
RATE = measure_named("incident-rate")


def at(year, month, day, hour=4):
    return FixedClock(datetime(year, month, day, hour, tzinfo=UTC))


def report(clock, kind="network_attack"):
    return do_report_incident(SETUP, Report(title="It happened", type=kind), clock=clock)


def test_incidents_are_counted_by_quarter_and_type_in_the_companys_zone():
    report(at(2026, 1, 10))
    report(at(2026, 3, 31, 15), "data_breach")  # 23:00 in Beijing: still the first quarter
    report(at(2026, 3, 31, 17))  # 01:00 of April 1st
    now = at(2026, 5, 1).now()
    first, second = history(RATE, now, count=2)
    assert (first.period.key, first.value, dict(first.reading.parts)) == (
        "2026Q1", 2, {"data_breach": (1, None), "network_attack": (1, None)},
    )  # fmt: skip
    assert (second.value, second.over, second.trend.direction) == (1, False, Direction.TOO_FEW)
    assert second.reading.rests_on == ("incident 3",)


def test_false_alarms_do_not_count_and_attempts_stand_apart(clock, administrator, somebody):
    lead = somebody(Role.LEADERSHIP)
    report(clock)
    wrong = report(clock)
    do_close_incident(
        lead, incident_id=wrong.pk, verdict="false_positive", note="a load test", clock=clock
    )
    # Of four addresses: together they would be one incident's.
    seen = [finding(n, severity=2, entities={"address": f"203.0.113.{n}"}) for n in range(4)]
    do_record_findings(WATCH, batch=1, findings=seen, clock=clock)
    found = measured(RATE, period_named("2026Q2"), NOON + timedelta(days=2))
    assert (found.value, found.reading.apart) == (1, 4)


def test_before_the_records_began_there_is_no_value(clock):
    report(clock)
    found = measured(RATE, period_named("2025Q4"), clock.now())
    assert (found.value, found.reading.problem) == (None, "no_records")
    assert [one.period.key for one in history(RATE, clock.now())] == ["2026Q2"]


def test_a_limit_is_not_met_before_the_quarter_is_over():
    clock = at(2026, 4, 1)
    do_set_target(
        SETUP, Decimal(2), measure="incident-rate", valid_from=date(2026, 4, 1), clock=clock
    )
    report(clock)
    early = measured(RATE, period_named("2026Q2"), at(2026, 5, 1).now())
    assert early.outcome is Outcome.NO_VALUE
    assert measured(RATE, period_named("2026Q2"), at(2026, 7, 1).now()).outcome is Outcome.MET
    for _more in range(2):
        report(at(2026, 4, 2))
    assert measured(RATE, period_named("2026Q2"), at(2026, 5, 1).now()).outcome is Outcome.MISSED


def test_what_was_kept_does_not_change_when_the_records_do(clock):
    do_set_target(
        SETUP, Decimal(1), measure="incident-rate", valid_from=date(2026, 4, 1), clock=clock
    )
    for _one in range(2):
        incident = report(clock)
    with pytest.raises(UsageError) as caught:
        do_freeze_measure(JOBS, measure="incident-rate", period="2026Q2", clock=clock)
    assert caught.value.code == "measure.running"
    later = at(2026, 7, 1)
    row = do_freeze_measure(JOBS, measure="incident-rate", period="2026Q2", clock=later)
    assert (row.count, row.target, row.rests_on) == (2, 1, ["incident 1", "incident 2"])
    told = Message.objects.get(key="measure:missed:incident-rate:2026Q2")
    assert (told.data["value"], told.data["target"]) == ("2", "1")
    do_close_incident(
        SETUP, incident_id=incident.pk, verdict="false_positive", note="no", clock=later
    )
    kept = measured(RATE, period_named("2026Q2"), later.now())
    assert (kept.value, kept.frozen_at) == (2, later.now())
    fresh = freshly(RATE, period_named("2026Q2"), later.now())
    assert (fresh.count, fresh.seal == kept.reading.seal) == (1, False)
    with pytest.raises(IntegrityError, match="frozen"):
        MeasureValue.objects.filter(pk=row.pk).update(count=0)


def test_periods_that_are_over_keep_the_target_they_had(clock):
    do_set_target(
        SETUP, Decimal(5), measure="incident-rate", valid_from=date(2026, 4, 1), clock=clock
    )
    with pytest.raises(UsageError) as caught:
        do_set_target(
            SETUP, Decimal(9), measure="incident-rate", valid_from=date(2026, 3, 31), clock=clock
        )
    assert caught.value.code == "measure.past"
    with pytest.raises(EditConflict):
        do_set_target(
            SETUP, Decimal(4), measure="incident-rate", valid_from=date(2026, 4, 1), clock=clock
        )
    for wrong in (Decimal(-1), Decimal(101), Decimal("NaN")):
        with pytest.raises(UsageError):
            do_set_target(
                SETUP, wrong, measure="execution", valid_from=date(2026, 4, 1), clock=clock
            )
    later = at(2026, 8, 1)
    do_set_target(
        SETUP, Decimal(3), measure="incident-rate", valid_from=date(2026, 7, 1), clock=later
    )
    report(clock)
    targets = [one.target for one in history(RATE, later.now(), count=2)]
    assert targets == [5, 3]


def test_a_year_of_values_is_kept_by_the_clock(clock):
    clock = at(2026, 1, 1)
    report(clock)
    freeze_measures(clock)
    assert not MeasureValue.objects.exists(), "nobody has taken the measures up"
    assert suggest_targets(SETUP, date(2026, 1, 1), clock) == 4
    assert suggest_targets(SETUP, date(2026, 1, 1), clock) == 0
    for _week in range(54):
        freeze_measures(clock)
        clock.move(timedelta(days=7))
    kept = {(row.measure, row.period): row.count for row in MeasureValue.objects.all()}
    assert {key: kept[key] for key in kept if key[0] == "incident-rate"} == {
        ("incident-rate", "2026Q1"): 1, ("incident-rate", "2026Q2"): 0,
        ("incident-rate", "2026Q3"): 0, ("incident-rate", "2026Q4"): 0,
    }  # fmt: skip
    assert {key[1] for key in kept if key[0] == "satisfaction"} == {"2026H1", "2026H2"}
    assert {key[1] for key in kept if key[0] == "compliance"} == {"2026"}
    without = MeasureValue.objects.get(measure="satisfaction", period="2026H1")
    assert without.problem == "no_survey"


def test_the_calendar_has_the_days_on_which_they_are_taken(clock, somebody):
    report(clock)
    suggest_targets(SETUP, date(2026, 4, 1), clock)
    do_freeze_measure(JOBS, measure="incident-rate", period="2026Q2", clock=at(2026, 7, 2))
    asked = Asked(
        somebody(Role.AUDITOR), date(2026, 4, 1), date(2026, 12, 31), at(2026, 7, 2).now(), ZONE
    )
    states = {item.uid: item.state for item in dated(asked)}
    assert states["measure-incident-rate-2026Q2"] is DatedState.DONE
    assert states["measure-execution-2026Q2"] is DatedState.DUE
    assert states["measure-compliance-2026"] is DatedState.AHEAD
    assert not list(
        dated(Asked(somebody(Role.EMPLOYEE), *(asked.since, asked.until, asked.now, ZONE)))
    )
