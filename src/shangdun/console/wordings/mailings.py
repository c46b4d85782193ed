"""Lists of recipients and letters to them, in words."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

ACTIONS: dict[str, Promise] = {
    "make_address_list": _("made a list of recipients"),
    "change_address_list": _("changed what a list of recipients says of itself"),
    "add_recipients": _("added recipients to a list"),
    "erase_address_list": _("erased a list of recipients"),
    "put_off": _("noted that somebody wants no more letters"),
    "unsubscribe": _("unsubscribed from letters"),
    "subscribe_again": _("took an unsubscribing back"),
    "invite_by_letter": _("prepared the invitation to a survey"),
    "remind_by_letter": _("reminded by letter of a survey"),
    "edit_mailing": _("changed a letter to many"),
    "try_mailing": _("sent a letter to many to an address of the own, as a test"),
    "start_mailing": _("let a letter to many leave"),
    "pause_mailing": _("held a letter to many back"),
    "resume_mailing": _("let a letter to many go on"),
    "stop_mailing": _("stopped a letter to many"),
    "settle_uncertain_mailing": _("decided on letters that may have arrived"),
    "take_mailing_bounces": _("took in returned letters"),
    "finish_mailing": _("noted that a letter to many has left"),
    "forget_reminders": _("forgot who was reminded of a survey"),
}
PROBLEMS: dict[str, Promise] = {
    "mailing.address": _(
        "Set the address for people outside under Settings, Letters: links begin with it."
    ),
    "mailing.state": _("It is further already: look at where it stands now."),
    "mailing.nobody": _(
        "There is nobody to write to: the lists are empty, or everybody on them had it or "
        "unsubscribed."
    ),
    "mailing.few": _(
        "So few people were invited that a reminder would tell who has answered. Nobody is "
        "reminded below the smallest group."
    ),
    "mailing.lists": _("Choose one list at least."),
    "mailing.before": _("Nobody was invited by letter yet."),
    "mailing.link": _("Write {link} into the text once: without it nobody can answer."),
    "mailing.link_gone": _("This link opens nothing."),
    "mailing.busy": _("Letters are going to this list: wait until they are sent, or stop them."),
    "addresses.taken": _("There is a list of this name already."),
    "addresses.many": _("There are 200 lists: erase what is over."),
    "addresses.erased": _("This list was erased: make a new one."),
    "addresses.name": _("A list needs a name, in one line."),
    "addresses.purpose": _(
        "Say in both languages what the addresses are for: each letter says it."
    ),
    "addresses.origin": _("Say where the addresses come from and what these people agreed to."),
    "addresses.column": _(
        "No column holds e-mail addresses. One row a person, the address in a column of its own."
    ),
    "addresses.rows": _("At most 100,000 rows at once: split the file."),
}
