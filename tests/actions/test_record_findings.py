"""A batch of findings: recorded once, folded, grouped, told to the ledger."""

from __future__ import annotations

from datetime import timedelta

import pytest

from shangdun.actions.move_incident import do_close_incident
from shangdun.actions.record_findings import Recorded, do_record_findings
from shangdun.actions.switch_rule import do_disable_rule
from shangdun.kernel.clock import FixedClock
from shangdun.kernel.errors import NotAllowed
from shangdun.kernel.ledger import verify
from shangdun.records.actor import WATCH
from shangdun.records.ledger_rows import entries
from shangdun.records.models import (
    Finding,
    FindingEntity,
    FindingState,
    Incident,
    IncidentEntity,
    TimelineEntry,
    User,
    WatchProgress,
)
from shangdun.respond.grouping import Policy

from .conftest import NOON, finding, ledger

pytestmark = pytest.mark.django_db

HOUR = 3600


def record(batch: int, *findings: object, clock: FixedClock | None = None) -> Recorded:
    return do_record_findings(
        WATCH, batch=batch, findings=findings, policy=Policy(), clock=clock or FixedClock(NOON)
    )


def test_a_finding_opens_an_incident_that_says_what_was_seen() -> None:
    assert record(7, finding(1)) == Recorded(1, 0, (1,), ())
    row = Finding.objects.get()
    incident = Incident.objects.get()
    assert (row.incident, row.state, row.severity) == (incident, FindingState.IN_INCIDENT, 4)
    assert row.evidences[0]["raw"] == "GET /?id=1"
    assert row.reasons[0]["field"] == "cs-uri-query"
    assert (row.time, row.first_time, row.recorded) == (NOON, NOON, NOON)
    assert incident.title == "Rule sqli · 203.0.113.9"
    assert (incident.type, incident.severity, incident.state) == ("network_attack", 4, "reported")
    assert (incident.rule_uid, incident.finding_count, incident.version) == ("sqli", 1, 1)
    assert [(e.kind, e.value, e.joins) for e in incident.entities.all()] == [
        ("address", "203.0.113.9", True)
    ]
    assert [(e.kind, e.data) for e in incident.timeline.exclude(kind="escalation")] == [
        ("reported", {"count": 1, "rules": {"sqli": 1}})
    ]
    assert ledger() == [("record_findings", "system:watch", "batch:7")]
    assert WatchProgress.objects.get().batch == 7


def test_a_replayed_batch_writes_nothing() -> None:
    record(7, finding(1), finding(2, rule="xss"))
    for batch in (7, 6):
        assert record(batch, finding(1), finding(3, rule="rce")) == Recorded()
    assert Finding.objects.count() == 2
    assert len(ledger()) == 1


def test_a_finding_already_stored_is_not_stored_again_by_another_batch() -> None:
    record(1, finding(1))
    assert record(2, finding(1)) == Recorded()
    assert Finding.objects.get().count == 1


def test_an_empty_batch_writes_nothing() -> None:
    assert record(9) == Recorded()
    assert ledger() == []
    assert WatchProgress.objects.get().batch == 0


def test_repetitions_fold_within_a_batch_and_across_batches() -> None:
    record(1, *(finding(n, seconds=n) for n in range(30)))
    recorded = record(
        2,
        finding(
            "late", seconds=300, severity=5, entities={"address": "203.0.113.9", "account": "li"}
        ),
    )
    assert recorded == Recorded(0, 1, (), (1,))
    row = Finding.objects.get()
    assert (row.count, row.severity, len(row.evidences)) == (31, 5, 20)
    assert row.time == NOON + timedelta(seconds=300)
    assert row.evidences[0]["raw"] == "GET /?id=0"
    assert row.evidences[-1]["raw"] == "GET /?id=late"
    assert {(e.kind, e.time) for e in row.entities.all()} == {
        ("address", row.time),
        ("account", row.time),
    }
    incident = Incident.objects.get()
    assert (incident.severity, incident.last_activity, incident.finding_count) == (5, row.time, 1)
    assert IncidentEntity.objects.filter(kind="account", joins=True).count() == 1


def test_after_ten_quiet_minutes_a_new_finding_joins_the_same_incident() -> None:
    record(1, finding(1))
    clock = FixedClock(NOON + timedelta(minutes=20))
    assert record(2, finding(2, seconds=601), clock=clock) == Recorded(1, 0, (), (1,))
    assert Finding.objects.count() == 2
    told = TimelineEntry.objects.exclude(kind="escalation").order_by("id")  # leadership is asked
    assert [entry.kind for entry in told] == ["reported", "findings_joined"]


def test_findings_that_join_close_together_share_a_line_of_the_timeline() -> None:
    record(1, finding(1))
    for number in range(2, 8):
        record(number, finding(number, rule=f"r{number % 2}", seconds=number * 601))
    line = TimelineEntry.objects.get(kind="findings_joined")
    assert line.data == {"count": 6, "rules": {"r0": 3, "r1": 3}}


def test_what_shares_an_account_joins_though_addresses_differ() -> None:
    record(1, finding(1, entities={"account": "li", "address": "203.0.113.9"}))
    record(2, finding(2, rule="move", entities={"account": "li", "address": "198.51.100.7"}))
    record(3, finding(3, rule="xss", entities={"address": "198.51.100.7"}))
    record(4, finding(4, rule="xss", entities={"address": "192.0.2.1"}))
    assert [i.finding_count for i in Incident.objects.order_by("number")] == [3, 1]


