"""What is known of an incident: grade and reporting clocks are computed from it alone.

None is "not known yet", which is not the same as none, nobody or no: a criterion that is unknown
votes for nothing and says so.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from enum import StrEnum

import msgspec

from shangdun.kernel.errors import UsageError

MOST_PEOPLE = 10_000_000_000
MOST_MINUTES = 60 * 24 * 366
MOST_MONEY = Decimal(10) ** 15


class DataKind(StrEnum):
    """Kinds of data that got out, as laws and card brands tell them apart."""

    CONTACT = "contact"
    ACCOUNT = "account"
    ORDER = "order"
    IDENTITY = "identity"
    LOCATION = "location"
    BIOMETRIC = "biometric"
    HEALTH = "health"
    MINORS = "minors"
    """Of children under 14, sensitive by PIPL Art. 28 whatever it says."""
    FINANCIAL = "financial"
    CARD = "card"
    IMPORTANT = "important"
    """Important data in the sense of the Data Security Law, Art. 21."""


class Importance(StrEnum):
    """Of the affected object, as GB/T 20986-2023 asks."""

    ORDINARY = "ordinary"
    IMPORTANT = "important"
    VITAL = "vital"


class Facts(msgspec.Struct, frozen=True, kw_only=True):
    """All of it as far as known; ``data_kinds`` empty with ``personal_data`` None is unknown.

    ``loss`` is direct, in yuan; ``outage_minutes`` of the shop's main functions; ``people`` whose
    personal data got out; ``people_served`` who could not be served. ``known_at`` is when the
    company became aware: clocks start there.
    """

    known_at: datetime
    personal_data: bool | None = None
    people: int | None = None
    people_served: int | None = None
    data_kinds: tuple[DataKind, ...] = ()
    loss: Decimal | None = None
    outage_minutes: int | None = None
    importance: Importance = Importance.ORDINARY
    critical_infrastructure: bool | None = None
    crime_suspected: bool | None = None
    eu_people: int | None = None
    high_risk: bool | None = None
    """Whether those affected face a high risk (GDPR Art. 34) or harm (PIPL Art. 57)."""
    harm_averted: bool | None = None
    """Whether measures effectively avoid the harm (PIPL Art. 57: individuals may be skipped)."""
    ransom: bool | None = None


def check_facts(facts: Facts, now: datetime) -> None:
    """Raise ``UsageError`` (codes ``facts.time``, ``.number``, ``.contradiction``)."""
    if facts.known_at.tzinfo is None or facts.known_at > now:
        raise UsageError(
            "the company cannot have become aware in the future",
            code="facts.time",
            fix="give the moment with its time zone",
        )
    for name, most in (
        ("people", MOST_PEOPLE),
        ("people_served", MOST_PEOPLE),
        ("eu_people", MOST_PEOPLE),
        ("outage_minutes", MOST_MINUTES),
        ("loss", MOST_MONEY),
    ):
        value = getattr(facts, name)
        if value is not None and not 0 <= value <= most:
            raise UsageError(
                f"{name} is out of range", code="facts.number", where=name, fix=f"0 to {most}"
            )
    if facts.personal_data is False and (facts.people or facts.eu_people):
        raise UsageError(
            "without personal data nobody's personal data got out",
            code="facts.contradiction",
            where="people",
            fix="say that personal data is affected, or leave the number of people empty",
        )
