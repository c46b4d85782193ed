"""Forms of the post-incident report: its parts, its amounts, its improvements."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from shangdun.actions.review.improve import LONGEST_TITLE, Plan
from shangdun.console.forms.incidents import VersionForm
from shangdun.console.wordings.review import LOSS_WORDS
from shangdun.records.models import PlanGroup, User
from shangdun.respond.review.loss import CURRENCIES, DIRECT, Loss, LossKind


class SectionForm(VersionForm):
    """One part."""

    text = forms.CharField(
        required=False, strip=True, widget=forms.Textarea(attrs={"rows": 8}), max_length=60_000
    )


class LossForm(forms.Form):
    """One amount; the upper one empty: it is known exactly."""

    kind = forms.ChoiceField(label=_("Kind"), choices=[(k.value, LOSS_WORDS[k]) for k in LossKind])
    reach = forms.ChoiceField(
        label=_("Direct or indirect"),
        choices=[
            ("", _("as usual for its kind")),
            ("direct", _("direct")),
            ("indirect", _("indirect")),
        ],
        required=False,
    )
    low = forms.DecimalField(label=_("Amount, at least"), max_digits=17, decimal_places=2)
    high = forms.DecimalField(
        label=_("at most"), max_digits=17, decimal_places=2, required=False,
        help_text=_("Empty: the amount is known exactly."),
    )  # fmt: skip
    currency = forms.ChoiceField(label=_("Currency"), choices=[(c, c) for c in CURRENCIES])
    basis = forms.CharField(
        label=_("How it was reckoned"), max_length=4000, widget=forms.Textarea(attrs={"rows": 2})
    )

    def loss(self) -> Loss:
        """The amount to enter."""
        given = self.cleaned_data
        kind = LossKind(given["kind"])
        return Loss(
            kind=kind,
            direct=given["reach"] == "direct" if given["reach"] else kind in DIRECT,
            low=given["low"],
            high=given["low"] if given["high"] is None else given["high"],
            currency=given["currency"],
            basis=given["basis"],
        )


class ImprovementForm(VersionForm):
    """What is to be done, by whom, until when, and how it is shown to work."""

    title = forms.CharField(label=_("What is to be done"), max_length=LONGEST_TITLE)
    group = forms.ChoiceField(label=_("Group"), choices=PlanGroup.choices)
    owner = forms.TypedChoiceField(label=_("Owner"), coerce=int, empty_value=None, required=False)
    due = forms.DateField(
        label=_("Due"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    retest = forms.CharField(
        label=_("How it is retested"), max_length=4000, widget=forms.Textarea(attrs={"rows": 2})
    )
    detail = forms.CharField(
        label=_("Why and how"), required=False, max_length=8000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip

    def __init__(self, people: list[User], *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - a form's own signature
        super().__init__(*args, **kwargs)
        choices = [(user.pk, user.get_full_name() or user.username) for user in people]
        field = self.fields["owner"]
        if isinstance(field, forms.TypedChoiceField):
            field.choices = [("", _("nobody yet")), *choices]

    def plan(self) -> Plan:
        """What the person wants."""
        given = self.cleaned_data
        return Plan(
            title=given["title"],
            group=given["group"],
            due=given["due"],
            retest=given["retest"],
            detail=given["detail"],
            owner_id=given["owner"],
        )


class RetestForm(VersionForm):
    """What a retest showed, or why an improvement is dropped."""

    do = forms.ChoiceField(choices=[(d, d) for d in ("finish", "works", "fails", "drop")])
    result = forms.CharField(required=False, max_length=4000)


class ReturnForm(VersionForm):
    """What is to be mended."""

    note = forms.CharField(
        label=_("What is to be mended"), max_length=4000, widget=forms.Textarea(attrs={"rows": 3})
    )
