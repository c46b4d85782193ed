"""Management's page in sentences: what a CIO reads, each number a way to its records."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.core.cache import cache
from django.utils.formats import date_format, number_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, ngettext_lazy, pgettext

from shangdun import __version__
from shangdun.console.incidents import title_of
from shangdun.console.programme.measures import Card, cards
from shangdun.console.response.clocks import show
from shangdun.console.wordings.grades import GRADE_WORDS
from shangdun.govern.money.budget import Position
from shangdun.records.actor import Actor
from shangdun.records.management import Picture, Waiting, picture
from shangdun.records.messages import console_zone
from shangdun.records.models import RiskLevel
from shangdun.records.programmes import TaskStanding
from shangdun.records.risks import Standing

KINDS: dict[str, tuple[Any, str, str]] = {
    "asking": (
        ngettext_lazy(
            "%(n)s incident waits for your word whether the plan starts",
            "%(n)s incidents wait for your word whether the plan starts",
            "n",
        ),
        "/incidents/{first}/order/",
        "",
    ),
    "notice": (
        ngettext_lazy(
            "%(n)s notice to customers waits for approval",
            "%(n)s notices to customers wait for approval",
            "n",
        ),
        "/incidents/{first}/notices/",
        "",
    ),
    "document": (
        ngettext_lazy(
            "%(n)s document or report waits for review or approval",
            "%(n)s documents or reports wait for review or approval",
            "n",
        ),
        "/documents/",
        "/documents/{first}/",
    ),
    "review": (
        ngettext_lazy(
            "%(n)s post-incident report waits for signature",
            "%(n)s post-incident reports wait for signature",
            "n",
        ),
        "/incidents/{first}/report/",
        "",
    ),
    "decision": (
        ngettext_lazy(
            "%(n)s protective decision waits to be confirmed",
            "%(n)s protective decisions wait to be confirmed",
            "n",
        ),
        "/decisions/?show=waiting",
        "",
    ),
    "acceptance": (
        ngettext_lazy(
            "%(n)s risk acceptance runs out within 30 days",
            "%(n)s risk acceptances run out within 30 days",
            "n",
        ),
        "/risks/acceptances/",
        "",
    ),
    "untreated": (
        ngettext_lazy(
            "%(n)s risk is too high, with nothing planned that suffices",
            "%(n)s risks are too high, with nothing planned that suffices",
            "n",
        ),
        "/risks/?show=untreated",
        "",
    ),
    "budget": (
        ngettext_lazy("%(n)s budget line is overdrawn", "%(n)s budget lines are overdrawn", "n"),
        "/programmes/{first}/resources/money/",
        "",
    ),
    "clock": (
        ngettext_lazy(
            "%(n)s reporting deadline has passed", "%(n)s reporting deadlines have passed", "n"
        ),
        "/clocks/",
        "",
    ),
    "drill": (
        ngettext_lazy("%(n)s drill was not held", "%(n)s drills were not held", "n"),
        "/drills/",
        "",
    ),
    "report": (
        ngettext_lazy(
            "%(n)s report of the plan was not sent", "%(n)s reports of the plan were not sent", "n"
        ),
        "/plan-reports/",
        "/plan-reports/{first}/",
    ),
    "action": (
        ngettext_lazy(
            "%(n)s action of a meeting is overdue", "%(n)s actions of meetings are overdue", "n"
        ),
        "/meetings/actions/",
        "",
    ),
    "improvement": (
        ngettext_lazy("%(n)s improvement is overdue", "%(n)s improvements are overdue", "n"),
        "/improvements/?show=overdue",
        "",
    ),
    "vulnerability": (
        ngettext_lazy(
            "%(n)s vulnerability is open past its day",
            "%(n)s vulnerabilities are open past their day",
            "n",
        ),
        "/vulnerabilities/?show=overdue",
        "",
    ),
    "law": (
        ngettext_lazy(
            "%(n)s change of law was not looked at in time",
            "%(n)s changes of law were not looked at in time",
            "n",
        ),
        "/law/changes/",
        "",
    ),
    "survey": (
        ngettext_lazy(
            "%(n)s survey was not opened in time", "%(n)s surveys were not opened in time", "n"
        ),
        "/surveys/",
        "/surveys/{first}/",
    ),
}
"""Kind → its sentence, where it is settled, and where if it is one alone."""
MINUTE = "Y-m-d H:i"
KEPT, KEPT_SECONDS = f"management:measures:{__version__}", 300
TRENDS: dict[str, tuple[Promise, str, str]] = {
    "up": (gettext_lazy("rising"), "arrow-trending-up", "bad"),
    "down": (gettext_lazy("falling"), "arrow-trending-down", "good"),
    "same": (gettext_lazy("unchanged"), "arrow-right", ""),
    "new": (gettext_lazy("not assessed before"), "minus", ""),
}


@dataclass(frozen=True)
class Line:
    """A sentence that leads somewhere."""

    text: str
    path: str


@dataclass(frozen=True)
class TaskLine:
    """One of the plan's tasks."""

    title: str
    path: str
    done: str
    percent: int
    state: str
    look: str
    next_due: str


