"""Minutes (会议纪要): a meeting written up as a controlled document."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _
from django.utils.translation import override, pgettext

from shangdun.actions.action import SYSTEM_CLOCK, Done, Outcome, Unchanged, action
from shangdun.actions.documents.changes import text_sha256
from shangdun.actions.documents.write import NewDocument, begin_document, untaken
from shangdun.actions.meetings.changes import keep, standing
from shangdun.kernel.clock import Clock
from shangdun.papers.escaped import line, table
from shangdun.records.actor import Actor
from shangdun.records.messages import console_zone
from shangdun.records.models import (
    AgendaItem,
    ControlledKind,
    DocumentVersion,
    Meeting,
    MeetingState,
    User,
)
from shangdun.records.roles import Capability


@action(Capability.MANAGE_MEETINGS)
def do_write_minutes(
    actor: Actor, *, number: int, clock: Clock = SYSTEM_CLOCK
) -> Outcome[DocumentVersion]:
    """Draft the minutes of a meeting that was held; from then on the document is edited."""
    meeting = standing(actor, number, None, {}, MeetingState.HELD)
    if meeting.document is not None:
        return Unchanged(meeting.document.versions.order_by("-number")[0])
    now = clock.now()
    with override(meeting.language):
        wanted = NewDocument(
            kind=ControlledKind.MINUTES.value,
            title=_title(meeting),
            language=meeting.language,
            body=body(meeting),
            review_months=0,
        )
    draft = begin_document(actor, wanted, now)
    meeting.document = draft.document
    kept = keep(
        meeting, now, {"document": draft.document.number, "text_sha256": text_sha256(draft)}
    )
    return Done(draft, kept.subject, now, kept.payload)


def _title(meeting: Meeting) -> str:
    day = meeting.begins_at.astimezone(console_zone()).date().isoformat()
    told = _("%(meeting)s: minutes, %(day)s") % {"meeting": meeting.title[:150], "day": day}
    return untaken(told, meeting.language, meeting.number)


def body(meeting: Meeting) -> str:
    """The markup of the minutes, in the language that is switched on."""
    return "\n\n".join((*_head(meeting), *_points(meeting), *_decided(meeting), *_actions(meeting)))


def _head(meeting: Meeting) -> Iterator[str]:
    begins = meeting.begins_at.astimezone(console_zone())
    rows = list(meeting.attendances.select_related("person"))
    came = [_name(row.person) for row in rows if row.came]
    away = [_name(row.person) for row in rows if row.came is False]
    comma = _(", ")
    told = [
        (pgettext("meeting", "Time"), f"{begins:%Y-%m-%d %H:%M}"),
        (pgettext("meeting", "Place"), meeting.location or "—"),
        (pgettext("meeting", "Chair"), _name(meeting.chair) or "—"),
        (_("Minutes by"), _name(meeting.writer) or "—"),
        (pgettext("meeting", "Present"), comma.join(came) or "—"),
        (pgettext("meeting", "Absent"), comma.join(away) or "—"),
    ]
    if meeting.purpose:
        told.append((pgettext("meeting", "Purpose"), meeting.purpose))
    head = (pgettext("minutes", "Item"), pgettext("minutes", "Content"))
    lines = [f"| {head[0]} | {head[1]} |", "| --- | --- |"]
    lines += [f"| {line(label)} | {line(value, 2_000)} |" for label, value in told]
    yield "\n".join(lines)


def _points(meeting: Meeting) -> Iterator[str]:
    yield _heading(_("Agenda and discussion"))
    for item in meeting.agenda.all():
        yield f"### {item.position}. {line(item.title, 200)}"
        yield from _point(item)


def _point(item: AgendaItem) -> Iterator[str]:
    if item.facts:
        yield item.facts
    if item.note:
        yield paragraphs(item.note)
    said = paragraphs(item.outcome) if item.outcome else _("Nothing was noted.")
    colon = pgettext("between a label and its text", ": ")
    label = _("What was said")
    yield f"**{label}**{colon}{said}"


def _decided(meeting: Meeting) -> Iterator[str]:
    yield _heading(pgettext("meeting", "Decisions"))
    rows = list(meeting.decisions.all())
    if not rows:
        yield _("No decision was taken.")
        return
    yield "\n".join(f"{row.number}. {line(row.text, 2_000)}" for row in rows)


def _actions(meeting: Meeting) -> Iterator[str]:
    yield _heading(pgettext("meeting", "Actions"))
    rows = list(meeting.actions.select_related("owner"))
    if not rows:
        yield _("No action was given.")
        return
    head = (
        _("No."),
        pgettext("action item", "What is to be done"),
        pgettext("action item", "Owner"),
        _("Due"),
    )
    yield table(
        head, [(f"#{row.number}", row.title, _name(row.owner), row.due.isoformat()) for row in rows]
    )


def paragraphs(text: str) -> str:
    """A text of several lines as markup that can only be read as itself."""
    parts = [" ".join(part.split()) for part in text.split("\n")]
    return "\n\n".join(line(part, 5_000) for part in parts if part)


def _heading(text: str) -> str:
    return f"## {text}"


def _name(user: User | None) -> str:
    return (user.get_full_name() or user.username) if user else ""
