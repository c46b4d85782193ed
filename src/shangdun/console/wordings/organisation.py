"""The organisation, in words."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

ACTIONS: dict[str, Promise] = {
    "seat_people": _("put people on a post"),
    "add_post": _("added a post"),
    "change_post": _("changed a post"),
    "remove_post": _("removed a post"),
    "keep_contacts": _("changed how a person is reached"),
    "add_absence": _("noted an absence"),
    "remove_absence": _("took an absence back"),
    "set_rota": _("set an on-call rota"),
    "remove_rota": _("removed an on-call rota"),
    "add_cover": _("noted who stands in"),
    "remove_cover": _("took a stand-in back"),
    "issue_calendar": _("made a calendar address"),
    "revoke_calendar": _("revoked a calendar address"),
}
PROBLEMS: dict[str, Promise] = {
    "post.deputies": _("These are too many deputies: at most 10."),
    "post.many": _("These are enough posts: remove one first."),
    "post.head": _("Somebody must be asked first: change this post instead of removing it."),
    "post.name": _("A post needs a name, in Chinese, in English, or both."),
    "post.person": _("This person has no account here any more: choose somebody else."),
    "contact.many": _("At most 10 contacts, each of at most 200 characters."),
    "absence.time": _("It ends after it begins, within 400 days, and is not over already."),
    "rota.people": _("A rota needs people: name 1 to 50."),
    "rota.days": _("A turn lasts 1 to 92 days."),
    "rota.zone": _("Write the time zone as Asia/Shanghai."),
    "rota.dates": _("A rota ends after it starts."),
    "rota.stranger": _("Only people of the group: seat them there first, or give them the role."),
    "cover.time": _("It ends after it begins, within a quarter, and is not over already."),
    "calendar.many": _("These are enough calendar addresses: revoke one first."),
}