@dataclass(frozen=True)
class RiskLine:
    """One of the worst risks."""

    title: str
    path: str
    level: str
    number: int
    """Of the level, 1 to 5: its colour."""
    before: str
    """Without its measures."""
    earlier: int
    trend: str
    icon: str
    look: str
    money: str
    owner: str


@dataclass(frozen=True)
class IncidentLine:
    title: str
    path: str
    grade: str
    number: int
    state: str
    since: str


@dataclass(frozen=True)
class ClockLine:
    duty: str
    path: str
    left: str
    overdue: bool
    due: str


@dataclass(frozen=True)
class MoneyLine:
    """The budget in one currency."""

    currency: str
    planned: str
    spent: str
    committed: str
    left: str
    percent: int
    """Of what was planned: spent and committed together, at most 100."""
    overdrawn: bool


@dataclass(frozen=True)
class Told:
    """The whole page in words."""

    at: str
    headlines: list[Line]
    decide: list[Line]
    overdue: list[Line]
    plan: Line | None
    plan_words: str
    tasks: list[TaskLine]
    milestones: str
    others: list[Line]
    risks: list[RiskLine]
    risk_words: str
    incidents: list[IncidentLine]
    incident_words: str
    clocks: list[ClockLine]
    clock_words: str
    measures: list[Card]
    money: list[MoneyLine]
    money_path: str


def told(found: Picture, actor: Actor) -> Told:
    """The picture in the page's language."""
    programme = found.plan.programme if found.plan else None
    return Told(
        at=date_format(found.at.astimezone(console_zone()), MINUTE),
        headlines=_headlines(found),
        decide=[_waits(one) for one in found.decide],
        overdue=[_waits(one) for one in found.overdue],
        plan=Line(programme.title, f"/programmes/{programme.number}/") if programme else None,
        plan_words=_plan_words(found),
        tasks=[_task(one) for one in found.plan.tasks] if found.plan else [],
        milestones=_milestones(found),
        others=[Line(one.title, f"/programmes/{one.number}/") for one in found.others],
        risks=[_risk(one, found.currency) for one in found.risks],
        risk_words=_risk_words(found),
        incidents=_incidents(found),
        incident_words=_incident_words(found),
        clocks=_clocks(found),
        clock_words=_clock_words(found),
        measures=cards(found.measures, actor),
        money=[_money(*one) for one in found.money.totals.items()] if found.money else [],
        money_path=f"/programmes/{programme.number}/resources/money/" if programme else "",
    )


def look(actor: Actor, now: datetime) -> Picture:
    """The picture; its measures are counted anew every five minutes, for everybody together."""
    measures = cache.get(KEPT)
    found = picture(actor, now, measures)
    if measures is None:
        cache.set(KEPT, found.measures, KEPT_SECONDS)
    return found


def _money(currency: str, position: Position) -> MoneyLine:
    used = position.share(position.committed + position.spent)
    return MoneyLine(
        currency=currency,
        planned=_amount(position.planned),
        spent=_amount(position.spent),
        committed=_amount(position.committed),
        left=_amount(position.left),
        percent=min(100, used),
        overdrawn=position.overdrawn,
    )


def _amount(amount: Decimal) -> str:
    return number_format(amount, 0, use_l10n=True, force_grouping=True)


def _waits(one: Waiting) -> Line:
    words, many, alone = KINDS[one.kind]
    path = alone if alone and one.count == 1 else many
    return Line(str(words % {"n": one.count}), path.format(first=one.first))


def _headlines(found: Picture) -> list[Line]:
    """The page in three sentences: decisions, clocks, the plan."""
    matters = sum(one.count for one in found.decide)
    text = _("Nothing waits for your decision.")
    if matters:
        text = ngettext(
            "%(n)s matter needs a decision.", "%(n)s matters need a decision.", matters
        ) % {"n": matters}  # fmt: skip
    return [
        Line(text, "#decide"),
        Line(_clock_words(found), "/clocks/"),
        Line(_plan_words(found), "#plan"),
    ]


def _plan_words(found: Picture) -> str:
    plan = found.plan
    if plan is None:
        return _("There is no plan yet.")
    counts = {"done": plan.done, "total": plan.total, "proven": plan.proven, "late": plan.late}
    if plan.late:
        return _("%(done)s of %(total)s subtasks done, %(late)s late.") % counts
    if plan.done:
        return _("On time: %(done)s of %(total)s subtasks done, %(proven)s by evidence.") % counts
    return _("On time: none of %(total)s subtasks is done yet.") % counts


