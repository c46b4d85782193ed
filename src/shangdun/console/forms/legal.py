"""Forms about the legal side of an incident."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from shangdun.actions.legal.assess import LONGEST, Assessment
from shangdun.actions.legal.claims import ClaimWanted, LiabilityWanted
from shangdun.records.models import ClaimState, Currency, LiabilityKind, Likelihood

DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


def _text(label: object, rows: int = 4, longest: int = LONGEST) -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": rows})
    return forms.CharField(label=label, required=False, max_length=longest, widget=widget)  # type: ignore[arg-type]  # lazy texts are labels too


def _amount(label: object) -> forms.DecimalField:
    return forms.DecimalField(
        label=label,  # type: ignore[arg-type]  # likewise
        required=False,
        min_value=0,
        max_digits=16,
        decimal_places=2,
    )


class AssessmentForm(forms.Form):
    marks_optional = False

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    facts_of_law = _text(_("Legal nature of the incident"))
    duties = _text(_("Duties and whether they are met"))
    exposure = _text(_("Exposure: penalties, contracts, claims"))
    advice = _text(_("Advice to leadership"))
    counsel = forms.CharField(label=_("Outside counsel"), required=False, max_length=200)
    counsel_contact = forms.CharField(label=_("Counsel's contact"), required=False, max_length=200)

    def assessment(self) -> Assessment:
        """What was written."""
        values = {name: value for name, value in self.cleaned_data.items() if name != "version"}
        return Assessment(**values)


class LiabilityForm(forms.Form):
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    kind = forms.ChoiceField(label=_("Kind"), choices=LiabilityKind.choices)
    basis = forms.CharField(label=_("Legal basis"), max_length=300)
    text = _text(_("What for"), rows=3, longest=20_000)
    likelihood = forms.ChoiceField(label=_("Likelihood"), choices=Likelihood.choices)
    amount = _amount(_("Estimated amount"))
    currency = forms.ChoiceField(label=_("Currency"), choices=Currency.choices)

    def wanted(self) -> LiabilityWanted:
        """What was written."""
        values = {name: value for name, value in self.cleaned_data.items() if name != "version"}
        return LiabilityWanted(**values)


class ClaimForm(forms.Form):
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    claimant = forms.CharField(label=_("Claimant"), max_length=200)
    basis = forms.CharField(label=_("Legal basis"), max_length=300)
    text = _text(_("What is demanded"), rows=3, longest=20_000)
    amount = _amount(_("Amount claimed"))
    settled_amount = _amount(_("Amount agreed or awarded"))
    currency = forms.ChoiceField(label=_("Currency"), choices=Currency.choices)
    state = forms.ChoiceField(label=_("State"), choices=ClaimState.choices)
    received_on = forms.DateField(label=_("Received on"), widget=DAY)
    answer_by = forms.DateField(label=_("Answer by"), required=False, widget=DAY)
    counsel = forms.CharField(label=_("Counsel"), required=False, max_length=200)

    def wanted(self) -> ClaimWanted:
        """What was written."""
        values = {name: value for name, value in self.cleaned_data.items() if name != "version"}
        return ClaimWanted(**values)
