"""What every change of a notice does: check the version, save, tell timeline and ledger."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from shangdun.actions.action import Done
from shangdun.actions.incident_changes import write_timeline
from shangdun.kernel.errors import UsageError
from shangdun.records.actor import Actor
from shangdun.records.conflict import EditConflict
from shangdun.records.models import Notice, NoticeState, TimelineKind
from shangdun.records.notices import get_notice


def open_notice(
    actor: Actor, number: int, notice_number: int, version: int | None, mine: dict[str, Any]
) -> Notice:
    """The notice, unless it changed since ``version``; None asks for no check."""
    notice = get_notice(actor, number, notice_number)
    if version is not None and version != notice.version:
        raise EditConflict(
            "somebody changed this notice meanwhile",
            where=f"notice {notice.number} of incident #{notice.incident.number}",
            mine={"version": version, **mine},
            theirs={
                "version": notice.version,
                "title": notice.title,
                "state": notice.get_state_display(),
                "subject_zh": notice.subject_zh,
                "body_zh": notice.body_zh,
                "subject_en": notice.subject_en,
                "body_en": notice.body_en,
            },
        )
    return notice


def expect(notice: Notice, *states: NoticeState) -> None:
    """Raise ``UsageError`` (``notice.state``) unless it stands at one of these."""
    if notice.state not in states:
        raise UsageError(
            f"the notice is {notice.state}", code="notice.state", fix="look at where it stands now"
        )


def save_notice(notice: Notice, *fields: str) -> None:
    """Write the fields and count the version up."""
    notice.version += 1
    notice.save(update_fields=[*fields, "version"])


def told(
    notice: Notice, actor: Actor, at: datetime, what: str, *, text: str = "", **data: str | int
) -> Done[Notice]:
    """The timeline's and the ledger's entry of a change."""
    said = {"what": what, "notice": notice.number, "title": notice.title, **data}
    write_timeline(notice.incident, actor, TimelineKind.NOTICE, at, text=text, data=said)
    payload = {"notice": notice.number, "sha256": notice.sha256, "state": str(notice.state), **data}
    return Done(notice, ("incident", notice.incident.number), at, payload)
