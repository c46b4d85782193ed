"""Lists of recipients and what goes to them: fetched with permission, and who is reached."""

from __future__ import annotations

import base64
import binascii
import hmac
import re
from urllib.parse import urlsplit

import msgspec
from django.db.models import Count, Q, QuerySet

from shangdun.kernel.errors import NotFound, UsageError
from shangdun.records.access import require
from shangdun.records.actor import Actor
from shangdun.records.models import (
    AddressList,
    LetterState,
    Mailing,
    MailingKind,
    MailingLetter,
    Recipient,
    Survey,
    Unsubscribed,
)
from shangdun.records.roles import Capability
from shangdun.records.sealing import blind, seal, unseal

CONTEXT = "recipient"
KEEPERS = (Capability.MANAGE_COMMUNICATION, Capability.MANAGE_SURVEYS)
"""Who keeps lists: names and addresses themselves are shown to nobody."""
NO_SUCH_ADDRESS = "5.1."
"""Enhanced status codes of a bad address (RFC 3463 §3.2); a bounce for any other reason passes."""
REACHED = (LetterState.SENT, LetterState.UNCERTAIN)
_BASE = re.compile(r"https?://[A-Za-z0-9.\-]{1,180}(?::\d{1,5})?|https?://\[[0-9a-f:]+\](?::\d+)?")
_CHECK = 16


class Person(msgspec.Struct, frozen=True):
    """A recipient in plain."""

    name: str
    email: str


def sealed_person(one: Person) -> bytes:
    return seal(msgspec.json.encode(one).decode(), CONTEXT)


def person_in(row: Recipient) -> Person:
    """In plain, for a letter; no page shows it."""
    return msgspec.json.decode(unseal(bytes(row.sealed), CONTEXT), type=Person)


def visible_address_lists(actor: Actor) -> QuerySet[AddressList]:
    """Each with how many are on it, and how many of them want no letters."""
    require(actor, Capability.VIEW_COMMUNICATION, *KEEPERS)
    off = Q(recipients__mark__in=Unsubscribed.objects.values("mark"))
    counted = {"people": Count("recipients"), "off": Count("recipients", filter=off)}
    return AddressList.objects.annotate(**counted).order_by("erased_at", "name", "pk")


def get_address_list(actor: Actor, list_id: int) -> AddressList:
    """One list, erased ones too. Raises ``NotFound``."""
    found = visible_address_lists(actor).filter(pk=list_id).first()
    if found is None:
        raise NotFound(f"there is no list {list_id}", fix="see the lists of recipients")
    return found


def capability_for(mailing: Mailing) -> Capability:
    """What moving it needs."""
    if mailing.kind == MailingKind.BULLETIN:
        return Capability.MANAGE_COMMUNICATION
    return Capability.MANAGE_SURVEYS


def get_mailing(actor: Actor, mailing_id: int) -> Mailing:
    """One mailing, for who may see what it is about. Raises ``NotFound``."""
    rows = Mailing.objects.select_related("survey", "communication", "prepared_by", "incident")
    found = rows.filter(pk=mailing_id).first()
    if found is not None:
        sees = (
            (Capability.VIEW_COMMUNICATION,)
            if found.kind == MailingKind.BULLETIN
            else (Capability.VIEW_MEASURES, Capability.MANAGE_SURVEYS)
        )
        if actor.can(capability_for(found), *sees):
            return found
    raise NotFound(f"there is no mailing {mailing_id}", fix="see the survey or the plan")


def mailings_of(survey: Survey) -> QuerySet[Mailing]:
    """Of a survey, the first first."""
    return survey.mailings.order_by("pk")


def topic_of(survey: Survey, kind: str) -> str:
    """What an address gets one letter of."""
    return f"survey:{survey.number}:{kind}"


def reachable(mailing: Mailing) -> QuerySet[Recipient]:
    """Whom it may be written to; an address that stands in two lists comes twice."""
    people = Recipient.objects.filter(list__mailings=mailing, list__erased_at=None)
    if not mailing.duty:
        people = people.exclude(mark__in=Unsubscribed.objects.values("mark"))
    dead = MailingLetter.objects.filter(state=LetterState.BOUNCED, code__contains=NO_SUCH_ADDRESS)
    people = people.exclude(mark__in=dead.values("mark"))
    if mailing.kind == MailingKind.REMINDER and mailing.survey is not None:
        invited = MailingLetter.objects.filter(
            mailing__topic=topic_of(mailing.survey, MailingKind.INVITATION), state__in=REACHED
        )
        people = people.filter(mark__in=invited.values("mark"))
    return people


def reach(mailing: Mailing) -> int:
    """How many letters would leave: each address once, and none that had one of this topic."""
    had = MailingLetter.objects.filter(mailing__topic=mailing.topic)
    fresh = reachable(mailing).exclude(mark__in=had.values("mark"))
    return fresh.values("mark").distinct().count()


def mailing_tally(mailing: Mailing) -> dict[str, int]:
    """How many letters stand where; of forgotten letters what was noted."""
    counted = mailing.letters.order_by().values_list("state").annotate(n=Count("id"))
    found = dict(counted.values_list("state", "n")) or mailing.told
    return dict.fromkeys(LetterState.values, 0) | found


def checked_base(text: str) -> str:
    """``https://host[:port]`` as links begin. Raises ``UsageError`` (``mailing.address``)."""
    text = text.strip().rstrip("/")
    if not _BASE.fullmatch(text) or not urlsplit(text).hostname:
        raise UsageError(
            "it is not known where people outside reach the console", code="mailing.address",
            fix="set the address for people outside under Settings, Letters",
        )  # fmt: skip
    return text


def unsubscribe_token(mark: str) -> str:
    """What a letter's link carries: the fingerprint of its address, and that we made it.

    No row stands behind it, so that it works for as long as the key of this home does.
    """
    whole = bytes.fromhex(mark + blind(mark, "unsubscribe")[:_CHECK])
    return base64.urlsafe_b64encode(whole).decode().rstrip("=")


def mark_behind(token: str) -> str:
    """The fingerprint in a token; ``""`` where we did not make it."""
    try:
        whole = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)).hex()
    except (binascii.Error, ValueError):
        return ""
    mark, seal_of = whole[:64], whole[64:]
    good = hmac.compare_digest(blind(mark, "unsubscribe")[:_CHECK], seal_of)
    return mark if good and len(mark) == 64 else ""
