"""Measures, in words."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

ACTIONS: dict[str, Promise] = {
    "set_target": gettext_lazy("set the target of a measure"),
    "freeze_measure": gettext_lazy("kept the value of a measure at its period's end"),
}
PROBLEMS: dict[str, Promise] = {
    "measure.value": gettext_lazy("Write a number from 0 on; of a share, at most 100."),
    "measure.past": gettext_lazy("Periods that are over keep their target: choose a later day."),
    "measure.reason": gettext_lazy("The reason is too long: 500 characters at most."),
    "measure.period": gettext_lazy("There is no such period."),
    "measure.running": gettext_lazy("The period still runs."),
}
