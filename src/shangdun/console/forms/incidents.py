"""Forms about incidents: reporting, commenting, moving, closing, assigning."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from shangdun.console.words import severity_label
from shangdun.kernel.severity import Severity
from shangdun.records.models import IncidentType, User, Verdict
from shangdun.respond.report import LONGEST_TITLE, Report


class ReportForm(forms.Form):
    """What the plan asks of a report: type, time, what is affected. A minute is enough."""

    uid = forms.CharField(required=False, max_length=32, widget=forms.HiddenInput)
    """Of this one filling in: sent twice, it is one report."""
    title = forms.CharField(
        label=_("What happened, in one line"),
        max_length=LONGEST_TITLE,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autofocus": True}),
    )
    type = forms.ChoiceField(
        label=_("Type"), choices=IncidentType.choices, widget=forms.RadioSelect
    )
    affected = forms.CharField(
        label=_("What is affected?"),
        required=False,
        max_length=5000,
        help_text=_("Systems, orders, customers, data: whatever you know."),
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    severity = forms.TypedChoiceField(
        label=_("How bad is it, as far as you can tell?"),
        coerce=int,
        required=False,
        initial=int(Severity.MEDIUM),
        choices=[
            (int(value), severity_label(value))
            for value in (Severity.LOW, Severity.MEDIUM, Severity.HIGH, Severity.CRITICAL)
        ],
    )
    occurred_at = forms.DateTimeField(
        label=_("When did it begin?"),
        required=False,
        help_text=_("Leave it empty if it begins now."),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M"],
    )
    description = forms.CharField(
        label=_("What did you see?"),
        required=False,
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def report(self) -> Report:
        """The report to hand in."""
        names = ("title", "type", "severity", "occurred_at", "affected", "description")
        filled = {name: self.cleaned_data[name] for name in names}
        return Report(**{**filled, "severity": filled["severity"] or int(Severity.MEDIUM)})


class VersionForm(forms.Form):
    """A change of an incident as the person saw it; without a version nothing is checked."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)


class CommentForm(forms.Form):
    text = forms.CharField(
        label=_("Comment"),
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 3, "data-key": "c"}),
    )


class MoveForm(VersionForm):
    state = forms.CharField(max_length=20)
    note = forms.CharField(
        label=_("Why"), required=False, max_length=5000, widget=forms.Textarea(attrs={"rows": 3})
    )


class MergeForm(VersionForm):
    other = forms.IntegerField(min_value=1)
    note = forms.CharField(required=False, max_length=5000)


class CloseForm(VersionForm):
    verdict = forms.ChoiceField(
        label=_("What was it?"), choices=Verdict.choices, widget=forms.RadioSelect
    )
    note = forms.CharField(
        label=_("Why, in a sentence"), max_length=5000, widget=forms.Textarea(attrs={"rows": 3})
    )
    override = forms.CharField(
        label=_("Close it although something is open, because"),
        required=False,
        max_length=5000,
        help_text=_("Only for leadership; the reason stays on record."),
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, *args: Any, leads: bool = True, **kwargs: Any) -> None:  # noqa: ANN401 - a form's own signature
        super().__init__(*args, **kwargs)
        if not leads:
            del self.fields["override"]


class AssignForm(VersionForm):
    assignee = forms.TypedChoiceField(label=_("Assign to"), coerce=int)

    def __init__(self, people: list[User], *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - a form's own signature
        super().__init__(*args, **kwargs)
        choices = [(user.pk, user.get_full_name() or user.username) for user in people]
        field = self.fields["assignee"]
        if isinstance(field, forms.TypedChoiceField):
            field.choices = choices
