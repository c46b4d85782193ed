"""Telling it, and the proof of it: through the channels, to contacts outside, by people, on record.

A text for people inside leaves as one message through the channels and into their own lists; the
forum is a page of the knowledge base. What goes outside needs an approval and leaves as one e-mail
to each contact that has an address. A meeting, a call, a report or a seminar is done by people, who
say when and with whom. It is done when every way of its line is.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import date, datetime, time

import msgspec
from django.utils.translation import override

from shangdun.actions.action import SYSTEM_CLOCK, Done, Outcome, Unchanged, action
from shangdun.actions.communication.draft import text_of
from shangdun.actions.communication.letters import plain_text
from shangdun.actions.communication.make import asked_of
from shangdun.actions.communication.makers import makers
from shangdun.actions.incident_changes import sealed
from shangdun.actions.knowledge.post import post_page
from shangdun.actions.mailings.bulletin import send_bulletin
from shangdun.actions.messages.queue import Notice, queue_message
from shangdun.govern.communication.lines import BY_ITSELF, Way, groups_of
from shangdun.kernel.clock import Clock
from shangdun.kernel.errors import UsageError
from shangdun.notify.letters.template import Text as LetterText
from shangdun.papers.blocks import Text, plain
from shangdun.papers.markup import read
from shangdun.records.actor import Actor, person
from shangdun.records.communication import (
    audiences_of,
    contacts_for,
    get_item,
    has_left,
    lists_for,
    receivers,
    ways_of,
)
from shangdun.records.conflict import EditConflict
from shangdun.records.evidence_store import Stored
from shangdun.records.messages import console_zone
from shangdun.records.models import (
    Communication,
    CommunicationProof,
    CommunicationState,
    OutsideLetter,
    ProofKind,
)
from shangdun.records.roles import Capability
from shangdun.records.stored_text import clean_text

SUMMARY_LINES = 4


class Held(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody did: the way, the day, who was there, a file by its hash."""

    way: Way
    on: date
    text: str = ""
    people: str = ""
    count: int | None = None
    file_name: str = ""
    stored: Stored | None = None


@action(Capability.RUN_PLAYBOOKS, Capability.MANAGE_COMMUNICATION)
def do_send_item(
    actor: Actor, *, item_id: int, version: int | None = None, clock: Clock = SYSTEM_CLOCK
) -> Outcome[Communication]:
    """Send what can leave by itself. Twice does it once; the system sends nothing unapproved."""
    item = get_item(actor, item_id)
    ways = set(ways_of(item.line)) & BY_ITSELF
    if not item.is_open or not ways or has_left(item):
        return Unchanged(item)
    if version is not None and version != item.version:
        raise EditConflict(
            "somebody changed it meanwhile", where=item.title,
            mine={"version": version}, theirs={"version": item.version},
        )  # fmt: skip
    _ready(item)
    now = clock.now()
    item.sha256 = sealed(text_of(item))
    inside = {one for one in audiences_of(item.line) if not one.outside}
    if inside:
        _tell_inside(item, ways, now)
    if len(inside) < len(item.line.audiences) and Way.EMAIL in ways:
        _write_outside(actor, item, now)
    if not has_left(item):
        raise UsageError(
            "nobody could be reached", code="communication.nobody", where=item.title,
            fix="add a contact with an e-mail address, or note how it was told",
        )  # fmt: skip
    _finish(item, now, actor)
    payload = {"key": item.key, "text_sha256": item.sha256, "letters": item.letters.count(),
               "message": item.message_id or 0, "mailings": item.mailings.count()}  # fmt: skip
    return Done(item, ("communication", item.pk), now, payload)


