"""The forms of decisions: about whom, what, where, how long, why; and of never-block entries."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from shangdun.console.problems import said
from shangdun.kernel.errors import UsageError
from shangdun.protect.decision import EVERYWHERE, Measure, Scope, scope
from shangdun.protect.never_block import Purpose
from shangdun.protect.simulation import Wish
from shangdun.protect.target import Target, target
from shangdun.records.models.decisions import Measure as MeasureChoices
from shangdun.records.models.decisions import Purpose as PurposeChoices
from shangdun.records.models.decisions import TargetKind as KindChoices

FOREVER = 0
LASTS = (
    (10, _("10 minutes")),
    (60, _("1 hour")),
    (24 * 60, _("1 day")),
    (7 * 24 * 60, _("7 days")),
    (30 * 24 * 60, _("30 days")),
    (FOREVER, _("until somebody undoes it")),
)
ENTERED = tuple(choice for choice in PurposeChoices.choices if choice[0] != Purpose.CONSOLE.value)
AS_WRITTEN = {
    KindChoices.ADDRESS: _("This is no address. Write it as 203.0.113.9 or 2001:db8::9."),
    KindChoices.RANGE: _("This is no range, or too wide a one. Write it as 203.0.113.0/24."),
    KindChoices.NETWORK: _("This is no network. Write it as AS64500."),
    KindChoices.COUNTRY: _("This is no country. Write its two letters, such as CN."),
}
PLAIN = {"spellcheck": "false", "autocomplete": "off", "autocapitalize": "off"}


class TargetForm(forms.Form):
    """Kind and value, which together name somebody."""

    kind = forms.ChoiceField(label=_("Kind"), choices=KindChoices.choices)
    value = forms.CharField(
        label=_("Whom"),
        max_length=200,
        help_text=_("203.0.113.9, 203.0.113.0/24, AS64500, CN, or a name as the shop writes it."),
        widget=forms.TextInput(attrs=PLAIN),
    )
    marks_optional = False

    def target(self) -> Target:
        target: Target = self.cleaned_data["target"]
        return target

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        kind, value = given.get("kind", ""), given.get("value", "")
        if kind and value:
            try:
                given["target"] = target(kind, value)
            except UsageError as error:
                told = AS_WRITTEN.get(kind) if error.code == "target.value" else None
                self.add_error("value", str(told or said(error)))
        return given


class DecisionForm(TargetForm):
    """Everything a decision is made of."""

    measure = forms.ChoiceField(
        label=_("What is done"), choices=list(reversed(MeasureChoices.choices))
    )
    rate = forms.IntegerField(
        label=_("Requests a minute, when slowed down"),
        min_value=1,
        max_value=100_000,
        initial=30,
        required=False,
    )
    lasts = forms.TypedChoiceField(label=_("For"), coerce=int, choices=LASTS, initial=60)
    scope = forms.CharField(
        label=_("Only at"),
        required=False,
        max_length=200,
        help_text=_("Empty: everywhere. Or a host, the beginning of paths, or both."),
        widget=forms.TextInput(attrs={**PLAIN, "placeholder": "shop.example/checkout"}),
    )
    reason = forms.CharField(
        label=_("Why"),
        max_length=500,
        help_text=_("Whoever answers the customer's call reads it."),
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    knowingly = forms.BooleanField(
        label=_("I know that paying customers are among them"), required=False
    )
    finding = forms.IntegerField(required=False, widget=forms.HiddenInput)
    incident = forms.IntegerField(required=False, widget=forms.HiddenInput)
    simulation = forms.CharField(required=False, widget=forms.HiddenInput)
    field_order = ("kind", "value", "measure", "rate", "lasts", "scope", "reason", "knowingly")

    def __init__(self, *args: Any, warns: bool = False, **kwargs: Any) -> None:  # noqa: ANN401 - a form's own signature
        super().__init__(*args, **kwargs)
        if not warns:
            self.fields["knowingly"].widget = forms.HiddenInput()

    def clean_scope(self) -> Scope:
        try:
            return scope(self.cleaned_data["scope"]) if self.cleaned_data["scope"] else EVERYWHERE
        except UsageError as error:
            raise forms.ValidationError(error.fix) from error

    def wish(self) -> Wish:
        """What a simulation counts."""
        given = self.cleaned_data
        measure = Measure(given["measure"])
        rate = (given.get("rate") or 30) if measure is Measure.THROTTLE else 0
        return Wish(
            target=self.target(), measure=measure, scope=given.get("scope") or EVERYWHERE, rate=rate
        )

    def until(self, now: datetime) -> datetime | None:
        minutes = self.cleaned_data["lasts"]
        return None if minutes == FOREVER else now + timedelta(minutes=minutes)


class WishForm(DecisionForm):
    """The same form before it is complete: only what a simulation needs."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - a form's own signature
        super().__init__(*args, **kwargs)
        for name in ("reason", "lasts", "measure"):
            self.fields[name].required = False

    def clean_measure(self) -> str:
        return self.cleaned_data["measure"] or Measure.BLOCK.value


class NeverBlockForm(TargetForm):
    """Who is never turned away."""

    purpose = forms.ChoiceField(label=_("Who that is"), choices=ENTERED)
    note = forms.CharField(label=_("Note"), max_length=300, required=False)
    field_order = ("purpose", "kind", "value", "note")

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - a form's own signature
        super().__init__(*args, **kwargs)
        kind = self.fields["kind"]
        closed = {KindChoices.COUNTRY.value, KindChoices.NETWORK.value}
        if isinstance(kind, forms.ChoiceField):
            kind.choices = [one for one in KindChoices.choices if one[0] not in closed]
