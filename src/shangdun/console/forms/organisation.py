"""Forms of the organisation: posts, contacts, absences, rotas."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from shangdun.actions.organisation.posts import LONGEST_DUTIES, LONGEST_NAME, PostText
from shangdun.console.wordings.grades import GRADE_WORDS
from shangdun.records.models import User
from shangdun.records.models.groups import PlanGroup
from shangdun.records.models.organisation import ContactKind, PostRank
from shangdun.records.organisation import Contact
from shangdun.respond.groups import Group
from shangdun.respond.organisation.rota import LONGEST_TURN, Rota
from shangdun.respond.organisation.seats import Rank

MOMENT = "%Y-%m-%dT%H:%M"
DEPUTIES = 4
CONTACTS = 5
NOBODY = ("", _("nobody"))


def people_choices(people: Sequence[User]) -> list[tuple[int, str]]:
    """People for a list to choose from."""
    return [(one.pk, one.get_full_name() or one.username) for one in people]


class SeatForm(forms.Form):
    """Who holds a post and who stands in, in order."""

    marks_optional = False
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, people: Sequence[User], *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - a form's own signature
        super().__init__(*args, **kwargs)
        labels = {"primary": _("Holder")}
        for n in range(1, DEPUTIES + 1):
            labels[f"deputy_{n}"] = format_lazy(_("Deputy {number}"), number=n)
        for name, label in labels.items():
            self.fields[name] = forms.TypedChoiceField(
                label=label,
                coerce=int,
                empty_value=None,
                required=False,
                choices=[NOBODY, *people_choices(people)],
            )

    def deputies(self) -> list[int]:
        """As they stand in."""
        named = (self.cleaned_data[f"deputy_{n}"] for n in range(1, DEPUTIES + 1))
        return [person for person in named if person is not None]


class PostForm(forms.Form):
    """What a post is called and there for."""

    group = forms.ChoiceField(label=_("Group"), choices=PlanGroup.choices)
    rank = forms.ChoiceField(label=_("Rank"), choices=PostRank.choices, initial="member")
    name_zh = forms.CharField(label=_("Name in Chinese"), max_length=LONGEST_NAME, required=False)
    name_en = forms.CharField(label=_("Name in English"), max_length=LONGEST_NAME, required=False)
    duties_zh = forms.CharField(
        label=_("Duties in Chinese"), max_length=LONGEST_DUTIES, required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )  # fmt: skip
    duties_en = forms.CharField(
        label=_("Duties in English"), max_length=LONGEST_DUTIES, required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )  # fmt: skip
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    marks_optional = False

    def text(self) -> PostText:
        """The post as it is meant."""
        given = dict(self.cleaned_data)
        given.pop("version")
        return PostText(**{**given, "group": Group(given["group"]), "rank": Rank(given["rank"])})


class ContactsForm(forms.Form):
    """How a person is reached, the first first."""

    marks_optional = False

    def __init__(self, kept: Sequence[Contact], *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - a form's own signature
        super().__init__(*args, **kwargs)
        for n in range(CONTACTS):
            one = kept[n] if n < len(kept) else None
            self.fields[f"kind_{n}"] = forms.ChoiceField(
                label=_("Kind"),
                choices=ContactKind.choices,
                initial=one.kind.value if one else ContactKind.MOBILE.value,
            )
            self.fields[f"value_{n}"] = forms.CharField(
                label=_("Number or address"),
                max_length=200,
                required=False,
                initial=one.value if one else "",
                widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
            )

    def pairs(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        """Kind and value, line by line."""
        return [(self[f"kind_{n}"], self[f"value_{n}"]) for n in range(CONTACTS)]

    def contacts(self) -> list[Contact]:
        """Those that were filled in."""
        given = self.cleaned_data
        return [
            Contact(ContactKind(given[f"kind_{n}"]), given[f"value_{n}"])
            for n in range(CONTACTS)
            if given[f"value_{n}"].strip()
        ]


class SpanForm(forms.Form):
    """From when to when, and why."""

    marks_optional = False
    since = forms.DateTimeField(
        label=_("From"), input_formats=[MOMENT],
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format=MOMENT),
    )  # fmt: skip
    until = forms.DateTimeField(
        label=_("Until"), input_formats=[MOMENT],
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format=MOMENT),
    )  # fmt: skip
    note = forms.CharField(label=_("Note"), max_length=200, required=False)


class CoverForm(SpanForm):
    """Who stands in."""

    field_order = ("person", "since", "until", "note")

    def __init__(self, people: Sequence[User], *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - a form's own signature
        super().__init__(*args, **kwargs)
        self.fields["person"] = forms.TypedChoiceField(
            label=_("Who stands in"), coerce=int, choices=people_choices(people)
        )
        self.order_fields(self.field_order)


class RotaForm(forms.Form):
    """People in the order of their turns, and when these change hands."""

    marks_optional = False
    people = forms.CharField(
        label=_("Turns, in this order"),
        help_text=_("One user name a line: the first line has the first turn."),
        widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false"}),
    )
    days = forms.IntegerField(
        label=_("Days of a turn"), min_value=1, max_value=LONGEST_TURN, initial=7
    )
    starts = forms.DateField(
        label=_("First day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    ends = forms.DateField(
        label=_("Last day"),
        required=False,
        help_text=_("Empty: it goes on."),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    hand_over = forms.TimeField(
        label=_("Hand-over at"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )
    zone = forms.CharField(label=_("Time zone"), max_length=64, initial="Asia/Shanghai")
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def clean_people(self) -> list[int]:
        names = [line.strip() for line in self.cleaned_data["people"].splitlines() if line.strip()]
        known = dict(User.objects.filter(username__in=names).values_list("username", "pk"))
        missing = [name for name in names if name not in known]
        if missing:
            raise forms.ValidationError(
                _("There is no account named %(name)s."), params={"name": missing[0]}
            )
        return [known[name] for name in dict.fromkeys(names)]

    def rota(self) -> Rota:
        """The rotation."""
        given = dict(self.cleaned_data)
        given.pop("version")
        return Rota(**{**given, "people": tuple(given["people"])})


class AskingForm(forms.Form):
    """Minutes that each of the leadership has to answer, by grade."""

    marks_optional = False
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - a form's own signature
        super().__init__(*args, **kwargs)
        for grade, word in GRADE_WORDS.items():
            self.fields[f"grade_{grade}"] = forms.IntegerField(
                label=str(word), min_value=1, max_value=24 * 60
            )

    def minutes(self) -> list[int]:
        """By grade 0 to 4."""
        return [self.cleaned_data[f"grade_{grade}"] for grade in GRADE_WORDS]
