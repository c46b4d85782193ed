"""The outbox, acknowledgement, escalation, updates, and the person's own list."""

from __future__ import annotations

from datetime import timedelta

import pytest

from shangdun.actions.messages import progress
from shangdun.actions.messages.acknowledge import (
    LINK,
    do_acknowledge_by_link,
    do_acknowledge_message,
)
from shangdun.actions.messages.channels import do_test_channel
from shangdun.actions.record_findings import do_record_findings
from shangdun.actions.report_incident import do_report_incident
from shangdun.detect.finding import Entity, Finding
from shangdun.kernel.clock import to_millis
from shangdun.kernel.errors import NotFound
from shangdun.notify.failure import Cause, Failure
from shangdun.notify.templates import words
from shangdun.records.acknowledging import LASTS, acknowledge_token
from shangdun.records.actor import SETUP, WATCH
from shangdun.records.composing import compose, composed
from shangdun.records.messages import inbox_of
from shangdun.records.models import (
    Delivery,
    InboxItem,
    Incident,
    Message,
    TimelineEntry,
    TimelineKind,
    User,
    Verdict,
)
from shangdun.respond.groups import Group
from shangdun.respond.report import Report
from shangdun.runtime.response.updates import escalate_due, send_updates

from .conftest import NOW, channel, minutes, person, say

pytestmark = pytest.mark.django_db
HOOK = "json://127.0.0.1:9/x"
NIGHT = NOW.replace(hour=15)  # eleven in the evening in Shanghai


@pytest.fixture
def leaders():
    return [person(name, Group.LEADERSHIP) for name in ("cio", "head")]


def test_the_same_key_is_said_once(incident, leaders):
    channel("x", HOOK)
    assert say(incident, "a") == say(incident, "a")
    assert (Message.objects.count(), Delivery.objects.count()) == (1, 1)
    assert InboxItem.objects.count() == 2


def test_a_report_is_told_in_its_own_transaction_even_without_any_channel(leaders, clock):
    incident = do_report_incident(leaders[0], Report(title="Leak", type="data_breach"), clock=clock)
    told = inbox_of(leaders[1]).filter(message__kind="reported", message__incident=incident)
    assert told.get().message.urgency == "urgent"


def test_detection_reports_by_itself_with_whom_it_is_about(leaders, clock):
    finding = Finding(
        uid="1" * 64, rule_uid="x", title="Mass export", severity_id=5, time=to_millis(NOW),
        first_time=to_millis(NOW), entities=[Entity("staff", "li.na"), Entity("host", "crm")],
    )  # fmt: skip
    do_record_findings(WATCH, batch=1, findings=[finding], clock=clock)
    message = Message.objects.get(kind="reported")
    assert "staff li.na" in composed(message, "en").body


def test_quiet_hours_hold_until_morning_and_let_go_what_becomes_serious(incident, leaders):
    from datetime import time  # noqa: PLC0415  beside its use: the module's time is another

    channel("x", HOOK, quiet_from=time(22), quiet_to=time(7))
    incident.grade = 2
    incident.save()
    delivery = say(incident, "a", NIGHT, urgency="normal").deliveries.get()
    assert delivery.held
    assert delivery.next_at == NIGHT + timedelta(hours=8)
    assert progress.due(NIGHT, (), failing=True) is None
    incident.grade = 3
    incident.save()
    progress.release_held(NIGHT)
    assert progress.due(NIGHT, (), failing=True) == delivery
    assert not say(incident, "b", NIGHT, urgency="normal").deliveries.get().held


def test_what_a_dead_process_was_sending_is_sent_again_and_says_so(incident, leaders):
    channel("x", HOOK)
    delivery = say(incident, "a").deliveries.get()
    assert progress.claim(delivery)
    assert not progress.claim(delivery)
    assert progress.requeue_lost() == 1
    found = progress.due(NOW, (), failing=True)
    assert found.repeated
    assert "可能重复送达" in compose(found).body


def test_it_is_given_up_in_the_end_and_a_test_at_once(incident, leaders):
    row = channel("x", HOOK)
    delivery = say(incident, "a").deliveries.get()
    now, tries = NOW, 0
    while Delivery.objects.get(pk=delivery.pk).state != "dead":
        found = progress.due(now + timedelta(days=2), (), failing=True)
        progress.claim(found)
        progress.note_failed(found, Failure(Cause.REFUSED), now)
        now, tries = Delivery.objects.get(pk=delivery.pk).next_at, tries + 1
        assert tries < 20
    assert timedelta(hours=12) < now - NOW < timedelta(hours=30)
    tried = do_test_channel(SETUP, row.pk)
    progress.claim(tried)
    progress.note_failed(Delivery.objects.get(pk=tried.pk), Failure(Cause.REFUSED), NOW)
    assert Delivery.objects.get(pk=tried.pk).state == "dead"


