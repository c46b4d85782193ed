"""What this person does next in an incident: a few lines, the most pressing first.

On the worst night nobody reads eleven pages to find out whose turn it is.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from shangdun.records.models import Incident, OrderInstruction, Review, ReviewState, Task, User
from shangdun.records.models.runs import FAILED, OVER
from shangdun.records.reviews import written
from shangdun.records.roles import Capability
from shangdun.respond.review.sections import WRITERS
from shangdun.respond.state import State


class NextStep(NamedTuple):
    """One line: what, where; ``urgent`` ones stand out."""

    text: str
    url: str
    icon: str
    urgent: bool = False


def next_steps(user: User, incident: Incident) -> list[NextStep]:
    """What waits for this person here, the most pressing first; empty: nothing does."""
    if not user.can(Capability.VIEW_INCIDENTS):
        return []
    if incident.state == State.CLOSED.value:
        return list(_after(user, incident))
    return [*_deciding(user, incident), *_working(user, incident), *_cleaning(incident)]


def _deciding(user: User, incident: Incident) -> Iterator[NextStep]:
    if incident.ordered_at is None and incident.state != State.CONTAINED.value:
        if user.can(Capability.ORDER_INCIDENTS) and user.can(Capability.SIGN_REPORTS):
            text = _("Decide whether the plan starts, and tell each group what to do.")
            yield NextStep(text, "incident_order", "flag", urgent=True)
        else:
            text = _("Leadership has not decided yet whether the plan starts.")
            yield NextStep(text, "incident_order", "flag")
    if not incident.facts_changes.exists() and user.can(Capability.STATE_FACTS):
        text = _("Say what is known: grade and reporting clocks are reckoned from it.")
        yield NextStep(text, "incident_facts", "clipboard-document-list", urgent=True)


def _working(user: User, incident: Incident) -> Iterator[NextStep]:
    groups = [role.value for role in user.roles]
    unread = OrderInstruction.objects.filter(
        order__incident=incident, group__in=groups, acknowledged_at=None
    )
    if unread.exists():
        text = _("Your group has instructions that nobody has confirmed.")
        yield NextStep(text, "incident_order", "envelope-open", urgent=True)
    tasks = Task.objects.filter(incident=incident, group__in=groups, automatic="")
    waiting = tasks.filter(state__in=("open", "doing")).exclude(state__in=OVER).count()
    if waiting:
        told = ngettext(
            "%(count)d task of your group waits.", "%(count)d tasks of your group wait.", waiting
        )
        yield NextStep(told % {"count": waiting}, "incident_board", "view-columns", urgent=True)
    failed = Task.objects.filter(incident=incident, state=FAILED, held=True).count()
    if failed:
        told = ngettext(
            "%(count)d step failed and waits for a person's word.",
            "%(count)d steps failed and wait for a person's word.",
            failed,
        )
        icon = "exclamation-triangle"
        yield NextStep(told % {"count": failed}, "incident_board", icon, urgent=True)


def _cleaning(incident: Incident) -> Iterator[NextStep]:
    if incident.state == State.CONTAINED.value:
        text = _("Show that it is over: the points of the cleanup, then close it.")
        yield NextStep(text, "incident_cleanup", "sparkles", urgent=True)


def _after(user: User, incident: Incident) -> Iterator[NextStep]:
    review = Review.objects.filter(incident=incident).first()
    if review is None or review.state == ReviewState.SIGNED:
        return
    if review.state == ReviewState.SUBMITTED:
        if user.can(Capability.SIGN_REPORTS):
            text = _("The post-incident report waits for your signature.")
            yield NextStep(text, "incident_review", "check-badge", urgent=True)
        return
    texts = written(review)
    mine = {role.value for role in user.roles}
    left = sum(
        who.group.value in mine and not texts.get(section, "").strip()
        for section, who in WRITERS.items()
    )
    if left:
        told = ngettext(
            "%(count)d part of the report is your group's to write.",
            "%(count)d parts of the report are your group's to write.",
            left,
        )
        yield NextStep(told % {"count": left}, "incident_review", "pencil-square", urgent=True)
