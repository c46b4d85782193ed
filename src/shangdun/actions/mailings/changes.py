"""What every change of a mailing does: who may, the version, the ledger's entry."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from shangdun.actions.action import Done
from shangdun.actions.incident_changes import sealed
from shangdun.kernel.errors import UsageError
from shangdun.records.access import require
from shangdun.records.actor import Actor
from shangdun.records.conflict import EditConflict
from shangdun.records.mailings import capability_for, get_mailing
from shangdun.records.models import Mailing, NoticeState
from shangdun.records.roles import Capability

MOVERS = (Capability.MANAGE_SURVEYS, Capability.MANAGE_COMMUNICATION)
TEXTS = ("subject_zh", "body_zh", "subject_en", "body_en")


def open_mailing(
    actor: Actor, mailing_id: int, version: int | None = None, mine: Mapping[str, Any] | None = None
) -> Mailing:
    """The mailing, for who may move it, unless it changed since ``version``."""
    mailing = get_mailing(actor, mailing_id)
    require(actor, capability_for(mailing))
    if version is not None and version != mailing.version:
        theirs = {name: getattr(mailing, name) for name in TEXTS}
        raise EditConflict(
            "somebody changed it meanwhile",
            where=mailing.topic,
            mine={"version": version, **(mine or {})},
            theirs={
                "version": mailing.version, "state": mailing.get_state_display(), **theirs,
            },
        )  # fmt: skip
    return mailing


def expect(mailing: Mailing, *states: NoticeState) -> None:
    """Raise ``UsageError`` (``mailing.state``) unless it stands at one of these."""
    if mailing.state not in states:
        raise UsageError(
            f"it is {mailing.state}", code="mailing.state", fix="look at where it stands now"
        )


def save_mailing(mailing: Mailing, *fields: str) -> None:
    """Write the fields and count the version up."""
    mailing.version += 1
    mailing.save(update_fields=[*fields, "version"])


def told(mailing: Mailing, at: datetime, **data: str | int) -> Done[Mailing]:
    """The ledger's entry of a change: what is sent by its fingerprint, and to how many."""
    payload = {
        "topic": mailing.topic, "state": str(mailing.state),
        "text_sha256": sealed("\n\n".join(getattr(mailing, name) for name in TEXTS)), **data,
    }  # fmt: skip
    return Done(mailing, ("mailing", mailing.pk), at, payload)
