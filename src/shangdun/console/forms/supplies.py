"""Forms about supplies."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from shangdun.actions.supplies.inventory import FIELDS, NewSupply
from shangdun.console.forms.sale_events import MOMENT
from shangdun.records.models import Supply, SupplyKinds
from shangdun.respond.supplies import SupplyKind


class SupplyForm(forms.Form):
    """One line of the inventory."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    name = forms.CharField(label=_("Name"), max_length=200)
    kind = forms.ChoiceField(label=_("Kind"), choices=SupplyKinds.choices)
    quantity = forms.IntegerField(
        label=_("How many there are"), min_value=0, max_value=1_000_000, initial=1,
        help_text=_("Those away included."),
    )  # fmt: skip
    minimum = forms.IntegerField(
        label=_("Least that must be there"), required=False, min_value=0, max_value=1_000_000,
        help_text=_("Below it, logistics is warned."),
    )  # fmt: skip
    unit = forms.CharField(label=_("Unit"), required=False, max_length=20)
    consumable = forms.BooleanField(label=_("It is used up"), required=False)
    place = forms.CharField(label=_("Place"), required=False, max_length=200)
    keeper = forms.CharField(label=_("Keeper"), required=False, max_length=100)
    contact = forms.CharField(
        label=_("Contact"), required=False, max_length=300,
        help_text=_("Whom to call, and the number, also at night."),
    )  # fmt: skip
    expires_on = forms.DateField(
        label=_("Expires on"), required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )  # fmt: skip
    check_days = forms.IntegerField(
        label=_("Check every … days"), required=False, min_value=0, max_value=3660,
        help_text=_("Empty: never."),
    )  # fmt: skip
    note = forms.CharField(
        label=_("Note"), required=False, max_length=5000, widget=forms.Textarea(attrs={"rows": 2})
    )

    def supply(self) -> NewSupply:
        """What is wanted."""
        given: dict[str, Any] = {name: self.cleaned_data[name] for name in FIELDS}
        given["kind"] = SupplyKind(given["kind"])
        given["minimum"] = given["minimum"] or 0
        given["check_days"] = given["check_days"] or 0
        return NewSupply(**given)

    @staticmethod
    def initial_of(row: Supply) -> dict[str, Any]:
        """A line as the form shows it."""
        return {"version": row.version} | {name: getattr(row, name) for name in FIELDS}


class WishForm(forms.Form):
    """What somebody needs: what and how many are enough."""

    what = forms.CharField(
        label=_("What is needed?"), max_length=300,
        widget=forms.TextInput(attrs={"list": "stock", "autocomplete": "off"}),
    )  # fmt: skip
    quantity = forms.IntegerField(label=_("How many?"), min_value=1, max_value=1_000_000, initial=1)
    why = forms.CharField(
        label=_("What for, where to?"), required=False, max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )  # fmt: skip
    needed_by = forms.DateTimeField(
        label=_("Needed by"), required=False, input_formats=[MOMENT],
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format=MOMENT),
    )  # fmt: skip
    urgent = forms.BooleanField(label=_("It is urgent: call logistics"), required=False)
