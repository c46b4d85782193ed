"""The communication plan played by the clock: what is due happens, is proven, or was missed."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.contrib.auth.models import Group

from shangdun.actions.communication.contacts import NewContact, do_add_contact, do_check_contact
from shangdun.actions.communication.draft import do_approve_item, do_edit_item
from shangdun.actions.communication.lines import (
    NewLine,
    do_add_line,
    do_adopt_matrix,
    do_change_line,
)
from shangdun.actions.communication.make import do_add_item
from shangdun.actions.communication.send import Held, do_prove_item, do_send_item
from shangdun.govern.communication.lines import Audience, Content, Frequency, Way
from shangdun.govern.rhythm.windows import Place
from shangdun.kernel.clock import FixedClock
from shangdun.kernel.errors import UsageError
from shangdun.notify.letters.delivery import Fate, Outcome, Parcel
from shangdun.records.models import (
    Communication,
    CommunicationLine,
    CommunicationProof,
    InboxItem,
    Incident,
    KnowledgePage,
    LedgerEntry,
    Message,
    OutsideLetter,
    ReportRun,
    Rhythm,
    User,
)
from shangdun.records.roles import Role
from shangdun.runtime.programme import communication as duty

BEGIN = datetime(2026, 3, 2, 1, tzinfo=UTC)
"""A Monday, 9:00 in Shanghai."""


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHANGDUN_HOME", str(tmp_path))


@pytest.fixture
def boss(db: None) -> User:
    return person("boss", Role.LEADERSHIP)


def person(name: str, *roles: Role) -> User:
    user = User.objects.create(username=name)
    user.groups.set(Group.objects.filter(name__in=roles))
    return user


def line(boss: User, clock: FixedClock, **changes: object) -> CommunicationLine:
    values = {
        "title_zh": "培训", "title_en": "Training", "content": Content.TRAINING,
        "audiences": (Audience.TECHNICAL,), "ways": (Way.EMAIL,), "frequency": Frequency.MONTHLY,
        "place": Place.END, "days": 7, "grace_days": 2, "maker": "training", "language": "en",
    }  # fmt: skip
    return do_add_line(boss, NewLine(**{**values, **changes}), clock=clock)


def play(clock: FixedClock, until: date, days: int = 1) -> None:
    while clock.now().date() < until:
        clock.move(timedelta(days=days))
        duty.carry_out_plan(clock)


@pytest.mark.django_db(transaction=True)
class TestPlayed:
    def test_training_is_drafted_and_sent_on_its_day_once(self, boss: User) -> None:
        engineer, clerk = person("lin", Role.TECHNICAL_SUPPORT), person("wu", Role.EMPLOYEE)
        clock = FixedClock(BEGIN)
        made = line(boss, clock)
        play(clock, date(2026, 3, 25))
        item = Communication.objects.get(line=made)
        assert (item.state, item.period, item.due_on) == ("drafted", "2026-03", date(2026, 3, 31))
        assert "Customers' personal data" in item.title
        play(clock, date(2026, 4, 2))
        duty.carry_out_plan(clock)
        item.refresh_from_db()
        assert item.state == "sent"
        assert item.sent_at.date() == date(2026, 3, 31)
        reached = set(
            InboxItem.objects.filter(message=item.message).values_list("person", flat=True)
        )
        assert reached == {engineer.pk}
        assert clerk.pk not in reached
        assert Message.objects.filter(kind="communication").count() == 1
        assert item.proofs.get().count == 1

    def test_everybody_is_told_where_all_inside_are_meant_and_the_forum_has_it(
        self, boss: User
    ) -> None:
        clerk = person("wu", Role.EMPLOYEE)
        clock = FixedClock(BEGIN)
        inside = tuple(one for one in Audience if not one.outside)
        made = line(boss, clock, audiences=inside, ways=(Way.EMAIL, Way.FORUM))
        play(clock, date(2026, 4, 1))
        item = Communication.objects.get(line=made, state="sent")
        assert InboxItem.objects.filter(message=item.message, person=clerk).exists()
        page = KnowledgePage.objects.get()
        assert page.title == item.title
        assert page.tags == ["training"]

    def test_weeks_of_silence_leave_what_was_missed_on_record(self, boss: User) -> None:
        clock = FixedClock(BEGIN)
        made = line(boss, clock, frequency=Frequency.WEEKLY, place=Place.AFTER, days=1, maker="")
        clock.move(timedelta(days=60))
        duty.carry_out_plan(clock)
        duty.carry_out_plan(clock)
        items = Communication.objects.filter(line=made)
        assert (
            items.filter(state="missed").count() == items.filter(closes_on__lt=clock.now()).count()
        )
        assert items.filter(state="missed").count() >= 7
        assert Message.objects.filter(kind="communication_gap").count() == 1
        assert not Message.objects.filter(kind="communication_missed").exists()

    def test_the_owner_is_reminded_and_leadership_hears_of_a_miss(self, boss: User) -> None:
        owner = person("lin", Role.TECHNICAL_SUPPORT)
        clock = FixedClock(BEGIN)
        line(boss, clock, maker="", ways=(Way.SEMINAR,), owner_id=owner.pk)
        play(clock, date(2026, 4, 7))
        told = InboxItem.objects.filter(message__kind="communication_due")
        assert {one.person_id for one in told} == {owner.pk}
        assert told.count() == 2  # three days ahead and on the day; missed before three days late
        missed = Message.objects.get(kind="communication_missed")
        assert missed.inbox.filter(person=boss).exists()

    def test_an_incident_is_proven_by_the_responses_own_messages(self, boss: User) -> None:
        clock = FixedClock(BEGIN)
        do_adopt_matrix(boss, keys=["incident-bulletin"], clock=clock)
        at = BEGIN + timedelta(days=1)
        incident = Incident.objects.create(
            number=7, title="leak", severity=4, type="data_breach", state="active",
            occurred_at=at, reported_at=at, activated_at=at, last_activity=at,
        )  # fmt: skip
        clock.move(timedelta(days=1, hours=1))
        duty.carry_out_plan(clock)
        item = Communication.objects.get()
        assert item.state == "due"
        Message.objects.create(
            key="r7", kind="reported", incident=incident, at=at + timedelta(minutes=2)
        )
        duty.carry_out_plan(clock)
        item.refresh_from_db()
        assert (item.state, item.sent_at) == ("sent", at + timedelta(minutes=2))
        assert not Message.objects.filter(kind="communication").exists()

    def test_nothing_leaves_the_company_unapproved(
        self, boss: User, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        clock = FixedClock(BEGIN)
        made = line(
            boss, clock, audiences=(Audience.PARTNERS,), maker="progress_outside",
            content=Content.PROGRESS,
        )  # fmt: skip
        wanted = NewContact(audience=Audience.PARTNERS, organisation="Acme", email="a@acme.example")
        contact = do_add_contact(boss, wanted, clock=clock)
        assert b"acme.example" not in bytes(contact.sealed_email)
        post = Post()
        monkeypatch.setattr(duty, "opened", lambda *_: post)
        play(clock, date(2026, 3, 31))
        item = Communication.objects.get(line=made)
        assert item.state == "drafted"
        assert not OutsideLetter.objects.exists()
        with pytest.raises(UsageError, match="approved"):
            do_send_item(boss, item_id=item.pk, clock=clock)
        do_edit_item(boss, item_id=item.pk, title="Progress", body="All **well**.\n\n- one",
                     clock=clock)  # fmt: skip
        do_approve_item(boss, item_id=item.pk, clock=clock)
        duty.carry_out_plan(clock)
        duty.carry_out_plan(clock)
        duty.send_outside_letters(clock)
        duty.send_outside_letters(clock)
        assert [(one.address, one.text.body) for one in post.carried] == [
            ("a@acme.example", "All well.\n\n- one")
        ]
        assert OutsideLetter.objects.get().state == "sent"
        item.refresh_from_db()
        assert item.state == "sent"
        assert "acme" not in str(list(LedgerEntry.objects.values_list("payload", flat=True)))

    def test_an_approval_is_of_those_it_goes_to(self, boss: User) -> None:
        other, clock = person("other", Role.LEADERSHIP), FixedClock(BEGIN)
        made = line(boss, clock, maker="", approval=True)
        item = do_add_item(
            boss, line_id=made.pk, title="Holes", body="Not yet closed.", clock=clock
        )
        with pytest.raises(UsageError) as own:
            do_approve_item(boss, item_id=item.pk, clock=clock)
        assert own.value.code == "communication.four_eyes"
        do_approve_item(other, item_id=item.pk, clock=clock)
        add = NewContact(audience=Audience.PARTNERS, organisation="Acme", email="a@acme.example")
        do_add_contact(boss, add, clock=clock)
        values = {name: getattr(made, name) for name in NewLine.__struct_fields__}
        outside = (Audience.TECHNICAL, Audience.PARTNERS)
        wider = NewLine(
            **{**values, "audiences": outside, "ways": (Way.EMAIL,), "content": Content.TRAINING,
               "frequency": Frequency.MONTHLY, "place": Place.END}
        )  # fmt: skip
        do_change_line(boss, wider, line_id=made.pk, clock=clock)
        for again in (do_send_item, do_approve_item):
            with pytest.raises(UsageError) as refused:
                again(boss, item_id=item.pk, clock=clock)
            assert refused.value.code in {"communication.approval", "communication.four_eyes"}
        assert not OutsideLetter.objects.exists()
        do_approve_item(other, item_id=item.pk, clock=clock)
        do_send_item(boss, item_id=item.pk, clock=clock)
        assert OutsideLetter.objects.count() == 1

    def test_a_letter_of_a_dead_process_is_not_sent_twice(
        self, boss: User, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        self.test_nothing_leaves_the_company_unapproved(boss, monkeypatch)
        OutsideLetter.objects.update(state="sending")
        post, clock = Post(), FixedClock(BEGIN + timedelta(days=40))
        monkeypatch.setattr(duty, "opened", lambda *_: post)
        duty.send_outside_letters(clock)
        assert OutsideLetter.objects.get().state == "uncertain"
        assert not post.carried

    def test_a_seminar_is_done_when_somebody_shows_it(self, boss: User) -> None:
        clock = FixedClock(BEGIN)
        made = line(boss, clock, maker="", ways=(Way.MEETING, Way.EMAIL), content=Content.PLAN)
        play(clock, date(2026, 3, 30))
        item = Communication.objects.get(line=made)
        held = Held(way=Way.MEETING, on=date(2026, 3, 27), people="lin, wu", count=2)
        with pytest.raises(UsageError, match="nothing shows it"):
            do_prove_item(boss, Held(way=Way.MEETING, on=held.on), item_id=item.pk, clock=clock)
        with pytest.raises(UsageError, match="cannot be"):
            do_prove_item(
                boss, Held(way=Way.MEETING, on=date(2026, 5, 1), text="x"), item_id=item.pk,
                clock=clock,
            )  # fmt: skip
        do_prove_item(boss, held, item_id=item.pk, clock=clock)
        do_prove_item(boss, held, item_id=item.pk, clock=clock)
        item.refresh_from_db()
        assert (item.state, CommunicationProof.objects.count()) == ("due", 1)
        do_edit_item(boss, item_id=item.pk, title="T", body="text", clock=clock)
        do_send_item(boss, item_id=item.pk, clock=clock)
        item.refresh_from_db()
        assert item.state == "sent"

    def test_checked_contacts_prove_the_calls(self, boss: User) -> None:
        clock = FixedClock(BEGIN)
        do_adopt_matrix(boss, keys=["plan-partners"], clock=clock)
        wanted = NewContact(audience=Audience.SUPPLIERS, organisation="Cloud", phone="400")
        contact = do_add_contact(boss, wanted, clock=clock)
        play(clock, date(2026, 6, 8), days=7)
        item = Communication.objects.get()
        assert item.state == "drafted"
        assert "Cloud" in item.body
        do_check_contact(boss, contact_id=contact.pk, clock=clock)
        duty.carry_out_plan(clock)
        item.refresh_from_db()
        assert item.state == "sent"

    def test_the_weekly_brief_is_proven_by_its_sending_not_sent_again(self, boss: User) -> None:
        clock = FixedClock(BEGIN)
        do_adopt_matrix(boss, keys=["progress-weekly"], clock=clock)
        rhythm = Rhythm.objects.create(
            key="w", makes="report", kind="weekly", title="W", period="week", place="after",
            days=1, hour=time(9), language="en", starts_on=BEGIN.date(),
        )  # fmt: skip
        clock.move(timedelta(days=7))
        duty.carry_out_plan(clock)
        item = Communication.objects.get(period="2026-W10")
        assert item.state == "due"
        sent = clock.now() + timedelta(hours=2)
        ReportRun.objects.create(
            number=1, rhythm=rhythm, kind="weekly", title="W", language="en", period="2026-W10",
            since=date(2026, 3, 2), until=date(2026, 3, 8), first=item.due_on, last=item.due_on,
            created_at=BEGIN, sent_at=sent,
        )  # fmt: skip
        clock.move(timedelta(hours=3))
        duty.carry_out_plan(clock)
        item.refresh_from_db()
        assert (item.state, item.sent_at) == ("sent", sent)
        assert item.proofs.get().path == "/plan-reports/1/"
        assert not Message.objects.filter(kind="communication").exists()

    def test_the_whole_matrix_runs_a_year_without_a_failure(
        self, boss: User, caplog: pytest.LogCaptureFixture
    ) -> None:
        from shangdun.govern.communication.matrix import matrix  # noqa: PLC0415  of this test

        clock = FixedClock(BEGIN)
        do_adopt_matrix(boss, keys=[one.key for one in matrix()], clock=clock)
        play(clock, date(2027, 3, 8), days=10)
        assert not [one for one in caplog.records if one.levelname in {"WARNING", "ERROR"}]
        sent = Communication.objects.filter(line__key="training-monthly", state="sent")
        drafted = Communication.objects.exclude(body="").count()
        assert drafted > 15
        assert sent.count() + Communication.objects.filter(
            line__key="training-monthly", state="missed"
        ).count() == 12  # fmt: skip


class Post:
    """A mail server that takes everything."""

    idempotent = False

    def __init__(self) -> None:
        self.carried: list[Parcel] = []

    def carry(self, parcel: Parcel) -> Outcome:
        self.carried.append(parcel)
        return Outcome(Fate.SENT, "250 2.0.0")

    def close(self) -> None:
        pass
