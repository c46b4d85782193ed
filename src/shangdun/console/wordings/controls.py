"""Protective measures, in words."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from shangdun.govern.controls.rate import Outcome
from shangdun.govern.controls.standing import ControlState

ACTIONS: dict[str, Promise] = {
    "adopt_controls": _("took over the list of protective measures"),
    "add_control": _("added a protective measure"),
    "change_control": _("changed a protective measure"),
    "archive_control": _("took a protective measure out of the list"),
    "restore_control": _("took a protective measure into the list again"),
    "check_control": _("checked a protective measure"),
    "record_checks": _("checked protective measures automatically"),
    "ask_check": _("asked for an automatic check"),
    "remind_of_control": _("reminded of a protective measure"),
}
PROBLEMS: dict[str, Promise] = {
    "control.reason": _("Say why it does not apply: an auditor will ask."),
    "control.choice": _("Choose one of the list."),
    "control.targets": _("At most 10 addresses, each of at most 300 characters."),
    "control.title": _("A measure needs a title of one line."),
    "control.what": _("Say what is to be found in place."),
    "control.method": _(
        "An on-site check or a document review: only shipped checks are automatic."
    ),
    "control.archived": _("This measure is not kept: take it into the list again first."),
    "control.many": _("There are enough measures: take some out first."),
    "control.state": _("Say what was found."),
    "control.note": _("Say what was looked at and what was seen, in a sentence."),
    "control.file": _("A file is empty or larger than 50 MB."),
    "control.files": _("At most 10 files at once."),
    "control.slow": _("It took too long."),
    "controls.list": _("The shipped list of measures cannot be read."),
    "backup.made": _("The backup could not be made."),
}
STATES: dict[ControlState, Promise] = {
    ControlState.IN_PLACE: _("in place"),
    ControlState.FAILING: _("not in place"),
    ControlState.UNKNOWN: _("cannot be told"),
    ControlState.OVERDUE: _("check overdue"),
    ControlState.UNCHECKED: _("not checked yet"),
    ControlState.NOT_APPLICABLE: _("does not apply"),
}
LOOKS: dict[ControlState, str] = {
    ControlState.IN_PLACE: "good",
    ControlState.FAILING: "bad",
    ControlState.UNKNOWN: "warn",
    ControlState.OVERDUE: "warn",
    ControlState.UNCHECKED: "",
    ControlState.NOT_APPLICABLE: "",
}
OUTCOMES: dict[Outcome, Promise] = {
    Outcome.EXECUTED: _("executed"),
    Outcome.FAILED: _("found missing"),
    Outcome.MISSED: _("not checked in time"),
    Outcome.NOT_DUE: _("not due yet"),
    Outcome.NOT_APPLICABLE: _("does not apply"),
}
OUTCOME_LOOKS: dict[Outcome, str] = {
    Outcome.EXECUTED: "good",
    Outcome.FAILED: "bad",
    Outcome.MISSED: "warn",
    Outcome.NOT_DUE: "",
    Outcome.NOT_APPLICABLE: "",
}
