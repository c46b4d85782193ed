"""The communication plan for its pages: the grid, the list, one item with what may be done."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy, pgettext_lazy

from shangdun.actions.communication.makers import makers
from shangdun.actions.communication.send import missing_ways
from shangdun.console.blocks import LANGUAGES, Shown, shown
from shangdun.govern.communication.due import Standing
from shangdun.govern.communication.lines import INSIDE, OUTSIDE, Audience, Content
from shangdun.govern.communication.matrix import matrix
from shangdun.papers.blocks import Block, Paper
from shangdun.papers.errors import PaperError
from shangdun.papers.markup import fill, read
from shangdun.records.communication import (
    audiences_of,
    can_write_outside,
    contacts_for,
    has_left,
    lists_for,
    standing_of,
    ways_of,
)
from shangdun.records.models import (
    AudienceChoice,
    Communication,
    CommunicationLine,
    CommunicationState,
    ContentChoice,
    OutsideLetterState,
    User,
    WayChoice,
)
from shangdun.records.roles import Capability

STANDING_WORDS: dict[Standing, tuple[Promise, str]] = {
    Standing.AHEAD: (pgettext_lazy("communication", "ahead"), ""),
    Standing.NOW: (pgettext_lazy("communication", "due today"), "warn"),
    Standing.LATE: (pgettext_lazy("communication", "late"), "bad"),
    Standing.MISSED: (pgettext_lazy("communication", "missed"), "bad"),
    Standing.KEPT: (pgettext_lazy("communication", "on time"), "good"),
    Standing.KEPT_LATE: (pgettext_lazy("communication", "done late"), "warn"),
}
STATE_LOOKS = {
    CommunicationState.DRAFTED: "note",
    CommunicationState.APPROVED: "own",
    CommunicationState.SENT: "good",
    CommunicationState.MISSED: "bad",
}
CONTENT_ICONS = {
    Content.INCIDENT: "bell-alert",
    Content.PROGRESS: "chart-bar",
    Content.TRAINING: "academic-cap",
    Content.LAW: "scale",
    Content.PLAN: "document-text",
}
TABS: tuple[tuple[str, str, Promise, str], ...] = (
    ("matrix", "communication", pgettext_lazy("communication", "Plan"), "table-cells"),
    ("due", "communication_due", pgettext_lazy("communication", "Due"), "clock"),
    ("contacts", "contacts", gettext_lazy("Contacts"), "phone"),
    ("lists", "address_lists", gettext_lazy("Recipients"), "envelope"),
    ("duties", "duties", gettext_lazy("Duties"), "identification"),
    ("groups", "groups_across", gettext_lazy("Groups"), "user-group"),
    ("reviews", "duty_reviews", pgettext_lazy("duties", "Review"), "check-badge"),
)


@dataclass(frozen=True)
class Entry:
    """One line in one cell."""

    line: CommunicationLine
    title: str
    frequency: str
    ways: list[str]
    look: str
    last: str
    """How its last one stands, in a word."""


@dataclass(frozen=True)
class Cell:
    content: str
    label: str
    icon: str
    entries: list[Entry] = field(default_factory=list)


@dataclass(frozen=True)
class Row:
    """One audience with its cells, in the order of the contents."""

    audience: str
    label: str
    outside: bool
    cells: list[Cell]
    people: int | None = None


def title_of(line: CommunicationLine) -> str:
    """In the page's language where there is one."""
    first, second = line.title_zh, line.title_en
    return (second or first) if get_language() == "en" else (first or second)


def way_words(line: CommunicationLine) -> list[str]:
    return [str(WayChoice(way.value).label) for way in ways_of(line)]


def grid(lines: Iterable[CommunicationLine], items: Iterable[Communication], today: date,
         zone: ZoneInfo) -> list[Row]:  # fmt: skip
    """The matrix: audiences down, contents across; an empty cell is an empty cell."""
    last = {item.line_id: item for item in sorted(items, key=lambda one: (one.due_on, one.pk))}
    entries = {line.pk: _entry(line, last.get(line.pk), today, zone) for line in lines}
    rows = []
    for audience in (*INSIDE, *(one for one in Audience if one in OUTSIDE)):
        cells = [
            Cell(
                content.value,
                str(ContentChoice(content.value).label),
                CONTENT_ICONS[content],
                [
                    one
                    for one in entries.values()
                    if one.line.content == content.value and audience.value in one.line.audiences
                ],
            )
            for content in Content
        ]
        label = str(AudienceChoice(audience.value).label)
        rows.append(Row(audience.value, label, audience.outside, cells))
    return rows


