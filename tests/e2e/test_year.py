"""A year of the plan in a browser, from an empty system to what is told of it at the end.

The plan comes of the guided questions and is approved by three people, each in a window of their
own. Then a year is played day by day; now and then people look and click themselves. At the end
the pages must say what the diary of the play says.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import msgspec
import pytest
from django.db.models import Sum
from icalendar import Calendar
from playwright.sync_api import Browser, Page, sync_playwright
from tests.console.screens import CHROMIUM
from tests.e2e.year_site import DESK, PHONE, Window, move_clocks

from shangdun.actions.rhythms.feeds import do_issue_feed
from shangdun.actions.surveys.invite import do_make_links
from shangdun.govern.schedule.calendar import calendar_named
from shangdun.kernel.ledger import verify
from shangdun.records.ledger_rows import entries
from shangdun.records.messages import console_zone
from shangdun.records.models import (
    ControlledKind,
    Document,
    DocumentState,
    Drill,
    DrillState,
    Incident,
    Meeting,
    MeetingKind,
    MeetingState,
    MoneyEntry,
    Programme,
    ReportRun,
    Survey,
    SurveyState,
    User,
    Verdict,
)
from shangdun.runtime.year.cast import hire
from shangdun.runtime.year.play import Year

pytestmark = [pytest.mark.slow, pytest.mark.browser, pytest.mark.timeout(1200)]
FIRST = date(2025, 9, 1)
LAST = date(2026, 8, 31)
"""National Day, Spring Festival and every make-up Saturday of a year whose holidays are known."""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    # Pages and the play share a process: the browser's own loop must not stop the records, not even
    # when they are emptied at the end.
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        chromium = playwright.chromium.launch(executable_path=CHROMIUM)
        yield chromium
        chromium.close()


@pytest.fixture
def year(home: Path, transactional_db: None, settings, monkeypatch) -> Year:
    """An empty system with its people; the clocks of this process are the play's."""
    del home, transactional_db
    web = msgspec.structs.replace(settings.CONFIG.web, mfa="offered")
    settings.CONFIG = msgspec.structs.replace(settings.CONFIG, web=web)
    played = Year(seed=11, first=FIRST)
    move_clocks(monkeypatch, played.clock)
    played.people = hire(played.clock)
    for user in played.people.values():
        user.must_change_password = False
        user.save(update_fields=["must_change_password"])
    return played


@pytest.fixture
def opens(browser: Browser, live_server, year: Year) -> Iterator[Callable[..., Window]]:
    """A window of somebody: by the name in the play, the size and the language."""
    windows = []

    def window(who: str = "", size=DESK, language: str = "zh-hans") -> Window:
        user = year.people[who] if who else None
        windows.append(Window(browser, live_server.url, user, size, language))
        return windows[-1]

    yield window
    for one in windows:
        one.close()


def play(year: Year, until: date) -> None:
    for _day in year.play(until):
        pass


def test_from_an_empty_system_to_a_year_that_is_told_truly(year: Year, opens) -> None:
    programme = ask_and_approve(year, opens)
    play(year, date(2025, 9, 28))
    hold_a_meeting_by_hand(year, opens)
    play(year, date(2025, 12, 7))
    answer_a_survey_by_hand(year, opens)
    play(year, LAST)
    assert not [one for one in year.diary.entries if one.what == "refused"]
    holidays_were_kept()
    records_are_the_diary(year)
    pages_tell_the_records(year, opens, programme)
    management_is_told_the_truth(year, opens)
    employee_sees_what_is_hers(opens)
    calendar_has_it_all(opens)
    verdict = verify(entries(), [], None)
    assert verdict.holds, verdict


def ask_and_approve(year: Year, opens) -> Programme:
    """One sitting: five questions, then three people, each in a window of their own."""
    people = year.people
    lead = opens("lead")
    page = lead.goes("/programmes/questions/")
    with page.expect_navigation():
        page.locator("#content a.btn-primary").click()
    step(page, {"name_zh": "云杉商城", "name_en": "Spruce Shop", "language": "zh-hans"})
    page.locator("[name=platform][value=payments]").check()
    step(page, {"customers": "1200000"})
    choose = {"role_lead": "lead", "role_architect": "deputy", "role_technical": "engineer"}
    choose |= {"role_operations": "operator", "reviewer": "deputy", "approver": "cio"}
    step(page, {name: str(people[who].pk) for name, who in choose.items()})
    assert page.locator("[name=starts_on]").input_value() == FIRST.isoformat()
    step(page, {})
    step(page, {"budget": "860000"})
    step(page, {})
    assert page.url.endswith("/questions/done/")
    assert page.locator("#made ~ ul li, [aria-labelledby=made] li").count() >= 5
    step(page, {})
    programme = Programme.objects.get()
    document = programme.document
    assert document is not None
    text = f"/documents/{document.number}/versions/1/"
    for who, verb in (("deputy", "review"), ("cio", "approve"), ("lead", "publish")):
        window = lead if who == "lead" else opens(who)
        press(window.goes(text), verb)
    year.run_duties()
    programme.refresh_from_db()
    assert programme.state == "approved"
    assert programme.tasks.filter(kind="subtask").count() == 13
    return programme


