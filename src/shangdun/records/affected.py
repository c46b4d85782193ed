"""The affected: fetching and permission in one call, and how many there are."""

from __future__ import annotations

from dataclasses import dataclass

import msgspec
from django.db.models import Count, QuerySet

from shangdun.kernel.errors import NotFound
from shangdun.records.access import get_incident_by_number, require
from shangdun.records.actor import Actor
from shangdun.records.models import AffectedKind, AffectedList, AffectedSubject, Incident, ListState
from shangdun.records.roles import Capability
from shangdun.records.sealing import blind, seal, unseal
from shangdun.respond.affected.identity import Identity, email_of, phone_of

CONTEXT = "affected"
PEOPLE = (AffectedKind.PERSON, AffectedKind.ACCOUNT)
_ENCODER = msgspec.json.Encoder()
_DECODER = msgspec.json.Decoder(Identity)


@dataclass(frozen=True)
class Scope:
    """How many, by kind; ``people`` are persons and accounts, each once."""

    people: int
    persons: int
    accounts: int
    orders: int
    assets: int
    confirmed: int
    """People who are surely affected."""
    by_email: int
    by_phone: int


def affected_count(incident: Incident) -> int:
    """How many people are affected as far as lists tell, each once; erased ones still count."""
    return scope_of(incident).people


def scope_of(incident: Incident) -> Scope:
    """What lists of an incident add up to; without permission: figures name nobody."""
    counts: dict[str, int] = dict.fromkeys(AffectedKind.values, 0)
    confirmed = 0
    rows = incident.affected_subjects.values_list("kind", "certainty").annotate(n=Count("id"))
    for kind, certainty, number in rows.order_by():
        counts[kind] += number
        confirmed += number if kind in PEOPLE and certainty == "confirmed" else 0
    for kept in incident.affected_lists.filter(state=ListState.ERASED).values_list(
        "kept", flat=True
    ):
        confirmed += kept.get("confirmed", 0)
        for kind in counts:
            counts[kind] += kept.get(kind, 0)
    people = incident.affected_subjects.filter(kind__in=PEOPLE)
    return Scope(
        people=counts["person"] + counts["account"],
        persons=counts["person"],
        accounts=counts["account"],
        orders=counts["order"],
        assets=counts["asset"],
        confirmed=confirmed,
        by_email=people.exclude(email_mark="").count(),
        by_phone=people.exclude(phone_mark="").count(),
    )


def visible_lists(actor: Actor, number: int) -> QuerySet[AffectedList]:
    """The lists of the incident with this number: where they came from, never what they name."""
    require(actor, Capability.VIEW_INCIDENTS)
    incident = get_incident_by_number(actor, number)
    return incident.affected_lists.order_by("number").select_related("by", "incident")


def get_list(actor: Actor, number: int, list_number: int) -> AffectedList:
    found = visible_lists(actor, number).filter(number=list_number).first()
    if found is None:
        raise NotFound(f"there is no list {list_number}", fix="look at the scope page")
    return found


def sealed_identity(identity: Identity) -> bytes:
    """The identity as it is stored."""
    return seal(_ENCODER.encode(identity).decode(), CONTEXT)


def identity_in(subject: AffectedSubject) -> Identity:
    """Whom a row names, in plain. Callers hold READ_AFFECTED or send a letter."""
    return _DECODER.decode(unseal(bytes(subject.sealed), CONTEXT))


def email_mark(email: str) -> str:
    """The blind fingerprint of an e-mail address; ``""`` of what is none."""
    email = email_of(email)
    return blind(email, "email") if email else ""


def phone_mark(phone: str) -> str:
    """The blind fingerprint of a telephone number; ``""`` of what is none."""
    phone = phone_of(phone)
    return blind(phone, "phone") if phone else ""


def reference_mark(kind: str, reference: str) -> str:
    """Of an account, order or asset; the same words of two kinds differ."""
    return blind(reference.casefold(), f"reference:{kind}") if reference else ""
