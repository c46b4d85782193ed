"""Forms about programmes: their head, their tasks, what proves a task."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from shangdun.actions.programmes.create import Head, NewProgramme
from shangdun.actions.programmes.prove import Wanted
from shangdun.actions.programmes.tasks import NewTask
from shangdun.records.criteria import Param, complete, kinds
from shangdun.records.models import (
    PlanCriterion,
    PlanTask,
    PlanTaskKind,
    Programme,
    User,
)
from shangdun.records.models.documents import DocumentLanguage
from shangdun.records.programme_templates import Choice

CALENDARS = (
    ("cn", _("China, with public holidays and make-up days")),
    ("week", _("Monday to Friday")),
    ("all", _("Every day")),
)
Given = Mapping[str, Any] | None
"""What was posted, or what a form begins with."""
SCALE = [(number, str(number)) for number in range(1, 6)]


def day_field(label: Any, **options: Any) -> forms.DateField:  # noqa: ANN401 - lazy text
    """A day, chosen by the browser's own calendar."""
    return forms.DateField(
        label=label, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **options
    )


def person_field(label: Any, **options: Any) -> forms.TypedChoiceField:  # noqa: ANN401 - lazy text
    """Somebody; the choices are set by the form that knows who is asking."""
    options.setdefault("required", False)
    return forms.TypedChoiceField(label=label, coerce=int, empty_value=None, **options)


def people_choices(people: Iterable[User]) -> list[tuple[str, str]]:
    """Everybody by name, nobody first."""
    return [("", "—"), *((str(one.pk), one.get_full_name() or one.username) for one in people)]


def choose_from(form: forms.Form, people: Iterable[User], *names: str) -> None:
    """Let the named fields offer these people."""
    choices = people_choices(people)
    for name in names:
        field = form.fields[name]
        assert isinstance(field, forms.TypedChoiceField)  # noqa: S101 - made by person_field
        field.choices = choices