def _task(one: TaskStanding) -> TaskLine:
    state, look = _task_state(one)
    return TaskLine(
        title=f"{one.task.code} {one.task.title}",
        path=f"/programmes/tasks/{one.task.pk}/",
        done=f"{one.done}/{one.total}",
        percent=round(100 * one.done / one.total) if one.total else 0,
        state=state,
        look=look,
        next_due=date_format(one.next_due, "DATE_FORMAT") if one.next_due else "",
    )


def _task_state(one: TaskStanding) -> tuple[str, str]:
    if one.late:
        told = ngettext("%(n)s subtask late", "%(n)s subtasks late", one.late) % {"n": one.late}
        return told, "bad"
    if one.lost:
        return _("proof was lost"), "warn"
    if one.total and one.done == one.total:
        if one.proven == one.total:
            return _("done, proven"), "good"
        return _("done, in part without proof"), "warn"
    return pgettext("plan", "on time"), ""


def _milestones(found: Picture) -> str:
    rows = found.plan.milestones if found.plan else ()
    if not rows:
        return ""
    reached = sum(row.state == "done" for row in rows)
    return _("%(n)s of %(all)s milestones reached") % {"n": reached, "all": len(rows)}


def _risk(one: Standing, currency: str) -> RiskLine:
    trend, icon, look = TRENDS[one.trend]
    yearly, owner = one.yearly("now"), one.risk.owner
    money = ""
    if yearly is not None:
        amount = number_format(round(yearly, -3), 0, use_l10n=True, force_grouping=True)
        money = _("about %(amount)s %(currency)s a year") % {
            "amount": amount, "currency": currency,
        }  # fmt: skip
    return RiskLine(
        title=str(one.risk.title),
        path=f"/risks/{one.risk.number}/",
        level=str(RiskLevel(one.now.level).label) if one.now else "",
        number=one.now.level if one.now else 0,
        before=str(RiskLevel(one.before.level).label) if one.before else "",
        earlier=one.before.level if one.before else 0,
        trend=str(trend),
        icon=icon,
        look=look,
        money=money,
        owner=(owner.get_full_name() or owner.username) if owner else "",
    )


def _risk_words(found: Picture) -> str:
    if not found.rated:
        return _("No risk has been assessed yet.")
    if not found.too_high:
        return _("None of %(all)s risks is above what is acceptable, or it is borne by name.") % {
            "all": found.rated
        }
    return ngettext(
        "%(n)s of %(all)s risks is above what is acceptable.",
        "%(n)s of %(all)s risks are above what is acceptable.",
        found.too_high,
    ) % {"n": found.too_high, "all": found.rated}


def _incidents(found: Picture) -> list[IncidentLine]:
    return [
        IncidentLine(
            title=f"#{one.number} {title_of(one)}",
            path=f"/incidents/{one.number}/",
            grade=str(GRADE_WORDS[one.grade]),
            number=one.grade,
            state=one.get_state_display(),
            since=date_format(one.reported_at.astimezone(console_zone()), "DATE_FORMAT"),
        )
        for one in found.incidents
    ]


def _incident_words(found: Picture) -> str:
    n = found.open_incidents
    if not n:
        return _("No incident is open.")
    return ngettext("%(n)s incident is open.", "%(n)s incidents are open.", n) % {"n": n}


def _clocks(found: Picture) -> list[ClockLine]:
    lines = []
    for row in found.clocks:
        shown = show(row, found.at)
        due = row.due_at
        lines.append(
            ClockLine(
                duty=f"#{row.incident.number} {shown.duty} → {shown.to}",
                path=f"/incidents/{row.incident.number}/#clocks",
                left=shown.left,
                overdue=shown.overdue,
                due=date_format(due.astimezone(console_zone()), MINUTE) if due else "",
            )
        )
    return lines


def _clock_words(found: Picture) -> str:
    if found.late_clocks:
        n = found.late_clocks
        return ngettext(
            "%(n)s reporting deadline has passed unmet.",
            "%(n)s reporting deadlines have passed unmet.",
            n,
        ) % {"n": n}
    n = found.open_clocks
    if not n:
        return _("No reporting deadline runs.")
    told = ngettext("%(n)s reporting deadline runs", "%(n)s reporting deadlines run", n) % {"n": n}
    due = found.clocks[0].due_at
    if due is None:
        return _("%(told)s, to be met without delay.") % {"told": told}
    moment = date_format(due.astimezone(console_zone()), MINUTE)
    return _("%(told)s, the next until %(moment)s.") % {"told": told, "moment": moment}