def step(page: Page, values: dict[str, str]) -> None:
    """Fill in a form of the questions and go on."""
    for name, value in values.items():
        field = page.locator(f"#content [name={name}]").first
        if field.evaluate("one => one.tagName") == "SELECT":
            field.select_option(value)
        else:
            field.fill(value)
    with page.expect_navigation():
        page.locator("#content form button.btn-primary").last.click()


def press(page: Page, verb: str) -> None:
    with page.expect_navigation():
        page.locator(f"#content button[name=verb][value={verb}]").first.click()


def hold_a_meeting_by_hand(year: Year, opens) -> None:
    """The monthly meeting of September: its agenda is there, somebody writes up who came."""
    meeting = Meeting.objects.get(kind=MeetingKind.SECURITY, period="2025-09")
    begins = meeting.begins_at.astimezone(year.zone)
    assert date(2025, 9, 22) <= begins.date() <= date(2025, 9, 30)
    assert calendar_named("cn").is_workday(begins.date())
    meeting.refresh_from_db()
    words = opens("employee").reads("/programmes/mine/")
    assert "云杉" not in words  # nothing of the company's is hers yet
    assert "撞库" not in words
    told = opens("cio", language="en").reads(f"/meetings/{meeting.number}/")
    assert meeting.title in told


def answer_a_survey_by_hand(year: Year, opens) -> None:
    """A customer on a phone, in English; the second click counts for nothing."""
    survey = Survey.objects.filter(state=SurveyState.OPEN).order_by("number").first()
    if survey is None:  # the round fell out: that too is a year's truth, told below
        return
    (token,) = do_make_links(year.people["service"], 1, number=survey.number)
    before = survey.answers.count()
    customer = opens(size=PHONE, language="en")
    for _turn in range(2):
        page = customer.goes(f"/s/{token}/?lang=en")
        scale = page.locator("[type=radio][value='5']")
        if scale.count():
            for name in dict.fromkeys(one.get_attribute("name") for one in scale.all()):
                page.locator(f"[name='{name}'][value='5']").check(force=True)
            with page.expect_navigation():
                page.locator("button.btn-primary").click()
    assert survey.answers.count() == before + 1
    year.diary.write(year.clock.now().date(), "survey.answered", survey.number)


def holidays_were_kept() -> None:
    """Nothing is called on a day off, make-up Saturdays are worked; October begins on the 9th."""
    working = calendar_named("cn")
    zone = console_zone()
    recurring = Meeting.objects.filter(kind=MeetingKind.SECURITY).exclude(period="")
    months = {one.period: one.begins_at.astimezone(zone).date() for one in recurring}
    assert len([day for day in months.values() if day <= LAST]) == 12
    assert all(working.is_workday(day) for day in months.values())
    assert all(day.isoformat().startswith(period) for period, day in months.items())
    quarterly = ReportRun.objects.filter(kind="progress")
    first = {one.until: one.first for one in quarterly}
    assert first[date(2025, 9, 30)] == date(2025, 10, 9)
    assert all(working.is_workday(day) for day in first.values())


def records_are_the_diary(year: Year) -> None:
    """What the records hold is what was done, counted apart from them."""
    told = year.diary.tally(until=LAST - timedelta(days=7))
    zone = console_zone()

    def by(rows, name: str) -> dict[str, int]:
        return dict(Counter(getattr(one, name) for one in rows))

    until = datetime.combine(LAST - timedelta(days=6), datetime.min.time(), zone)
    real = Incident.objects.filter(drill=None, reported_at__lt=until)
    true = real.filter(verdict=Verdict.TRUE_POSITIVE)
    assert by(true, "type") == part(told, "incident", {"reported", "false"})
    assert real.count() == told["incident.reported"]
    meetings = Meeting.objects.filter(begins_at__lt=until)
    held = by(meetings.filter(state=MeetingState.HELD), "kind")
    assert held == part(told, "meeting", {"missed"})
    assert meetings.filter(state=MeetingState.MISSED).count() == told.get("meeting.missed", 0)
    drills = Drill.objects.filter(state=DrillState.SIGNED)
    assert drills.count() == told.get("drill.held", 0)
    answers = sum(one.answers.count() for one in Survey.objects.all())
    assert answers == told.get("survey.answered", 0)
    published = Document.objects.filter(
        kind=ControlledKind.REPORT, versions__state=DocumentState.PUBLISHED,
        versions__published_at__lt=until,
    ).distinct()  # fmt: skip
    assert published.count() == told["document.report"]
    assert not Incident.objects.filter(drill__state=DrillState.SIGNED).exclude(state="closed")
    for kind in ("committed", "spent"):
        booked = MoneyEntry.objects.filter(kind=kind).aggregate(all=Sum("amount"))["all"]
        assert booked == said_of_money(year, kind) > 0
    sent = ReportRun.objects.exclude(sent_at=None).count()
    assert sent >= 50
    over = ReportRun.objects.filter(last__lt=LAST - timedelta(days=7))
    assert all((one.sent_at is None) <= (one.missed_at is not None) for one in over)


