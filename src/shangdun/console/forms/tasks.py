"""Forms about tasks: added, finished with answers, handed on, changed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from shangdun.actions.tasks.add import LONGEST_TITLE
from shangdun.actions.tasks.changes import LONGEST_TEXT
from shangdun.console.wordings.tasks import spoken
from shangdun.records.models import Evidence, PlanGroup, Task, User
from shangdun.respond.groups import Group

ANSWER = "answer-"
YES_NO = (("", "—"), ("true", _("yes")), ("false", _("no")))


class VersionForm(forms.Form):
    """A change of a task as the person saw it."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)


class ReasonForm(VersionForm):
    reason = forms.CharField(
        label=_("Why"), max_length=LONGEST_TEXT, widget=forms.Textarea(attrs={"rows": 3})
    )


class NoteForm(forms.Form):
    text = forms.CharField(
        label=_("Comment"),
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 2, "data-key": "c"}),
    )


class FinishForm(VersionForm):
    """What came out; one field for each answer that the playbook asks for."""

    result = forms.CharField(
        label=_("What came out?"),
        required=False,
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    evidence = forms.TypedMultipleChoiceField(
        label=_("Evidence"), required=False, coerce=int, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, task: Task, items: Iterable[Evidence], *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - a form's own signature
        super().__init__(*args, **kwargs)
        choices = [(item.pk, f"{item.label} {item.name}") for item in items]
        field = self.fields["evidence"]
        if isinstance(field, forms.TypedMultipleChoiceField):
            field.choices = choices
        if not choices:
            del self.fields["evidence"]
        for number, asked in enumerate(task.asks):
            self.fields[f"{ANSWER}{number}"] = _answer_field(asked)
        self._names = [str(asked["name"]) for asked in task.asks]
        self.order_fields([*(f"{ANSWER}{n}" for n in range(len(self._names))), "result"])

    def outcome(self) -> dict[str, str]:
        """The answers by the variable that they are for."""
        given = self.cleaned_data
        answers = {name: given[f"{ANSWER}{n}"] for n, name in enumerate(self._names)}
        return {name: str(value) for name, value in answers.items() if value not in (None, "")}


def _answer_field(asked: dict[str, Any]) -> forms.Field:
    label = spoken(str(asked.get("zh", "")), str(asked.get("en", "")))
    needed = bool(asked.get("required", True))
    if asked.get("type") == "bool":
        return forms.ChoiceField(label=label, required=needed, choices=YES_NO)
    if asked.get("type") == "integer":
        return forms.IntegerField(label=label, required=needed)
    return forms.CharField(label=label, required=needed, max_length=2_000)


class HandForm(VersionForm):
    """To a person or to a group."""

    to = forms.ChoiceField(label=_("Hand it to"))
    note = forms.CharField(label=_("Note"), required=False, max_length=LONGEST_TEXT)

    def __init__(self, people: Iterable[User], *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - a form's own signature
        super().__init__(*args, **kwargs)
        named = [(f"person:{one.pk}", one.get_full_name() or one.username) for one in people]
        groups = [(f"group:{value}", label) for value, label in PlanGroup.choices]
        field = self.fields["to"]
        if isinstance(field, forms.ChoiceField):
            field.choices = [(_("People"), named), (_("Groups"), groups)]

    def whom(self) -> dict[str, Any]:
        """As the action takes it."""
        kind, _colon, value = self.cleaned_data["to"].partition(":")
        return {"person_id": int(value)} if kind == "person" else {"group": Group(value)}


class EditForm(VersionForm):
    title = forms.CharField(label=_("What is to do"), max_length=LONGEST_TITLE)
    instruction = forms.CharField(
        label=_("How"),
        required=False,
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    due = forms.DateTimeField(
        label=_("Due"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M"],
    )


class AddTaskForm(forms.Form):
    """A task that no playbook knew of."""

    title = forms.CharField(
        label=_("What is to do"),
        max_length=LONGEST_TITLE,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    group = forms.ChoiceField(label=_("Group"), choices=PlanGroup.choices)
    instruction = forms.CharField(
        label=_("How"),
        required=False,
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    minutes = forms.IntegerField(
        label=_("Minutes allowed"), required=False, min_value=1, max_value=60 * 24 * 366
    )
    depends = forms.TypedChoiceField(
        label=_("Only after"), required=False, coerce=int, empty_value=None
    )

    def __init__(self, others: Iterable[tuple[int, str]], *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - a form's own signature
        super().__init__(*args, **kwargs)
        field = self.fields["depends"]
        if isinstance(field, forms.TypedChoiceField):
            field.choices = [("", "—"), *others]


class RunForm(forms.Form):
    """A further playbook."""

    version = forms.TypedChoiceField(label=_("Playbook"), coerce=int)

    def __init__(self, choices: Iterable[tuple[int, str]], *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - a form's own signature
        super().__init__(*args, **kwargs)
        field = self.fields["version"]
        if isinstance(field, forms.TypedChoiceField):
            field.choices = list(choices)
