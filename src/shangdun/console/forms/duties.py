"""Forms of duties, groups across teams and their review."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from shangdun.actions.duties.groups import NewGroup, NewMember
from shangdun.actions.duties.raci import Assigned, NewDuty
from shangdun.console.forms.organisation import people_choices
from shangdun.govern.communication.lines import Audience
from shangdun.govern.communication.raci import Letter
from shangdun.records.models import (
    AudienceChoice,
    CrossTeamGroup,
    RaciDuty,
    RaciLetter,
    Rhythm,
    User,
)

ROWS = 10
"""Parts that the form has room for besides those that are there."""
MEMBERS = 4


class DutyForm(forms.Form):
    """A duty, and a row for everybody who has a part in it."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    title = forms.CharField(label=pgettext_lazy("raci", "Duty"), max_length=200)
    description = forms.CharField(
        label=_("Description"), required=False, max_length=4000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )  # fmt: skip

    def __init__(self, people: Sequence[User], rows: int, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - a form's own signature
        super().__init__(*args, **kwargs)
        self.rows = rows
        named = [("", _("nobody yet")), *people_choices(people)]
        for n in range(rows):
            self.fields[f"letter_{n}"] = forms.ChoiceField(
                label=_("Part"), required=False, choices=[("", "—"), *RaciLetter.choices]
            )
            self.fields[f"person_{n}"] = forms.TypedChoiceField(
                label=_("Person"), required=False, coerce=int, empty_value=None, choices=named
            )
            self.fields[f"office_{n}"] = forms.CharField(
                label=_("Office"), required=False, max_length=100
            )

    def parts(self) -> list[tuple[Any, Any, Any]]:
        """The rows, for the page."""
        return [(self[f"letter_{n}"], self[f"person_{n}"], self[f"office_{n}"])
                for n in range(self.rows)]  # fmt: skip

    def duty(self) -> NewDuty:
        """What is wanted; rows without a letter are left out."""
        given = self.cleaned_data
        parts = tuple(
            Assigned(
                letter=Letter(given[f"letter_{n}"]), person_id=given[f"person_{n}"],
                office=given[f"office_{n}"],
            )
            for n in range(self.rows)
            if given[f"letter_{n}"]
        )  # fmt: skip
        return NewDuty(title=given["title"], description=given["description"], parts=parts)

    @staticmethod
    def initial_of(duty: RaciDuty) -> dict[str, Any]:
        """A duty as the form shows it."""
        found: dict[str, Any] = {
            "version": duty.version, "title": duty.title, "description": duty.description,
        }  # fmt: skip
        for n, row in enumerate(duty.assignments.all()):
            found |= {
                f"letter_{n}": row.letter, f"person_{n}": row.person_id, f"office_{n}": row.office,
            }  # fmt: skip
        return found


def rows_for(duty: RaciDuty | None, given: Mapping[str, Any] | None = None) -> int:
    """How many rows the form has: those that are there or were posted, and some empty ones."""
    if given:
        return min(70, sum(name.startswith("letter_") for name in given))
    return (duty.assignments.count() if duty else 0) + ROWS // (2 if duty else 1)


class GroupForm(forms.Form):
    """A group across teams, with a row for each member."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    name = forms.CharField(label=_("Name"), max_length=120)
    purpose = forms.CharField(
        label=_("Purpose"), required=False, max_length=4000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )  # fmt: skip
    expected = forms.CharField(
        label=_("Expected results"), required=False, max_length=4000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )  # fmt: skip
    shares = forms.CharField(
        label=_("What it shares"), required=False, max_length=4000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Tools, pages of the knowledge base, training material."),
    )  # fmt: skip
    teams = forms.MultipleChoiceField(
        label=_("Teams"), required=False, choices=AudienceChoice.choices,
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    lead_id = forms.TypedChoiceField(label=_("Lead"), required=False, coerce=int, empty_value=None)
    rhythm_id = forms.TypedChoiceField(
        label=_("Its meetings"), required=False, coerce=int, empty_value=None,
        help_text=_("Of what recurs under Meetings: called, held and followed up there."),
    )  # fmt: skip

    def __init__(self, people: Sequence[User], rows: int, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - a form's own signature
        super().__init__(*args, **kwargs)
        self.rows = rows
        named = [("", _("nobody")), *people_choices(people)]
        meetings = Rhythm.objects.filter(makes="meeting").values_list("pk", "title")
        self.fields["lead_id"].choices = named  # type: ignore[attr-defined]  # a choice
        self.fields["rhythm_id"].choices = [("", _("none yet")), *meetings]  # type: ignore[attr-defined]  # likewise
        for n in range(rows):
            self.fields[f"person_{n}"] = forms.TypedChoiceField(
                label=_("Member"), required=False, coerce=int, empty_value=None, choices=named
            )
            self.fields[f"team_{n}"] = forms.ChoiceField(
                label=_("Team"), required=False, choices=[("", "—"), *AudienceChoice.choices]
            )
            self.fields[f"duty_{n}"] = forms.CharField(
                label=pgettext_lazy("raci", "Duty"), required=False, max_length=300
            )
            self.fields[f"result_{n}"] = forms.CharField(
                label=_("Expected result"), required=False, max_length=300
            )

    def members(self) -> list[tuple[Any, ...]]:
        """The rows, for the page."""
        return [tuple(self[f"{name}_{n}"] for name in ("person", "team", "duty", "result"))
                for n in range(self.rows)]  # fmt: skip

    def group(self) -> NewGroup:
        """What is wanted; rows without a person are left out."""
        given = self.cleaned_data
        members = tuple(
            NewMember(
                person_id=given[f"person_{n}"], team=given[f"team_{n}"], duty=given[f"duty_{n}"],
                expected=given[f"result_{n}"],
            )
            for n in range(self.rows)
            if given[f"person_{n}"]
        )  # fmt: skip
        names = ("name", "purpose", "expected", "shares", "lead_id", "rhythm_id")
        return NewGroup(
            **{name: given[name] for name in names},
            teams=tuple(Audience(one) for one in given["teams"]),
            members=members,
        )

    @staticmethod
    def initial_of(group: CrossTeamGroup) -> dict[str, Any]:
        """A group as the form shows it."""
        names = ("version", "name", "purpose", "expected", "shares", "teams", "lead_id",
                 "rhythm_id")  # fmt: skip
        found = {name: getattr(group, name) for name in names}
        for n, row in enumerate(group.members.all()):
            found |= {
                f"person_{n}": row.person_id, f"team_{n}": row.team, f"duty_{n}": row.duty,
                f"result_{n}": row.expected,
            }  # fmt: skip
        return found


def member_rows(group: CrossTeamGroup | None, given: Mapping[str, Any] | None = None) -> int:
    """How many rows the form has."""
    if given:
        return min(110, sum(name.startswith("person_") for name in given))
    return (group.members.count() if group else 2) + MEMBERS


class WordForm(forms.Form):
    """A text that answers or corrects something."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    text = forms.CharField(
        label=_("What is not right, and how it should be"), max_length=8000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )  # fmt: skip
