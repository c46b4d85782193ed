"""E-mail to contacts outside: each letter is claimed, handed over, and its fate written down.

A letter that was claimed and of which nothing was heard (the process died) is uncertain: it may
have arrived, so a person sends it again and the system does not.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db.models import F

from shangdun.actions.action import SYSTEM_CLOCK, Done, Outcome, Unchanged, action
from shangdun.kernel.clock import Clock
from shangdun.kernel.errors import NotFound
from shangdun.notify.letters.delivery import Fate, Parcel
from shangdun.notify.letters.delivery import Outcome as Handed
from shangdun.notify.letters.template import Text
from shangdun.papers.blocks import (
    Bullets,
    Callout,
    Facts,
    Heading,
    Literally,
    Numbered,
    Table,
    plain,
)
from shangdun.papers.blocks import Text as Paragraph
from shangdun.papers.blocks import item as as_item
from shangdun.papers.markup import Part, read
from shangdun.records.actor import Actor
from shangdun.records.communication import reach_of
from shangdun.records.models import OutsideLetter, OutsideLetterState
from shangdun.records.roles import Capability

BATCH = 20
AGAIN = timedelta(minutes=10)
LOST = timedelta(minutes=5)
"""A letter in hand for longer was left behind by a process that died."""
MOST_TRIES = 12


class Claimed(NamedTuple):
    """A letter in hand."""

    pk: int
    parcel: Parcel


@action(Capability.RUN_PLAYBOOKS)
def do_claim_outside_letters(
    actor: Actor, *, clock: Clock = SYSTEM_CLOCK
) -> Outcome[list[Claimed]]:
    """Take the next letters in hand; what a dead process left is marked uncertain first."""
    del actor
    now = clock.now()
    lost = OutsideLetter.objects.filter(state=OutsideLetterState.SENDING, at__lte=now - LOST)
    lost.update(state=OutsideLetterState.UNCERTAIN)
    rows = OutsideLetter.objects.filter(state=OutsideLetterState.QUEUED, next_at__lte=now)
    chosen = list(rows.select_related("communication", "contact").order_by("pk")[:BATCH])
    if not chosen:
        return Unchanged([])
    OutsideLetter.objects.filter(pk__in=[row.pk for row in chosen]).update(
        state=OutsideLetterState.SENDING, at=now, attempts=F("attempts") + 1
    )
    found = [Claimed(row.pk, _parcel(row)) for row in chosen]
    return Done(found, ("outside_letter", "batch"), now, {"letters": len(found)})


@action(Capability.RUN_PLAYBOOKS)
def do_settle_outside_letters(
    actor: Actor, *, fates: dict[int, Handed], clock: Clock = SYSTEM_CLOCK
) -> Outcome[int]:
    """Write down what became of letters in hand; those not tried wait for their next time."""
    del actor
    now = clock.now()
    count = 0
    for pk, handed in sorted(fates.items()):
        row = OutsideLetter.objects.filter(pk=pk, state=OutsideLetterState.SENDING).first()
        if row is None:
            continue
        count += 1
        row.state, row.code, row.at = _state(handed, row.attempts), handed.code[:60], now
        row.next_at = now + AGAIN
        row.save(update_fields=["state", "code", "at", "next_at"])
    if not count:
        return Unchanged(0)
    payload = {"fates": [f"{pk}:{one.fate.value}" for pk, one in sorted(fates.items())]}
    return Done(count, ("outside_letter", "batch"), now, payload)


@action(Capability.MANAGE_COMMUNICATION)
def do_resend_outside_letter(
    actor: Actor, *, letter_id: int, clock: Clock = SYSTEM_CLOCK
) -> Outcome[OutsideLetter]:
    """Send one again that was refused or perhaps lost; a person decides that."""
    del actor
    row = OutsideLetter.objects.filter(pk=letter_id).first()
    if row is None:
        raise NotFound(f"there is no letter {letter_id}", fix="see its page")
    if row.state not in (OutsideLetterState.BOUNCED, OutsideLetterState.UNCERTAIN):
        return Unchanged(row)
    now = clock.now()
    row.state, row.next_at, row.attempts = OutsideLetterState.QUEUED, now, 0
    row.save(update_fields=["state", "next_at", "attempts"])
    return Done(row, ("communication", row.communication_id), now, {"letter": row.pk})


def waiting_letters(now: datetime) -> bool:
    """Whether any letter is to be handed over, or was left behind."""
    queued = OutsideLetter.objects.filter(state=OutsideLetterState.QUEUED, next_at__lte=now)
    lost = OutsideLetter.objects.filter(state=OutsideLetterState.SENDING, at__lte=now - LOST)
    return queued.exists() or lost.exists()


def plain_text(body: str) -> str:
    """The markup as the text of a letter: no marks, lists with dots, tables in lines."""
    return "\n\n".join(one for one in map(_plain, read(body)) if one)


def _state(handed: Handed, attempts: int) -> OutsideLetterState:
    if handed.fate is Fate.LATER:
        over = attempts >= MOST_TRIES
        return OutsideLetterState.BOUNCED if over else OutsideLetterState.QUEUED
    return {
        Fate.SENT: OutsideLetterState.SENT,
        Fate.BOUNCED: OutsideLetterState.BOUNCED,
        Fate.UNCERTAIN: OutsideLetterState.UNCERTAIN,
    }[handed.fate]


def _parcel(row: OutsideLetter) -> Parcel:
    item = row.communication
    text = Text(subject=item.title, body=plain_text(item.body))
    return Parcel(row.key, reach_of(row.contact).email, item.language, text)


def _plain(part: Part) -> str:
    if isinstance(part, (Heading, Paragraph, Callout)):
        return plain(part.text)
    if isinstance(part, (Bullets, Numbered)):
        return "\n".join(_entries(part))
    if isinstance(part, Table):
        rows = [part.columns, *[[plain(cell) for cell in row] for row in part.rows]]
        return "\n".join(" | ".join(row) for row in rows)
    if isinstance(part, Facts):
        return "\n".join(f"{label}: {plain(value)}" for label, value in part.rows)
    return part.text if isinstance(part, Literally) else ""


def _entries(part: Bullets | Numbered, depth: int = 0) -> Iterable[str]:
    for number, entry in enumerate(part.items):
        one = as_item(entry)
        mark = f"{part.start + number}." if isinstance(part, Numbered) else "-"
        yield f"{'  ' * depth}{mark} {plain(one.text)}"
        for below in one.below:
            yield from _entries(below, depth + 1)
