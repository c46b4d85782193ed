"""Reporting clocks in words: what brings one, what happened to it, what went wrong."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.template.defaultfilters import date as format_date
from django.utils import formats, timezone
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from shangdun.console.wordings.grades import GRADE_WORDS
from shangdun.records.models import IncidentType, SubmissionPhase, TimelineKind
from shangdun.respond.regulators.conditions import Leaf, read_leaf
from shangdun.respond.regulators.forms import forms

ACTIONS: dict[str, Promise] = {
    "judge_clock": gettext_lazy("said whether a duty to report applies"),
    "remind_of_clock": gettext_lazy("reminded of a reporting deadline"),
    "save_report": gettext_lazy("wrote a report to a regulator"),
    "submit_report": gettext_lazy("handed in a report to a regulator"),
}
PROBLEMS: dict[str, Promise] = {
    "clock.reason": gettext_lazy("Say why it applies, or why it does not."),
    "clock.met": gettext_lazy("What was reported stays reported."),
    "report.items": gettext_lazy("An item of the report is too long."),
    "report.form": gettext_lazy("There is no such form, phase or language."),
    "report.first": gettext_lazy(
        "Items that cannot wait are still empty. Say what is known, and mark the rest as to be "
        "verified."
    ),
    "report.recipient": gettext_lazy("Say to whom the report went, and how."),
    "report.handed_at": gettext_lazy(
        "It cannot have been handed in then: after the incident began, and not in the future."
    ),
    "report.submitted": gettext_lazy(
        "A report that was handed in does not change: write a follow-up report."
    ),
}
ICONS: dict[str, str] = {
    TimelineKind.CLOCK: "clock",
    TimelineKind.SUBMISSION: "paper-airplane",
}

YES: dict[str, Promise] = {
    "personal_data": gettext_lazy("personal data is affected"),
    "critical_infrastructure": gettext_lazy("it is critical information infrastructure"),
    "crime_suspected": gettext_lazy("a crime is suspected"),
    "high_risk": gettext_lazy("those affected face a high risk"),
    "harm_averted": gettext_lazy("the harm is effectively averted"),
    "card_data": gettext_lazy("payment card data is affected"),
    "important_data": gettext_lazy("important data is affected"),
    "is_platform": gettext_lazy("the company is a platform on which others sell"),
    "vital": gettext_lazy("what is affected is vital"),
    "ransom": gettext_lazy("a ransom is demanded"),
    "national_interest": gettext_lazy("national security or the public interest is threatened"),
}
NO: dict[str, Promise] = {
    "personal_data": gettext_lazy("no personal data is affected"),
    "critical_infrastructure": gettext_lazy("it is no critical information infrastructure"),
    "crime_suspected": gettext_lazy("no crime is suspected"),
    "high_risk": gettext_lazy("those affected face no high risk"),
    "harm_averted": gettext_lazy("the harm is not averted"),
}
MISSING: dict[str, Promise] = {
    "grade": gettext_lazy("how grave it is: people affected, loss, outage"),
    "people": gettext_lazy("how many people's data got out"),
    "eu_people": gettext_lazy("how many of them are in the EU"),
    "personal_data": gettext_lazy("whether personal data is affected"),
    "critical_infrastructure": gettext_lazy("whether critical infrastructure is affected"),
    "crime_suspected": gettext_lazy("whether a crime is suspected"),
    "high_risk": gettext_lazy("how high the risk to those affected is"),
    "harm_averted": gettext_lazy("whether the harm was effectively averted"),
    "card_data": gettext_lazy("whether payment card data is affected"),
    "important_data": gettext_lazy("whether important data is affected"),
    "national_interest": gettext_lazy(
        "whether national security or the public interest is threatened (legal says so here)"
    ),
}


def language() -> str:
    """``zh`` or ``en``: under which the words of laws stand."""
    return "zh" if (get_language() or "zh").startswith("zh") else "en"


def leaf_words(text: str | Leaf) -> str:
    """A comparison in words: "1,000,000 people or more"."""
    leaf = text if isinstance(text, Leaf) else read_leaf(text)
    if leaf.op == ">=":
        return _compared(leaf)
    if leaf.op == "=":
        return _("the type is %(type)s") % {"type": dict(IncidentType.choices).get(leaf.value)}
    words = (NO if leaf.op == "not" else YES).get(leaf.name)
    return str(words or leaf)


def _compared(leaf: Leaf) -> str:
    if leaf.name == "grade":
        return _("graded %(grade)s or above") % {"grade": GRADE_WORDS[int(leaf.value)]}
    if leaf.name == "eu_people":
        return _("people in the EU are affected")
    number = formats.number_format(int(leaf.value), use_l10n=True, force_grouping=True)
    return _("%(n)s people or more") % {"n": number}


def missing_words(name: str) -> str:
    """What has to be found out."""
    return str(MISSING.get(name, name))


def said_of(data: Mapping[str, Any], part: str) -> str:
    """A text of the law out of an entry's data, in the page's language."""
    return str((data.get(part) or {}).get(language(), ""))


def _moment(text: str) -> str:
    if not text:
        return _("without delay")
    return format_date(timezone.localtime(datetime.fromisoformat(text)), "DATETIME_FORMAT")


def _because(data: Mapping[str, Any]) -> str:
    words = [leaf_words(text) for text in data.get("because", [])]
    return _(", ").join(words) or _("facts")


def _fields(data: Mapping[str, Any]) -> dict[str, str]:
    return {
        "law": said_of(data, "law"),
        "to": said_of(data, "to"),
        "due": _moment(data.get("due", "")),
        "was": _moment(data.get("was_due", "")),
        "why": _because(data),
    }


def _started(data: Mapping[str, Any]) -> str:
    if not data.get("due"):
        return _("report to %(to)s without delay (%(law)s; because %(why)s)") % _fields(data)
    return _("clock started: report to %(to)s, due %(due)s (%(law)s; because %(why)s)") % _fields(
        data
    )


def _over(data: Mapping[str, Any]) -> str:
    return _(
        "clock was already over when this became known: report to %(to)s was due %(due)s "
        "(%(law)s; because %(why)s)"
    ) % _fields(data)


def _moved(data: Mapping[str, Any]) -> str:
    return _("clock moved: report to %(to)s is due %(due)s, was %(was)s (%(law)s)") % _fields(data)


def _withdrawn(data: Mapping[str, Any]) -> str:
    return _("clock withdrawn by the facts: no report to %(to)s (%(law)s)") % _fields(data)


def _may(data: Mapping[str, Any]) -> str:
    return _("clock uncertain again: a report to %(to)s may be due (%(law)s)") % _fields(data)


def _waiting(data: Mapping[str, Any]) -> str:
    return _("a report to %(to)s will be due when handling has ended (%(law)s)") % _fields(data)


def _missed(data: Mapping[str, Any]) -> str:
    return _("deadline missed: report to %(to)s was due %(due)s (%(law)s)") % _fields(data)


def _met(data: Mapping[str, Any]) -> str:
    return _("clock stopped in time: reported to %(to)s (%(law)s)") % _fields(data)


def _late(data: Mapping[str, Any]) -> str:
    return _("reported to %(to)s after the deadline %(due)s (%(law)s)") % _fields(data)


def _applies(data: Mapping[str, Any]) -> str:
    return _("judged that a report to %(to)s is due (%(law)s)") % _fields(data)


def _applies_not(data: Mapping[str, Any]) -> str:
    return _("judged that no report to %(to)s is due (%(law)s)") % _fields(data)


def _facts_again(data: Mapping[str, Any]) -> str:
    return _("let the facts decide again on the report to %(to)s (%(law)s)") % _fields(data)


def _handed(data: Mapping[str, Any]) -> str:
    return _("handed in report %(n)s to %(to)s: %(form)s (%(phase)s)") % _report(data)


def _rehearsed(data: Mapping[str, Any]) -> str:
    return _("rehearsed handing in report %(n)s to %(to)s: %(form)s (%(phase)s)") % _report(data)


def _report(data: Mapping[str, Any]) -> dict[str, Any]:
    form = forms().get(data.get("form", ""))
    return {
        "n": data.get("number", ""),
        "to": data.get("to", ""),
        "form": form.title[language()] if form else "",
        "phase": dict(SubmissionPhase.choices).get(data.get("phase", ""), ""),
    }


TALES = {
    (TimelineKind.CLOCK, "started"): _started,
    (TimelineKind.CLOCK, "already_over"): _over,
    (TimelineKind.CLOCK, "moved"): _moved,
    (TimelineKind.CLOCK, "withdrawn"): _withdrawn,
    (TimelineKind.CLOCK, "may_apply"): _may,
    (TimelineKind.CLOCK, "waiting"): _waiting,
    (TimelineKind.CLOCK, "missed"): _missed,
    (TimelineKind.CLOCK, "met"): _met,
    (TimelineKind.CLOCK, "met_late"): _late,
    (TimelineKind.CLOCK, "judged_applies"): _applies,
    (TimelineKind.CLOCK, "judged_not"): _applies_not,
    (TimelineKind.CLOCK, "judged_back"): _facts_again,
    (TimelineKind.SUBMISSION, "submitted"): _handed,
    (TimelineKind.SUBMISSION, "rehearsed"): _rehearsed,
}
