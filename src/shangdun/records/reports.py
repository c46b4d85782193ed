"""Reports as they were handed in: whom to call back, and the form that detection fills in."""

from __future__ import annotations

from typing import NamedTuple

from shangdun.records.models import Incident
from shangdun.records.sealing import unseal

CONTACT = "report_contact"
"""The context under which a reporter's contact is sealed."""


class HandedIn(NamedTuple):
    """By which way a report came, and how whoever reported can be reached."""

    via: str
    contact: str


def handed_in(incident: Incident) -> HandedIn | None:
    """For whoever may see the incident; None where it did not come by a form."""
    receipt = incident.receipts.order_by("pk").first()
    if receipt is None:
        return None
    contact = bytes(receipt.sealed_contact)
    return HandedIn(receipt.via, unseal(contact, CONTACT) if contact else "")
