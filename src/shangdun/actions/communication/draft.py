"""The text of what is due: drafted from data, changed by people, approved, set aside."""

from __future__ import annotations

from django.utils.translation import override

from shangdun.actions.action import SYSTEM_CLOCK, Done, Outcome, Unchanged, action
from shangdun.actions.communication.make import asked_of
from shangdun.actions.communication.makers import makers
from shangdun.actions.incident_changes import sealed
from shangdun.kernel.clock import Clock
from shangdun.kernel.errors import UsageError
from shangdun.papers.markup import read
from shangdun.records.access import another_leads
from shangdun.records.actor import Actor, person
from shangdun.records.communication import get_item, has_left
from shangdun.records.conflict import EditConflict
from shangdun.records.models import Communication, CommunicationState
from shangdun.records.roles import Capability
from shangdun.records.stored_text import clean_text

LONGEST = 60_000


@action(Capability.RUN_PLAYBOOKS, Capability.MANAGE_COMMUNICATION)
def do_draft_item(
    actor: Actor, *, item_id: int, version: int | None = None, clock: Clock = SYSTEM_CLOCK
) -> Outcome[Communication]:
    """Draft it from data. What a person wrote is drafted anew only by a person who asks for it."""
    item = get_item(actor, item_id)
    by = person(actor)
    if item.state not in (CommunicationState.DUE, CommunicationState.DRAFTED):
        return Unchanged(item)
    if by is None and item.state == CommunicationState.DRAFTED:
        return Unchanged(item)
    maker = makers().get(item.line.maker)
    if maker is None or maker.draft is None:
        return Unchanged(item)
    _as_seen(item, version, {})
    now = clock.now()
    with override(item.language):
        made = maker.draft(asked_of(item, now))
    item.title = clean_text(made.title)[:200] or item.title
    item.body = clean_text(made.body)[:LONGEST]
    item.state, item.drafted_at, item.edited_by = CommunicationState.DRAFTED, now, None
    _save(item)
    payload = {"key": item.key, "text_sha256": sealed(text_of(item))}
    return Done(item, ("communication", item.pk), now, payload)


@action(Capability.MANAGE_COMMUNICATION)
def do_edit_item(
    actor: Actor,
    *,
    item_id: int,
    title: str,
    body: str,
    version: int | None = None,
    clock: Clock = SYSTEM_CLOCK,
) -> Outcome[Communication]:
    """Change title and text; an approval of another text is over."""
    item = get_item(actor, item_id)
    title, body = clean_text(" ".join(title.split())), clean_text(body.strip())
    _standing(item)
    if has_left(item):
        raise UsageError(
            "it has gone out", code="communication.gone", where=item.title,
            fix="add another one with what is new",
        )  # fmt: skip
    if item.title == title and item.body == body:
        return Unchanged(item)
    _as_seen(item, version, {"title": title, "body": body})
    if not title or len(title) > 200 or not body or len(body) > LONGEST:
        raise UsageError(
            "it needs a title and a text, and neither may be too long", code="communication.text",
            fix="at most 200 and 60,000 characters",
        )  # fmt: skip
    read(body)
    now = clock.now()
    item.title, item.body, item.edited_by = title, body, person(actor)
    item.state, item.drafted_at = CommunicationState.DRAFTED, item.drafted_at or now
    item.approved_at = item.approved_by = None
    _save(item)
    payload = {"key": item.key, "text_sha256": sealed(text_of(item)), "version": item.version}
    return Done(item, ("communication", item.pk), now, payload)


@action(Capability.MANAGE_COMMUNICATION)
def do_approve_item(
    actor: Actor, *, item_id: int, version: int | None = None, clock: Clock = SYSTEM_CLOCK
) -> Outcome[Communication]:
    """Let the text leave as it stands; whoever wrote it does not approve it where another can."""
    item = get_item(actor, item_id)
    if item.state == CommunicationState.APPROVED:
        return Unchanged(item)
    _standing(item)
    _as_seen(item, version, {"title": item.title})
    if item.state != CommunicationState.DRAFTED or not item.body:
        raise UsageError(
            "there is no text yet", code="communication.draft", where=item.title,
            fix="draft or write it first",
        )  # fmt: skip
    alone = item.edited_by_id is not None and item.edited_by == person(actor)
    if alone and another_leads(actor):
        raise UsageError(
            "whoever wrote it does not approve it", code="communication.four_eyes",
            where=item.title, fix="let another of the leadership group approve it",
        )  # fmt: skip
    now = clock.now()
    item.state = CommunicationState.APPROVED
    item.approved_at, item.approved_by = now, person(actor)
    item.sha256 = sealed(text_of(item))
    _save(item)
    payload = {"key": item.key, "text_sha256": item.sha256, "alone": alone}
    return Done(item, ("communication", item.pk), now, payload)


@action(Capability.MANAGE_COMMUNICATION)
def do_drop_item(
    actor: Actor,
    *,
    item_id: int,
    reason: str,
    version: int | None = None,
    clock: Clock = SYSTEM_CLOCK,
) -> Outcome[Communication]:
    """It is not needed this time; what was missed stays missed, with the reason beside it."""
    item = get_item(actor, item_id)
    reason = clean_text(reason.strip())[:2000]
    if item.state in (CommunicationState.SENT, CommunicationState.DROPPED):
        return Unchanged(item)
    if not reason:
        raise UsageError("say why", code="communication.reason", fix="in a sentence")
    if item.reason == reason:
        return Unchanged(item)
    _as_seen(item, version, {"reason": reason})
    now = clock.now()
    item.reason = reason
    if item.state != CommunicationState.MISSED:
        item.state, item.ended_at = CommunicationState.DROPPED, now
    _save(item)
    payload = {"key": item.key, "state": item.state, "reason_sha256": sealed(reason)}
    return Done(item, ("communication", item.pk), now, payload)


def text_of(item: Communication) -> str:
    """What approval and sending seal."""
    return f"{item.title}\n\n{item.body}"


def _standing(item: Communication) -> None:
    if not item.is_open:
        raise UsageError(
            "it is over", code="communication.over", where=item.title,
            fix="add another one where something is to be told",
        )  # fmt: skip


def _as_seen(item: Communication, version: int | None, mine: dict[str, str]) -> None:
    if version is None or version == item.version:
        return
    theirs = {name: getattr(item, name) for name in mine}
    raise EditConflict(
        "somebody changed it meanwhile",
        where=item.title,
        mine={"version": version, **mine},
        theirs={"version": item.version, **theirs},
    )


def _save(item: Communication) -> None:
    item.version += 1
    item.save()
