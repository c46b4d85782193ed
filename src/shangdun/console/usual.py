"""What a baseline found, in words: what was measured, what is usual and how that is known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from shangdun.detect.alarms import USUAL

MONDAY = datetime(2026, 1, 5, tzinfo=UTC)
HOUR, DAY = 3_600_000, 86_400_000


@dataclass(frozen=True)
class Usual:
    """One comparison, ready to be read."""

    measured: str
    seen: str
    usual: str
    known: str
    """How the usual is known."""
    times: str
    key: str
    """Whom it was measured for, where the finding does not name it elsewhere."""
    sale: str


def usual_of(reason: Mapping[str, Any]) -> Usual | None:
    """The words for a reason of a baseline; None for the reason of another rule."""
    if not str(reason.get("operator", "")).startswith(USUAL):
        return None
    note = dict(part.split("=", 1) for part in reason.get("note", "").split(";") if "=" in part)
    against = reason["operator"].removeprefix(USUAL)
    seen = reason["value"]
    if "part" in note:
        part, whole = _figure(note["part"]), _figure(note.get("whole", ""))
        seen = _("%(share)s (%(part)s of %(whole)s)") % {
            "share": seen, "part": part, "whole": whole,
        }  # fmt: skip
    return Usual(
        measured=_measured(reason["field"], _span(note.get("every", ""))),
        seen=seen,
        usual=reason["pattern"],
        known=_known(against, note),
        times=note.get("times", ""),
        key=note.get("key", ""),
        sale=note.get("sale", ""),
    )


def _measured(field: str, every: str) -> str:
    measure, _space, name = field.partition(" ")
    texts = {
        "count": _("Events in %(every)s"),
        "sum": _("Sum of %(name)s in %(every)s"),
        "distinct": _("Different values of %(name)s in %(every)s"),
        "ratio": _("Share in %(every)s"),
        "mix": _("Share of one value of %(name)s in %(every)s"),
        "linked": _("Sum of %(name)s of linked accounts in %(every)s")
        if name
        else _("Linked accounts in %(every)s"),
    }
    return texts.get(measure, measure) % {"name": name, "every": every}


def _known(against: str, note: Mapping[str, str]) -> str:
    over = _span(note.get("over", ""))
    if against == "season":
        moment = timezone.localtime(MONDAY + timedelta(hours=_whole(note.get("hour", ""))))
        hour = f"{date_format(moment, 'l')} {moment:%H:%M}"
        return _("at this hour of the week (%(hour)s), learned over %(over)s") % {
            "hour": hour, "over": over,
        }  # fmt: skip
    if against == "peers":
        return _("what others do, over %(over)s") % {"over": over}
    if against == "new":
        return _("hardly seen before")
    periods = _whole(note.get("periods", ""))
    return ngettext(
        "by its own history: %(n)s period over %(over)s",
        "by its own history: %(n)s periods over %(over)s",
        periods,
    ) % {"n": periods, "over": over}


def _span(millis: str) -> str:
    span = _whole(millis)
    if span >= 2 * DAY or (span and span % DAY == 0):
        return ngettext("%(n)s day", "%(n)s days", span // DAY) % {"n": span // DAY}
    if span >= HOUR:
        return ngettext("%(n)s hour", "%(n)s hours", span // HOUR) % {"n": span // HOUR}
    return ngettext("%(n)s minute", "%(n)s minutes", span // 60_000) % {"n": span // 60_000}


def _whole(text: str) -> int:
    return int(text) if text.isdecimal() else 0


def _figure(text: str) -> str:
    try:
        return f"{float(text):,.0f}"
    except ValueError:
        return text
