"""The form for connecting an enforcer."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from shangdun.console.enforcers import PRODUCTS


class EnforcerForm(forms.Form):
    """A name and what it is; the key follows."""

    product = forms.ChoiceField(
        label=_("What puts the decisions in force"),
        choices=lambda: [(key, product.title) for key, product in PRODUCTS.items()],
        widget=forms.RadioSelect,
        initial="guard",
    )
    name = forms.CharField(
        label=_("Name"),
        max_length=100,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        help_text=_("One for each place: each has its own key and its own place in the stream."),
    )
