"""Forms of the communication plan: lines, texts, proofs, contacts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from shangdun.actions.communication.contacts import NewContact
from shangdun.actions.communication.lines import FIELDS, NewLine
from shangdun.actions.communication.makers import makers
from shangdun.console.forms.organisation import people_choices
from shangdun.govern.communication.lines import OUTSIDE, Audience, Content, Frequency, Way
from shangdun.govern.rhythm.windows import Place
from shangdun.records.communication import reach_of
from shangdun.records.models import (
    AudienceChoice,
    CommunicationLine,
    ContentChoice,
    DocumentLanguage,
    FrequencyChoice,
    OutsideContact,
    PlaceChoice,
    User,
    WayChoice,
)

CALENDARS = (
    ("cn", _("China, with holidays and make-up days")),
    ("week", _("Monday to Friday")),
    ("all", pgettext_lazy("working days", "every day")),
)
DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
OUTSIDE_CHOICES = [
    (one.value, one.label) for one in AudienceChoice if Audience(one.value) in OUTSIDE
]


class LineForm(forms.Form):
    """One line of the matrix."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    title_zh = forms.CharField(label=_("Title in Chinese"), required=False, max_length=120)
    title_en = forms.CharField(label=_("Title in English"), required=False, max_length=120)
    content = forms.ChoiceField(label=_("What is told"), choices=ContentChoice.choices)
    audiences = forms.MultipleChoiceField(
        label=pgettext_lazy("communication", "To whom"),
        choices=AudienceChoice.choices,
        widget=forms.CheckboxSelectMultiple,
    )
    ways = forms.MultipleChoiceField(
        label=_("How"), choices=WayChoice.choices, widget=forms.CheckboxSelectMultiple,
        help_text=_("Mail, chat and forum leave by themselves; the others are done by people, who "
                    "add the proof."),
    )  # fmt: skip
    frequency = forms.ChoiceField(label=_("How often"), choices=FrequencyChoice.choices)
    place = forms.ChoiceField(label=_("When"), choices=PlaceChoice.choices)
    days = forms.IntegerField(
        label=_("How many days"), min_value=0, max_value=60, initial=7,
        help_text=_("Of that stretch; it is drafted on its first working day and due on its last. "
                    "Where something happens: the working days within which it is told."),
    )  # fmt: skip
    grace_days = forms.IntegerField(
        label=_("Working days after that until it is missed"), min_value=0, max_value=60, initial=3
    )
    maker = forms.ChoiceField(label=_("Drafted or proven by"), required=False)
    approval = forms.BooleanField(
        label=_("A person approves it first"), required=False,
        help_text=_("What goes outside the company always needs an approval."),
    )  # fmt: skip
    owner_id = forms.TypedChoiceField(
        label=_("Who answers for it"), required=False, coerce=int, empty_value=None
    )
    language = forms.ChoiceField(label=_("Language"), choices=DocumentLanguage.choices)
    calendar = forms.ChoiceField(label=_("Working days"), choices=CALENDARS)
    note = forms.CharField(
        label=_("Note"), required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, people: Sequence[User], *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - a form's own signature
        super().__init__(*args, **kwargs)
        drafting = [(name, maker.title) for name, maker in makers().items()]
        self.fields["maker"].choices = [("", _("a person")), *drafting]  # type: ignore[attr-defined]  # a choice
        named = [("", _("nobody")), *people_choices(people)]
        self.fields["owner_id"].choices = named  # type: ignore[attr-defined]  # likewise

    def line(self) -> NewLine:
        """What is wanted."""
        given: dict[str, Any] = {name: self.cleaned_data[name] for name in FIELDS}
        given["content"] = Content(given["content"])
        given["audiences"] = tuple(Audience(one) for one in given["audiences"])
        given["ways"] = tuple(Way(one) for one in given["ways"])
        given["frequency"], given["place"] = Frequency(given["frequency"]), Place(given["place"])
        return NewLine(**given)

    @staticmethod
    def initial_of(row: CommunicationLine) -> dict[str, Any]:
        """A line as the form shows it."""
        return {"version": row.version} | {name: getattr(row, name) for name in FIELDS}


class TextForm(forms.Form):
    """Title and text of one thing that is told."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    title = forms.CharField(label=_("Title"), max_length=200)
    body = forms.CharField(
        label=pgettext_lazy("communication", "Text"), max_length=60_000,
        widget=forms.Textarea(attrs={"rows": 18, "class": "mono", "spellcheck": "false"}),
    )  # fmt: skip


class TellForm(TextForm):
    """Something that must be told besides what recurs."""

    due_on = forms.DateField(label=_("By"), required=False, widget=DAY)

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - a form's own signature
        super().__init__(*args, **kwargs)
        self.fields["body"].required = False


class HeldForm(forms.Form):
    """That people told it: how, when, with whom, shown by what."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    way = forms.ChoiceField(label=_("How"), choices=WayChoice.choices)
    on = forms.DateField(label=_("On"), widget=DAY)
    people = forms.CharField(
        label=_("Who was there"), required=False, max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )  # fmt: skip
    count = forms.IntegerField(
        label=_("How many were reached"), required=False, min_value=0, max_value=1_000_000_000
    )
    text = forms.CharField(
        label=_("What was said or agreed"), required=False, max_length=4000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip
    file = forms.FileField(
        label=_("File"), required=False,
        help_text=_("Minutes, a sign-in sheet, a picture of the notice: kept by its SHA-256."),
    )  # fmt: skip


class ReasonForm(forms.Form):
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    reason = forms.CharField(
        label=_("Why"), max_length=2000, widget=forms.Textarea(attrs={"rows": 2})
    )


class ContactForm(forms.Form):
    """Whom one reaches outside."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    audience = forms.ChoiceField(label=pgettext_lazy("contact", "Kind"), choices=OUTSIDE_CHOICES)
    organisation = forms.CharField(label=_("Organisation"), max_length=200)
    person = forms.CharField(
        label=pgettext_lazy("contact", "Person"), required=False, max_length=100
    )
    office = forms.CharField(label=_("Office"), required=False, max_length=100)
    email = forms.CharField(label=_("E-mail"), required=False, max_length=254)
    phone = forms.CharField(
        label=_("Telephone"), required=False, max_length=100,
        help_text=_("Address and number are stored encrypted."),
    )  # fmt: skip
    language = forms.ChoiceField(label=_("Language"), choices=DocumentLanguage.choices)
    note = forms.CharField(
        label=_("Note"), required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 2})
    )

    def contact(self) -> NewContact:
        """What is wanted."""
        given = {name: self.cleaned_data[name] for name in NewContact.__struct_fields__}
        given["audience"] = Audience(given["audience"])
        return NewContact(**given)

    @staticmethod
    def initial_of(row: OutsideContact) -> dict[str, Any]:
        """A contact as the form shows it."""
        reach = reach_of(row)
        names = ("audience", "organisation", "person", "office", "language", "note", "version")
        kept = {name: getattr(row, name) for name in names}
        return kept | {"email": reach.email, "phone": reach.phone}
