"""How a person is reached, and when not: everybody for himself, or who manages the organisation."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from shangdun.actions.action import SYSTEM_CLOCK, Done, Outcome, Unchanged, action
from shangdun.kernel.clock import Clock
from shangdun.kernel.errors import NotAllowed, NotFound, UsageError
from shangdun.records.actor import Actor, person
from shangdun.records.models import PersonAbsence, PersonContact, User
from shangdun.records.models.organisation import ContactKind
from shangdun.records.organisation import CONTACT, Contact, kept_contacts
from shangdun.records.roles import Capability
from shangdun.records.sealing import blind, seal
from shangdun.records.stored_text import clean_text

MOST_CONTACTS = 10
LONGEST_CONTACT = 200
LONGEST_ABSENCE = timedelta(days=400)


@action()
def do_keep_contacts(
    actor: Actor,
    *,
    person_id: int,
    contacts: Sequence[Contact],
    clock: Clock = SYSTEM_CLOCK,
) -> Outcome[User]:
    """By which telephone numbers and addresses a person is reached, the first first.

    They are encrypted at rest; the ledger keeps how many, and a fingerprint under the key.
    """
    who = _somebody(actor, person_id)
    wanted = list(
        dict.fromkeys(
            Contact(ContactKind(one.kind), " ".join(clean_text(one.value).split()))
            for one in contacts
            if one.value.strip()
        )
    )
    if len(wanted) > MOST_CONTACTS or any(len(one.value) > LONGEST_CONTACT for one in wanted):
        raise UsageError(
            "these are too many contacts, or one is too long",
            code="contact.many",
            fix=f"at most {MOST_CONTACTS}, each of at most {LONGEST_CONTACT} characters",
        )
    if wanted == kept_contacts(who):
        return Unchanged(who)
    PersonContact.objects.filter(person=who).delete()
    PersonContact.objects.bulk_create(
        [
            PersonContact(person=who, kind=kind, sealed=seal(value, CONTACT), place=place)
            for place, (kind, value) in enumerate(wanted)
        ]
    )
    text = "\n".join(f"{kind.value} {value}" for kind, value in wanted)
    payload = {"contacts": len(wanted), "fingerprint": blind(text, CONTACT)}
    return Done(who, ("person", who.pk), clock.now(), payload)


@action()
def do_add_absence(
    actor: Actor,
    *,
    person_id: int,
    since: datetime,
    until: datetime,
    note: str = "",
    clock: Clock = SYSTEM_CLOCK,
) -> Outcome[PersonAbsence]:
    """Say from when to when a person cannot be called; the rota shows the gap."""
    who = _somebody(actor, person_id)
    now = clock.now()
    if not since < until or until <= now or until - since > LONGEST_ABSENCE:
        raise UsageError(
            "an absence ends after it begins, within 400 days, and is not over already",
            code="absence.time",
            fix="give its first and last moment",
        )
    note = clean_text(note.strip())[:200]
    same = PersonAbsence.objects.filter(person=who, since=since, until=until).first()
    if same is not None:
        return Unchanged(same)
    row = PersonAbsence.objects.create(person=who, since=since, until=until, note=note)
    payload = {"from": since.isoformat(), "until": until.isoformat()}
    return Done(row, ("person", who.pk), now, payload)


@action()
def do_remove_absence(
    actor: Actor, *, absence_id: int, clock: Clock = SYSTEM_CLOCK
) -> Outcome[None]:
    """The person can be called after all."""
    row = PersonAbsence.objects.filter(pk=absence_id).first()
    if row is None:
        return Unchanged(None)
    who = _somebody(actor, row.person_id)
    row.delete()
    return Done(None, ("person", who.pk), clock.now(), {"from": row.since.isoformat()})


def _somebody(actor: Actor, person_id: int) -> User:
    """The actor himself, or anybody for those who manage the organisation."""
    who = User.objects.filter(pk=person_id).first()
    mine = who is not None and person(actor) == who
    if not mine and not actor.can(Capability.MANAGE_ORGANISATION):
        raise NotAllowed(
            "this is said by the person, or by who manages the organisation",
            fix="ask an administrator",
        )
    if who is None:
        raise NotFound(f"there is no person {person_id}", fix="see the organisation")
    return who