def test_nobody_answers_then_the_next_and_the_next(incident, leaders, clock):
    tech = [person(name, Group.TECHNICAL_SUPPORT) for name in ("chen", "wu")]
    root = say(incident, "a", groups=(Group.TECHNICAL_SUPPORT,))
    escalate_due(clock)
    assert Message.objects.count() == 1  # it is not late yet
    clock.move(minutes(10))
    escalate_due(clock)
    escalate_due(clock)
    first = Message.objects.get(kind="escalated")
    assert set(first.inbox.values_list("person__username", flat=True)) == {"chen", "wu"}
    clock.move(minutes(10))
    escalate_due(clock)
    second = Message.objects.filter(kind="escalated").latest("pk")
    assert set(second.inbox.values_list("person__username", flat=True)) == {"cio", "head"}
    clock.move(minutes(60))
    for _ in range(5):
        escalate_due(clock)
        clock.move(minutes(60))
    assert Message.objects.filter(kind="escalated").count() == 3
    assert TimelineEntry.objects.filter(kind=TimelineKind.ESCALATION).count() == 3
    item = InboxItem.objects.get(message=second, person=leaders[0])
    do_acknowledge_message(leaders[0], item.pk, clock=clock)
    root.refresh_from_db()
    assert root.acknowledged_by == leaders[0]
    assert not Message.objects.filter(acknowledged_at=None).exists()
    assert tech[0].inbox.count() == 2


def test_an_acknowledgement_stops_it_and_two_clicks_are_one(incident, leaders, clock):
    message = say(incident, "a")
    item = message.inbox.get(person=leaders[0])
    for _ in range(2):
        do_acknowledge_message(leaders[0], item.pk, clock=clock)
    clock.move(minutes(30))
    escalate_due(clock)
    assert not Message.objects.filter(kind="escalated").exists()
    incident.refresh_from_db()
    assert incident.acknowledged_at == NOW
    assert incident.timeline.filter(kind=TimelineKind.MESSAGE).count() == 1
    with pytest.raises(NotFound):
        do_acknowledge_message(leaders[1], item.pk, clock=clock)


def test_the_link_of_a_message(incident, leaders, clock):
    channel("duty room", HOOK)
    delivery = say(incident, "a").deliveries.get()
    token = acknowledge_token(delivery)
    for wrong in ("", "1", "1-", f"{delivery.pk + 1}-{token.partition('-')[2]}", token[:-1], "é-é"):
        with pytest.raises(NotFound):
            do_acknowledge_by_link(LINK, wrong, clock=clock)
    done = do_acknowledge_by_link(LINK, token, clock=clock)
    assert (done.acknowledged_via, done.acknowledged_by) == ("duty room", None)
    clock.move(LASTS)
    with pytest.raises(NotFound):
        do_acknowledge_by_link(LINK, token, clock=clock)


def test_the_link_of_somebody_who_left_acknowledges_nothing(incident, leaders, clock):
    channel("his own", HOOK, person_id=leaders[0].pk)
    delivery = say(incident, "a").deliveries.get()
    token = acknowledge_token(delivery)
    User.objects.filter(pk=leaders[0].pk).update(is_active=False)
    with pytest.raises(NotFound):
        do_acknowledge_by_link(LINK, token, clock=clock)
    delivery.message.refresh_from_db()
    assert delivery.message.acknowledged_at is None


def test_regular_updates_by_grade_say_what_happened_since_the_last(incident, leaders, clock):
    Incident.objects.update(state="active", activated_at=NOW, grade=4)
    send_updates(clock)
    assert not Message.objects.exists()
    TimelineEntry.objects.create(
        incident=incident, time=NOW + minutes(3), kind="comment", text="Hole closed <b>"
    )
    clock.move(minutes(30))
    for _ in range(2):
        send_updates(clock)
    first = Message.objects.get(kind="update")
    zh, en = composed(first, "zh"), composed(first, "en")
    assert "评论 Hole closed" in zh.body
    assert "Comment Hole closed" in en.body
    assert "<b>" not in zh.body
    clock.move(minutes(30))
    send_updates(clock)
    second = Message.objects.filter(kind="update").latest("pk")
    assert "Hole closed" not in composed(second, "en").body
    assert "Nothing new" in composed(second, "en").body
    Incident.objects.update(state="contained")
    clock.move(minutes(300))
    send_updates(clock)
    assert Message.objects.filter(kind="update").count() == 2


def test_a_drill_is_marked(drilled, leaders):
    message = say(drilled, "a")
    assert composed(message, "zh").title.startswith("【演练】")
    assert composed(message, "en").title.startswith("[DRILL]")


def test_every_verdict_has_its_words() -> None:
    """Closing tells it to everybody: one without words would refuse the closing itself."""
    assert set(words()["verdict"]) == set(Verdict.values)
