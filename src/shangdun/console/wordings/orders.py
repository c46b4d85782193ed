"""Grade, asking and orders, in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shangdun.console.wordings.grades import GRADE_WORDS
from shangdun.records.models import Ruling, TimelineKind
from shangdun.records.models.groups import PlanGroup

ACTIONS: dict[str, Promise] = {
    "override_grade": gettext_lazy("set the grade by hand"),
    "release_override": gettext_lazy("let the reckoned grade hold again"),
    "pass_on": gettext_lazy("passed the question to leadership on"),
    "open_order": gettext_lazy("opened the order"),
    "change_asking": gettext_lazy("changed how long leadership has to answer"),
    "order": gettext_lazy("gave an order"),
    "acknowledge_order": gettext_lazy("acknowledged an order"),
}
PROBLEMS: dict[str, Promise] = {
    "grade.value": gettext_lazy("Choose a grade."),
    "grade.reason": gettext_lazy("Say why: a grade set by hand is signed into the ledger."),
    "asking.minutes": gettext_lazy("Give each grade 1 minute to 24 hours."),
    "order.reason": gettext_lazy("Say why: it is signed into the ledger with your name."),
    "order.empty": gettext_lazy("Instruct at least one group, or begin a playbook."),
    "order.closed": gettext_lazy("A closed incident takes no orders: reopen it first."),
    "order.not_started": gettext_lazy("The plan has not been started."),
    "order.started": gettext_lazy("The plan has been started already: stand down instead."),
    "order.running": gettext_lazy("The plan runs already: give a further order."),
    "order.playbook": gettext_lazy("One of the playbooks is not there any more."),
    "order.instruction": gettext_lazy("There is no such instruction."),
}
ICONS: dict[str, str] = {
    TimelineKind.GRADE: "scale",
    TimelineKind.ORDER: "flag",
    TimelineKind.ESCALATION: "arrow-up-circle",
}


def grade_word(grade: object) -> str:
    """A grade in words; what is none stays as it is."""
    return str(GRADE_WORDS.get(grade, grade)) if isinstance(grade, int) else str(grade)


def group_word(group: str) -> str:
    """A group of the plan in words."""
    return str(PlanGroup(group).label) if group in PlanGroup.values else group


def _reckoned(data: Mapping[str, Any]) -> str:
    told = _("the facts now make it “%(grade)s”, before “%(before)s”") % {
        "grade": grade_word(data.get("to", 0)),
        "before": grade_word(data.get("from", 0)),
    }
    if data.get("overridden"):
        told += _("; the grade set by hand stays")
    return told


def _overridden(data: Mapping[str, Any]) -> str:
    told = _("set the grade to “%(grade)s” by hand; reckoned: “%(computed)s”")
    return told % {
        "grade": grade_word(data.get("to", 0)),
        "computed": grade_word(data.get("computed", 0)),
    }


def _released(data: Mapping[str, Any]) -> str:
    told = _("let the reckoned grade “%(grade)s” hold again")
    return told % {"grade": grade_word(data.get("to", 0))}


def _ruled(ruling: Ruling) -> Any:  # noqa: ANN401 - a sentence of the data, see Tale
    def tell(data: Mapping[str, Any]) -> str:
        sentences = {
            Ruling.START: _("ordered: start the plan (order %(number)s)"),
            Ruling.NOT_START: _("ordered: do not start the plan (order %(number)s)"),
            Ruling.AMEND: _("gave further instructions (order %(number)s)"),
            Ruling.STAND_DOWN: _("ordered: stand down (order %(number)s)"),
        }
        return sentences[ruling] % {"number": data.get("number", "")}

    return tell


def _opened(data: Mapping[str, Any]) -> str:
    del data
    return _("opened the order: the report has reached leadership")


def _acknowledged(data: Mapping[str, Any]) -> str:
    told = _("acknowledged order %(number)s for: %(group)s")
    return told % {"number": data.get("number", ""), "group": group_word(data.get("group", ""))}


def _asked(data: Mapping[str, Any]) -> str:
    return _("asked %(person)s whether the plan starts") % {"person": data.get("to", "")}


def _passed_on(data: Mapping[str, Any]) -> str:
    told = _("%(before)s did not answer in time; %(person)s is asked now")
    return told % {"before": data.get("from") or "—", "person": data.get("to", "")}


def _nobody(data: Mapping[str, Any]) -> str:
    del data
    return _("nobody of the leadership can be asked: no seat is filled, nobody has the role")


def _nobody_left(data: Mapping[str, Any]) -> str:
    if not data.get("to"):
        return _nobody(data)
    told = _("nobody of the leadership answered: all are asked again (round %(round)s)")
    return told % {"round": data.get("round", "")}


TALES = {
    (TimelineKind.GRADE, "reckoned"): _reckoned,
    (TimelineKind.GRADE, "overridden"): _overridden,
    (TimelineKind.GRADE, "released"): _released,
    **{(TimelineKind.ORDER, ruling.value): _ruled(ruling) for ruling in Ruling},
    (TimelineKind.ORDER, "opened"): _opened,
    (TimelineKind.ORDER, "acknowledged"): _acknowledged,
    (TimelineKind.ESCALATION, "asked"): _asked,
    (TimelineKind.ESCALATION, "passed_on"): _passed_on,
    (TimelineKind.ESCALATION, "nobody"): _nobody,
    (TimelineKind.ESCALATION, "nobody_left"): _nobody_left,
}
