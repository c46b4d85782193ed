"""Forms about protective measures."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from shangdun.actions.controls.keep import ControlPlan, is_own, targets_of
from shangdun.govern.law.register import register
from shangdun.records.models import (
    Control,
    ControlFactor,
    ControlKind,
    ControlLayer,
    ControlMethod,
    ControlResults,
    ControlRhythm,
    PlanGroup,
    User,
)

BY_PEOPLE = [(one.value, one.label) for one in ControlMethod if one != ControlMethod.AUTOMATIC]
ROWS = {"rows": 2}


def people() -> list[tuple[str, str]]:
    """Everybody who is active, for choosing an owner."""
    rows = User.objects.filter(is_active=True).order_by("username")
    return [("", "—"), *((str(row.pk), row.get_full_name() or row.username) for row in rows)]


class ControlForm(forms.Form):
    """What may be changed of any measure."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    owner_id = forms.ChoiceField(label=_("Owner"), required=False)
    group = forms.ChoiceField(label=_("Group"), choices=PlanGroup.choices)
    rhythm = forms.ChoiceField(label=_("A check is owed"), choices=ControlRhythm.choices)
    applies = forms.BooleanField(label=_("It applies to us"), required=False, initial=True)
    reason = forms.CharField(
        label=_("Why it does not apply"), required=False, max_length=5000,
        widget=forms.Textarea(attrs=ROWS),
    )  # fmt: skip
    targets = forms.CharField(
        label=_("Addresses to look at"), required=False, max_length=4000,
        widget=forms.Textarea(attrs=ROWS),
        help_text=_("One a line; empty: the company's website and the probes."),
    )  # fmt: skip

    def __init__(self, *args: Any, control: Control | None = None, **more: Any) -> None:  # noqa: ANN401 - Django's own signature
        super().__init__(*args, **more)
        self.fields["owner_id"].choices = people()  # type: ignore[attr-defined]  # a choice field
        if control is None or control.check_name not in {"tls", "security_headers"}:
            del self.fields["targets"]

    def plan(self) -> ControlPlan:
        """What is wanted."""
        return ControlPlan(**self._shared())

    def _shared(self) -> dict[str, Any]:
        given = self.cleaned_data
        return {
            "rhythm": given["rhythm"],
            "group": given["group"],
            "owner_id": int(given["owner_id"]) if given["owner_id"] else None,
            "applies": given["applies"],
            "reason": given["reason"],
            "targets": tuple(given.get("targets", "").splitlines()),
        }

    @staticmethod
    def initial_of(row: Control) -> dict[str, Any]:
        """A measure as the form shows it."""
        names = ("version", "owner_id", "group", "rhythm", "applies", "reason")
        found = {name: getattr(row, name) for name in names}
        return found | {"targets": "\n".join(targets_of(row))}


class OwnControlForm(ControlForm):
    """A measure of the company's own: its words too."""

    title = forms.CharField(label=_("Title"), max_length=200)
    kind = forms.ChoiceField(label=_("Kind"), choices=ControlKind.choices)
    method = forms.ChoiceField(label=_("How it is checked"), choices=BY_PEOPLE)
    layer = forms.ChoiceField(label=_("Layer of GB/T 22239"), choices=ControlLayer.choices)
    factors = forms.MultipleChoiceField(
        label=_("Against which risk factors"), required=False, choices=ControlFactor.choices,
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    duties = forms.MultipleChoiceField(label=_("Which duties it helps to keep"), required=False)
    what = forms.CharField(
        label=_("What is to be found in place"), max_length=5000, widget=forms.Textarea(attrs=ROWS)
    )
    how = forms.CharField(
        label=_("How one looks, and what proves it"), required=False, max_length=5000,
        widget=forms.Textarea(attrs=ROWS),
    )  # fmt: skip
    field_order = ("title", "what", "how", "kind", "method", "layer", "factors", "duties")

    def __init__(self, *args: Any, **more: Any) -> None:  # noqa: ANN401 - Django's own signature
        super().__init__(*args, **more)
        from shangdun.console.programme.controls import in_words  # noqa: PLC0415 - forms below it

        self.fields["duties"].choices = [  # type: ignore[attr-defined]  # a choice field
            (one.uid, in_words(one.versions[-1].title)) for one in register()
        ]

    def plan(self) -> ControlPlan:
        """What is wanted."""
        names = ("title", "kind", "method", "layer", "what", "how")
        own = {name: self.cleaned_data[name] for name in names}
        lists = {name: tuple(self.cleaned_data[name]) for name in ("factors", "duties")}
        given: dict[str, Any] = {**self._shared(), **own, **lists}
        return ControlPlan(**given)

    @staticmethod
    def initial_of(row: Control) -> dict[str, Any]:
        """A measure as the form shows it."""
        names = ("title", "kind", "method", "layer", "factors", "duties", "what", "how")
        return ControlForm.initial_of(row) | {name: getattr(row, name) for name in names}


def form_for(row: Control) -> type[ControlForm]:
    """The form that a measure is changed with."""
    return OwnControlForm if is_own(row) else ControlForm


class CheckForm(forms.Form):
    """What somebody saw."""

    state = forms.ChoiceField(
        label=_("What was found"), choices=ControlResults.choices, widget=forms.RadioSelect
    )
    method = forms.ChoiceField(label=_("How"), choices=BY_PEOPLE)
    note = forms.CharField(
        label=_("What was looked at, and what was seen"), max_length=5000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Name the place, the document or the sample, so that another can look again."),
    )  # fmt: skip
