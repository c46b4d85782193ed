"""Notices to customers, complaints and support, in words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from shangdun.records.models import TimelineKind

ACTIONS: dict[str, Promise] = {
    "write_notice": _("wrote a notice to customers"),
    "edit_notice": _("changed a notice to customers"),
    "approve_notice_legally": _("approved a notice for legal"),
    "approve_notice": _("approved a notice for leadership"),
    "return_notice": _("gave a notice back"),
    "start_notice": _("let a notice leave"),
    "pause_notice": _("paused a notice"),
    "resume_notice": _("went on with a notice"),
    "stop_notice": _("stopped a notice"),
    "post_notice": _("posted a notice by hand"),
    "settle_uncertain": _("decided about letters that may have arrived"),
    "finish_notice": _("finished a notice"),
    "take_bounces": _("took in returned letters"),
    "try_notice": _("sent a notice to an own address as a test"),
    "set_letters": _("set how letters are sent"),
    "offer_support": _("offered support to those affected"),
    "note_support": _("noted how support is taken up"),
    "log_complaint": _("took a complaint or question down"),
    "answer_complaint": _("answered a complaint or question"),
    "close_complaint": _("closed a complaint or question"),
    "keep_answer": _("kept an answer for reuse"),
    "take_prepared_answers": _("took over the prepared answers"),
}
PROBLEMS: dict[str, Promise] = {
    "notice.title": _("Say in one line what the notice is."),
    "notice.subject": _("A letter needs a subject of one line, at most 200 characters."),
    "notice.body": _("Write the letter in at least one language, at most 20,000 characters."),
    "notice.place": _("Only {name} is filled in for each recipient. Write out the rest."),
    "notice.channel": _("Choose a channel."),
    "notice.state": _("The notice stands elsewhere by now. Look at it again."),
    "notice.gaps": _("Something is still to be filled in: what stands in brackets."),
    "notice.not_own": _(
        "A test goes to an address of your own: your account's, or one that the organisation has."
    ),
    "notice.own": _("Who wrote a notice does not approve it: ask somebody else."),
    "notice.same": _("Legal and leadership are two people: ask another member of leadership."),
    "notice.reason": _("Say why, in a sentence."),
    "notice.changed": _("This is not the text that was approved. Have it approved again."),
    "notice.posted": _("This notice is posted by hand: post it, then say where."),
    "notice.where": _("Say where it was posted."),
    "notice.nobody": _("There is nobody on the list whom this channel reaches."),
    "notice.many": _("An incident has at most 100 notices."),
    "notice.bounces": _(
        "The file tells of no letter. Upload returned mail as .eml or mbox, or a CSV of addresses."
    ),
    "letters.unset": _(
        "No mail server or gateway is set: an administrator sets it under Settings, Letters."
    ),
    "letters.host": _("The server's name has no address. Check the name."),
    "letters.place": _(
        "The server is in a private network. Name that network below allowed networks if it is "
        "really meant."
    ),
    "letters.server": _("The server does not answer as it should. Check address and encryption."),
    "letters.login": _("The server refuses user or password."),
    "letters.refused": _("The server refuses our letters for now; they are tried again."),
    "letters.disk": _("The disk is full: no letter leaves that cannot be noted first."),
    "letters.network": _("Write a network as 10.0.0.0/8."),
    "letters.sender": _("This is no e-mail address."),
    "letters.gateway": _("Write the gateway's address as https://sms.example/send."),
    "letters.rate": _("1 to 100,000 letters a minute, 1 to 1,000 a batch."),
    "letters.retention": _("1 to 3,660 days."),
    "letters.address": _("Your account has no e-mail address: write one."),
    "support.text": _("Choose a kind and say what is offered."),
    "support.number": _("This number is out of range."),
    "complaint.text": _("Say who asks, and what."),
    "complaint.kind": _("Choose from the list."),
    "complaint.answer": _("Write down what was answered."),
    "complaint.open": _("It is not answered yet."),
    "complaint.title": _("Name the answer."),
    "complaint.many": _("There are 50 answers already: remove one first."),
}
ICONS: dict[str, str] = {
    TimelineKind.NOTICE: "envelope",
    TimelineKind.COMPLAINT: "chat-bubble-left-right",
}
LABELS: dict[str, Promise] = {
    "title": _("Title"),
    "state": _("State"),
    "subject_zh": _("Chinese subject"),
    "body_zh": _("Chinese text"),
    "subject_en": _("English subject"),
    "body_en": _("English text"),
}

_WHAT: dict[str, Promise] = {
    "written": _("wrote the notice “%(title)s”"),
    "changed": _("changed the notice “%(title)s”"),
    "voided": _("changed the notice “%(title)s”; its approvals are void"),
    "legal": _("approved the notice “%(title)s” for legal"),
    "approved": _("approved the notice “%(title)s” for leadership"),
    "returned": _("gave the notice “%(title)s” back"),
    "started": _("let the notice “%(title)s” leave for %(due)s recipients"),
    "rehearsed": _("rehearsed the notice “%(title)s”: it would have left for %(due)s recipients"),
    "paused": _("paused the notice “%(title)s”"),
    "resumed": _("went on with the notice “%(title)s”"),
    "stopped": _("stopped the notice “%(title)s”: %(skipped)s letters do not leave"),
    "posted": _("posted the notice “%(title)s”"),
    "posted_drill": _("rehearsed posting the notice “%(title)s”"),
    "again": _("had %(count)s letters of “%(title)s” sent again that may have arrived"),
    "taken_as_sent": _("took %(count)s letters of “%(title)s” as arrived"),
    "finished": _(
        "the notice “%(title)s” is sent: %(sent)s accepted, %(bounced)s bounced, %(failed)s given "
        "up, %(uncertain)s uncertain"
    ),
    "bounces": _("%(bounced)s letters of “%(title)s” came back"),
}


class _Shown(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return "0"


def _tale(text: Promise) -> Callable[[Mapping[str, Any]], str]:
    def told(data: Mapping[str, Any]) -> str:
        values = {k: f"{v:,}" if isinstance(v, int) else v for k, v in data.items()}
        return str(text) % _Shown(values)

    return told


def _complaint(text: Promise) -> Callable[[Mapping[str, Any]], str]:
    return lambda data: str(text) % {"number": data.get("complaint", "")}


TALES = {(TimelineKind.NOTICE, what): _tale(text) for what, text in _WHAT.items()} | {
    (TimelineKind.NOTICE, "support"): lambda _data: str(_("offered support to those affected")),
    (TimelineKind.COMPLAINT, "logged"): _complaint(_("took down complaint or question %(number)s")),
    (TimelineKind.COMPLAINT, "answered"): _complaint(
        _("answered complaint or question %(number)s")
    ),
}
