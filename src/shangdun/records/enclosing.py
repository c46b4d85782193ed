"""What goes with a message: an invitation as the file that a calendar takes."""

from __future__ import annotations

from shangdun.notify.sending import File
from shangdun.records.invitations import invitation_of
from shangdun.records.models import Delivery, Meeting

MAIL = ("mailto", "mailtos")
INVITES = ("meeting_invited", "meeting_changed", "meeting_cancelled")
METHODS = ("REQUEST", "CANCEL")


def enclosures(delivery: Delivery) -> tuple[File, ...]:
    """The files of one delivery: only by mail, only to the person who is meant.

    The invitation is as the meeting stands when it is sent; calendars keep the highest sequence.
    """
    message = delivery.message
    if message.kind not in INVITES or delivery.person is None:
        return ()
    method = str(message.data.get("method", ""))
    if delivery.channel.scheme not in MAIL or method not in METHODS:
        return ()
    meeting = Meeting.objects.select_related("chair", "called_by").filter(
        number=message.data.get("meeting")
    )
    found = meeting.first()
    if found is None:
        return ()
    content = invitation_of(found, method, message.at, only=delivery.person)
    # RFC 6047, 2.4: without the method beside the type a mail program shows a file, no invitation.
    kind = f'text/calendar; method={method}; charset="UTF-8"'
    return (File(f"meeting-{found.number}.ics", kind, content),)