def _entry(
    line: CommunicationLine, last: Communication | None, today: date, zone: ZoneInfo
) -> Entry:
    stands = standing_of(last, today, zone) if last else None
    word, look = STANDING_WORDS[stands] if stands else ("", "")
    return Entry(
        line=line,
        title=title_of(line),
        frequency=str(line.get_frequency_display()),
        ways=way_words(line),
        look=look,
        last=str(word),
    )


@dataclass(frozen=True)
class Listed:
    """One thing that is due, for a list."""

    item: Communication
    standing: str
    look: str
    state_look: str
    icon: str
    audiences: list[str]
    provable: bool
    """Whether the system's own records prove it."""


def listed(items: Iterable[Communication], today: date, zone: ZoneInfo) -> list[Listed]:
    """For the list of what is due."""
    found = []
    known = makers()
    for item in items:
        stands = standing_of(item, today, zone)
        word, look = STANDING_WORDS[stands] if stands else ("", "")
        maker = known.get(item.line.maker)
        found.append(
            Listed(
                item=item,
                standing=str(word),
                look=look,
                state_look=STATE_LOOKS.get(CommunicationState(item.state), ""),
                icon=CONTENT_ICONS[Content(item.line.content)],
                audiences=[
                    str(AudienceChoice(one.value).label)
                    for one in Audience
                    if one in audiences_of(item.line)
                ],
                provable=bool(maker and maker.proof),
            )
        )
    return found


def suggested() -> list[dict[str, Any]]:
    """Lines of the product that the matrix has not, for taking them over."""
    taken = set(
        CommunicationLine.objects.filter(archived_at=None)
        .exclude(key="")
        .values_list("key", flat=True)
    )
    language = get_language() or "zh-hans"
    return [
        {
            "key": line.key,
            "title": line.title.text(language),
            "note": line.note.text(language),
            "content": ContentChoice(line.content.value).label,
            "audiences": [AudienceChoice(one.value).label for one in line.audiences],
        }
        for line in matrix()
        if line.key not in taken
    ]


def body_blocks(body: str) -> list[Shown]:
    """The text as the page draws it."""
    return shown(_blocks(body))


def preview_of(body: str) -> dict[str, Any]:
    """For ``documents/preview.html``."""
    try:
        return {"blocks": body_blocks(body), "wrong": ""}
    except PaperError as error:
        return {"blocks": [], "wrong": str(error)}


def item_paper(item: Communication) -> Paper:
    """The text as a formal report."""
    language = LANGUAGES.get(item.language, "zh-hans")
    return Paper(
        title=item.title,
        language=language,
        meta=(),
        date=item.due_on.isoformat(),
        written=item.approved_at or item.drafted_at or item.made_at,
        blocks=_blocks(item.body),
    )


def _blocks(body: str) -> tuple[Block, ...]:
    return fill(read(body), {})


def item_context(user: User, item: Communication, today: date, zone: ZoneInfo) -> dict[str, Any]:
    """For ``communication/item.html``."""
    manages = user.can(Capability.MANAGE_COMMUNICATION)
    maker = makers().get(item.line.maker)
    left = missing_ways(item)
    gone = has_left(item)
    letters = list(item.letters.select_related("contact").order_by("pk"))
    leaves = any(not way.by_people for way in left) and not gone
    approved = item.state == CommunicationState.APPROVED
    return {
        "one": listed([item], today, zone)[0],
        "item": item,
        "line_title": title_of(item.line),
        "ways": way_words(item.line),
        "left": [WayChoice(way.value).label for way in left] if item.is_open else [],
        "blocks": body_blocks(item.body) if item.body else [],
        "proofs": list(item.proofs.select_related("by")),
        "letters": letters,
        "resend": {OutsideLetterState.BOUNCED, OutsideLetterState.UNCERTAIN},
        "manages": manages,
        "edits": manages and item.is_open and not gone,
        "redrafts": manages
        and maker is not None
        and maker.draft is not None
        and item.state in (CommunicationState.DUE, CommunicationState.DRAFTED),
        "approves": manages
        and item.line.needs_approval
        and item.state == CommunicationState.DRAFTED,
        "sends": manages
        and leaves
        and item.is_open
        and bool(item.body)
        and (approved or not item.line.needs_approval),
        "proves": manages
        and item.state != CommunicationState.DROPPED
        and (item.approved_at is not None or not item.line.needs_approval),
        "drops": manages and (item.is_open or item.state == CommunicationState.MISSED),
        "contacts": contacts_for(item.line) if item.line.outside else [],
        "lists": lists_for(item.line) if item.line.outside else [],
        "mailings": list(item.mailings.order_by("pk")),
        "outward": can_write_outside(),
        "maker": maker,
        "path": str(item.about.get("path", "")),
    }
