"""The form for announcing a sale."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from shangdun.records.models.sale_events import SaleScope

MOMENT = "%Y-%m-%dT%H:%M"


def _moment() -> forms.DateTimeInput:
    return forms.DateTimeInput(attrs={"type": "datetime-local"}, format=MOMENT)


class SaleEventForm(forms.Form):
    """One name is enough; the times are those of the shop's time zone."""

    name_zh = forms.CharField(label=_("Name in Chinese"), required=False, max_length=100)
    name_en = forms.CharField(label=_("Name in English"), required=False, max_length=100)
    since = forms.DateTimeField(label=_("From"), widget=_moment(), input_formats=[MOMENT])
    until = forms.DateTimeField(label=_("Until"), widget=_moment(), input_formats=[MOMENT])
    scope = forms.ChoiceField(label=_("Of what"), choices=SaleScope.choices)
    names = forms.CharField(
        label=_("Pages or products"),
        required=False,
        max_length=10_000,
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false"}),
        help_text=_("One a line: beginnings of paths (/product/12) or product identifiers."),
    )
    factor = forms.FloatField(
        label=_("How many times the usual"),
        min_value=1.5,
        max_value=1000,
        initial=10,
        help_text=_("A rush up to this is left in peace; beyond it, findings are raised again."),
    )
    marks_optional = True

    def named(self) -> list[str]:
        """Pages or products, one a line."""
        if self.cleaned_data["scope"] == SaleScope.ALL:
            return []
        return str(self.cleaned_data["names"]).splitlines()
