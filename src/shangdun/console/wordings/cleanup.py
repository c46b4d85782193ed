"""Cleanup, report and improvements, in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from shangdun.console.wordings.review import LOSS_WORDS, SECTION_WORDS
from shangdun.records.models import TimelineKind
from shangdun.respond.cleanup.checklist import Wording, points

ACTIONS: dict[str, Promise] = {
    "begin_cleanup": gettext_lazy("laid out the cleanup of an incident"),
    "confirm_item": gettext_lazy("confirmed a point of the cleanup"),
    "waive_item": gettext_lazy("waived a point of the cleanup"),
    "reopen_item": gettext_lazy("reopened a point of the cleanup"),
    "compare_data": gettext_lazy("compared data with its backup"),
    "measure_cleanup": gettext_lazy("measured a cleanup"),
    "replay_attack": gettext_lazy("sent an incident's attack again"),
}
PROBLEMS: dict[str, Promise] = {
    "incident.open": gettext_lazy(
        "Something of it is still open. Finish it, or let leadership close it with a reason."
    ),
    "cleanup.measured": gettext_lazy(
        "It is measured, and it does not hold. Mend it, or let leadership waive it with a reason."
    ),
    "cleanup.note": gettext_lazy("Say what was looked at, in at most 4000 characters."),
    "cleanup.kind": gettext_lazy("Nothing is compared at this point."),
    "replay.nothing": gettext_lazy(
        "No request of this incident can be sent again by itself. Try it by hand, and confirm the "
        "point with a note."
    ),
}
ICONS: dict[str, str] = {TimelineKind.CLEANUP: "sparkles", TimelineKind.REVIEW: "document-text"}

SAID: dict[str, Promise] = {
    "by_hand": gettext_lazy("Nothing measures this: somebody looks and says so."),
    "drill": gettext_lazy("In a drill nothing real is measured: somebody says what it would show."),
    "no_probes": gettext_lazy("No probe watches the shop: somebody looks and says so."),
    "probe_silent": gettext_lazy("The probe “%(probe)s” has said nothing for a while."),
    "probe_down": gettext_lazy("The probe “%(probe)s” is not green."),
    "burning": gettext_lazy("The error budget “%(objective)s” is burning."),
    "probes_green": gettext_lazy("%(probes)d probes green for %(minutes)d minutes."),
    "probes_not_long_enough": gettext_lazy(
        "%(probes)d probes green, for %(minutes)d minutes so far."
    ),
    "nobody_named": gettext_lazy("The incident names nobody: somebody looks and says so."),
    "quiet": gettext_lazy("Quiet for %(minutes)d minutes; %(new)d findings since containment."),
    "loud": gettext_lazy(
        "Quiet for only %(minutes)d minutes so far; %(new)d findings since containment."
    ),
    "not_replayed": gettext_lazy("Not sent again yet."),
    "replaying": gettext_lazy("Being sent again right now."),
    "replay_failed": gettext_lazy("Sending it again went wrong."),
    "replay_unanswered": gettext_lazy("The shop did not answer."),
    "repelled": gettext_lazy("%(sent)d requests sent again, every one stopped."),
    "came_through": gettext_lazy(
        "%(stopped)d of %(sent)d requests stopped: the rest came through."
    ),
    "not_compared": gettext_lazy("Not compared yet."),
    "whole": gettext_lazy("%(compared)d items compared, all the same."),
    "differs": gettext_lazy("%(differing)d items differ; %(compared)d are on both sides."),
}
PARTS: dict[str, Promise] = {
    "cleanup": gettext_lazy("points of the cleanup"),
    "tasks": gettext_lazy("tasks"),
    "clocks": gettext_lazy("reporting clocks"),
    "notices": gettext_lazy("customer notices"),
    "complaints": gettext_lazy("complaints"),
    "supplies": gettext_lazy("supplies not returned"),
    "handovers": gettext_lazy("evidence on its way"),
}


def point_words(key: str) -> Wording:
    """The point's words in the page's language."""
    point = points()[key]
    return point.zh if (get_language() or "").startswith("zh") else point.en


def _title(data: Mapping[str, Any]) -> str:
    key = str(data.get("key", ""))
    return point_words(key).title if key in points() else key


def _begun(data: Mapping[str, Any]) -> str:
    count = int(data["count"])
    return ngettext(
        "laid out the cleanup: %(count)d point", "laid out the cleanup: %(count)d points", count
    ) % {"count": count}


def _compared(data: Mapping[str, Any]) -> str:
    return _("compared data with its backup: %(differing)d of %(compared)d items differ") % {
        "differing": data["differing"],
        "compared": data["compared"],
    }


def _replayed(data: Mapping[str, Any]) -> str:
    return _("sent the attack at the shop again: %(sent)d requests") % {"sent": data["sent"]}


def _overridden(data: Mapping[str, Any]) -> str:
    parts = [f"{PARTS.get(part, part)} {count}" for part, count in data["parts"].items()]
    return _("closed it although something was open: %(parts)s") % {"parts": _(", ").join(parts)}


def _section(data: Mapping[str, Any]) -> str:
    section = str(SECTION_WORDS.get(data["section"], data["section"]))
    return _("wrote the report's part “%(section)s”") % {"section": section}


def _loss(data: Mapping[str, Any]) -> str:
    told = _("entered a loss: %(kind)s, %(low)s to %(high)s %(currency)s")
    return told % {**data, "kind": LOSS_WORDS.get(data["kind"], data["kind"])}


def _loss_removed(data: Mapping[str, Any]) -> str:
    told = _("took a loss out again: %(kind)s, %(low)s to %(high)s %(currency)s")
    return told % {**data, "kind": LOSS_WORDS.get(data["kind"], data["kind"])}


TALES = {
    (TimelineKind.CLEANUP, "begun"): _begun,
    (TimelineKind.CLEANUP, "confirmed"): lambda d: _("confirmed “%(p)s”") % {"p": _title(d)},
    (TimelineKind.CLEANUP, "waived"): lambda d: _("waived “%(p)s”") % {"p": _title(d)},
    (TimelineKind.CLEANUP, "reopened"): lambda d: _("reopened “%(p)s”") % {"p": _title(d)},
    (TimelineKind.CLEANUP, "measured"): lambda d: _("measured: “%(p)s” holds") % {"p": _title(d)},
    (TimelineKind.CLEANUP, "lost"): lambda d: (
        _("measured: “%(p)s” does not hold any more") % {"p": _title(d)}
    ),
    (TimelineKind.CLEANUP, "compared"): _compared,
    (TimelineKind.CLEANUP, "replayed"): _replayed,
    (TimelineKind.CLEANUP, "overridden"): _overridden,
    (TimelineKind.REVIEW, "begun"): lambda _d: _("began the post-incident report"),
    (TimelineKind.REVIEW, "written"): _section,
    (TimelineKind.REVIEW, "loss"): _loss,
    (TimelineKind.REVIEW, "loss_removed"): _loss_removed,
    (TimelineKind.REVIEW, "improvement"): lambda d: (
        _("planned improvement #%(number)s: %(title)s") % d
    ),
    (TimelineKind.REVIEW, "submitted"): lambda _d: _("submitted the report to leadership"),
    (TimelineKind.REVIEW, "returned"): lambda _d: _("sent the report back"),
    (TimelineKind.REVIEW, "signed"): lambda _d: _("signed the report"),
}
