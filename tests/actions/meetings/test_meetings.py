"""Meetings as people run them: invitations and their changes, two at once, what a stranger sees."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from icalendar import Calendar

from shangdun.actions.meetings.call import (
    NewMeeting,
    do_answer_invitation,
    do_call_meeting,
    do_cancel_meeting,
    do_change_meeting,
    do_send_invitations,
)
from shangdun.actions.meetings.follow import NewItem, do_add_action_item, do_finish_action_item
from shangdun.actions.meetings.hold import Held, Point, do_hold_meeting, do_set_agenda
from shangdun.actions.meetings.minutes import do_write_minutes
from shangdun.actions.reports.agenda import do_draft_agenda
from shangdun.actions.reports.sections import plain, sections, table
from shangdun.actions.reports.templates import Text, current, do_save_template, names, shipped
from shangdun.actions.rhythms.feeds import do_issue_feed, do_revoke_feed
from shangdun.govern.report_template import problems_of
from shangdun.kernel.clock import FixedClock
from shangdun.kernel.errors import NotAllowed, NotFound, UsageError
from shangdun.papers.markup import read
from shangdun.records.conflict import EditConflict
from shangdun.records.documents import visible_documents
from shangdun.records.invitations import feed_of, invitation_of
from shangdun.records.meetings import SECTION_NEEDS, get_meeting, visible_actions, visible_meetings
from shangdun.records.models import DocumentState, DocumentVersion, Message, User
from shangdun.records.rhythms import feed_key
from shangdun.records.roles import Role

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 9, 21, 2, tzinfo=UTC)
BEGINS = datetime(2026, 9, 24, 6, tzinfo=UTC)
HOSTILE = "a | b\n# x {{incidents}} <img src=x> **b** [l](javascript:1)\u202egpj"


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(NOW)


@pytest.fixture
def lead(somebody: Callable[..., User]) -> User:
    return somebody(Role.TECHNICAL_SUPPORT, name="lead")


@pytest.fixture
def worker(somebody: Callable[..., User]) -> User:
    return somebody(Role.EMPLOYEE, name='wang "the\nworker"')


def _wanted(lead: User, *people: User, title: str = "月度安全会议") -> NewMeeting:
    return NewMeeting(
        kind="security", title=title, begins_at=BEGINS, chair=lead.pk, writer=lead.pk,
        people=tuple(one.pk for one in people), location="A 座 1203",
    )  # fmt: skip


def test_invitations_keep_their_uid_and_count_their_changes(
    lead: User, worker: User, clock: FixedClock
) -> None:
    wanted = _wanted(lead, worker)
    meeting = do_call_meeting(lead, wanted, clock=clock)
    assert not Message.objects.exists()
    do_send_invitations(lead, number=meeting.number, clock=clock)
    do_send_invitations(lead, number=meeting.number, clock=clock)
    assert Message.objects.filter(kind="meeting_invited").count() == 1
    first = _event(get_meeting(lead, meeting.number), "REQUEST")
    assert str(first["UID"]) == f"{meeting.uid}@shangdun"
    assert first["SEQUENCE"] == 0
    assert first["DTSTART"].dt.utcoffset() == timedelta(hours=8)
    later = NewMeeting(
        kind="security", title=wanted.title, begins_at=BEGINS + timedelta(hours=1),
        chair=lead.pk, writer=lead.pk, people=(worker.pk,), location="A 座 1203",
    )  # fmt: skip
    do_change_meeting(lead, later, number=meeting.number, clock=clock)
    again = _event(get_meeting(lead, meeting.number), "REQUEST")
    assert (again["UID"], again["SEQUENCE"]) == (first["UID"], 1)
    assert Message.objects.get(kind="meeting_changed").inbox.count() == 2
    do_cancel_meeting(lead, number=meeting.number, reason="假期", clock=clock)
    gone = _event(get_meeting(lead, meeting.number), "CANCEL")
    assert (gone["SEQUENCE"], str(gone["STATUS"])) == (2, "CANCELLED")
    assert Message.objects.filter(kind="meeting_cancelled").count() == 1


def _event(meeting, method: str):
    text = invitation_of(meeting, method, NOW)
    made = Calendar.from_ical(text)
    assert str(made["METHOD"]) == method
    assert made.walk("VTIMEZONE"), "a time zone that is named comes along"
    assert all(len(line) <= 75 for line in text.split(b"\r\n"))
    return made.walk("VEVENT")[0]


def test_who_left_is_told_and_who_came_is_invited(
    lead: User, worker: User, somebody: Callable[..., User], clock: FixedClock
) -> None:
    legal = somebody(Role.LEGAL, name="legal")
    meeting = do_call_meeting(lead, _wanted(lead, worker), clock=clock)
    do_send_invitations(lead, number=meeting.number, clock=clock)
    do_change_meeting(lead, _wanted(lead, legal), number=meeting.number, clock=clock)
    told = {
        kind: set(
            Message.objects.filter(kind=kind).values_list("inbox__person__username", flat=True)
        )
        for kind in ("meeting_cancelled", "meeting_changed")
    }
    assert told == {"meeting_cancelled": {worker.username}, "meeting_changed": {"lead"}}
    with pytest.raises(NotFound):
        get_meeting(worker, meeting.number)


def test_an_employee_sees_only_what_he_is_invited_to(
    lead: User, worker: User, clock: FixedClock
) -> None:
    other = do_call_meeting(lead, _wanted(lead, title="Without"), clock=clock)
    mine = do_call_meeting(lead, _wanted(lead, worker), clock=clock)
    assert not visible_meetings(worker).exists(), "nobody was told yet"
    do_send_invitations(lead, number=other.number, clock=clock)
    do_send_invitations(lead, number=mine.number, clock=clock)
    assert list(visible_meetings(worker)) == [mine]
    with pytest.raises(NotFound):
        do_answer_invitation(worker, number=other.number, answer="accepted", clock=clock)
    answer = do_answer_invitation(worker, number=mine.number, answer="declined", clock=clock)
    assert answer.answered_at == NOW
    with pytest.raises(NotAllowed):
        do_cancel_meeting(worker, number=mine.number, reason="no", clock=clock)


def test_two_people_at_once(lead: User, clock: FixedClock) -> None:
    meeting = do_call_meeting(lead, _wanted(lead), clock=clock)
    seen = meeting.version
    assert do_call_meeting(lead, _wanted(lead), clock=clock).pk == meeting.pk, "two clicks"
    do_change_meeting(lead, _wanted(lead, title="B"), number=1, version=seen, clock=clock)
    with pytest.raises(EditConflict) as raised:
        do_change_meeting(lead, _wanted(lead, title="C"), number=1, version=seen, clock=clock)
    assert raised.value.theirs["title"] == "B"


def test_a_meeting_is_not_held_before_it_begins(lead: User, clock: FixedClock) -> None:
    meeting = do_call_meeting(lead, _wanted(lead), clock=clock)
    held = Held(came=frozenset({lead.pk}))
    with pytest.raises(UsageError) as raised:
        do_hold_meeting(lead, held, number=meeting.number, clock=clock)
    assert raised.value.code == "meeting.early"
    clock.move(timedelta(days=4))
    with pytest.raises(UsageError) as raised:
        do_hold_meeting(lead, Held(came=frozenset()), number=meeting.number, clock=clock)
    assert raised.value.code == "meeting.nobody"
    done = do_hold_meeting(lead, held, number=meeting.number, clock=clock)
    assert do_hold_meeting(lead, held, number=meeting.number, clock=clock).version == done.version


def test_what_people_wrote_stays_when_the_agenda_is_drafted_anew(
    lead: User, clock: FixedClock
) -> None:
    meeting = do_call_meeting(lead, _wanted(lead), clock=clock)
    first = meeting.agenda.first()
    points = (Point(item=first.pk, title=first.title, section=first.section, note=HOSTILE),
              Point(title="预算", note="两个方案"))  # fmt: skip
    do_set_agenda(lead, points, number=meeting.number, clock=clock)
    for _twice in range(2):
        do_draft_agenda(lead, number=meeting.number, clock=clock)
    items = list(meeting.agenda.all())
    assert [item.position for item in items] == [1, 2]
    assert items[1].note == "两个方案"
    assert items[0].facts
    assert not items[1].facts


def test_nobody_reads_through_an_agenda_what_he_may_not_see(
    somebody: Callable[..., User], clock: FixedClock
) -> None:
    technical = somebody(Role.TECHNICAL_SUPPORT, name="technical")
    leader = somebody(Role.LEADERSHIP, name="leader")
    meeting = do_call_meeting(technical, _wanted(technical), clock=clock)
    for name in ("money", "compliance"):
        with pytest.raises(NotAllowed):
            do_set_agenda(
                technical, (Point(title="x", section=name),), number=meeting.number, clock=clock
            )
    points = (Point(title="x", section="risks"), Point(title="y", section="laws"))  # as is usual
    do_set_agenda(technical, points, number=meeting.number, clock=clock)
    do_set_agenda(leader, (Point(title="x", section="money"),), number=meeting.number, clock=clock)
    assert set(SECTION_NEEDS) <= set(sections())


def test_minutes_hold_hostile_texts_as_texts(lead: User, worker: User, clock: FixedClock) -> None:
    meeting = do_call_meeting(
        lead, _wanted(lead, worker, title=HOSTILE.replace("\n", " ")), clock=clock
    )
    do_send_invitations(lead, number=meeting.number, clock=clock)
    clock.move(timedelta(days=3, hours=8))
    item = meeting.agenda.first()
    held = Held(came=frozenset({lead.pk}), outcomes={item.pk: HOSTILE})
    do_hold_meeting(lead, held, number=meeting.number, clock=clock)
    action = do_add_action_item(
        lead, NewItem(title=HOSTILE, owner=worker.pk, due=date(2026, 9, 30)),
        number=meeting.number, clock=clock,
    )  # fmt: skip
    draft = do_write_minutes(lead, number=meeting.number, clock=clock)
    assert do_write_minutes(lead, number=meeting.number, clock=clock).pk == draft.pk
    text = str(read(draft.body))
    assert "Slot(" not in text
    assert "link='javascript" not in text
    assert "Pagebreak" not in text
    assert list(visible_actions(worker)) == [action]
    with pytest.raises(UsageError):
        do_finish_action_item(worker, number=action.number, result=" ", clock=clock)
    # Published, they are for who was there and who sees meetings; not for every reader.
    DocumentVersion.objects.filter(pk=draft.pk).update(state=DocumentState.PUBLISHED)
    assert draft.document in visible_documents(worker)
    stranger = User.objects.create(username="stranger")
    stranger.groups.set(worker.groups.all())
    assert draft.document not in visible_documents(stranger)


@pytest.mark.parametrize(
    "text",
    ["# h", "- x", "1. a", "===", "---", "| a |", "{{risks}}", "> q", "```", "a\n\nb", "&amp;"],
)
def test_plain_is_read_as_itself(text: str) -> None:
    (block,) = read(plain(text))
    assert "".join(span.text for span in block.text) == " ".join(text.split())
    (made,) = read(table(("h",), [(text,)]))
    assert "".join(span.text for span in made.rows[0][0]) == " ".join(text.split())


def test_the_feed_shows_what_its_owner_sees_until_it_is_revoked(
    lead: User, worker: User, clock: FixedClock
) -> None:
    for people in ((), (worker,)):
        meeting = do_call_meeting(
            lead, _wanted(lead, *people, title=f"M{len(people)}"), clock=clock
        )
        do_send_invitations(lead, number=meeting.number, clock=clock)
    key, token = do_issue_feed(worker, clock=clock)
    assert token not in str(vars(key))
    found = feed_key(token)
    assert found is not None
    text = feed_of(worker, "计划", date(2026, 9, 1), date(2026, 9, 30), NOW, mine=False)
    made = Calendar.from_ical(text)
    names_of = {str(event["SUMMARY"]) for event in made.walk("VEVENT")}
    assert "M1" in names_of
    assert "M0" not in names_of
    assert made.walk("VTIMEZONE")
    do_revoke_feed(lead, key_id=key.pk, clock=clock)
    assert feed_key(token) is not None, "only its owner revokes it"
    do_revoke_feed(worker, key_id=key.pk, clock=clock)
    assert feed_key(token) is None


def test_templates_that_came_can_be_used_and_own_ones_keep_their_history(
    somebody: Callable[..., User], clock: FixedClock
) -> None:
    boss = somebody(Role.LEADERSHIP, name="boss")
    for key, texts in shipped().items():
        for language, text in texts.items():
            assert problems_of(text.body, names()) == (), (key, language)
    with pytest.raises(UsageError) as raised:
        do_save_template(boss, Text("周报", "ok\n{{incident}}\n"), key="weekly", language="zh-hans")
    assert (raised.value.code, raised.value.where, raised.value.fix) == (
        "template.unknown", "line 2", "incidents",
    )  # fmt: skip
    with pytest.raises(UsageError) as raised:
        do_save_template(boss, Text("周报", "> [!loud] x\n"), key="weekly", language="zh-hans")
    assert raised.value.code == "paper.box"
    saved = do_save_template(
        boss, Text("周报", "{{incidents}}\n"), key="weekly", language="zh-hans", version=0,
        clock=clock,
    )  # fmt: skip
    assert current("weekly", "zh-hans")[1] == saved
    with pytest.raises(EditConflict):
        do_save_template(
            boss, Text("周报", "{{overdue}}\n"), key="weekly", language="zh-hans", version=0
        )
