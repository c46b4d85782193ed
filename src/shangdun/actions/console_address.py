"""From where people use the console: a figure that changes by the hour, kept out of the ledger.

Sign-ins are in the ledger; this only keeps the way to the console open (``records.protected``).
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from shangdun.kernel.errors import UsageError
from shangdun.protect.target import parse_address
from shangdun.records.models import ConsoleAddress, User

APART = timedelta(minutes=10)
"""How often a use is written down."""

KEPT = timedelta(days=30)
MOST_OF_A_PERSON = 20


def note_console_address(person: User, address: str, now: datetime) -> bool:
    """Write down that somebody uses the console from there; False where that was known."""
    try:
        text = str(parse_address(address))
    except UsageError:
        return False
    mine = ConsoleAddress.objects.filter(person=person)
    if mine.filter(address=text, last_seen__gt=now - APART).exists():
        return False
    with transaction.atomic():
        ConsoleAddress.objects.update_or_create(
            person=person, address=text, defaults={"last_seen": now}
        )
        mine.filter(last_seen__lt=now - KEPT).delete()
        old = mine.order_by("-last_seen").values_list("pk", flat=True)[MOST_OF_A_PERSON:]
        ConsoleAddress.objects.filter(pk__in=list(old)).delete()
    return True
