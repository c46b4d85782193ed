"""Decisions of the meetings of the period, and how their actions stand."""

from __future__ import annotations

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from shangdun.actions.reports.sections import Asked, table
from shangdun.records.meetings import decisions_between, visible_actions, visible_meetings
from shangdun.records.models import ActionItem, ActionItemState, MeetingState

title = gettext_lazy("Decisions of meetings and their follow-up")
MOST = 12


def has(asked: Asked) -> bool:
    """Whether a meeting fell into the period, or an action of one is open."""
    return _met(asked)[0] + _met(asked)[1] > 0 or _actions(asked) != []


def section(asked: Asked) -> str:
    """Meetings held and not held, what they decided, what is to be done."""
    held, missed = _met(asked)
    text = _("Meetings held: %(held)d; due and not held: %(missed)d.")
    parts = [text % {"held": held, "missed": missed}]
    decisions = list(decisions_between(asked.actor, asked.since, asked.until)[:MOST])
    if decisions:
        head = (_("Meeting"), pgettext("meeting", "Decision"))
        rows = [
            (f"{row.meeting.begins_at.astimezone(asked.zone):%Y-%m-%d} {row.meeting.title}"[:80],
             row.text[:120])
            for row in decisions
        ]  # fmt: skip
        parts.append(table(head, rows))
    actions = _actions(asked)
    if actions:
        done = sum(row.state == ActionItemState.DONE for row in actions)
        late = sum(_late(row, asked) for row in actions)
        told = _("Actions: %(done)d done in this period, %(open)d open, %(late)d of them late.")
        parts.append(told % {"done": done, "open": len(actions) - done, "late": late})
        head4 = (
            pgettext("action item", "Action"),
            pgettext("action item", "Owner"),
            _("Due"),
            _("State"),
        )
        parts.append(table(head4, [_row(row, asked) for row in actions[:MOST]]))
    return "\n\n".join(parts)


def _told_actions(actions: list[ActionItem], asked: Asked) -> str:
    owner = pgettext("action item", "Owner")
    head = (pgettext("action item", "Action"), owner, _("Due"), _("State"))
    return table(head, [_row(row, asked) for row in actions])


def _met(asked: Asked) -> tuple[int, int]:
    span = Q(begins_at__gte=asked.begins_at, begins_at__lt=asked.ends_at)
    rows = visible_meetings(asked.actor).filter(span)
    held = rows.filter(state=MeetingState.HELD).count()
    return held, rows.filter(state=MeetingState.MISSED).count()


def _actions(asked: Asked) -> list[ActionItem]:
    """Open ones first, then those that were done in the period."""
    rows = visible_actions(asked.actor).filter(created_at__lt=asked.ends_at)
    done = Q(state=ActionItemState.DONE, done_at__gte=asked.begins_at, done_at__lt=asked.ends_at)
    chosen = rows.filter(Q(state=ActionItemState.OPEN) | done)
    return sorted(chosen[:200], key=lambda row: (row.state == ActionItemState.DONE, row.due))


def _late(row: ActionItem, asked: Asked) -> bool:
    return row.state == ActionItemState.OPEN and row.due < asked.today


def _row(row: ActionItem, asked: Asked) -> tuple[str, ...]:
    day, mark = row.due.isoformat(), _("(late)")
    return (
        f"#{row.number} {row.title}"[:100],
        row.owner.get_full_name() or row.owner.username,
        f"{day} {mark}" if _late(row, asked) else day,
        str(row.get_state_display()),
    )
