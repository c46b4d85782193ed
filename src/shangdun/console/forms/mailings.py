"""Forms about lists of recipients and the letters that go to them."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from shangdun.actions.mailings.lists import FIELDS, NewList
from shangdun.notify.letters.template import LONGEST_BODY, LONGEST_SUBJECT, Text
from shangdun.records.models import AddressList, Mailing
from shangdun.records.models.mailings import OUTSIDE_CHOICES


class AddressListForm(forms.Form):
    """What a list says of itself."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    name = forms.CharField(label=pgettext_lazy("recipients", "Name"), max_length=120)
    audience = forms.ChoiceField(
        label=pgettext_lazy("recipients", "Who they are"), choices=OUTSIDE_CHOICES, initial="users"
    )
    purpose_zh = forms.CharField(
        label=_("What the addresses are for, in Chinese"), max_length=200,
        widget=forms.TextInput(
            attrs={"placeholder": "您在注册时同意接收商城的安全公告与满意度调查。"}
        ),
    )  # fmt: skip
    purpose_en = forms.CharField(
        label=_("What the addresses are for, in English"), max_length=200,
        help_text=_("Each letter says it in its foot: why somebody gets it."),
        widget=forms.TextInput(
            attrs={"placeholder": "You agreed to our security news and surveys when you joined."}
        ),
    )  # fmt: skip
    origin = forms.CharField(
        label=_("Where they come from and what these people agreed to"), max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )  # fmt: skip
    plan = forms.BooleanField(
        label=_("Letters of the communication plan for this audience go to it"), required=False
    )

    def list(self) -> NewList:
        """What is wanted."""
        return NewList(**{name: self.cleaned_data[name] for name in FIELDS})

    @staticmethod
    def initial_of(row: AddressList) -> dict[str, Any]:
        """A list as the form shows it."""
        return {name: getattr(row, name) for name in (*FIELDS, "version")}


class MailingForm(forms.Form):
    """The letter in both languages."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    subject_zh = forms.CharField(
        label=_("Chinese subject"), max_length=LONGEST_SUBJECT, required=False
    )
    body_zh = forms.CharField(
        label=_("Chinese text"), max_length=LONGEST_BODY, required=False,
        widget=forms.Textarea(attrs={"rows": 12}),
    )  # fmt: skip
    subject_en = forms.CharField(
        label=_("English subject"), max_length=LONGEST_SUBJECT, required=False
    )
    body_en = forms.CharField(
        label=_("English text"), max_length=LONGEST_BODY, required=False,
        widget=forms.Textarea(attrs={"rows": 12}),
    )  # fmt: skip

    def texts(self) -> dict[str, Text]:
        """By language."""
        given = self.cleaned_data
        return {
            code: Text(given[f"subject_{code}"], given[f"body_{code}"]) for code in ("zh", "en")
        }

    @staticmethod
    def initial_of(row: Mailing) -> dict[str, Any]:
        """A mailing as the form shows it."""
        names = ("subject_zh", "body_zh", "subject_en", "body_en", "version")
        return {name: getattr(row, name) for name in names}
