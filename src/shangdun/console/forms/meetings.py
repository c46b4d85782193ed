"""Forms of meetings, of what recurs, of actions and templates."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from shangdun.actions.meetings.call import NewMeeting
from shangdun.actions.meetings.follow import NewItem
from shangdun.actions.reports.templates import keys
from shangdun.actions.rhythms.change import NewRhythm
from shangdun.console.forms.incidents import VersionForm
from shangdun.govern.rhythm.periods import Period
from shangdun.govern.rhythm.windows import Place
from shangdun.records.meetings import can_be_invited
from shangdun.records.models import (
    ActionItem,
    DocumentLanguage,
    Meeting,
    MeetingKind,
    PlanGroup,
    Rhythm,
    RhythmMakes,
    RhythmPeriod,
    RhythmPlace,
    User,
    Weekday,
)
from shangdun.respond.groups import Group

MOMENT = "%Y-%m-%dT%H:%M"


def name_of(user: User) -> str:
    return user.get_full_name() or user.username


def _one_person(label: Any) -> forms.TypedChoiceField:  # noqa: ANN401 - a lazily translated text
    return forms.TypedChoiceField(label=label, coerce=int, empty_value=None, required=False)


def _people() -> list[tuple[int, str]]:
    return [(user.pk, name_of(user)) for user in can_be_invited()]


def _fill(form: forms.Form, *names: str) -> None:
    people = _people()
    for name in names:
        field = form.fields[name]
        if isinstance(field, forms.TypedMultipleChoiceField):
            field.choices = people
        elif isinstance(field, forms.TypedChoiceField):
            field.choices = [("", _("nobody yet")), *people] if not field.required else people


class MeetingForm(VersionForm):
    """When, where, who."""

    title = forms.CharField(label=_("Title"), max_length=200)
    kind = forms.ChoiceField(label=_("Kind"), choices=MeetingKind.choices)
    begins_at = forms.DateTimeField(
        label=_("Begins"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format=MOMENT),
        input_formats=[MOMENT, "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M"],
    )
    minutes = forms.IntegerField(label=_("Minutes"), min_value=5, max_value=720, initial=60)
    location = forms.CharField(label=_("Place or link"), max_length=300, required=False)
    purpose = forms.CharField(
        label=_("What it is for"), required=False, max_length=8000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )  # fmt: skip
    language = forms.ChoiceField(label=_("Language"), choices=DocumentLanguage.choices)
    chair = _one_person(_("Chair"))
    writer = _one_person(_("Who writes the minutes"))
    groups = forms.MultipleChoiceField(
        label=_("Groups that are invited"), choices=PlanGroup.choices, required=False,
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    people = forms.TypedMultipleChoiceField(
        label=_("People beside them"), coerce=int, required=False,
        widget=forms.SelectMultiple(attrs={"size": 6}),
        help_text=_("Hold Ctrl or ⌘ to choose several."),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - a form's own signature
        super().__init__(*args, **kwargs)
        _fill(self, "chair", "writer", "people")

    def wanted(self) -> NewMeeting:
        given = {name: value for name, value in self.cleaned_data.items() if name != "version"}
        given["groups"] = tuple(Group(name) for name in given["groups"])
        given["people"] = tuple(given["people"])
        return NewMeeting(**given)

    @staticmethod
    def initial_of(meeting: Meeting) -> dict[str, Any]:
        fields = ("title", "kind", "begins_at", "minutes", "location", "purpose", "language",
                  "version")  # fmt: skip
        return {name: getattr(meeting, name) for name in fields} | {
            "chair": meeting.chair_id,
            "writer": meeting.writer_id,
            "people": list(meeting.attendances.values_list("person_id", flat=True)),
        }


class ActionForm(VersionForm):
    """What somebody is to do."""

    title = forms.CharField(
        label=pgettext_lazy("action item", "What is to be done"), max_length=300
    )
    owner = forms.TypedChoiceField(label=_("Who"), coerce=int)
    due = forms.DateField(
        label=_("By when"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - a form's own signature
        super().__init__(*args, **kwargs)
        _fill(self, "owner")

    def wanted(self, task: int | None = None) -> NewItem:
        given = self.cleaned_data
        return NewItem(title=given["title"], owner=given["owner"], due=given["due"], task=task)

    @staticmethod
    def initial_of(row: ActionItem) -> dict[str, Any]:
        return {"title": row.title, "owner": row.owner_id, "due": row.due, "version": row.version}


class RhythmForm(VersionForm):
    """What recurs: how often, when, who."""

    title = forms.CharField(label=_("Title"), max_length=120)
    kind = forms.ChoiceField(label=_("Kind"))
    period = forms.ChoiceField(
        label=pgettext_lazy("rhythm", "How often"), choices=RhythmPeriod.choices
    )
    place = forms.ChoiceField(label=_("When"), choices=RhythmPlace.choices)
    days = forms.IntegerField(
        label=_("How many days"), min_value=1, max_value=60,
        help_text=_("At the end of a period calendar days are counted, after it working days."),
    )  # fmt: skip
    weekday = forms.TypedChoiceField(
        label=_("Preferred day"), choices=Weekday.choices, coerce=int,
        help_text=_("On a holiday the nearest working day of the window is taken."),
    )  # fmt: skip
    hour = forms.TimeField(
        label=_("Begins at"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )
    minutes = forms.IntegerField(label=_("Minutes"), min_value=5, max_value=720)
    location = forms.CharField(label=_("Place or link"), max_length=300, required=False)
    language = forms.ChoiceField(label=_("Language"), choices=DocumentLanguage.choices)
    groups = forms.MultipleChoiceField(
        label=_("Groups that take part or receive it"), choices=PlanGroup.choices, required=False,
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    people = forms.TypedMultipleChoiceField(
        label=_("People beside them"), coerce=int, required=False,
        widget=forms.SelectMultiple(attrs={"size": 5}),
    )  # fmt: skip
    owner = _one_person(_("Who answers for it"))
    ahead = forms.IntegerField(label=_("Prepared so many days ahead"), min_value=0, max_value=60)
    calendar = forms.ChoiceField(
        label=_("Working days"),
        choices=(
            ("cn", _("China, with holidays and make-up days")),
            ("week", _("Monday to Friday")),
            ("all", _("Every day")),
        ),
    )  # fmt: skip
    starts_on = forms.DateField(
        label=_("From"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )

    def __init__(self, makes: str, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - a form's own signature
        super().__init__(*args, **kwargs)
        self.makes = makes
        _fill(self, "owner", "people")
        kind = self.fields["kind"]
        if isinstance(kind, forms.ChoiceField):
            meeting = makes == RhythmMakes.MEETING
            kind.choices = MeetingKind.choices if meeting else [(one, one) for one in keys()]
        if makes == RhythmMakes.REPORT:
            for name in ("weekday", "hour", "minutes", "location"):
                del self.fields[name]

    def wanted(self) -> NewRhythm:
        given = {name: value for name, value in self.cleaned_data.items() if name != "version"}
        given["groups"] = tuple(Group(name) for name in given["groups"])
        given["people"] = tuple(given["people"])
        given["period"], given["place"] = Period(given["period"]), Place(given["place"])
        return NewRhythm(makes=self.makes, **given)

    @staticmethod
    def initial_of(rhythm: Rhythm) -> dict[str, Any]:
        fields = ("title", "kind", "period", "place", "days", "weekday", "hour", "minutes",
                  "location", "language", "groups", "people", "ahead", "calendar", "starts_on",
                  "version")  # fmt: skip
        return {name: getattr(rhythm, name) for name in fields} | {"owner": rhythm.owner_id}


class TemplateForm(VersionForm):
    """A template's text."""

    title = forms.CharField(label=_("Title"), max_length=120)
    body = forms.CharField(
        label=_("Text"), max_length=60_000, strip=False,
        widget=forms.Textarea(attrs={"rows": 28, "class": "mono", "spellcheck": "false"}),
    )  # fmt: skip
    note = forms.CharField(label=_("What changed"), max_length=300, required=False)
