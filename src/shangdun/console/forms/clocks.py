"""Forms about reports to regulators."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from shangdun.console.wordings.clocks import language as page_language
from shangdun.records.models import SubmissionPhase
from shangdun.respond.regulators.forms import LONGEST_ITEM, Form

LANGUAGES = (("zh", "中文"), ("en", "English"))
JUDGEMENTS = (
    ("yes", _("It applies")),
    ("no", _("It does not apply")),
    ("", _("Let the facts decide")),
)
PROOFS_AT_MOST = 10


class JudgeForm(forms.Form):
    """Counsel's word on one clock."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    applies = forms.ChoiceField(
        label=_("What does legal say?"),
        choices=JUDGEMENTS,
        required=False,
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(
        label=_("Why"), required=False, max_length=5000, widget=forms.Textarea(attrs={"rows": 3})
    )

    def applies_or_not(self) -> bool | None:
        """Yes, no, or the facts."""
        return {"yes": True, "no": False}.get(self.cleaned_data["applies"])


class ReportItemsForm(forms.Form):
    """A report's items, one field each; the items stand under ``item_<id>``."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    language = forms.ChoiceField(label=_("Language of the report"), choices=LANGUAGES)
    phase = forms.ChoiceField(label=_("Which report"), choices=SubmissionPhase.choices)

    def __init__(self, form: Form, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - a form's own signature
        super().__init__(*args, **kwargs)
        spoken = page_language()
        for item in form.items:
            self.fields[f"item_{item.id}"] = forms.CharField(
                label=item.title[spoken],
                help_text=item.help.get(spoken, ""),
                required=False,
                max_length=LONGEST_ITEM,
                strip=True,
                widget=forms.Textarea(attrs={"rows": 5}),
            )

    def items(self) -> dict[str, str]:
        """Item → text, with the line ends of a text."""
        return {
            name.removeprefix("item_"): value.replace("\r\n", "\n")
            for name, value in self.cleaned_data.items()
            if name.startswith("item_")
        }


class HandInForm(forms.Form):
    """How a report was handed in."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    recipient = forms.CharField(label=_("Handed in to"), max_length=200)
    channel = forms.CharField(
        label=_("How"),
        max_length=100,
        help_text=_("Hotline 12387, website, WeChat account, e-mail, telephone, letter …"),
    )
    at = forms.DateTimeField(
        label=_("When"),
        required=False,
        help_text=_("Leave it empty if it was just now."),
        widget=forms.DateTimeInput(
            attrs={"type": "datetime-local", "step": "1"}, format="%Y-%m-%dT%H:%M:%S"
        ),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"],
    )
    receipt = forms.CharField(label=_("Receipt number"), max_length=200, required=False)
    clocks = forms.TypedMultipleChoiceField(
        label=_("Clocks that it stops"),
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, clocks: list[tuple[int, str]], *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - a form's own signature
        super().__init__(*args, **kwargs)
        field = self.fields["clocks"]
        if isinstance(field, forms.TypedMultipleChoiceField):
            field.choices = clocks