def test_a_finding_that_bridges_two_incidents_joins_the_older_and_relates_them() -> None:
    record(1, finding(1, entities={"account": "li"}))
    record(2, finding(2, entities={"address": "198.51.100.7"}))
    bridge = finding(3, rule="move", entities={"address": "198.51.100.7", "account": "li"})
    assert record(3, bridge).joined == (1,)
    record(4, finding(4, rule="x", entities={"address": "198.51.100.7", "account": "li"}))
    first, second = Incident.objects.order_by("number")
    assert list(first.related.all()) == [second]
    assert list(second.related.all()) == [first]
    assert TimelineEntry.objects.filter(kind="related").count() == 2


def test_low_findings_wait_until_several_rules_agree_and_then_all_join() -> None:
    assert record(1, finding(1, rule="a", severity=2)).opened == ()
    assert record(2, finding(2, rule="a", severity=2, seconds=700)).opened == ()
    assert Finding.objects.filter(state=FindingState.NEW, incident=None).count() == 2
    assert record(3, finding(3, rule="b", severity=2, seconds=800)).opened == (1,)
    assert Incident.objects.get().finding_count == 3
    assert not Finding.objects.filter(incident=None).exists()


def test_what_waited_joins_when_a_grave_finding_opens_an_incident() -> None:
    record(1, finding(1, rule="scan", severity=2))
    record(2, finding(2, rule="sqli", severity=5, seconds=HOUR))
    incident = Incident.objects.get()
    assert incident.finding_count == 2
    assert incident.occurred_at == NOON
    assert set(incident.findings.values_list("state", flat=True)) == {"in_incident"}


def test_a_closed_incident_is_not_joined_and_its_findings_do_not_grow(responder: User) -> None:
    record(1, finding(1))
    incident = Incident.objects.get()
    do_close_incident(responder, incident_id=incident.pk, verdict="false_positive", note="a test")
    assert Finding.objects.get().state == FindingState.DISMISSED
    assert record(2, finding(2, seconds=5)).opened == (2,)
    assert Finding.objects.count() == 2


def test_findings_that_name_nobody_fill_one_incident_per_rule() -> None:
    noisy = [
        {},
        {"address": "-"},
        {"address": "127.0.0.1"},
        {"address": "10.0.0.7"},
        {"account": "-"},
    ]
    for number, entities in enumerate(noisy):
        record(number + 1, finding(number, entities=entities, seconds=number * 700))
    assert Incident.objects.get().finding_count == len(noisy)
    record(99, finding(99, rule="other", entities={"address": "127.0.0.1"}))
    assert Incident.objects.count() == 2


def test_findings_of_a_rule_that_is_switched_off_are_left_out(administrator: User) -> None:
    do_disable_rule(administrator, rule_uid="sqli", reason="floods us during the migration")
    assert record(1, finding(1), finding(2, rule="xss")) == Recorded(1, 0, (1,), ())
    assert Finding.objects.get().rule_uid == "xss"
    assert record(2, finding(3)) == Recorded()
    assert WatchProgress.objects.get().batch == 2


def test_hostile_text_is_stored_visibly() -> None:
    hostile = "\x00\ud800<script>\x1b[31m" + "A" * 10_000
    nasty = finding(
        1, title=hostile, entities={"account": hostile, "address": hostile}, tags=[hostile]
    )
    nasty.evidences[0].raw = hostile
    nasty.evidences[0].fields = {hostile: [float("nan"), {"deep": hostile}]}
    record(1, nasty)
    row = Finding.objects.get()
    assert row.title.startswith("\\x00\\ud800<script>\x1b")
    assert len(row.title) == 300
    values = set(FindingEntity.objects.values_list("value", flat=True))
    assert {len(value) for value in values} == {200}
    assert row.evidences[0]["raw"].startswith("\\x00\\ud800<script>")
    longer = finding(2, rule="y", entities={"account": hostile + "B"})
    assert record(2, longer).opened == (2,)  # cut values of different accounts stay different


def test_nobody_but_the_watch_records_findings(administrator: User) -> None:
    with pytest.raises(NotAllowed):
        do_record_findings(administrator, batch=1, findings=[finding(1)])
    assert not Finding.objects.exists()


def test_many_batches_keep_the_chain_whole() -> None:
    for batch in range(1, 30):
        record(batch, *(finding((batch, n), rule=f"r{n}", seconds=batch) for n in range(3)))
    verdict = verify(entries(), [], None)
    assert verdict.holds
    assert verdict.entries == 29


def test_the_number_of_queries_does_not_grow_with_the_batch(django_assert_max_num_queries) -> None:
    record(1, *(finding(n, entities={"address": f"198.51.100.{n % 200}"}) for n in range(200)))
    # Fifty for the findings; the rest for at most nine messages, however many incidents open.
    with django_assert_max_num_queries(210):
        record(
            2,
            *(
                finding(("b", n), rule=f"r{n % 40}", entities={"address": f"198.51.100.{n % 200}"})
                for n in range(400)
            ),
        )
