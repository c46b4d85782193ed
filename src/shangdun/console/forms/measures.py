"""Forms about measures."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _


class TargetForm(forms.Form):
    """What a measure is to reach, and from when."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    value = forms.DecimalField(label=_("Target"), min_value=0, max_digits=9, decimal_places=2)
    valid_from = forms.DateField(
        label=_("Valid from"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("Periods that are over keep the target they had."),
    )
    reason = forms.CharField(label=_("Why"), max_length=500, required=False)
