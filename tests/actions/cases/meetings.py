"""Meetings, reports of the plan, what recurs: how each action is called."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from shangdun.actions.meetings.call import NewMeeting, do_call_meeting, do_send_invitations
from shangdun.actions.meetings.follow import NewItem, do_add_action_item
from shangdun.actions.meetings.hold import Held, Point, do_hold_meeting
from shangdun.actions.reports.draft import do_draft_report
from shangdun.actions.reports.recur import do_make_report_due
from shangdun.actions.reports.templates import Text
from shangdun.actions.review.improve import Plan
from shangdun.actions.rhythms.change import NewRhythm, do_add_rhythm
from shangdun.actions.rhythms.feeds import do_issue_feed
from shangdun.govern.rhythm.periods import Span
from shangdun.govern.rhythm.windows import MONTHLY_LAST_WEEK, WEEK_AFTER, Rule, Window
from shangdun.kernel.clock import FixedClock
from shangdun.records.actor import JOBS, SETUP
from shangdun.records.models import DocumentState, DocumentVersion, Rhythm, User
from shangdun.records.roles import Role
from shangdun.respond.groups import Group

Case = tuple[tuple[Any, ...], dict[str, Any]]
NOW = datetime.now(UTC).replace(microsecond=0)
SOON = NOW + timedelta(days=3)
WEEK = Span(date(2026, 3, 2), date(2026, 3, 8), "2026-W10")
DUE = Window(WEEK, (date(2026, 3, 9),))
PLAN = Plan(title="Two factors", group="legal", due=date(2030, 1, 1), retest="sign in without")


def _who(world: Any) -> Any:
    """Whoever acts in the test of roles, else the one with every role, unless switched off."""
    active = User.objects.filter(is_active=True)
    return (
        active.filter(username="actor").first()
        or active.filter(pk=world.boss.pk).first()
        or (world.other)
    )


def _wanted(world: Any, begins: datetime = SOON, title: str = "Monthly") -> NewMeeting:
    return NewMeeting(
        kind="security",
        title=title,
        begins_at=begins,
        chair=_who(world).pk,
        people=(world.other.pk,),
    )


def _meeting(world: Any) -> Any:
    return do_call_meeting(SETUP, _wanted(world))


def _invited(world: Any) -> Any:
    meeting = do_call_meeting(SETUP, NewMeeting(
        kind="security", title="Asked", begins_at=SOON, people=(_who(world).pk,)
    ))  # fmt: skip
    return do_send_invitations(SETUP, number=meeting.number)


def _held(world: Any) -> Any:
    begins = NOW - timedelta(hours=2)
    meeting = do_call_meeting(SETUP, _wanted(world, begins, "Held"))
    return do_hold_meeting(SETUP, Held(came=frozenset({_who(world).pk})), number=meeting.number)


def _item(world: Any) -> Any:
    wanted = NewItem(title="Two factors", owner=_who(world).pk, due=NOW.date())
    return do_add_action_item(SETUP, wanted, number=_held(world).number)


def _rhythm(world: Any, makes: str = "report", rule: Rule = WEEK_AFTER) -> Rhythm:
    return do_add_rhythm(SETUP, _recurs(makes, rule))


def _recurring(world: Any) -> Rhythm:
    return _rhythm(world, "meeting", MONTHLY_LAST_WEEK)


def _recurs(makes: str, rule: Rule, title: str = "Brief") -> NewRhythm:
    kind = "security" if makes == "meeting" else "weekly"
    return NewRhythm(
        makes=makes, kind=kind, title=title, period=rule.period, place=rule.place, days=rule.days,
        starts_on=date(2026, 1, 1), groups=(Group.LEADERSHIP, Group.TECHNICAL_SUPPORT),
    )  # fmt: skip


def _run(world: Any) -> Any:
    return do_make_report_due(JOBS, DUE, rhythm_id=_rhythm(world).pk)


def _published(world: Any) -> Any:
    run = _run(world)
    draft = do_draft_report(JOBS, number=run.number)
    DocumentVersion.objects.filter(pk=draft.pk).update(
        state=DocumentState.PUBLISHED, published_at=NOW, sha256="0" * 64
    )
    return run


def _of(make: Any, **more: Any) -> Any:
    """An action on what ``make`` made, by its number."""
    return lambda world: ((), {"number": make(world).number, **more})


def _answer(world: Any) -> Case:
    return (), {"number": _invited(world).number, "answer": "accepted"}


def _change(world: Any) -> Case:
    return (_wanted(world, title="Another"),), {"number": _meeting(world).number}


def _agenda(world: Any) -> Case:
    return ((Point(title="Only this"),),), {"number": _meeting(world).number}


def _hold(world: Any) -> Case:
    begins = NOW - timedelta(hours=2)
    meeting = do_call_meeting(SETUP, _wanted(world, begins, "Held"))
    return (Held(came=frozenset({_who(world).pk})),), {"number": meeting.number}


def _add_item(world: Any) -> Case:
    wanted = NewItem(title="Two factors", owner=_who(world).pk, due=NOW.date())
    return (wanted,), {"number": _held(world).number}


def _change_item(world: Any) -> Case:
    wanted = NewItem(title="Two factors", owner=_who(world).pk, due=date(2030, 1, 1))
    return (wanted,), {"number": _item(world).number}


def _make_meeting(world: Any) -> Case:
    rhythm = _recurring(world)
    day = NOW.date() + timedelta(days=9)
    window = Window(Span(day, day, "2030-01"), (day,))
    return (window,), {"rhythm_id": rhythm.pk}


def _remind_meeting(world: Any) -> Case:
    meeting = _invited(world)
    return (), {"meeting_id": meeting.pk, "clock": FixedClock(SOON - timedelta(hours=3))}


def _missed(world: Any) -> Case:
    late = FixedClock(SOON + timedelta(days=9))
    return (), {"meetings": [_meeting(world).pk], "clock": late}


def _change_rhythm(world: Any) -> Case:
    return (_recurs("meeting", MONTHLY_LAST_WEEK, "Monthly"),), {"rhythm_id": _recurring(world).pk}


def _revoke(world: Any) -> Case:
    return (), {"key_id": do_issue_feed(world.boss)[0].pk}


def _remind_report(world: Any) -> Case:
    run = _run(world)
    do_draft_report(JOBS, number=run.number)
    return (), {"run_id": run.pk, "clock": FixedClock(datetime(2026, 3, 9, 3, tzinfo=UTC))}


def _template(world: Any) -> Case:
    del world
    return (Text("周报", "{{incidents}}\n"),), {"key": "weekly", "language": "zh-hans"}


CASES = {
    "add_action_item": _add_item,
    "add_rhythm": lambda world: ((_recurs("meeting", MONTHLY_LAST_WEEK),), {}),
    "answer_invitation": _answer,
    "call_meeting": lambda world: ((_wanted(world),), {}),
    "cancel_meeting": _of(_meeting, reason="too early"),
    "change_action_item": _change_item,
    "change_meeting": _change,
    "change_rhythm": _change_rhythm,
    "draft_agenda": _of(_meeting),
    "draft_report": _of(_run),
    "drop_action_item": _of(_item, result="not needed"),
    "finish_action_item": _of(_item, result="it is done"),
    "hold_meeting": _hold,
    "improve_from_action": lambda world: ((PLAN,), {"number": _item(world).number}),
    "issue_feed": lambda world: ((), {}),
    "make_meeting": _make_meeting,
    "make_report_due": lambda world: ((DUE,), {"rhythm_id": _rhythm(world).pk}),
    "minute_decision": _of(_held, text="two factors for all"),
    "remind_of_action": lambda world: ((), {"item_id": _item(world).pk}),
    "remind_of_meeting": _remind_meeting,
    "remind_of_report": _remind_report,
    "revoke_feed": _revoke,
    "save_template": _template,
    "say_meetings_missed": _missed,
    "say_reports_missed": lambda world: ((), {"runs": [_run(world).pk]}),
    "send_invitations": _of(_meeting),
    "send_report": _of(_published),
    "set_agenda": _agenda,
    "switch_rhythm": lambda world: (
        (), {"rhythm_id": _recurring(world).pk, "on": False, "today": date(2026, 3, 1)}
    ),
    "write_minutes": _of(_held),
}  # fmt: skip
RUNS = {Role.LEADERSHIP, Role.TECHNICAL_SUPPORT}
WORKS = {
    Role.LEADERSHIP, Role.TECHNICAL_SUPPORT, Role.CUSTOMER_SERVICE, Role.LEGAL, Role.LOGISTICS,
    Role.ADMINISTRATOR, Role.EMPLOYEE,
}  # fmt: skip
BY_CLOCK = (
    "make_meeting", "make_report_due", "remind_of_action", "remind_of_meeting",
    "remind_of_report", "say_meetings_missed", "say_reports_missed",
)  # fmt: skip
MAY: dict[str, set[Role]] = {
    **dict.fromkeys(CASES, RUNS),
    **{name: set() for name in BY_CLOCK},
    **{name: {Role.LEADERSHIP} for name in ("draft_report", "send_report", "save_template")},
    "answer_invitation": WORKS | {Role.AUDITOR},
    "finish_action_item": WORKS,
    "issue_feed": WORKS | {Role.AUDITOR},
    "revoke_feed": WORKS | {Role.AUDITOR},
}
ACTORS = dict.fromkeys(BY_CLOCK, JOBS)