@action(Capability.MANAGE_COMMUNICATION)
def do_prove_item(
    actor: Actor,
    held: Held,
    *,
    item_id: int,
    version: int | None = None,
    clock: Clock = SYSTEM_CLOCK,
) -> Outcome[CommunicationProof]:
    """Note that people told it: a meeting, a call, a report handed over, a seminar.

    Something must show it: a file, who was there, or a note of what was said.
    """
    item = get_item(actor, item_id)
    now = clock.now()
    text, people = clean_text(held.text.strip())[:4000], clean_text(held.people.strip())[:2000]
    if item.state == CommunicationState.DROPPED:
        raise UsageError("it was set aside", code="communication.over", fix="add another one")
    today = now.astimezone(console_zone()).date()
    if held.on > today or held.on < item.since:
        raise UsageError(
            "that day cannot be", code="communication.day", where=held.on.isoformat(),
            fix=f"{item.since.isoformat()} to {today.isoformat()}",
        )  # fmt: skip
    if not text and not people and held.stored is None:
        raise UsageError(
            "nothing shows it", code="communication.proof",
            fix="add a file, who was there, or a note",
        )  # fmt: skip
    if item.line.needs_approval and not item.approved_at:
        raise UsageError(
            "it goes outside and nobody approved it", code="communication.approval",
            where=item.title, fix="approve its text first",
        )  # fmt: skip
    sha256 = held.stored.sha256 if held.stored else ""
    same = item.proofs.filter(way=held.way.value, text=text, people=people, sha256=sha256).first()
    if same is not None:
        return Unchanged(same)
    if version is not None and version != item.version:
        raise EditConflict(
            "somebody changed it meanwhile", where=item.title,
            mine={"version": version}, theirs={"version": item.version},
        )  # fmt: skip
    row = CommunicationProof.objects.create(
        communication=item, kind=ProofKind.FILE if held.stored else ProofKind.HELD,
        way=held.way.value, text=text, people=people, count=held.count,
        name=clean_text(held.file_name)[:200], sha256=sha256,
        size=held.stored.size if held.stored else 0,
        at=_moment(held.on, now), noted_at=now, by=person(actor),
    )  # fmt: skip
    item.sha256 = item.sha256 or sealed(text_of(item))
    _finish(item, row.at, actor)
    payload = {"key": item.key, "way": held.way.value, "on": held.on.isoformat(),
               "file_sha256": sha256, "note_sha256": sealed(f"{text}\n{people}")}  # fmt: skip
    return Done(row, ("communication", item.pk), now, payload)


@action(Capability.RUN_PLAYBOOKS)
def do_prove_by_record(
    actor: Actor, *, item_id: int, clock: Clock = SYSTEM_CLOCK
) -> Outcome[CommunicationProof | None]:
    """Where the system's own records show that it was done, that is its proof: not sent again."""
    item = get_item(actor, item_id)
    maker = makers().get(item.line.maker)
    if maker is None or maker.proof is None:
        return Unchanged(None)
    if item.state in (CommunicationState.SENT, CommunicationState.DROPPED):
        return Unchanged(None)
    now = clock.now()
    with override(item.language):
        found = maker.proof(asked_of(item, now))
    if found is None:
        return Unchanged(None)
    row = CommunicationProof.objects.create(
        communication=item, kind=ProofKind.RECORD, text=clean_text(found.text)[:2000],
        path=found.path, count=found.reached, at=found.at, noted_at=now,
    )  # fmt: skip
    item.state, item.sent_at, item.ended_at = CommunicationState.SENT, found.at, None
    item.version += 1
    item.save()
    payload = {"key": item.key, "path": found.path}
    return Done(row, ("communication", item.pk), now, payload)


@action(Capability.RUN_PLAYBOOKS)
def do_miss_item(
    actor: Actor, *, item_id: int, clock: Clock = SYSTEM_CLOCK
) -> Outcome[Communication]:
    """Its last day is over and it did not happen: that stays on record, and leadership is told."""
    item = get_item(actor, item_id)
    now = clock.now()
    today = now.astimezone(console_zone()).date()
    if not item.is_open or today <= item.closes_on:
        return Unchanged(item)
    item.state, item.ended_at = CommunicationState.MISSED, now
    item.version += 1
    item.save()
    payload = {"key": item.key, "due_on": item.due_on.isoformat(), "left": has_left(item)}
    return Done(item, ("communication", item.pk), now, payload)


