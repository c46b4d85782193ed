"""Who has to approve a notice next hears that it waits for him."""

from __future__ import annotations

from datetime import datetime

from shangdun.actions.messages.queue import Notice as Said
from shangdun.actions.messages.queue import queue_message
from shangdun.records.actor import Actor, person
from shangdun.records.models import Notice, NoticeChannel
from shangdun.records.notices import audience
from shangdun.respond.groups import Group


def tell_waiting(notice: Notice, actor: Actor, group: Group, at: datetime) -> None:
    """Once for each text: a change that voids approvals asks again."""
    by = person(actor)
    posted = notice.channel == NoticeChannel.POSTED  # by hand: nobody is written to
    key = f"notice:{notice.incident.number}:{notice.number}:{notice.version}:{group.value}"
    queue_message(
        Said(
            kind="notice_approval",
            incident=notice.incident,
            groups=(group,),
            urgency="urgent",
            key=key,
            data={
                "notice": f"{notice.incident.number}/{notice.number}",
                "recipients": "" if posted else audience(notice).count(),
                "by": (by.get_full_name() or by.username) if by else "",
            },
        ),
        at,
    )
