"""Contacts outside the company; their addresses are sealed and stand in no ledger entry."""

from __future__ import annotations

import re
from typing import Any

import msgspec

from shangdun.actions.action import SYSTEM_CLOCK, Done, Outcome, Unchanged, action
from shangdun.govern.communication.lines import OUTSIDE, Audience
from shangdun.kernel.clock import Clock
from shangdun.kernel.errors import UsageError
from shangdun.records.actor import Actor
from shangdun.records.communication import Reach, get_contact, reach_of, sealed_reach
from shangdun.records.conflict import EditConflict
from shangdun.records.messages import console_zone
from shangdun.records.models import DocumentLanguage, OutsideContact
from shangdun.records.roles import Capability
from shangdun.records.stored_text import clean_text

MOST = 2_000
_EMAIL = re.compile(r"[^\s@<>\"',;:\\()\[\]]{1,64}@[A-Za-z0-9.\-]{1,190}\.[A-Za-z0-9\-]{2,63}")
FIELDS = ("audience", "organisation", "person", "office", "language", "note")


class NewContact(msgspec.Struct, frozen=True, kw_only=True):
    """A contact as somebody wants it."""

    audience: Audience
    organisation: str
    person: str = ""
    office: str = ""
    email: str = ""
    phone: str = ""
    language: str = "zh-hans"
    note: str = ""


@action(Capability.MANAGE_COMMUNICATION)
def do_add_contact(
    actor: Actor, wanted: NewContact, *, clock: Clock = SYSTEM_CLOCK
) -> Outcome[OutsideContact]:
    """Add a contact; the same person of the same organisation is one."""
    del actor
    wanted = _checked(wanted)
    same = OutsideContact.objects.filter(
        archived_at=None, audience=wanted.audience.value, organisation=wanted.organisation,
        person=wanted.person,
    ).first()  # fmt: skip
    if same is not None:
        if _values(same) == _wanted(wanted):
            return Unchanged(same)
        raise UsageError(
            "this contact is there already", code="contact.taken", where=wanted.organisation,
            fix="change that one, or name the person",
        )  # fmt: skip
    if OutsideContact.objects.filter(archived_at=None).count() >= MOST:
        raise UsageError("the list is full", code="contact.many", fix="archive what is over")
    row = OutsideContact()
    _put(row, wanted)
    row.save()
    return Done(row, ("outside_contact", row.pk), clock.now(), _payload(row))


@action(Capability.MANAGE_COMMUNICATION)
def do_change_contact(
    actor: Actor,
    wanted: NewContact,
    *,
    contact_id: int,
    version: int | None = None,
    clock: Clock = SYSTEM_CLOCK,
) -> Outcome[OutsideContact]:
    """Change a contact; a new address has to be checked anew."""
    row = get_contact(actor, contact_id)
    wanted = _checked(wanted)
    before = _values(row)
    if before == _wanted(wanted):
        return Unchanged(row)
    if row.archived_at:
        raise UsageError("it was archived", code="contact.archived", fix="add it anew")
    if version is not None and version != row.version:
        raise EditConflict(
            "somebody changed this contact meanwhile", where=row.organisation,
            mine={"version": version, **_wanted(wanted)},
            theirs={"version": row.version, **before},
        )  # fmt: skip
    if (before["email"], before["phone"]) != (wanted.email, wanted.phone):
        row.checked_on = None
    _put(row, wanted)
    row.version += 1
    row.save()
    return Done(row, ("outside_contact", row.pk), clock.now(), _payload(row))


@action(Capability.MANAGE_COMMUNICATION)
def do_check_contact(
    actor: Actor, *, contact_id: int, clock: Clock = SYSTEM_CLOCK
) -> Outcome[OutsideContact]:
    """Somebody reached them and everything was right."""
    row = get_contact(actor, contact_id)
    now = clock.now()
    today = now.astimezone(console_zone()).date()
    if row.archived_at or row.checked_on == today:
        return Unchanged(row)
    row.checked_on = today
    row.save(update_fields=["checked_on"])
    return Done(row, ("outside_contact", row.pk), now, {"checked_on": today.isoformat()})


@action(Capability.MANAGE_COMMUNICATION)
def do_archive_contact(
    actor: Actor, *, contact_id: int, clock: Clock = SYSTEM_CLOCK
) -> Outcome[OutsideContact]:
    """Take a contact out; its addresses are forgotten, what was sent stays on record."""
    row = get_contact(actor, contact_id)
    if row.archived_at:
        return Unchanged(row)
    now = clock.now()
    row.archived_at = now
    row.sealed_email, row.sealed_phone = b"", b""
    row.version += 1
    row.save()
    return Done(row, ("outside_contact", row.pk), now, _payload(row))


def _checked(wanted: NewContact) -> NewContact:
    texts = {
        name: clean_text(" ".join(getattr(wanted, name).split()))
        for name in ("organisation", "person", "office", "email", "phone")
    }
    texts["note"] = clean_text(wanted.note.strip())
    wanted = msgspec.structs.replace(wanted, **texts)
    if wanted.audience not in OUTSIDE:
        raise UsageError("that is inside the company", code="contact.audience", fix="choose one")
    if not wanted.organisation or len(wanted.organisation) > 200:
        raise UsageError("name the organisation", code="contact.organisation", fix="in one line")
    if max(len(wanted.person), len(wanted.office), len(wanted.phone)) > 100:
        raise UsageError("a text is too long", code="contact.long", fix="at most 100 characters")
    if wanted.email and not _EMAIL.fullmatch(wanted.email):
        raise UsageError(
            "this is no e-mail address", code="contact.email", fix="name@supplier.example"
        )
    if len(wanted.note) > 4000 or wanted.language not in DocumentLanguage.values:
        raise UsageError("a text is too long", code="contact.long", fix="shorten the note")
    return wanted


def _put(row: OutsideContact, wanted: NewContact) -> None:
    for name in FIELDS:
        setattr(row, name, str(getattr(wanted, name)))
    row.sealed_email, row.sealed_phone = sealed_reach(Reach(wanted.email, wanted.phone))


def _values(row: OutsideContact) -> dict[str, Any]:
    reach = reach_of(row)
    return {name: getattr(row, name) for name in FIELDS} | {
        "email": reach.email, "phone": reach.phone,
    }  # fmt: skip


def _wanted(wanted: NewContact) -> dict[str, Any]:
    return {name: str(getattr(wanted, name)) for name in (*FIELDS, "email", "phone")}


def _payload(row: OutsideContact) -> dict[str, Any]:
    return {"audience": row.audience, "version": row.version}
