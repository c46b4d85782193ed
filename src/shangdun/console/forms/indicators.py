"""Forms about indicators."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from shangdun.records.models import IndicatorKind, IndicatorTlp


class IndicatorForm(forms.Form):
    """One, by hand."""

    kind = forms.ChoiceField(label=_("Kind"), choices=IndicatorKind.choices)
    value = forms.CharField(
        label=_("Value"),
        max_length=2000,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    confidence = forms.IntegerField(label=_("Confidence"), min_value=0, max_value=100, initial=75)
    tlp = forms.ChoiceField(label=_("TLP"), choices=IndicatorTlp.choices, initial="amber")
    note = forms.CharField(label=_("Note"), required=False, max_length=2000)


class PastedForm(forms.Form):
    """Any text that names some."""

    text = forms.CharField(
        label=_("Text with indicators"),
        max_length=1_000_000,
        widget=forms.Textarea(attrs={"rows": 5, "spellcheck": "false"}),
        help_text=_("A report, a mail, a list: also written as hxxp://evil[.]example."),
    )
    tlp = forms.ChoiceField(label=_("TLP"), choices=IndicatorTlp.choices, initial="amber")