def summary(body: str, lines: int = SUMMARY_LINES) -> list[str]:
    """The first paragraphs of a text, for a message that leads to the whole of it."""
    told = (plain(part.text) for part in read(body) if isinstance(part, Text))
    return [" ".join(one.split()) for one in told if one.strip()][:lines]


def _ready(item: Communication) -> None:
    if item.line.needs_approval and item.state != CommunicationState.APPROVED:
        raise UsageError(
            "nobody approved it", code="communication.approval", where=item.title,
            fix="approve its text first",
        )  # fmt: skip
    if not item.body:
        raise UsageError(
            "there is no text yet", code="communication.draft", where=item.title,
            fix="draft or write it first",
        )  # fmt: skip
    if item.state == CommunicationState.APPROVED and item.sha256 != sealed(text_of(item)):
        raise UsageError(
            "the text is not the one that was approved", code="communication.changed",
            where=item.title, fix="approve it again",
        )  # fmt: skip


def _tell_inside(item: Communication, ways: set[Way], now: datetime) -> None:
    if ways & {Way.EMAIL, Way.CHAT}:
        people = receivers(item.line)
        data = {
            "title_of": item.title,
            "lines": summary(item.body),
            "path": f"/communication/{item.pk}/read/",
        }
        notice = Notice(
            kind="communication", incident=None, groups=groups_of(audiences_of(item.line)),
            key=f"communication:{item.pk}", people=tuple(sorted(people)), data=data,
        )  # fmt: skip
        item.message = queue_message(notice, now)
        reached = item.message.inbox.count()
        _note(item, ProofKind.MESSAGE, Way.EMAIL, now, count=reached)
    if Way.FORUM in ways:
        page = post_page(item.key, item.title, item.body, item.language, [item.line.content], now)
        _note(item, ProofKind.PAGE, Way.FORUM, now, path=f"/knowledge/{page.number}/")


def _write_outside(actor: Actor, item: Communication, now: datetime) -> None:
    """To contacts one letter each; to lists as a mailing, whose proof is made when it is over."""
    letters = [
        OutsideLetter(communication=item, contact=row, key=secrets.token_hex(16), next_at=now)
        for row in contacts_for(item.line)
        if row.sealed_email
    ]
    OutsideLetter.objects.bulk_create(letters)
    if letters:
        _note(item, ProofKind.LETTERS, Way.EMAIL, now, count=len(letters))
    if lists := lists_for(item.line):
        code = "en" if item.language == "en" else "zh"
        text = LetterText(item.title, plain_text(item.body))
        send_bulletin(actor, item, {code: text}, [one.pk for one in lists], now)


def _note(
    item: Communication,
    kind: ProofKind,
    way: Way,
    now: datetime,
    *,
    count: int | None = None,
    path: str = "",
) -> None:
    CommunicationProof.objects.create(
        communication=item, kind=kind, way=way.value, at=now, noted_at=now, count=count, path=path
    )


def _finish(item: Communication, at: datetime, actor: Actor) -> None:
    """Done when every way of the line is: what leaves by itself has left, the rest is proven."""
    left = missing_ways(item)
    if not left and item.state != CommunicationState.SENT:
        item.state, item.sent_at, item.sent_by = CommunicationState.SENT, at, person(actor)
        item.ended_at = None
    item.version += 1
    item.save()


def missing_ways(item: Communication) -> Sequence[Way]:
    """The ways of its line by which it was not told yet."""
    shown = set(item.proofs.exclude(way="").values_list("way", flat=True))
    gone = has_left(item)
    return [
        way for way in ways_of(item.line) if not (way.value in shown or (gone and way in BY_ITSELF))
    ]


def _moment(day: date, now: datetime) -> datetime:
    """A day that somebody named, as a moment: noon, or now where it is today."""
    zone = console_zone()
    return min(datetime.combine(day, time(12), zone), now)
