"""Forms of drills: the plan, a mark, the conclusion."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from shangdun.actions.drills.plan import DrillPlan
from shangdun.console.forms.incidents import VersionForm
from shangdun.console.wordings.drills import MARKS, scenario_words
from shangdun.records.models import DrillKind, User
from shangdun.respond.drill.clock import FASTEST
from shangdun.respond.drill.scenario import scenarios


class PlanForm(VersionForm):
    """What is rehearsed, how, when."""

    title = forms.CharField(label=_("Title"), max_length=300)
    scenario = forms.ChoiceField(label=_("Scenario"))
    kind = forms.ChoiceField(label=_("Kind"), choices=DrillKind.choices)
    planned_at = forms.DateTimeField(
        label=_("When"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M"],
    )
    factor = forms.IntegerField(
        label=_("Its clock runs so many times as fast"), min_value=1, max_value=FASTEST, initial=1
    )
    observer = forms.TypedChoiceField(
        label=_("Who leads it"), coerce=int, empty_value=None, required=False
    )
    aims = forms.CharField(
        label=_("What is to be tried"), required=False, max_length=8000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip

    def __init__(self, people: list[User], *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - a form's own signature
        super().__init__(*args, **kwargs)
        scenario, observer = self.fields["scenario"], self.fields["observer"]
        if isinstance(scenario, forms.ChoiceField):
            scenario.choices = [(key, scenario_words(key).title) for key in scenarios()]
        if isinstance(observer, forms.TypedChoiceField):
            names = [(user.pk, user.get_full_name() or user.username) for user in people]
            observer.choices = [("", _("nobody yet")), *names]

    def plan(self) -> DrillPlan:
        """What the person wants."""
        given = self.cleaned_data
        return DrillPlan(
            title=given["title"],
            scenario=given["scenario"],
            planned_at=given["planned_at"],
            kind=given["kind"],
            factor=given["factor"],
            aims=given["aims"],
            observer_id=given["observer"],
        )


class JudgeForm(VersionForm):
    """A mark that the observer saw otherwise."""

    mark = forms.ChoiceField(choices=list(MARKS.items()))
    note = forms.CharField(max_length=4000)


class SayForm(VersionForm):
    """A sentence or more: why it is called off, what came of it."""

    text = forms.CharField(max_length=20_000)
