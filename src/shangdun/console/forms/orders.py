"""The order: decision, playbooks, an instruction to each group; and the grade by hand."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from shangdun.actions.orders.ordering import LONGEST_TEXT, NewOrder
from shangdun.console.wordings.grades import GRADE_WORDS
from shangdun.console.wordings.orders import group_word
from shangdun.records.models import Ruling
from shangdun.respond.groups import Group

INSTRUCTED = tuple(group for group in Group if group is not Group.LEADERSHIP)


class OrderForm(forms.Form):
    """The button that is pressed says the decision."""

    marks_optional = False
    ruling = forms.ChoiceField(choices=Ruling.choices, widget=forms.HiddenInput)
    playbooks = forms.TypedMultipleChoiceField(
        label=_("Playbooks that begin"),
        required=False,
        coerce=int,
        widget=forms.CheckboxSelectMultiple(attrs={"class": "checkbox checkbox-sm"}),
    )
    reason = forms.CharField(
        label=_("Remark or reason"),
        required=False,
        max_length=LONGEST_TEXT,
        help_text=_("Needed if the plan is not to start. It is signed into the ledger."),
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(
        self,
        playbooks: Sequence[tuple[int, str]],
        *args: Any,  # noqa: ANN401 - a form's own signature
        **kwargs: Any,  # noqa: ANN401 - likewise
    ) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["playbooks"]
        if isinstance(field, forms.MultipleChoiceField):
            field.choices = list(playbooks)
        for group in INSTRUCTED:
            self.fields[f"to_{group.value}"] = forms.CharField(
                label=group_word(group.value),
                required=False,
                max_length=LONGEST_TEXT,
                widget=forms.Textarea(attrs={"rows": 5}),
            )

    def instructions(self) -> Iterator[forms.BoundField]:
        """The fields of the groups, in the plan's order."""
        return (self[f"to_{group.value}"] for group in INSTRUCTED)

    def order(self) -> NewOrder:
        """What was decided; who is not to act is told nothing."""
        given = self.cleaned_data
        ruling = Ruling(given["ruling"])
        acts = ruling in {Ruling.START, Ruling.AMEND}
        texts: Mapping[Group, str] = {
            group: given[f"to_{group.value}"] for group in INSTRUCTED if given[f"to_{group.value}"]
        }
        return NewOrder(
            ruling=ruling,
            reason=given["reason"],
            instructions=texts if acts else {},
            playbooks=tuple(given["playbooks"]) if acts else (),
        )


class GradeForm(forms.Form):
    """A grade by hand, or the reckoned one again."""

    marks_optional = False
    grade = forms.TypedChoiceField(
        label=_("Grade"),
        coerce=int,
        required=False,
        empty_value=None,
        choices=[(grade, GRADE_WORDS[grade]) for grade in (1, 2, 3, 4)],
    )
    reason = forms.CharField(
        label=_("Why"), max_length=5000, widget=forms.Textarea(attrs={"rows": 3})
    )
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
