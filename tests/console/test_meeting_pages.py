"""Calendar, meetings and reports as people use them: in the browser's words, two at once."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from icalendar import Calendar

from shangdun.actions.meetings.call import NewMeeting, do_call_meeting, do_send_invitations
from shangdun.actions.reports.recur import do_make_report_due
from shangdun.actions.rhythms.change import NewRhythm, do_add_rhythm
from shangdun.console.programme.calendar import Day, Month, Shown
from shangdun.govern.rhythm.periods import Period, span_of
from shangdun.govern.rhythm.windows import WEEK_AFTER, Window
from shangdun.records.actor import JOBS
from shangdun.records.dated import Dated, DatedState
from shangdun.records.models import (
    ActionItem,
    DocumentState,
    FeedKey,
    Meeting,
    MeetingState,
    ReportRun,
    Rhythm,
)

pytestmark = pytest.mark.django_db
HOSTILE = "<script>alert(1)</script> {{ 7*7 }}"


def _meeting(people: Any, hours: int = -2, *who: str) -> Meeting:
    lead = people["technical_support"]
    begins = timezone.now() + timedelta(hours=hours)
    wanted = NewMeeting(
        kind="security", title=f"Monthly {HOSTILE}", begins_at=begins, chair=lead.pk,
        people=tuple(people[one].pk for one in who),
    )  # fmt: skip
    return do_call_meeting(lead, wanted)


def test_from_the_call_to_the_minutes(people, client_of) -> None:
    lead = client_of(people["technical_support"])
    begins = f"{timezone.localtime() - timedelta(minutes=20):%Y-%m-%dT%H:%M}"
    form = {"title": "Monthly", "kind": "security", "begins_at": begins, "minutes": 60,
            "language": "en", "groups": ["legal"], "chair": people["technical_support"].pk,
            "version": ""}  # fmt: skip
    bad = lead.post("/meetings/add/", form | {"minutes": "soon"})
    assert bad.status_code == 422
    assert "Monthly" in bad.content.decode(), "what was typed stays"
    assert lead.post("/meetings/add/", form).status_code == 302
    meeting = Meeting.objects.get()
    at = f"/meetings/{meeting.number}/"
    assert lead.post(f"{at}step/", {"do": "invite"}).status_code == 302
    assert lead.post(f"{at}step/", {"do": "draft"}).status_code == 302
    point = meeting.agenda.first()
    held = {"came": [people["technical_support"].pk], f"outcome-{point.pk}": HOSTILE}
    assert lead.post(f"{at}held/", held | {"version": 1}).status_code == 409
    assert lead.post(f"{at}held/", held).status_code == 302
    assert lead.post(f"{at}decide/", {"text": "two factors"}).status_code == 302
    give = {"title": "Switch it on", "owner": people["legal"].pk, "due": "2020-01-01"}
    assert lead.post(f"{at}actions/add/", give | {"due": "soon"}).status_code == 422
    assert lead.post(f"{at}actions/add/", give).status_code == 302
    page = lead.get(at).content.decode()
    assert "<script>alert" not in page
    assert "two factors" in page
    assert lead.post(f"{at}minutes/").status_code == 302
    meeting.refresh_from_db()
    assert meeting.state == MeetingState.HELD
    assert meeting.document is not None
    item = ActionItem.objects.get()
    assert (
        "Overdue"
        in client_of(people["legal"]).get(f"/meetings/actions/{item.number}/").content.decode()
    )
    settle = f"/meetings/actions/{item.number}/settle/"
    assert (
        client_of(people["legal"]).post(settle, {"do": "finish", "result": ""}).status_code == 422
    )
    assert (
        client_of(people["legal"]).post(settle, {"do": "finish", "result": "ok"}).status_code == 302
    )


def test_an_employee_sees_his_own_invitation_and_answers(people, client_of) -> None:
    mine, other = _meeting(people, 48, "employee"), _meeting(people, 72)
    for one in (mine, other):
        do_send_invitations(people["leadership"], number=one.number)
    employee = client_of(people["employee"])
    page = employee.get("/meetings/").content.decode()
    assert f"/meetings/{mine.number}/" in page
    assert f"/meetings/{other.number}/" not in page
    assert employee.get(f"/meetings/{other.number}/").status_code == 404
    answer = {"answer": "declined", "note": HOSTILE}
    assert employee.post(f"/meetings/{mine.number}/answer/", answer).status_code == 302
    assert employee.post(f"/meetings/{mine.number}/step/", {"do": "cancel"}).status_code == 403
    file = employee.get(f"/meetings/{mine.number}/invitation.ics")
    (event,) = Calendar.from_ical(file.content).walk("VEVENT")
    assert str(event["ATTENDEE"].params["PARTSTAT"]) == "DECLINED"
    month = f"{mine.begins_at:%Y-%m}"
    calendar = employee.get(f"/calendar/?month={month}").content.decode()
    assert f"/meetings/{mine.number}/" in calendar
    assert f"/meetings/{other.number}/" not in calendar


def test_a_private_feed_needs_no_sign_in_until_it_is_revoked(people, client_of) -> None:
    meeting = _meeting(people, 48, "employee")
    do_send_invitations(people["leadership"], number=meeting.number)
    employee = client_of(people["employee"])
    page = employee.post("/calendar/feeds/add/", {"of": "me"}).content.decode()
    address = page.split('value="http://testserver')[1].split('"')[0]
    stranger = Client()
    feed = stranger.get(address)
    assert feed.headers["Content-Type"].startswith("text/calendar")
    assert meeting.uid.encode() in feed.content
    key = FeedKey.objects.get()
    assert client_of(people["legal"]).post(f"/calendar/feeds/{key.pk}/revoke/").status_code == 302
    assert stranger.get(address).status_code == 200, "somebody else's is not revoked"
    employee.post(f"/calendar/feeds/{key.pk}/revoke/")
    assert stranger.get(address).status_code == 404


@pytest.mark.parametrize("month", ["", "2026-02", "9999-99", "x", "0001-01", "2026-13"])
def test_any_month_that_is_asked_for_is_answered(people, client_of, month: str) -> None:
    assert client_of(people["employee"]).get(f"/calendar/?month={month}&kind=x").status_code == 200


def test_a_template_says_its_mistake_at_the_line_and_loses_nothing(people, client_of) -> None:
    boss = client_of(people["leadership"])
    address = "/plan-reports/templates/weekly/en/"
    body = "# Brief\n\n{{incidnts}}\n"
    wrong = boss.post(address, {"title": "Brief", "body": body, "version": 0})
    assert wrong.status_code == 422
    text = wrong.content.decode()
    assert "Line 3" in text
    assert "incidents" in text
    assert "incidnts" in text
    preview = boss.post(f"{address}preview/", {"title": "x", "body": "{{overdue}}\n{{company}}"})
    assert preview.status_code == 200
    good = {"title": "Brief", "body": "{{incidents}}\n", "version": 0}
    assert boss.post(address, good).status_code == 302
    assert boss.post(address, good | {"body": "{{overdue}}\n"}).status_code == 409


def test_a_report_is_drafted_approved_and_sent_with_proof(people, client_of) -> None:
    boss = people["leadership"]
    rhythm = do_add_rhythm(boss, NewRhythm(
        makes="report", kind="weekly", title="Brief", period=WEEK_AFTER.period,
        place=WEEK_AFTER.place, days=1, starts_on=date(2026, 1, 1), language="en", owner=boss.pk,
    ))  # fmt: skip
    window = Window(span_of(Period.WEEK, date(2026, 3, 4)), (date(2026, 3, 9),))
    run = do_make_report_due(JOBS, window, rhythm_id=rhythm.pk)
    client = client_of(people["leadership"])
    at = f"/plan-reports/{run.number}/"
    assert client.post(f"{at}send/", follow=True).status_code == 200
    assert client.post(f"{at}draft/").status_code == 302
    run.refresh_from_db()
    document = run.document
    document.versions.update(state=DocumentState.PUBLISHED, published_at=timezone.now())
    assert client.post(f"{at}send/").status_code == 302
    page = client.get(at).content.decode()
    assert "Proof of sending" in page
    assert "late" in page, "its window closed in March"
    assert ReportRun.objects.get().sendings.count() == 1
    assert client_of(people["employee"]).get(at).status_code == 403
    assert client_of(people["employee"]).get(f"/documents/{document.number}/").status_code == 404


def test_what_recurs_is_set_and_paused(people, client_of) -> None:
    boss = client_of(people["leadership"])
    form = {"title": "Weekly", "kind": "weekly", "period": "week", "place": "after", "days": 1,
            "language": "en", "groups": ["leadership"], "ahead": 7, "calendar": "cn",
            "starts_on": "2026-01-05", "version": ""}  # fmt: skip
    assert boss.post("/rhythms/add/report/", form | {"days": 60}).status_code == 422
    assert boss.post("/rhythms/add/report/", form).status_code == 302
    rhythm = Rhythm.objects.get()
    assert boss.get(f"/rhythms/{rhythm.pk}/").status_code == 200
    assert boss.post(f"/rhythms/{rhythm.pk}/switch/", {"on": "0"}).status_code == 302
    rhythm.refresh_from_db()
    assert not rhythm.enabled
    assert client_of(people["technical_support"]).get("/rhythms/add/report/").status_code == 403
    assert "Round the clock" in boss.get("/rhythms/").content.decode()


def test_the_list_of_the_running_month_begins_today() -> None:
    def day(n: int, look: str, *, today: bool = False) -> Day:
        when = date(2026, 6, n)
        entry = Shown(Dated(f"m{n}", "meeting", "M", when, DatedState.AHEAD), "", "", "", look)
        return Day(when, inside=True, today=today, special="", rest=False, entries=[entry])

    days = [day(1, "bad"), day(2, "good"), day(3, "", today=True), day(4, "bad")]
    month = Month(date(2026, 6, 1), [days], [], 4, provisional=False)
    assert [one.day.day for one in month.earlier] == [1, 2]
    assert [one.day.day for one in month.coming] == [3, 4]
    assert month.undone == 1
    other = Month(date(2026, 6, 1), [days[:2]], [], 2, provisional=False)
    assert other.earlier == []
    assert other.coming == other.days
