"""Forms of the schedule: where a task lies, what it waits for, why it is late, a plan's file."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from shangdun.actions.schedule.explain import LONGEST as LONGEST_REASON
from shangdun.actions.schedule.link import FARTHEST
from shangdun.actions.schedule.place import LONGEST
from shangdun.govern.schedule.activity import LinkKind
from shangdun.records.models import PlanTask
from shangdun.records.models.programme import LinkKind as LinkKinds
from shangdun.records.schedule_changes import Placement


class PlaceForm(forms.Form):
    """Not before a day, so many working days."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    not_before = forms.DateField(
        label=_("Not before"), required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("Empty: as early as what it waits for allows."),
    )  # fmt: skip
    days = forms.IntegerField(
        label=pgettext_lazy("length", "Working days"), min_value=0, max_value=LONGEST
    )

    @staticmethod
    def initial_of(task: PlanTask) -> dict[str, Any]:
        return {"version": task.version, "not_before": task.not_before, "days": task.days}

    def placement(self) -> Placement:
        return Placement(not_before=self.cleaned_data["not_before"], days=self.cleaned_data["days"])


class LinkForm(forms.Form):
    """What a task waits for, named by its number."""

    before = forms.CharField(
        label=_("Waits for"), max_length=20, help_text=_("The number of the other task: 1.3, M2.")
    )
    kind = forms.ChoiceField(label=_("How"), choices=LinkKinds.choices, initial=LinkKind.FS.value)
    lag = forms.IntegerField(
        label=_("Working days between"),
        required=False,
        min_value=-FARTHEST,
        max_value=FARTHEST,
        help_text=_("Negative: so many days of overlap."),
    )


class WhyForm(forms.Form):
    """Why a task is late."""

    text = forms.CharField(
        label=_("Why it is late"),
        max_length=LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class PlanFileForm(forms.Form):
    """A plan from another program."""

    file = forms.FileField(
        label=_("File"),
        widget=forms.FileInput(attrs={"accept": ".xlsx,.csv,.xml", "class": "file-input"}),
        help_text=_("Excel (XLSX), CSV, or Microsoft Project saved as XML."),
    )
