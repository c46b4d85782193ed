"""What is known of an incident: every field can stay unknown."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import msgspec
from django import forms
from django.utils.translation import gettext_lazy as _

from shangdun.console.wordings.facts import IMPORTANCE, KINDS
from shangdun.respond.facts import MOST_MINUTES, MOST_PEOPLE, DataKind, Facts, Importance

MOMENT = "%Y-%m-%dT%H:%M"
UNKNOWN = _("not known yet")
TRISTATE = (("", UNKNOWN), ("yes", _("Yes")), ("no", _("No")))
SAID = {"": None, "yes": True, "no": False}


def _tristate(label: object, help_text: object = "") -> forms.TypedChoiceField:
    return forms.TypedChoiceField(
        label=label,  # type: ignore[arg-type]  # lazy text
        help_text=help_text,  # type: ignore[arg-type]  # likewise
        choices=TRISTATE,
        required=False,
        coerce=lambda said: SAID[said],
        empty_value=None,
        widget=forms.RadioSelect(attrs={"class": "radio radio-sm"}),
    )


def _number(label: object, most: int, help_text: object = "") -> forms.IntegerField:
    return forms.IntegerField(
        label=label,  # type: ignore[arg-type]  # lazy text
        help_text=help_text,  # type: ignore[arg-type]  # likewise
        required=False,
        min_value=0,
        max_value=most,
        widget=forms.NumberInput(attrs={"placeholder": UNKNOWN, "inputmode": "numeric"}),
    )


class FactsForm(forms.Form):
    """``respond.facts.Facts`` for people; what is left empty is unknown, not none."""

    marks_optional = False
    known_at = forms.DateTimeField(
        label=_("When did the company become aware?"),
        help_text=_("Reporting clocks start here, and the law of that day is applied."),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format=MOMENT),
        input_formats=[MOMENT, "%Y-%m-%dT%H:%M:%S"],
    )
    personal_data = _tristate(_("Is personal data affected?"))
    people = _number(_("How many people's personal data got out?"), MOST_PEOPLE)
    data_kinds = forms.TypedMultipleChoiceField(
        label=_("Which kinds of data got out?"),
        help_text=_("Nothing ticked: not known yet."),
        choices=[(kind.value, KINDS[kind]) for kind in DataKind],
        required=False,
        coerce=DataKind,
        widget=forms.CheckboxSelectMultiple(attrs={"class": "checkbox checkbox-sm"}),
    )
    eu_people = _number(_("How many of them are in the EU?"), MOST_PEOPLE)
    people_served = _number(_("How many people could not be served?"), MOST_PEOPLE)
    outage_minutes = _number(_("For how many minutes have main functions been down?"), MOST_MINUTES)
    loss = forms.DecimalField(
        label=_("Direct loss in yuan"),
        required=False,
        min_value=Decimal(0),
        max_digits=17,
        decimal_places=2,
        widget=forms.NumberInput(attrs={"placeholder": UNKNOWN, "inputmode": "decimal"}),
    )
    importance = forms.TypedChoiceField(
        label=_("How important is what is affected?"),
        choices=[(one.value, IMPORTANCE[one]) for one in Importance],
        coerce=Importance,
        initial=Importance.ORDINARY.value,
    )
    critical_infrastructure = _tristate(_("Is critical information infrastructure affected?"))
    crime_suspected = _tristate(_("Is a crime suspected?"))
    ransom = _tristate(_("Is a ransom demanded?"))
    high_risk = _tristate(_("Do those affected face harm or a high risk?"))
    harm_averted = _tristate(_("Have measures effectively averted the harm?"))
    note = forms.CharField(
        label=_("How do you know?"),
        required=False,
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def facts(self) -> Facts:
        """The facts to state."""
        given = dict(self.cleaned_data)
        given.pop("note")
        given.pop("version")
        given["data_kinds"] = tuple(given["data_kinds"])
        return Facts(**given)


def initial_of(facts: Facts, number: int) -> dict[str, Any]:
    """What the form shows of standing facts."""
    words = {True: "yes", False: "no", None: ""}
    shown: dict[str, Any] = msgspec.structs.asdict(facts)
    for name, value in shown.items():
        if isinstance(value, bool) or (
            value is None and isinstance(FactsForm.base_fields[name], forms.TypedChoiceField)
        ):
            shown[name] = words[value]
    shown["data_kinds"] = [kind.value for kind in facts.data_kinds]
    shown["importance"] = facts.importance.value
    return {**shown, "version": number}
