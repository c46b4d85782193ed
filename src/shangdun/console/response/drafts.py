"""What the system already knows for each part of the report, as text to begin with.

A draft is offered where a group has written nothing yet; nobody has to retype what the timeline
holds. What is not known is not invented.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from shangdun.console.incidents import title_of
from shangdun.console.response.grades import GRADE_WORDS
from shangdun.console.story import story_of
from shangdun.records.facts import facts_of
from shangdun.records.models import Incident, Task, TimelineKind
from shangdun.respond.review.sections import Section

MOST_LINES = 60
_COURSE = (
    TimelineKind.REPORTED,
    TimelineKind.STATE,
    TimelineKind.GRADE,
    TimelineKind.ORDER,
    TimelineKind.ESCALATION,
    TimelineKind.PLAYBOOK,
    TimelineKind.NOTICE,
    TimelineKind.SUBMISSION,
    TimelineKind.CLEANUP,
)
_KINDS = {
    Section.COURSE: _COURSE,
    Section.CUSTOMERS: (TimelineKind.NOTICE, TimelineKind.COMPLAINT, TimelineKind.AFFECTED),
    Section.LEGAL: (TimelineKind.CLOCK, TimelineKind.SUBMISSION, TimelineKind.LEGAL),
    Section.LOGISTICS: (TimelineKind.SUPPLY,),
}


def draft_of(incident: Incident, section: Section) -> str:
    """Text to begin with; empty where the system knows nothing of it."""
    if section is Section.SUMMARY:
        return "\n".join(_summary(incident))
    if section is Section.TECHNICAL:
        return "\n".join(_done(incident))
    kinds = _KINDS.get(section)
    return "\n".join(_told(incident, kinds)) if kinds else ""


def _summary(incident: Incident) -> Iterator[str]:
    yield _("%(title)s (%(type)s, grade: %(grade)s)") % {
        "title": title_of(incident),
        "type": incident.get_type_display(),
        "grade": GRADE_WORDS[incident.grade],
    }
    for label, at in (
        (_("Began"), incident.occurred_at),
        (_("Reported"), incident.reported_at),
        (_("Plan started"), incident.activated_at),
        (_("Contained"), incident.contained_at),
        (_("Working as before"), incident.recovered_at),
        (_("Closed"), incident.closed_at),
    ):
        yield _("%(label)s: %(value)s") % {"label": label, "value": _moment(at) if at else "—"}
    facts = facts_of(incident)
    for label, known in (
        (_("People whose data got out"), facts.people),
        (_("People who could not be served"), facts.people_served),
        (_("Outage in minutes"), facts.outage_minutes),
        (_("Direct loss in yuan"), facts.loss),
    ):
        value = _("not known") if known is None else str(known)
        yield _("%(label)s: %(value)s") % {"label": label, "value": value}
    if incident.verdict_note:
        yield incident.verdict_note


def _told(incident: Incident, kinds: tuple[TimelineKind, ...]) -> Iterator[str]:
    for told in reversed(story_of(incident, kinds=kinds, most=MOST_LINES)):
        who = told.actor or _("ShangDun")
        line = f"{_moment(told.entry.time)}  {who} {told.sentence}"
        yield f"{line}: {told.entry.text}" if told.entry.text else line


def _done(incident: Incident) -> Iterator[str]:
    chinese = (get_language() or "").startswith("zh")
    tasks = Task.objects.filter(incident=incident, state="done").order_by("done_at")[:MOST_LINES]
    for task in tasks:
        title = task.title_zh if chinese else task.title_en
        line = f"{_moment(task.done_at)}  {title}" if task.done_at else title
        yield f"{line}: {task.result}" if task.result else line


def _moment(at: datetime) -> str:
    return date_format(timezone.localtime(at), "DATETIME_FORMAT")