class NewProgrammeForm(forms.Form):
    """A programme begun without the questions."""

    title = forms.CharField(label=_("Title"), max_length=200)
    template = forms.ChoiceField(label=_("Begin with"), required=False)
    starts_on = day_field(_("Starts on"))
    lead = person_field(_("Who leads it"))

    def __init__(
        self, choices: Iterable[Choice], people: Iterable[User], data: Given = None
    ) -> None:
        super().__init__(data)
        offered: list[tuple[str, Any]] = [("", _("an empty programme"))]
        languages = dict(DocumentLanguage.choices)
        offered += [
            (f"{one.language}|{one.name}", f"{one.title} · {languages[one.language]}")
            for one in choices
        ]
        field = self.fields["template"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - declared above
        field.choices = offered
        choose_from(self, people, "lead")

    def wanted(self, language: str) -> NewProgramme:
        """What is wanted; an empty one is in the page's language."""
        given = self.cleaned_data
        own, _bar, template = given["template"].partition("|")
        return NewProgramme(
            title=given["title"],
            language=own or language,
            starts_on=given["starts_on"],
            template=template,
            people={"lead": given["lead"]} if given["lead"] else {},
        )


class HeadForm(forms.Form):
    """What is said about a programme as a whole; its chapters follow as pairs of fields."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    title = forms.CharField(label=_("Title"), max_length=200)
    starts_on = day_field(_("Starts on"))
    calendar = forms.ChoiceField(label=_("Working days"), choices=CALENDARS)
    currency = forms.CharField(label=_("Currency"), max_length=3, min_length=3)
    author = person_field(pgettext_lazy("document", "Author"))
    reviewer = person_field(pgettext_lazy("document", "Reviewer"))
    approver = person_field(pgettext_lazy("document", "Approver"))
    introduction = forms.CharField(
        label=_("Introduction"), required=False, max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 5}),
    )  # fmt: skip
    goals = forms.CharField(
        label=_("Goals"), required=False, max_length=10_000,
        widget=forms.Textarea(attrs={"rows": 6}), help_text=_("One a line."),
    )  # fmt: skip
    summary = forms.CharField(
        label=_("Summary and outlook"), required=False, max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 6}),
    )  # fmt: skip

    def __init__(self, programme: Programme, people: Iterable[User], data: Given = None) -> None:
        super().__init__(data, initial=self.initial_of(programme))
        choose_from(self, people, "author", "reviewer", "approver")
        self.keys = [str(chapter["key"]) for chapter in programme.chapters] + [""]
        for place, chapter in enumerate([*programme.chapters, {"title": "", "body": ""}]):
            self.fields[f"chapter_{place}_title"] = forms.CharField(
                label=_("Chapter"), required=False, max_length=200, initial=chapter["title"],
                help_text=_("Empty: the chapter is left out."),
            )  # fmt: skip
            self.fields[f"chapter_{place}_body"] = forms.CharField(
                label=_("Its text"), required=False, max_length=20_000, initial=chapter["body"],
                widget=forms.Textarea(attrs={"rows": 8, "class": "mono"}),
                help_text=_("With lists, tables and **bold**, as documents are written."),
            )  # fmt: skip

    @staticmethod
    def initial_of(programme: Programme) -> dict[str, Any]:
        """A programme as the form shows it."""
        names = ("version", "title", "starts_on", "calendar", "currency", "introduction", "summary")
        told = {name: getattr(programme, name) for name in names}
        told |= {
            name: getattr(programme, f"{name}_id") for name in ("author", "reviewer", "approver")
        }
        return told | {"goals": "\n".join(programme.goals)}

    def head(self) -> Head:
        """What is wanted."""
        given = self.cleaned_data
        names = ("title", "starts_on", "calendar", "currency", "introduction", "summary", "author",
                 "reviewer", "approver")  # fmt: skip
        chapters = tuple(
            (key, given[f"chapter_{place}_title"], given[f"chapter_{place}_body"])
            for place, key in enumerate(self.keys)
            if given[f"chapter_{place}_title"].strip()
        )
        goals = tuple(line.strip() for line in given["goals"].splitlines() if line.strip())
        return Head(goals=goals, chapters=chapters, **{name: given[name] for name in names})


class TaskForm(forms.Form):
    """What is said about a task."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    title = forms.CharField(label=_("Title"), max_length=200)
    owner = person_field(_("Owner"))
    days = forms.IntegerField(
        label=_("Length in working days"), min_value=0, max_value=2500, initial=5, required=False
    )
    due = day_field(
        _("Promised for"), required=False,
        help_text=_("Stays as it is when the schedule moves: so it shows what is late."),
    )  # fmt: skip
    not_before = day_field(_("Not before"), required=False)
    importance = forms.TypedChoiceField(
        label=_("Importance"), choices=SCALE, coerce=int, initial=3, help_text=_("5 is most.")
    )
    urgency = forms.TypedChoiceField(label=_("Urgency"), choices=SCALE, coerce=int, initial=3)
    description = forms.CharField(
        label=_("Description"), required=False, max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip
    reason = forms.CharField(
        label=_("Why it matters"), required=False, max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )  # fmt: skip
    expected = forms.CharField(
        label=_("Expected result"), required=False, max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )  # fmt: skip
    needed = forms.CharField(
        label=_("Resources needed"), required=False, max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )  # fmt: skip

    def __init__(
        self, people: Iterable[User], kind: str, data: Given = None, initial: Given = None
    ) -> None:
        super().__init__(data, initial=dict(initial or {}))
        choose_from(self, people, "owner")
        if kind == PlanTaskKind.MILESTONE:
            del self.fields["days"], self.fields["needed"]

    def task(self) -> NewTask:
        """What is wanted."""
        given = {name: value for name, value in self.cleaned_data.items() if name != "version"}
        if "days" in given:
            given["days"] = given["days"] or 1
        return NewTask(**{name: given[name] for name in given if name in FIELDS})

    @staticmethod
    def initial_of(task: PlanTask) -> dict[str, Any]:
        """A task as the form shows it."""
        told = {name: getattr(task, name) for name in FIELDS if name != "owner"}
        return told | {"owner": task.owner_id, "version": task.version}


FIELDS = NewTask.__struct_fields__


class AddTaskForm(TaskForm):
    """A new task: of which kind, below which."""

    kind = forms.ChoiceField(label=_("Kind"), choices=PlanTaskKind.choices, initial="subtask")
    parent = forms.TypedChoiceField(
        label=_("Part of"), coerce=int, empty_value=None, required=False
    )
    field_order = ("title", "kind", "parent", "owner", "days", "due")

    def __init__(
        self,
        parents: Iterable[PlanTask],
        people: Iterable[User],
        data: Given = None,
        initial: Given = None,
    ) -> None:
        super().__init__(people, "", data, initial)
        field = self.fields["parent"]
        assert isinstance(field, forms.TypedChoiceField)  # noqa: S101 - declared above
        field.choices = [("", _("the programme itself")), *((one.pk, str(one)) for one in parents)]


class CriterionForm(forms.Form):
    """What proves a task: one kind with its own fields."""

    def __init__(
        self, kind: str, params: Mapping[str, Any], data: Given = None, *, prefix: str
    ) -> None:
        super().__init__(data, prefix=prefix)
        self.kind = kind
        self.module = kinds()[kind]
        given = complete(self.module, params)
        for param in self.module.PARAMS:
            self.fields[param.name] = _field(param, given[param.name])
        self.fields["remove"] = forms.BooleanField(label=_("Leave it out"), required=False)

    @property
    def label(self) -> Any:  # noqa: ANN401 - lazy text
        return self.module.LABEL

    def wanted(self) -> Wanted | None:
        """The criterion; None: it is left out."""
        given = dict(self.cleaned_data)
        if given.pop("remove"):
            return None
        params = {
            one.name: given[one.name] if given[one.name] is not None else one.default
            for one in self.module.PARAMS
        }
        return Wanted(kind=self.kind, params=params)


def criterion_forms(
    rows: Iterable[PlanCriterion], added: str, posted: Mapping[str, Any] | None
) -> list[CriterionForm]:
    """One for each criterion, and one for a kind that is added; as they were posted, if so."""
    known = kinds()
    if posted is not None:
        named = [posted.get(f"c{place}-kind", "") for place in range(20)]
        return [
            CriterionForm(kind, {}, posted, prefix=f"c{place}")
            for place, kind in enumerate(named)
            if kind in known
        ]
    shown = [(row.kind, row.params) for row in rows if row.kind in known]
    if added in known:
        shown.append((added, {}))
    return [
        CriterionForm(kind, params, prefix=f"c{place}")
        for place, (kind, params) in enumerate(shown)
    ]


def _field(param: Param, value: Any) -> forms.Field:  # noqa: ANN401 - JSON
    options: dict[str, Any] = {"label": param.label, "help_text": param.help, "initial": value}
    if param.kind == "number":
        return forms.IntegerField(min_value=param.least, max_value=param.most, **options)
    if param.kind == "document":
        return forms.IntegerField(min_value=0, max_value=10**9, required=False, **options)
    if param.kind == "choice":
        return forms.ChoiceField(choices=param.choices, **options)
    return forms.CharField(required=False, max_length=300, **options)
