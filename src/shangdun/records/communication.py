"""The communication plan as it is read: lines, what is due, contacts, how it was kept."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet

from shangdun.govern.communication.due import Rhythm, Standing, standing
from shangdun.govern.communication.figures import Tally, tally
from shangdun.govern.communication.lines import (
    INSIDE,
    OPEN,
    Audience,
    Frequency,
    Way,
    groups_of,
)
from shangdun.govern.rhythm.windows import Place
from shangdun.kernel.errors import NotFound
from shangdun.records.access import require
from shangdun.records.actor import Actor, person
from shangdun.records.letter_settings import letter_settings
from shangdun.records.messages import people_of
from shangdun.records.models import (
    AddressList,
    Communication,
    CommunicationLine,
    CommunicationProof,
    CommunicationState,
    InboxItem,
    OutsideContact,
    User,
)
from shangdun.records.roles import Capability
from shangdun.records.sealing import seal, unseal

EMAIL, PHONE = "outside_contact email", "outside_contact phone"
"""The contexts under which the addresses of contacts are sealed."""
OPEN_STATES = tuple(state.value for state in OPEN)


def visible_lines(actor: Actor, *, archived: bool = False) -> QuerySet[CommunicationLine]:
    """The matrix; on request the lines that were taken out of it."""
    require(actor, Capability.VIEW_COMMUNICATION)
    rows = CommunicationLine.objects.filter(archived_at__isnull=not archived)
    return rows.select_related("owner")


def get_line(actor: Actor, line_id: int) -> CommunicationLine:
    """One line, archived ones too. Raises ``NotFound``."""
    require(actor, Capability.VIEW_COMMUNICATION)
    found = CommunicationLine.objects.select_related("owner").filter(pk=line_id).first()
    if found is None:
        raise NotFound(f"there is no line {line_id}", fix="see the communication plan")
    return found


def visible_items(actor: Actor) -> QuerySet[Communication]:
    """Everything that was or is due, the latest first; drafts included."""
    require(actor, Capability.VIEW_COMMUNICATION)
    return Communication.objects.select_related("line__owner")


def get_item(actor: Actor, item_id: int) -> Communication:
    """One of them. Raises ``NotFound``."""
    rows = visible_items(actor).select_related("edited_by", "approved_by", "sent_by", "message")
    found = rows.filter(pk=item_id).first()
    if found is None:
        raise _no_item(item_id)
    return found


def get_readable(actor: Actor, item_id: int) -> Communication:
    """What was sent, for who received it, whatever else he may see. Raises ``NotFound``."""
    rows = Communication.objects.select_related("line").exclude(message=None)
    found = rows.filter(pk=item_id).first()
    if found is None:
        raise _no_item(item_id)
    received = InboxItem.objects.filter(message=found.message_id, person=person(actor))
    if not actor.can(Capability.VIEW_COMMUNICATION) and not received.exists():
        raise _no_item(item_id)
    return found


def _no_item(item_id: int) -> NotFound:
    return NotFound(f"there is no communication {item_id}", fix="see the communication plan")


def rhythm_of(line: CommunicationLine) -> Rhythm:
    """A row as the pure part takes it."""
    return Rhythm(Frequency(line.frequency), Place(line.place), line.days, line.grace_days)


def audiences_of(line: CommunicationLine) -> frozenset[Audience]:
    return frozenset(Audience(name) for name in line.audiences)


def ways_of(line: CommunicationLine) -> tuple[Way, ...]:
    return tuple(way for way in Way if way.value in line.ways)


def receivers(line: CommunicationLine) -> frozenset[int]:
    """The people inside the company a line is for.

    All five audiences together are everybody: also who is in none of the groups.
    """
    audiences = audiences_of(line)
    found = people_of(groups_of(audiences))
    if audiences.issuperset(INSIDE):
        found |= frozenset(User.objects.filter(is_active=True).values_list("pk", flat=True))
    return found


def standing_of(item: Communication, today: date, zone: ZoneInfo) -> Standing | None:
    """How it stands; None for what was set aside."""
    if item.state == CommunicationState.DROPPED:
        return None
    if item.state == CommunicationState.MISSED:
        return Standing.MISSED
    done = item.sent_at.astimezone(zone).date() if item.sent_at else None
    return standing(item.due_on, item.closes_on, today, done)


def tally_of(items: Iterable[Communication], today: date, zone: ZoneInfo) -> Tally:
    """What was kept, late and missed of them."""
    found = (standing_of(item, today, zone) for item in items)
    return tally(one for one in found if one is not None)


def due_between(actor: Actor, since: date, until: date) -> QuerySet[Communication]:
    """What was due in a time, both days included, in their order."""
    rows = visible_items(actor).filter(due_on__gte=since, due_on__lte=until)
    return rows.order_by("due_on", "id")


def late_items(actor: Actor, today: date) -> QuerySet[Communication]:
    """Open ones whose day has passed."""
    return visible_items(actor).filter(state__in=OPEN_STATES, due_on__lt=today)


def mine(actor: Actor) -> QuerySet[Communication]:
    """Open ones of the lines that a person owns; of who manages the plan, those of nobody too."""
    me = person(actor)
    owned = Q(line__owner=me) if me else Q(pk__in=())
    if actor.can(Capability.MANAGE_COMMUNICATION):
        owned |= Q(line__owner=None)
    return visible_items(actor).filter(owned, state__in=OPEN_STATES).order_by("due_on", "id")


class Reach(NamedTuple):
    """How a contact is reached, in plain."""

    email: str
    phone: str


def visible_contacts(actor: Actor, *, archived: bool = False) -> QuerySet[OutsideContact]:
    """The people outside, by audience."""
    require(actor, Capability.VIEW_COMMUNICATION)
    return OutsideContact.objects.filter(archived_at__isnull=not archived)


def get_contact(actor: Actor, contact_id: int) -> OutsideContact:
    """One contact, archived ones too. Raises ``NotFound``."""
    require(actor, Capability.VIEW_COMMUNICATION)
    found = OutsideContact.objects.filter(pk=contact_id).first()
    if found is None:
        raise NotFound(f"there is no contact {contact_id}", fix="see the contacts")
    return found


def sealed_reach(reach: Reach) -> tuple[bytes, bytes]:
    """Address and number as they are stored; empty stays empty."""
    email = seal(reach.email, EMAIL) if reach.email else b""
    return email, seal(reach.phone, PHONE) if reach.phone else b""


def reach_of(contact: OutsideContact) -> Reach:
    """Address and number in plain."""
    email, phone = bytes(contact.sealed_email), bytes(contact.sealed_phone)
    return Reach(unseal(email, EMAIL) if email else "", unseal(phone, PHONE) if phone else "")


def contacts_for(line: CommunicationLine) -> list[OutsideContact]:
    """The contacts of a line's audiences outside the company."""
    outside = [one.value for one in audiences_of(line) if one.outside]
    return list(OutsideContact.objects.filter(archived_at=None, audience__in=outside))


def lists_for(line: CommunicationLine) -> list[AddressList]:
    """The lists of recipients to which letters of a line's audiences outside go."""
    outside = [one.value for one in audiences_of(line) if one.outside]
    rows = AddressList.objects.filter(erased_at=None, plan=True, audience__in=outside)
    return list(rows.order_by("name", "pk"))


def can_write_outside() -> bool:
    """Whether everything is set that letters to lists need."""
    row = letter_settings()
    return bool(row.smtp_host and row.sender and row.public_address)


def has_left(item: Communication) -> bool:
    """Whether what leaves by itself has left."""
    return item.message_id is not None or item.letters.exists() or item.mailings.exists()


def get_proof_file(actor: Actor, item_id: int, proof_id: int) -> CommunicationProof:
    """A proof that is a file. Raises ``NotFound``."""
    item = get_item(actor, item_id)
    found = item.proofs.filter(pk=proof_id).exclude(sha256="").first()
    if found is None:
        raise NotFound(f"there is no file {proof_id}", fix="see the proofs of the communication")
    return found


def keeps_proof(sha256: str) -> bool:
    """Whether a proof has that content: what no sweep of the store may take away."""
    return CommunicationProof.objects.filter(sha256=sha256).exists()
