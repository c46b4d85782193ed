"""Why a task is when it is, and what moved it, in sentences."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from shangdun.govern.schedule.activity import Cause, Key, Link, LinkKind, Planned, Schedule
from shangdun.govern.schedule.calendar import WorkCalendar
from shangdun.govern.schedule.delays import Baseline, Delay, Part, Reason, chain

REASONS: dict[Reason, str | Promise] = {
    Reason.PREDECESSOR: gettext_lazy("“%(task)s”, for which it waits, moved"),
    Reason.LINK: gettext_lazy("it waits longer, or for something it did not wait for"),
    Reason.NOT_BEFORE: gettext_lazy("it may not begin before a later day"),
    Reason.PLAN_START: gettext_lazy("the plan begins on another day"),
    Reason.WAITED: gettext_lazy("it could have begun and did not"),
    Reason.LENGTH: gettext_lazy("its own work takes longer"),
    Reason.CALENDAR: gettext_lazy("holidays and make-up days changed"),
    Reason.CHILDREN: gettext_lazy("“%(task)s”, which it holds and ends last, moved"),
}
SHORTER = gettext_lazy("its own work takes less time")
EARLIER = gettext_lazy("it began earlier")
LINKS: dict[LinkKind, str | Promise] = {
    LinkKind.FS: gettext_lazy("after the end of “%(task)s”"),
    LinkKind.SS: gettext_lazy("after the beginning of “%(task)s”"),
    LinkKind.FF: gettext_lazy("so that it ends no earlier than “%(task)s”"),
    LinkKind.SF: gettext_lazy("so that it ends no earlier than “%(task)s” begins"),
}


@dataclass(frozen=True)
class Told:
    """One step of an explanation: whose, by how much, for what reasons."""

    key: Key
    name: str
    days: int
    parts: list[str]


def days_text(days: int) -> str:
    """«3 working days later», «1 working day earlier», «on time»."""
    n = abs(days)
    if days > 0:
        return ngettext("%(n)d working day later", "%(n)d working days later", n) % {"n": n}
    if days < 0:
        return ngettext("%(n)d working day earlier", "%(n)d working days earlier", n) % {"n": n}
    return _("as in the baseline")


def part_text(part: Part, names: Mapping[Key, str]) -> str:
    """One reason with its share."""
    reason = REASONS[part.reason]
    if part.days < 0 and part.reason is Reason.LENGTH:
        reason = SHORTER
    if part.days < 0 and part.reason is Reason.WAITED:
        reason = EARLIER
    text = str(reason)
    if "%(task)s" in text:
        text %= {"task": names.get(part.key, "")}
    return f"{part.days:+d} · {text}"


def explained(
    key: Key,
    found: Schedule,
    baselines: Mapping[Key, Baseline],
    calendar: WorkCalendar,
    names: Mapping[Key, str],
) -> list[Told]:
    """The task, then what moved it, then what moved that, back to where it began."""
    steps: list[tuple[Key, Delay]] = chain(key, found, baselines, calendar)
    return [
        Told(one, names.get(one, ""), delay.days, [part_text(part, names) for part in delay.parts])
        for one, delay in steps
    ]


def driver_text(planned: Planned, names: Mapping[Key, str], not_before: date | None) -> str:
    """Why it begins when it does."""
    cause = planned.driver.cause
    if cause is Cause.LINK and planned.driver.link is not None:
        return link_text(planned.driver.link, names)
    if cause is Cause.NOT_BEFORE:
        return _("not before %(day)s, as somebody set") % {
            "day": date_format(not_before) if not_before else "—"
        }
    texts: dict[Cause, str] = {
        Cause.START: _("with the plan: nothing holds it back"),
        Cause.TODAY: _("nothing holds it back, but it has not been done yet"),
        Cause.ACTUAL: _("it happened then"),
        Cause.CHILDREN: _("its dates are those of what it holds"),
    }
    return texts.get(cause, "")


def link_text(link: Link, names: Mapping[Key, str]) -> str:
    """A link from the side of what waits."""
    text = str(LINKS[link.kind]) % {"task": names.get(link.before, "")}
    if link.lag > 0:
        text += ngettext(
            ", %(n)d working day later", ", %(n)d working days later", link.lag
        ) % {"n": link.lag}  # fmt: skip
    elif link.lag < 0:
        text += ngettext(
            ", %(n)d working day earlier", ", %(n)d working days earlier", -link.lag
        ) % {"n": -link.lag}  # fmt: skip
    return text
