"""Forms about who is affected."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from shangdun.actions.affected.lists import SEARCHED, About
from shangdun.console.wordings.affected import FIELD_WORDS
from shangdun.console.wordings.facts import KINDS
from shangdun.records.models.affected import AffectedCertainty
from shangdun.respond.affected.columns import Field, subjects_of
from shangdun.respond.affected.identity import Identity, Kind, email_of, phone_of
from shangdun.respond.facts import DataKind


class AboutForm(forms.Form):
    """What every list says of itself."""

    title = forms.CharField(
        label=_("What is it?"),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=_("Such as: customers in the exported table. No names of people here."),
    )
    certainty = forms.ChoiceField(
        label=_("How sure is it that they are affected?"), choices=AffectedCertainty.choices
    )
    data_kinds = forms.MultipleChoiceField(
        label=_("Which kinds of their data?"),
        choices=[(kind.value, KINDS[kind]) for kind in DataKind],
        required=False,
        widget=forms.CheckboxSelectMultiple(attrs={"class": "checkbox checkbox-sm"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - a form's own signature
        # Three of these stand on one page: their fields need names of their own.
        kwargs.setdefault("auto_id", f"{type(self).__name__.lower()}_%s")
        super().__init__(*args, **kwargs)

    def about(self) -> About:
        given = self.cleaned_data
        return About(given["title"], certainty=given["certainty"], data_kinds=given["data_kinds"])


class FileForm(AboutForm):
    file = forms.FileField(
        label=_("CSV or Excel file"),
        max_length=200,
        help_text=_(
            "One row a person, account or order, up to five million. It is encrypted as it arrives "
            "and deleted once it is read."
        ),
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,.tsv,.xlsx"}),
    )
    field_order = ("file", "title", "certainty", "data_kinds")


class SearchForm(AboutForm):
    query = forms.CharField(
        label=_("Search"),
        required=False,
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 2, "class": "mono", "spellcheck": "false"}),
        help_text=_("As on the search page; everybody whom its events name joins the list."),
    )
    field = forms.ChoiceField(
        label=_("Who of them?"), choices=[(field.value, FIELD_WORDS[field]) for field in SEARCHED]
    )
    since = forms.CharField(label=_("From"), initial="-24h", max_length=40)
    until = forms.CharField(label=_("To"), required=False, max_length=40)
    field_order = ("query", "field", "since", "until", "title", "certainty", "data_kinds")


class HandForm(AboutForm):
    kind = forms.ChoiceField(
        label=_("Who or what?"),
        choices=[
            ("person", _("People: e-mail addresses or telephone numbers")),
            ("account", _("Accounts")),
            ("order", _("Orders")),
            ("asset", _("Hosts and services")),
        ],
    )
    who = forms.CharField(
        label=_("One a line"),
        max_length=60_000,
        widget=forms.Textarea(attrs={"rows": 5, "spellcheck": "false", "autocomplete": "off"}),
    )
    field_order = ("kind", "who", "title", "certainty", "data_kinds")

    def subjects(self) -> list[tuple[Kind, Identity]]:
        """Whom the lines name; a line that names nobody is an error of the form."""
        kind = self.cleaned_data["kind"]
        found: list[tuple[Kind, Identity]] = []
        for number, line in enumerate(self.cleaned_data["who"].splitlines(), start=1):
            if not line.strip():
                continue
            some, wrong = subjects_of([line], {_field(kind, line): 0})
            found += some
            if wrong:
                text = _("Line %(n)s is neither an e-mail address nor a telephone number.")
                self.add_error("who", text % {"n": number})
        return found


def _field(kind: str, line: str) -> Field:
    if kind == "person":
        return Field.PHONE if phone_of(line) and not email_of(line) else Field.EMAIL
    return Field(kind)


class ColumnsForm(forms.Form):
    """What each column of a file holds."""

    heading = forms.BooleanField(label=_("The first row is a heading"), required=False)

    def __init__(self, width: int, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - a form's own signature
        super().__init__(*args, **kwargs)
        self.width = width
        choices = [("", _("not used")), *((field.value, FIELD_WORDS[field]) for field in Field)]
        for column in range(width):
            self.fields[f"column{column}"] = forms.ChoiceField(
                label=str(column + 1), choices=choices, required=False
            )

    def columns(self) -> dict[str, int]:
        """Field → column; the first where one is chosen twice, which the action then refuses."""
        return {
            field: column
            for column in range(self.width)
            if (field := self.cleaned_data.get(f"column{column}"))
        }

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        chosen = [value for name, value in (cleaned or {}).items() if name != "heading" and value]
        if len(set(chosen)) < len(chosen):
            self.add_error(None, _("Choose each kind of column once."))
        return cleaned


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label=_("What for?"), max_length=500, widget=forms.Textarea(attrs={"rows": 2})
    )
