"""What recurs by the plan (sections 五.1, 六.1.d), from its first day: meetings and reports."""

from __future__ import annotations

from datetime import time

from django.utils.translation import gettext_lazy as _

from shangdun.actions.rhythms.change import NewRhythm, add_rhythm
from shangdun.actions.starters import Asked, Started, in_words
from shangdun.govern.rhythm.periods import Period
from shangdun.govern.rhythm.windows import (
    MONTH_AFTER,
    MONTHLY_LAST_WEEK,
    QUARTER_FIRST_WEEK,
    WEEK_AFTER,
    Place,
    Rule,
)
from shangdun.records.models import Rhythm, RhythmMakes
from shangdun.respond.groups import Group

ORDER = 60
ALL = tuple(Group)
WORKS = (Group.LEADERSHIP, Group.TECHNICAL_SUPPORT)
QUARTERLY = Rule(Period.QUARTER, Place.END, 14)
IN_QUARTER = Rule(Period.QUARTER, Place.WITHIN, 40)
Line = tuple[str, RhythmMakes, str, str, str, Rule, tuple[Group, ...], int, int]
_MEETING, _REPORT = RhythmMakes.MEETING, RhythmMakes.REPORT
LINES: tuple[Line, ...] = (
    ("security-meeting", _MEETING, "security", "月度安全会议", "Monthly security meeting",
     MONTHLY_LAST_WEEK, ALL, 3, 90),
    ("workshop", _MEETING, "workshop", "技术研讨会（安全与技术团队）", "Technical workshop",
     IN_QUARTER, WORKS, 1, 60),
    ("cross-team", _MEETING, "cross_team", "跨团队协调会议", "Cross-team meeting",
     IN_QUARTER, ALL, 2, 60),
    ("plan-review", _MEETING, "plan_review", "应急响应计划季度会议",
     "Quarterly meeting about the response plan", QUARTERLY, ALL, 3, 60),
    ("progress-report", _REPORT, "progress", "季度工作进度报告", "Quarterly progress report",
     QUARTER_FIRST_WEEK, ALL, 3, 60),
    ("weekly-brief", _REPORT, "weekly", "安全工作周报", "Weekly security brief",
     WEEK_AFTER, ALL, 0, 60),
    ("monthly-report", _REPORT, "monthly", "安全工作月报", "Monthly security report",
     MONTH_AFTER, ALL, 3, 60),
)  # fmt: skip


def start(asked: Asked) -> Started:
    """The rhythms of the plan; one that exists already stays as somebody set it."""
    made = 0
    chinese = asked.programme.language == "zh-hans"
    known = set(Rhythm.objects.values_list("key", flat=True))
    for key, makes, kind, zh, en, rule, groups, weekday, minutes in LINES:
        if key in known:
            continue
        wanted = NewRhythm(
            makes=makes, kind=kind, title=zh if chinese else en, period=rule.period,
            place=rule.place, days=rule.days, starts_on=asked.programme.starts_on,
            weekday=weekday, hour=time(14), minutes=minutes, language=asked.programme.language,
            groups=groups, owner=asked.people.get("lead"), ahead=14,
            calendar=asked.programme.calendar, programme=asked.programme.pk, key=key,
        )  # fmt: skip
        add_rhythm(asked.actor, wanted)
        made += 1
    what = in_words(
        lambda: _("Meetings and reports recur by the plan: %(n)d rhythms") % {"n": made}
    )
    return Started(what=what, made=made, path="/rhythms/")