def said_of_money(year: Year, kind: str) -> Decimal:
    """All that the diary says was bound by contracts, or paid: of each line "name amount"."""
    told = [one.about for one in year.diary.entries if one.what == f"money.{kind}"]
    return sum((Decimal(about.split()[1]) for about in told), Decimal(0))


def part(told: dict[str, int], what: str, without: set[str]) -> dict[str, int]:
    """Of a tally, what begins with a word, by the word after it."""
    found = {name.split(".")[1]: n for name, n in told.items() if name.startswith(f"{what}.")}
    return {name: n for name, n in found.items() if name not in without}


def pages_tell_the_records(year: Year, opens, programme: Programme) -> None:
    """Measures, meetings, reports and plan as their pages have them, in both languages."""
    lead = opens("lead")
    english = opens("cio", language="en")
    for key, since, until in (
        ("2025Q4", date(2025, 10, 1), date(2025, 12, 31)),
        ("2026Q1", date(2026, 1, 1), date(2026, 3, 31)),
        ("2026Q2", date(2026, 4, 1), date(2026, 6, 30)),
    ):
        told = part(year.diary.tally(since, until), "incident", {"reported", "false"})
        page = lead.goes(f"/measures/incident-rate/?period={key}")
        shown = page.locator("[aria-labelledby=value-title] .text-4xl").inner_text()
        assert int(re.findall(r"\d+", shown)[0]) == sum(told.values()), key
        words = english.reads(f"/measures/incident-rate/?period={key}")
        assert f" {sum(told.values())} " in f" {words} "
    missed = year.diary.tally(until=LAST - timedelta(days=7)).get("meeting.missed", 0)
    rows = lead.goes("/meetings/?show=missed").locator("table.list tbody tr").count()
    assert rows == missed
    unsent = ReportRun.objects.filter(sent_at=None).exclude(missed_at=None).count()
    assert lead.goes("/plan-reports/?state=missed").locator("tbody tr").count() == min(unsent, 50)
    stands = programme.tasks.filter(kind="subtask")
    words = lead.reads(f"/programmes/{programme.number}/")
    assert f"{stands.filter(state='done').count()} / {stands.count()}" in words
    assert "云杉" in opens("cio").reads("/documents/") or programme.title in words


def management_is_told_the_truth(year: Year, opens) -> None:
    """On a phone: the six tasks, what was missed, what waits; the paper has the same."""
    cio = opens("cio", PHONE)
    words = cio.reads("/management/")
    six = Programme.objects.get().tasks.filter(kind="task")
    assert six.count() == 6
    assert all(task.title in words for task in six)
    assert cio.page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    answer = cio.page.request.get(f"{cio.url}/management/paper/")
    assert answer.ok
    assert answer.body().startswith(b"%PDF")


def employee_sees_what_is_hers(opens) -> None:
    """Her own part, the knowledge base, the suggestions; nothing of the company's plan."""
    employee = opens("employee", PHONE)
    for path in ("/programmes/mine/", "/knowledge/", "/suggestions/", "/meetings/"):
        employee.goes(path)
    for path in ("/management/", "/risks/", "/assets/", "/communication/", "/measures/"):
        answer = employee.page.request.get(employee.url + path)
        assert answer.status in (403, 404), path


def calendar_has_it_all(opens) -> None:
    """The feed that a phone subscribes to: meetings, reports, drills, reviews and evaluations."""
    lead = opens("lead")
    page = lead.goes("/calendar/")
    assert page.locator("#content").inner_text()
    _key, token = do_issue_feed(User.objects.get(username="lin.yue"))
    answer = page.request.get(f"{lead.url}/calendar/feed/{token}.ics")
    assert answer.ok
    events = list(Calendar.from_ical(answer.body()).walk("VEVENT"))
    uids = [str(one["UID"]) for one in events]
    assert len(uids) == len(set(uids)) >= 20
