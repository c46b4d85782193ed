"""Evidence over its life: taken in within others' changes, verified by the clock, disposed of."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from unittest.mock import Mock

import pytest
from django.db import transaction

from shangdun.actions.evidence.collect import add_evidence, evidence_payload, keep_content
from shangdun.actions.evidence.content import sweep_store
from shangdun.actions.evidence.handle import (
    do_dispose_evidence,
    do_hand_out_evidence,
    do_hold_evidence,
    do_note_evidence,
    do_record_access,
)
from shangdun.actions.evidence.upload import do_upload_evidence
from shangdun.actions.evidence.verify import check_item, do_check_evidence
from shangdun.actions.indicators.keep import Fresh, do_add_indicators
from shangdun.actions.report_incident import do_report_incident
from shangdun.kernel.clock import FixedClock
from shangdun.kernel.errors import NotFound, UsageError
from shangdun.records import evidence_store
from shangdun.records.actor import JOBS, SETUP
from shangdun.records.evidence import chain_broken_at, custody_of
from shangdun.records.indicators import elsewhere
from shangdun.records.models import (
    CustodyEntry,
    Drill,
    Evidence,
    EvidenceKind,
    EvidenceSource,
    Incident,
    LedgerEntry,
    Message,
    ProofAbout,
    ProofFile,
    User,
)
from shangdun.records.roles import Role
from shangdun.respond.indicators.kinds import Kind
from shangdun.respond.report import Report
from shangdun.runtime.response.evidence import EvidenceKeeper

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 9, 1, tzinfo=UTC)


@pytest.fixture
def incident(home) -> Incident:
    return do_report_incident(SETUP, Report(title="Shop is slow", type="network_attack"))


def upload(incident: Incident, name: str = "a.log", content: bytes = b"GET /") -> Evidence:
    return do_upload_evidence(SETUP, keep_content(name, content), incident_id=incident.pk)


def place(item: Evidence):
    return evidence_store.place_of(evidence_store.home_directory(), item.sha256)


def test_a_step_adds_evidence_within_its_own_change(incident):
    with transaction.atomic():
        item = add_evidence(
            incident, JOBS, name="answer.json", content=b"{}", kind=EvidenceKind.OUTPUT,
            source=EvidenceSource.STEP, at=datetime.now(UTC), origin="step--1",
        )  # fmt: skip
    assert (item.number, item.added_by, item.media_type) == (1, None, "application/json")
    assert evidence_payload(item)["custody"] == custody_of(item)[-1].hash
    assert incident.timeline.get(data__what="collected").data["number"] == 1


def fail_after_adding(incident: Incident) -> None:
    with transaction.atomic():
        add_evidence(
            incident, JOBS, name="a", content=b"x", kind=EvidenceKind.FILE,
            source=EvidenceSource.STEP, at=datetime.now(UTC),
        )  # fmt: skip
        raise RuntimeError("the step failed")


def test_a_change_that_fails_leaves_no_item(incident):
    with pytest.raises(RuntimeError):
        fail_after_adding(incident)
    assert not Evidence.objects.exists()
    assert sweep_store(datetime.now(UTC) + timedelta(days=2)) == 1


def test_the_same_file_twice_is_one_item_and_under_another_name_one_content(incident):
    assert upload(incident) == upload(incident)
    other = upload(incident, "b.log")
    assert (other.number, other.sha256) == (2, Evidence.objects.get(number=1).sha256)


def test_every_link_stands_in_the_ledger(incident):
    upload(incident)
    do_note_evidence(SETUP, incident=incident.number, number=1, text="found on web-1")
    sealed = "".join(LedgerEntry.objects.values_list("payload", flat=True))
    for entry in CustodyEntry.objects.all():
        assert entry.hash in sealed


def test_a_chain_cut_short_at_its_end_is_found(incident):
    item = upload(incident)
    do_note_evidence(SETUP, incident=incident.number, number=1, text="found on web-1")
    CustodyEntry.objects.filter(number=2).delete()
    item.refresh_from_db()
    assert chain_broken_at(item, custody_of(item)) == 2


def test_the_clock_reads_everything_once_a_day_and_shouts_once(incident, somebody):
    somebody(Role.LEGAL, name="sun")
    items = [upload(incident, f"{i}.log", f"line {i}".encode()) for i in range(3)]
    damaged = place(items[1])
    damaged.chmod(0o600)
    damaged.write_bytes(b"line X")
    clock = FixedClock(datetime.now(UTC))
    keeper = EvidenceKeeper(threading.Event(), clock)
    assert keeper.round() == 3
    assert keeper.round() == 0
    assert [item.intact for item in Evidence.objects.order_by("number")] == [True, False, True]
    assert list(CustodyEntry.objects.filter(act="damaged").values_list("evidence_id")) == [
        (items[1].pk,)
    ]
    message = Message.objects.get(kind="evidence_damaged")
    assert message.urgency == "urgent"
    clock.move(timedelta(days=1))
    assert keeper.round() == 3
    assert CustodyEntry.objects.filter(act="damaged").count() == 1
    assert LedgerEntry.objects.filter(action="check_evidence").count() == 2


def test_content_that_is_gone_is_found_by_the_clock(incident):
    item = upload(incident)
    place(item).unlink()
    assert do_check_evidence(JOBS, [check_item(item)]) == 1
    item.refresh_from_db()
    assert not item.intact


def test_nothing_of_an_open_incident_or_under_hold_is_disposed_of(incident):
    item = upload(incident)
    named = {"incident": incident.number, "number": 1, "reason": "kept long enough"}
    with pytest.raises(UsageError) as caught:
        do_dispose_evidence(SETUP, **named)
    assert caught.value.code == "custody.open"
    Incident.objects.update(state="closed")
    do_hold_evidence(SETUP, **named | {"hold": True, "reason": "a claim"})
    with pytest.raises(UsageError) as caught:
        do_dispose_evidence(SETUP, **named)
    assert caught.value.code == "custody.hold"
    assert evidence_store.is_there(item.sha256)


def test_disposal_deletes_the_content_and_keeps_the_chain(incident):
    item, shared = upload(incident), upload(incident, "again.log")
    Incident.objects.update(state="closed")
    do_dispose_evidence(SETUP, incident=incident.number, number=1, reason="kept long enough")
    assert evidence_store.is_there(item.sha256)  # another item has the same content
    do_dispose_evidence(SETUP, incident=incident.number, number=2, reason="kept long enough")
    assert not evidence_store.is_there(item.sha256)
    shared.refresh_from_db()
    assert chain_broken_at(shared, custody_of(shared)) is None
    with pytest.raises(UsageError):
        do_record_access(SETUP, incident=incident.number, number=1)


def test_a_disposal_that_is_rolled_back_loses_nothing(incident, monkeypatch):
    item = upload(incident)
    Incident.objects.update(state="closed")
    broken = OSError("the disk is full")
    monkeypatch.setattr("shangdun.actions.action.append", Mock(side_effect=broken))
    with pytest.raises(OSError, match="full"):
        do_dispose_evidence(SETUP, incident=incident.number, number=1, reason="kept long enough")
    item.refresh_from_db()
    assert item.disposed_at is None
    assert evidence_store.is_intact(item.sha256, item.size)


def test_a_disposal_that_is_killed_is_finished_by_the_sweep(incident, monkeypatch):
    item = upload(incident)
    Incident.objects.update(state="closed")
    with monkeypatch.context() as patched:
        killed = Mock(side_effect=KeyboardInterrupt)
        patched.setattr("shangdun.actions.evidence.handle.take_away", killed)
        with pytest.raises(KeyboardInterrupt):
            do_dispose_evidence(SETUP, incident=incident.number, number=1, reason="long enough")
    item.refresh_from_db()
    assert item.disposed_at is not None  # it was said, so it is to go
    assert evidence_store.is_there(item.sha256)
    assert sweep_store(datetime.now(UTC) + timedelta(days=2)) == 1
    assert not evidence_store.is_there(item.sha256)


def test_what_proves_a_measure_too_outlives_the_disposal(incident):
    item = upload(incident)
    Incident.objects.update(state="closed")
    ProofFile.objects.create(
        about=ProofAbout.CONTROL, name="a.log", sha256=item.sha256, size=item.size, at=NOW
    )
    do_dispose_evidence(SETUP, incident=incident.number, number=1, reason="kept long enough")
    assert evidence_store.is_there(item.sha256)


def test_what_was_disposed_of_between_storing_and_adding_is_said(incident):
    kept = keep_content("a.log", b"GET /")
    evidence_store.discard(kept.stored.sha256)
    with pytest.raises(NotFound):
        do_upload_evidence(SETUP, kept, incident_id=incident.pk)


def test_in_a_drill_handing_out_is_only_rehearsed(incident):
    Incident.objects.update(
        drill=Drill.objects.create(number=1, title="Q3", created=NOW, planned_at=NOW)
    )
    upload(incident)
    do_hand_out_evidence(
        SETUP, incident=incident.number, number=1, receiver="Officer Li", reason="case 7"
    )
    assert CustodyEntry.objects.get(act="handed_out").text == "[DRILL] case 7"


def test_an_employee_sees_no_evidence_even_of_his_own_report(home, somebody):
    employee: User = somebody(Role.EMPLOYEE, name="qian")
    own = do_report_incident(employee, Report(title="x", type="data_breach"))
    with pytest.raises(Exception, match="handle_evidence"):
        do_upload_evidence(employee, keep_content("a", b"x"), incident_id=own.pk)


def test_an_indicator_is_met_again_in_another_incident_but_not_in_a_drill(incident):
    other = do_report_incident(SETUP, Report(title="Another", type="network_attack"))
    rehearsed = do_report_incident(SETUP, Report(title="Rehearsed", type="network_attack"))
    Incident.objects.filter(pk=rehearsed.pk).update(
        drill=Drill.objects.create(number=1, title="Q3", created=NOW, planned_at=NOW)
    )
    one = Fresh(kind=Kind.IP, value="203.0.113[.]9")
    for found in (incident, other, rehearsed):
        assert do_add_indicators(SETUP, [one, one], incident_id=found.pk) == 1
    assert do_add_indicators(SETUP, [one], incident_id=incident.pk) == 0
    assert list(elsewhere(SETUP, incident).values()) == [[other.number]]
