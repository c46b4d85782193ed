"""Taking the register in: what is shipped, and what a change of it asks people to look at."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import NamedTuple

from shangdun.actions.action import SYSTEM_CLOCK, Done, Outcome, Unchanged, action
from shangdun.govern.law.register import (
    LawDuty,
    LawVersion,
    edition,
    register,
    review_until,
    snapshot_of,
)
from shangdun.kernel.clock import Clock
from shangdun.records.actor import Actor, person
from shangdun.records.compliance import newest_texts, today_of
from shangdun.records.models import DutyVersion, LawReview, LegalDuty
from shangdun.records.roles import Capability


class TakenIn(NamedTuple):
    """How many duties, texts and reviews a take-in made."""

    duties: int = 0
    versions: int = 0
    reviews: int = 0


@action(Capability.MANAGE_COMPLIANCE, Capability.RUN_PLAYBOOKS)
def do_take_in_law(actor: Actor, *, clock: Clock = SYSTEM_CLOCK) -> Outcome[TakenIn]:
    """Take the shipped register in; what is known already stays. Every change becomes a review."""
    del actor
    now = clock.now()
    made = take_in(register(), {}, now)
    if made == TakenIn():
        return Unchanged(made)
    payload = {"edition": edition(), **made._asdict()}
    return Done(made, ("law", edition()), now, payload)


def take_in(shipped: Collection[LawDuty], owners: Mapping[str, int], now: datetime) -> TakenIn:
    """The same within the caller's transaction; ``owners`` are people by group, for new duties.

    The first time nothing is a change but what lies ahead: the first assessment looks at it all.
    """
    today = today_of(now)
    first = not LegalDuty.objects.exists()
    rows = {row.uid: row for row in LegalDuty.objects.all()}
    known: dict[int, list[DutyVersion]] = {}
    for text in DutyVersion.objects.order_by("effective_from", "revision"):
        known.setdefault(text.duty_id, []).append(text)
    duties = versions = reviews = 0
    for place, duty in enumerate(shipped):
        row = rows.get(duty.uid)
        fresh = row is None
        if row is None:
            row = LegalDuty.objects.create(
                uid=duty.uid, law=duty.law, group=duty.group, place=place,
                owner_id=owners.get(duty.group), created_at=now,
            )  # fmt: skip
            duties += 1
        texts = known.setdefault(row.pk, [])
        for version in duty.versions:
            added = add_version(row, version, texts, now, None)
            if added is None:
                continue
            versions += 1
            quiet = first or (fresh and version != duty.versions[-1])
            if not quiet or version.effective_from > today:
                ask_review(row, added, texts, now)
                reviews += 1
            texts.append(added)
    return TakenIn(duties, versions, reviews)


def add_version(
    row: LegalDuty, version: LawVersion, texts: list[DutyVersion], now: datetime, by: Actor | None
) -> DutyVersion | None:
    """A text of a duty; None where it is known already."""
    of_day = [one for one in texts if one.effective_from == version.effective_from]
    if any(one.sha256 == version.sha256 for one in of_day):
        return None
    return DutyVersion.objects.create(
        duty=row,
        effective_from=version.effective_from,
        revision=len(of_day) + 1,
        snapshot=snapshot_of(version),
        sha256=version.sha256,
        seen_at=now,
        by=person(by) if by else None,
    )


def ask_review(
    row: LegalDuty, fresh: DutyVersion, texts: list[DutyVersion], now: datetime
) -> LawReview:
    """A task to look at a change: against the text that it replaces."""
    before = [one for one in newest_texts(texts) if one.effective_from <= fresh.effective_from]
    return LawReview.objects.create(
        duty=row,
        before=before[-1] if before else None,
        after=fresh,
        due_on=_until(fresh.effective_from, now),
        created_at=now,
    )


def _until(effective_from: date, now: datetime) -> date:
    return review_until(effective_from, today_of(now))
