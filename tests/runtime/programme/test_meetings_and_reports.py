"""Meetings and reports by the clock: due when the plan says, held or missed, never twice."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace

import pytest
from django.utils.translation import override

from shangdun.actions.create_user import do_create_user
from shangdun.actions.documents.approve import (
    do_approve_document,
    do_publish_document,
    do_review_document,
    do_submit_document,
)
from shangdun.actions.documents.changes import UNWRITTEN
from shangdun.actions.documents.write import Wording, do_edit_draft
from shangdun.actions.meetings.follow import NewItem, do_add_action_item, do_finish_action_item
from shangdun.actions.meetings.hold import Held, do_hold_meeting, do_minute_decision
from shangdun.actions.meetings.minutes import do_write_minutes
from shangdun.actions.report_incident import do_report_incident
from shangdun.actions.reports.recur import period_name
from shangdun.actions.starters import Asked
from shangdun.actions.starters.meetings import start
from shangdun.govern.rhythm.periods import Period, span_of
from shangdun.kernel.clock import FixedClock
from shangdun.kernel.errors import UsageError
from shangdun.records.actor import SETUP
from shangdun.records.dated import Asked as AskedDates
from shangdun.records.dated import DatedState, everything
from shangdun.records.messages import console_zone
from shangdun.records.models import (
    DocumentVersion,
    InboxItem,
    LedgerEntry,
    Meeting,
    MeetingState,
    Message,
    Programme,
    ReportRun,
    ReportState,
)
from shangdun.records.plan_reports import states_of
from shangdun.records.roles import Role
from shangdun.respond.report import Report
from shangdun.runtime.programme.meetings import keep_meetings
from shangdun.runtime.programme.reports import keep_reports

pytestmark = pytest.mark.django_db
BEGINS = datetime(2026, 8, 3, 1, tzinfo=UTC)
HOSTILE = "| x |\n{{incidents}} <script>alert(1)</script> [go](javascript:1) ## **bold**"


@pytest.fixture
def company() -> SimpleNamespace:
    clock = FixedClock(BEGINS)
    lead = do_create_user(SETUP, username="lead", roles=[Role.TECHNICAL_SUPPORT]).user
    boss = do_create_user(SETUP, username="boss", roles=[Role.LEADERSHIP]).user
    legal = do_create_user(SETUP, username="legal", roles=[Role.LEGAL]).user
    programme = Programme.objects.create(
        number=1, title="安全体系建设计划", language="zh-hans", starts_on=date(2026, 8, 3),
        created_at=BEGINS, state="approved",
    )  # fmt: skip
    asked = Asked(
        actor=boss, programme=programme, at=BEGINS, today=date(2026, 8, 3),
        people={"lead": lead.pk},
    )  # fmt: skip
    made = start(asked)
    assert made.made == 7
    assert start(asked).made == 0
    return SimpleNamespace(clock=clock, lead=lead, boss=boss, legal=legal, programme=programme)


def _pass(company: SimpleNamespace, until: date, daily: Callable[[], None] | None = None) -> None:
    while _today(company) < until:
        company.clock.move(timedelta(days=1))
        keep_meetings(company.clock)
        keep_reports(company.clock)
        if daily:
            daily()


def _today(company: SimpleNamespace) -> date:
    return company.clock.now().astimezone(console_zone()).date()


def _publish(company: SimpleNamespace, run: ReportRun) -> None:
    assert run.document is not None
    at = {"number": run.document.number, "version_number": 1, "clock": company.clock}
    do_submit_document(company.lead, reviewer=company.boss.pk, approver=company.boss.pk, **at)
    do_review_document(company.boss, **at)
    do_approve_document(company.boss, **at)
    do_publish_document(company.lead, **at)


def _decided(company: SimpleNamespace, draft: DocumentVersion) -> None:
    """The author writes what the template leaves to him."""
    do_edit_draft(
        company.lead, number=draft.document.number, version_number=1, clock=company.clock,
        wording=Wording(title=draft.title, body=UNWRITTEN.sub("无。", draft.body)),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("span", "english", "chinese"),
    [
        ((Period.WEEK, date(2026, 12, 24)), "21–27 Dec 2026", "2026年12月21日–27日"),
        ((Period.WEEK, date(2026, 4, 1)), "30 Mar – 5 Apr 2026", "2026年3月30日 – 4月5日"),
        ((Period.WEEK, date(2026, 12, 31)), "28 Dec 2026 – 3 Jan 2027",
         "2026年12月28日 – 2027年1月3日"),
        ((Period.MONTH, date(2026, 3, 1)), "March 2026", "2026年3月"),
        ((Period.QUARTER, date(2026, 3, 1)), "Q1 2026", "2026年第1季度"),
        ((Period.HALF, date(2026, 9, 1)), "second half of 2026", "2026 年下半年"),
        ((Period.YEAR, date(2026, 9, 1)), "2026", "2026 年"),
    ],
)  # fmt: skip
def test_a_report_says_its_period_as_people_do(
    span: tuple[Period, date], english: str, chinese: str
) -> None:
    with override("en"):
        assert period_name(span_of(*span)) == english
    with override("zh-hans"):
        assert period_name(span_of(*span)) == chinese


def test_a_quarter_with_its_holidays(company: SimpleNamespace) -> None:
    company.clock.move(timedelta(days=36))
    _pass(company, date(2026, 9, 23))
    september = Meeting.objects.get(rhythm__key="security-meeting", period="2026-09")
    begins = september.begins_at.astimezone(console_zone())
    assert (begins.date(), begins.hour) == (date(2026, 9, 24), 14), "Friday is Mid-Autumn"
    assert september.agenda_at is not None
    assert september.attendances.count() == 3
    invited = Message.objects.get(kind="meeting_invited", data__meeting=september.number)
    assert set(invited.inbox.values_list("person", flat=True)) == {
        company.lead.pk, company.boss.pk, company.legal.pk,
    }  # fmt: skip
    _pass(company, date(2026, 10, 8))
    progress = ReportRun.objects.get(rhythm__key="progress-report", period="2026-Q3")
    assert (progress.first, progress.last) == (date(2026, 10, 8), date(2026, 10, 13))
    assert progress.document is not None
    assert progress.drafted_at == company.clock.now()
    earlier = ReportRun.objects.filter(rhythm__key="weekly-brief", first=date(2026, 10, 8))
    assert [run.period for run in earlier] == ["2026-W40"]
    assert progress.document.title == "季度工作进度报告（2026年第3季度）"
    with pytest.raises(UsageError) as refused:
        _publish(company, progress)
    assert refused.value.code == "document.unwritten"
    _decided(company, progress.document.versions.get())
    _publish(company, progress)
    assert progress.document.versions.get().author == company.lead, "who submits it answers for it"
    keep_reports(company.clock)
    progress.refresh_from_db()
    sending = progress.sendings.get()
    assert progress.sent_at == company.clock.now()
    assert progress.missed_at is None
    assert sending.text.sha256 == sending.message.data["sha256"]
    assert sorted(sending.people) == sorted([company.lead.pk, company.boss.pk, company.legal.pk])
    keep_reports(company.clock)
    assert progress.sendings.count() == 1


def test_a_meeting_is_held_and_followed_up(company: SimpleNamespace) -> None:
    company.clock.move(timedelta(days=20))
    _pass(company, date(2026, 8, 26))
    meeting = Meeting.objects.get(rhythm__key="security-meeting", period="2026-08")
    do_report_incident(company.lead, Report(title=HOSTILE, type="data_breach"), clock=company.clock)
    _pass(company, date(2026, 8, 27))
    meeting.refresh_from_db()
    assert meeting.begins_at.date() == date(2026, 8, 27)
    facts = meeting.agenda.get(section="incidents").facts
    assert "\\{\\{incidents\\}\\}" in facts
    company.clock.move(timedelta(hours=8))
    held = Held(
        came=frozenset({company.lead.pk, company.boss.pk}),
        outcomes={meeting.agenda.get(section="incidents").pk: HOSTILE},
    )
    do_hold_meeting(company.lead, held, number=meeting.number, clock=company.clock)
    decision = do_minute_decision(
        company.lead, number=meeting.number, text="对全部后台账号启用双因素", clock=company.clock
    )
    assert decision.number == 1
    item = do_add_action_item(
        company.lead,
        NewItem(title="启用双因素", owner=company.legal.pk, due=date(2026, 9, 4)),
        number=meeting.number,
        clock=company.clock,
    )
    draft = do_write_minutes(company.lead, number=meeting.number, clock=company.clock)
    assert "对全部后台账号启用双因素" in draft.body
    assert "\n{{" not in draft.body
    assert "<script>" not in draft.body.replace("\\<script\\>", "")
    _pass(company, date(2026, 9, 20))
    steps = Message.objects.filter(kind="action_due", inbox__person=company.legal)
    assert steps.count() == 4, "three days before, on the day, and after one and two weeks"
    do_finish_action_item(company.legal, number=item.number, result="已启用", clock=company.clock)
    _pass(company, date(2026, 9, 24))
    september = Meeting.objects.get(rhythm__key="security-meeting", period="2026-09")
    assert september.since == date(2026, 8, 27), "its agenda looks back to the last one"
    assert "启用双因素" in september.agenda.get(section="decisions").facts


def test_what_nobody_did_is_missed_and_said_once(company: SimpleNamespace) -> None:
    company.clock.move(timedelta(days=20))
    _pass(company, date(2026, 9, 4))
    meeting = Meeting.objects.get(rhythm__key="security-meeting", period="2026-08")
    assert meeting.state == MeetingState.MISSED
    told = Message.objects.filter(kind="meetings_missed")
    assert told.count() == 1
    briefs = ReportRun.objects.filter(rhythm__key="weekly-brief", last__lt=date(2026, 9, 4))
    assert {state for _run, state in states_of(briefs)} == {ReportState.MISSED}
    brief = briefs.earliest("first")
    _publish(company, brief)
    keep_reports(company.clock)
    brief.refresh_from_db()
    assert brief.sent_at is not None
    assert brief.missed_at is not None, "sent late, and it says so"


def test_a_process_that_was_down_for_weeks_makes_up_without_a_flood(
    company: SimpleNamespace,
) -> None:
    company.clock.move(timedelta(days=60))  # to 2 October: nobody looked for two months
    for _again in range(3):
        keep_meetings(company.clock)
        keep_reports(company.clock)
    briefs = ReportRun.objects.filter(rhythm__key="weekly-brief")
    past = briefs.filter(last__lt=_today(company))
    assert past.count() == 8
    assert not past.filter(missed_at=None).exists()
    assert not past.filter(document=None).exists(), "late, but drafted"
    assert (
        Meeting.objects.filter(state=MeetingState.MISSED, rhythm__key="security-meeting").count()
        == 2
    )
    assert not Message.objects.filter(
        kind="meeting_invited", data__begins__lt="2026-10-02"
    ).exists()
    assert Message.objects.filter(kind="plan_reports_missed").count() == 1
    assert Message.objects.filter(kind="meetings_missed").count() == 1
    assert not Message.objects.filter(kind="plan_report_drafted").exists()
    assert InboxItem.objects.filter(person=company.lead).count() < 12


def test_a_second_look_changes_nothing(company: SimpleNamespace) -> None:
    company.clock.move(timedelta(days=25))
    _pass(company, date(2026, 9, 2))
    before = (LedgerEntry.objects.count(), Message.objects.count(), Meeting.objects.count())
    keep_meetings(company.clock)
    keep_reports(company.clock)
    assert (LedgerEntry.objects.count(), Message.objects.count(), Meeting.objects.count()) == before


def test_all_of_it_is_in_the_one_calendar(company: SimpleNamespace) -> None:
    company.clock.move(timedelta(days=22))
    _pass(company, date(2026, 9, 10))
    asked = AskedDates(
        company.boss, date(2026, 8, 1), date(2026, 12, 31), company.clock.now(), console_zone()
    )
    found = everything(asked)
    assert len({one.uid for one in found}) == len(found)
    meetings = [one for one in found if one.kind == "meeting" and one.day.month == 8]
    assert DatedState.MISSED in {one.state for one in meetings}
    reports = [one for one in found if one.kind == "report" and one.state is DatedState.AHEAD]
    assert {one.day for one in reports} >= {date(2026, 10, 8), date(2026, 11, 2)}
    drills = [one for one in found if one.kind == "drill"]
    assert [one.day for one in drills] == [date(2026, 9, 30), date(2026, 12, 31)]


def test_nobody_is_asked_to_an_hour_that_is_over_while_the_days_for_it_still_run(
    company: SimpleNamespace,
) -> None:
    evening = datetime(2026, 8, 27, 18, tzinfo=console_zone())  # a Thursday, its meetings' day
    company.clock.move(evening - company.clock.now())
    keep_meetings(company.clock)
    meeting = Meeting.objects.get(kind="security", period="2026-08")
    assert meeting.state == MeetingState.PLANNED
    assert meeting.begins_at == datetime(2026, 8, 28, 14, tzinfo=console_zone())
