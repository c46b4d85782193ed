"""An approved text of the communication plan, written to the lists of its audiences."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import datetime

from shangdun.actions.mailings.send import start
from shangdun.notify.letters.template import Text
from shangdun.records.actor import Actor, person
from shangdun.records.letter_settings import letter_settings
from shangdun.records.mailings import checked_base
from shangdun.records.models import (
    Communication,
    ContentChoice,
    Incident,
    Mailing,
    MailingKind,
)
from shangdun.records.rehearsal import require_real


def send_bulletin(
    actor: Actor, item: Communication, texts: Mapping[str, Text], lists: list[int], now: datetime
) -> Mailing:
    """Within another action: let it leave to these lists; ``texts`` by ``zh`` and ``en``.

    Of an incident the law demands it, so that it goes to those who unsubscribed too. A drill's
    incident is refused. Raises ``UsageError``.
    """
    incident = _incident(item)
    if incident is not None:
        require_real(incident)
    nothing = Text("", "")
    mailing = Mailing(
        uid=secrets.token_hex(16), kind=MailingKind.BULLETIN, topic=f"communication:{item.pk}",
        communication=item, incident=incident,
        duty=item.line.content == ContentChoice.INCIDENT, prepared_at=now,
        prepared_by=person(actor),
    )  # fmt: skip
    if not mailing.duty:  # else no link stands in it
        mailing.base = checked_base(letter_settings().public_address)
    for code in ("zh", "en"):
        text = texts.get(code, nothing)
        setattr(mailing, f"subject_{code}", _whole(text.subject))
        setattr(mailing, f"body_{code}", _whole(text.body))
    mailing.save()
    mailing.lists.set(lists)
    start(mailing, now)
    return mailing


def _whole(text: str) -> str:
    """An approved text has no places: what looks like one is not filled in."""
    return text.replace("{name}", "{ name }").replace("{link}", "{ link }")


def _incident(item: Communication) -> Incident | None:
    if item.about.get("kind") != "incident":
        return None
    return Incident.objects.filter(number=item.about.get("number", 0)).first()
