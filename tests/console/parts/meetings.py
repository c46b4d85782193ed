"""Calendar, meetings, reports of the plan: their pages by role, and a month that went by."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from tests.console.pulse import HOSTILE
from tests.console.who import (
    ADMIN,
    ALL,
    AUDITOR,
    GROUPS,
    LEADERSHIP,
    LEGAL,
    SERVICE,
    STAFF,
    TECHNICAL,
)

from shangdun.actions.meetings.call import (
    NewMeeting,
    do_answer_invitation,
    do_call_meeting,
    do_send_invitations,
)
from shangdun.actions.meetings.follow import NewItem, do_add_action_item
from shangdun.actions.meetings.hold import Held, do_hold_meeting, do_minute_decision
from shangdun.actions.reports.agenda import do_draft_agenda
from shangdun.actions.rhythms.change import NewRhythm, do_add_rhythm
from shangdun.actions.rhythms.feeds import do_issue_feed
from shangdun.govern.rhythm.windows import (
    MONTHLY_LAST_WEEK,
    QUARTER_FIRST_WEEK,
    WEEK_AFTER,
)
from shangdun.kernel.clock import FixedClock
from shangdun.records.messages import console_zone
from shangdun.records.models import ActionItem, FeedKey, Meeting, ReportRun, Rhythm, User
from shangdun.respond.groups import Group
from shangdun.runtime.programme.reports import keep_reports

RUNS = {LEADERSHIP, TECHNICAL}
REPORTS = {LEADERSHIP, TECHNICAL, LEGAL, ADMIN, AUDITOR}
EXPECTED = {
    "calendar": ("get", ALL),
    "calendar_feed": ("get", set()),  # an address that opens nothing says so to everybody
    "calendar_feed_issue": ("post", ALL),
    "calendar_feed_revoke": ("post", ALL),
    "meetings": ("get", ALL),
    "meeting_add": ("get", RUNS),
    "meeting_actions": ("get", ALL),
    "meeting_action": ("get", STAFF),
    "meeting_action_settle": ("post", STAFF),
    "meeting": ("get", STAFF),
    "meeting_change": ("get", RUNS),
    "meeting_invitation": ("get", STAFF),
    "meeting_answer": ("post", GROUPS - {SERVICE}),  # the others are not invited to this one
    **{
        f"meeting_{name}": ("post", RUNS)
        for name in ("step", "agenda", "held", "decide", "minutes", "action_add")
    },
    "plan_reports": ("get", REPORTS),
    "plan_report": ("get", REPORTS),
    "plan_report_draft": ("post", {LEADERSHIP}),
    "plan_report_send": ("post", {LEADERSHIP}),
    "report_templates": ("get", REPORTS),
    "report_template": ("get", {LEADERSHIP}),
    "report_template_preview": ("post", {LEADERSHIP}),
    "rhythms": ("get", STAFF),
    "rhythm_add": ("get", RUNS),
    "rhythm": ("get", RUNS),
    "rhythm_switch": ("post", RUNS),
}
ORDER = 75


def arguments() -> dict[str, dict[str, Any]]:
    number = {"number": Meeting.objects.earliest("pk").number}
    names = ("", "_change", "_invitation", "_answer", "_step", "_agenda", "_held", "_decide",
             "_minutes", "_action_add")  # fmt: skip
    item = {"number": ActionItem.objects.earliest("pk").number}
    report = {"number": ReportRun.objects.earliest("pk").number}
    template = {"key": "weekly", "language": "zh-hans"}
    rhythm = {"rhythm_id": Rhythm.objects.filter(makes="meeting").earliest("pk").pk}
    return {
        **{f"meeting{name}": number for name in names},
        "meeting_action": item,
        "meeting_action_settle": item,
        **{f"plan_report{name}": report for name in ("", "_draft", "_send")},
        "report_template": template,
        "report_template_preview": template,
        "rhythm": rhythm,
        "rhythm_switch": rhythm,
        "rhythm_add": {"makes": "meeting"},
        "calendar_feed_revoke": {"key_id": FeedKey.objects.earliest("pk").pk},
        "calendar_feed": {"token": "0" * 43},
    }


def paths() -> dict[str, str]:
    meeting = Meeting.objects.earliest("pk").number
    return {
        "calendar": "/calendar/",
        "calendar, mine": "/calendar/?who=me&kind=meeting",
        "meetings": "/meetings/",
        "meeting": f"/meetings/{meeting}/",
        "meeting add": "/meetings/add/",
        "meeting change": f"/meetings/{meeting + 1}/change/",
        "follow-up": "/meetings/actions/",
        "action of a meeting": f"/meetings/actions/{ActionItem.objects.earliest('pk').number}/",
        "reports of the plan": "/plan-reports/",
        "report of the plan": f"/plan-reports/{ReportRun.objects.earliest('pk').number}/",
        "report templates": "/plan-reports/templates/",
        "report template": "/plan-reports/templates/progress/zh-hans/",
        "what recurs": "/rhythms/",
        "rhythm": f"/rhythms/{Rhythm.objects.earliest('pk').pk}/",
    }


SCREENS = {
    "calendar": "/calendar/",
    "meetings": "/meetings/",
    "meeting": "/meetings/1/",
    "meeting-held": "/meetings/2/",
    "meeting-actions": "/meetings/actions/",
    "plan-reports": "/plan-reports/",
    "plan-report": "/plan-reports/1/",
    "report-template": "/plan-reports/templates/progress/zh-hans/",
    "rhythms": "/rhythms/",
    "rhythm": "/rhythms/1/",
}


def seed(users: dict[str, User], home: Path, now: datetime) -> None:
    del home
    clock = FixedClock(now - timedelta(days=1))
    lead, boss, legal = users["technical_support"], users["leadership"], users["legal"]
    begins = (now + timedelta(days=2)).replace(minute=0, second=0, microsecond=0)
    coming = do_call_meeting(
        lead,
        NewMeeting(
            kind="security", title="月度安全会议", begins_at=begins, minutes=90, chair=boss.pk,
            writer=lead.pk, location="A 座 1203 会议室", groups=(Group.LEGAL, Group.LOGISTICS),
        ),
        clock=clock,
    )  # fmt: skip
    do_send_invitations(lead, number=coming.number, clock=clock)
    do_answer_invitation(legal, number=coming.number, answer="accepted", clock=clock)
    do_draft_agenda(lead, number=coming.number, clock=clock)
    _held(users, now)
    common = {
        "starts_on": (now - timedelta(days=30)).astimezone(console_zone()).date(),
        "groups": tuple(Group), "owner": lead.pk,
    }  # fmt: skip
    for makes, kind, title, rule in (
        ("meeting", "security", "月度安全会议", MONTHLY_LAST_WEEK),
        ("report", "progress", "季度工作进度报告", QUARTER_FIRST_WEEK),
        ("report", "weekly", "安全工作周报", WEEK_AFTER),
    ):
        do_add_rhythm(
            boss,
            NewRhythm(
                makes=makes, kind=kind, title=title, period=rule.period, place=rule.place,
                days=rule.days, **common,
            ),
            clock=clock,
        )  # fmt: skip
    keep_reports(clock)
    do_issue_feed(boss, clock=clock)


def _held(users: dict[str, User], now: datetime) -> None:
    """A workshop that was held, with a hostile title and what came of it."""
    lead, boss = users["technical_support"], users["leadership"]
    clock = FixedClock(now - timedelta(days=9))
    begins = clock.now() + timedelta(hours=3)
    wanted = NewMeeting(
        kind="workshop", title=f"技术研讨会 {HOSTILE[:80]}", begins_at=begins, chair=lead.pk,
        writer=lead.pk, people=(boss.pk,), purpose="讨论支付页面脚本的完整性控制",
    )  # fmt: skip
    meeting = do_call_meeting(lead, wanted, clock=clock)
    do_send_invitations(lead, number=meeting.number, clock=clock)
    clock.move(timedelta(hours=5))
    points = list(meeting.agenda.values_list("pk", flat=True))
    said = {points[0]: "全部高危漏洞已有负责人。", points[1]: HOSTILE[:200]}
    held = Held(came=frozenset({lead.pk, boss.pk}), outcomes=said)
    do_hold_meeting(lead, held, number=meeting.number, clock=clock)
    do_minute_decision(
        lead, number=meeting.number, text="支付页面启用子资源完整性校验", clock=clock
    )
    today = now.astimezone(console_zone()).date()
    for title, owner, due in (
        ("为支付页面脚本建立清单", lead, today - timedelta(days=2)),
        (f"更新供应商联系方式 {HOSTILE[:40]}", users["logistics"], today + timedelta(days=6)),
    ):
        wanted_item = NewItem(title=title, owner=owner.pk, due=due)
        do_add_action_item(lead, wanted_item, number=meeting.number, clock=clock)
