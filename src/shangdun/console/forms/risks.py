"""Forms of the risk register."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, time
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from shangdun.actions.risks.accept import Bearing
from shangdun.actions.risks.assess import Assessed
from shangdun.actions.risks.register import NewRisk
from shangdun.actions.risks.rounds import Round
from shangdun.actions.risks.treat import NewMeasure
from shangdun.console.forms.incidents import VersionForm
from shangdun.records.messages import console_zone
from shangdun.records.models import (
    DocumentLanguage,
    IncidentType,
    LossShapes,
    Risk,
    RiskAssessment,
    RiskLevel,
    RiskMeasure,
    RiskStrategy,
)

Choices = Sequence[tuple[Any, Any]]
NOBODY = ("", _("nobody yet"))
NONE = ("", "—")
LEVELS = [(value, f"{value}") for value in RiskLevel.values]


def _date(**more: Any) -> forms.DateField:  # noqa: ANN401 - a field's own arguments
    return forms.DateField(
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **more
    )


def _text(rows: int = 3, **more: Any) -> forms.CharField:  # noqa: ANN401 - a field's own arguments
    return forms.CharField(max_length=10_000, widget=forms.Textarea(attrs={"rows": rows}), **more)


def _level(**more: Any) -> forms.TypedChoiceField:  # noqa: ANN401 - a field's own arguments
    return forms.TypedChoiceField(coerce=int, empty_value=None, choices=RiskLevel.choices, **more)


def _number(**more: Any) -> forms.TypedChoiceField:  # noqa: ANN401 - a field's own arguments
    return forms.TypedChoiceField(coerce=int, empty_value=None, required=False, **more)


def _amount(**more: Any) -> forms.DecimalField:  # noqa: ANN401 - a field's own arguments
    return forms.DecimalField(required=False, min_value=0, max_digits=15, decimal_places=2, **more)


class RiskForm(VersionForm):
    """What a risk is about."""

    title = forms.CharField(label=_("Title"), max_length=200)
    parent = _number(label=_("Risk factor"))
    description = _text(label=_("How it comes about"), required=False)
    consequence = _text(2, label=_("What would follow"), required=False)
    existing = _text(
        2, label=_("Measures that stand already, in words"), required=False,
        help_text=_("What is taken for granted in the levels and numbers. A measure whose effect "
                    "is to be seen is entered as a measure of its own."),
    )  # fmt: skip
    owner = _number(label=_("Owner"))
    threat = _number(label=_("Threat"))
    assets = forms.TypedMultipleChoiceField(
        label=_("Assets"), coerce=int, required=False,
        widget=forms.SelectMultiple(attrs={"size": 6}),
    )  # fmt: skip
    vulnerabilities = forms.TypedMultipleChoiceField(
        label=_("Vulnerabilities"), coerce=int, required=False,
        widget=forms.SelectMultiple(attrs={"size": 6}),
    )  # fmt: skip
    incident_types = forms.MultipleChoiceField(
        label=_("Incidents of these types are evidence"), choices=IncidentType.choices,
        required=False, widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    tags = forms.CharField(
        label=_("Only those with a finding of these rule tags"), required=False, max_length=2_000,
        help_text=_("Separated by spaces: attack.t1190 oat.008. Findings with them that did no "
                    "harm are the attempts."),
    )  # fmt: skip

    def __init__(self, choices: dict[str, Choices], *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - a form's own signature
        super().__init__(*args, **kwargs)
        _choose(self, choices)

    def risk(self) -> NewRisk:
        """What is wanted."""
        given = self.cleaned_data
        return NewRisk(
            title=given["title"],
            description=given["description"],
            consequence=given["consequence"],
            existing=given["existing"],
            parent=given["parent"],
            owner=given["owner"],
            threat=given["threat"],
            assets=tuple(given["assets"]),
            vulnerabilities=tuple(given["vulnerabilities"]),
            incident_types=tuple(given["incident_types"]),
            tags=tuple(given["tags"].replace(",", " ").split()),
        )

    @staticmethod
    def initial_of(risk: Risk) -> dict[str, Any]:
        """A risk as the form shows it."""
        plain = ("version", "title", "description", "consequence", "existing", "incident_types")
        return {name: getattr(risk, name) for name in plain} | {
            "parent": risk.parent.number if risk.parent else None,
            "owner": risk.owner_id,
            "threat": risk.threat_id,
            "assets": list(risk.assets.values_list("pk", flat=True)),
            "vulnerabilities": list(risk.vulnerabilities.values_list("pk", flat=True)),
            "tags": " ".join(risk.tags),
        }


def _choose(form: forms.Form, choices: dict[str, Choices]) -> None:
    for name, offered in choices.items():
        field = form.fields[name]
        if isinstance(field, forms.ChoiceField):
            field.choices = list(offered)


class AssessForm(VersionForm):
    """How high a risk is: levels, and numbers where somebody has them."""

    threat_level = _level(
        label=_("How strongly the threat presses"),
        help_text=_("Its capability and how often it tries."),
    )
    ease = _level(
        label=_("How easily it is exploited"), help_text=_("Without the measures listed below.")
    )
    asset_value = _level(
        label=_("Value of the asset"), required=False,
        help_text=_("Linked assets that have a value go before it."),
    )  # fmt: skip
    harm = _level(label=_("How badly the asset suffers"))
    frequency_low = forms.DecimalField(
        label=_("Times a year: at least"), required=False, max_digits=12, decimal_places=4,
        help_text=_("Nine times out of ten the truth lies between the two. Once in ten years "
                    "is 0.1."),
    )  # fmt: skip
    frequency_high = forms.DecimalField(
        label=_("Times a year: at most"), required=False, max_digits=12, decimal_places=4
    )
    loss_shape = forms.ChoiceField(label=_("Loss of one event"), choices=LossShapes.choices)
    loss_low = _amount(label=_("Least loss"))
    loss_mode = _amount(label=_("Most likely"), help_text=_("Only for PERT."))
    loss_high = _amount(label=_("Most loss"))
    basis = _text(
        label=_("Where the numbers come from"), required=False,
        help_text=_("Own incidents, orders an hour, a contract: what somebody else can check."),
    )  # fmt: skip
    observed_since = _date(
        label=_("Incidents count as evidence from"), required=False,
        help_text=_("Empty: from today. What was before is in your range already."),
    )  # fmt: skip
    one_in = forms.IntegerField(
        label=_("Of so many attempts one gets through"), required=False, min_value=2,
        max_value=100_000_000,
        help_text=_("Empty: attempts are shown, but not counted in."),
    )  # fmt: skip

    def assessed(self) -> Assessed:
        """What somebody holds it for."""
        given = self.cleaned_data
        since = given["observed_since"]
        same = ("threat_level", "ease", "harm", "asset_value", "frequency_low", "frequency_high",
                "loss_shape", "loss_low", "loss_mode", "loss_high", "basis")  # fmt: skip
        return Assessed(
            **{name: given[name] for name in same},
            success_share=Decimal(1) / given["one_in"] if given["one_in"] else None,
            observed_since=datetime.combine(since, time.min, console_zone()) if since else None,
        )

    @staticmethod
    def initial_of(risk: Risk) -> dict[str, Any]:
        """An assessment as the form shows it."""
        same = ("version", "threat_level", "ease", "harm", "asset_value", "frequency_low",
                "frequency_high", "loss_shape", "loss_low", "loss_mode", "loss_high",
                "basis")  # fmt: skip
        since = risk.observed_since
        return {name: getattr(risk, name) for name in same} | {
            "observed_since": since.astimezone(console_zone()).date() if since else None,
            "one_in": round(1 / risk.success_share) if risk.success_share else None,
        }


class MeasureForm(VersionForm):
    """What is done about a risk."""

    title = forms.CharField(label=_("Title"), max_length=200)
    description = _text(2, label=_("Description"), required=False)
    strategy = forms.ChoiceField(
        label=_("What it does with the risk"), choices=RiskStrategy.choices
    )
    owner = _number(label=_("Owner"))
    due = _date(label=_("Due"), required=False)
    task = _number(label=_("Task of the plan"), help_text=_("In effect when it is done."))
    control = forms.ChoiceField(
        label=_("Protective measure"), required=False,
        help_text=_("In effect while its checks find it in place."),
    )  # fmt: skip
    likelihood_steps = forms.IntegerField(
        label=_("Lowers the likelihood by levels"), min_value=0, max_value=4, initial=0
    )
    loss_steps = forms.IntegerField(
        label=_("Lowers the loss by levels"), min_value=0, max_value=4, initial=0
    )
    frequency_cut = forms.IntegerField(
        label=_("Keeps off per cent of the events"), min_value=0, max_value=100, initial=0
    )
    loss_cut = forms.IntegerField(
        label=_("Saves per cent of the loss of an event"), min_value=0, max_value=100, initial=0
    )
    cost_once = _amount(label=_("Costs once"))
    cost_yearly = _amount(label=_("Costs a year"))
    currency = forms.CharField(label=_("Currency"), max_length=3)
    years = forms.IntegerField(label=_("Spread over years"), min_value=1, max_value=50, initial=3)

    def __init__(self, choices: dict[str, Choices], *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - a form's own signature
        super().__init__(*args, **kwargs)
        _choose(self, choices)

    def measure(self) -> NewMeasure:
        """What is wanted."""
        given = {name: value for name, value in self.cleaned_data.items() if name != "version"}
        for name in ("cost_once", "cost_yearly"):
            given[name] = given[name] or Decimal(0)
        return NewMeasure(**given)

    @staticmethod
    def initial_of(measure: RiskMeasure) -> dict[str, Any]:
        """A measure as the form shows it."""
        same = ("version", "title", "description", "strategy", "due", "control",
                "likelihood_steps", "loss_steps", "frequency_cut", "loss_cut", "cost_once",
                "cost_yearly", "currency", "years")  # fmt: skip
        return {name: getattr(measure, name) for name in same} | {
            "owner": measure.owner_id, "task": measure.task_id,
        }  # fmt: skip


class BearForm(VersionForm):
    """That a risk is borne for a time."""

    until = _date(label=pgettext_lazy("risk acceptance", "Until"))
    reason = _text(2, label=_("Why it is borne"))
    conditions = _text(2, label=_("On which conditions"), required=False)

    def bearing(self) -> Bearing:
        given = self.cleaned_data
        return Bearing(until=given["until"], reason=given["reason"], conditions=given["conditions"])


class RoundForm(VersionForm):
    """What is assessed, on what ground, by whom."""

    title = forms.CharField(label=_("Title of the report"), max_length=200)
    scope = _text(label=_("Scope"), help_text=_("Which business, systems and sites."))
    basis = _text(2, label=_("Basis and references"), required=False)
    team = _text(2, label=_("Who took part"), required=False)
    language = forms.ChoiceField(label=_("Language"), choices=DocumentLanguage.choices)
    programme = _number(label=_("For which plan"))

    def __init__(self, programmes: Choices, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - a form's own signature
        super().__init__(*args, **kwargs)
        _choose(self, {"programme": [NONE, *programmes]})

    def wanted(self, conclusion: str = "") -> Round:
        given = {name: value for name, value in self.cleaned_data.items() if name != "version"}
        return Round(conclusion=conclusion, **given)

    @staticmethod
    def initial_of(row: RiskAssessment) -> dict[str, Any]:
        """A round as the form shows it."""
        same = ("version", "title", "scope", "basis", "team", "language")
        return {name: getattr(row, name) for name in same} | {"programme": row.programme_id}


def named(rows: Iterable[Any]) -> list[tuple[int, str]]:
    """Records as choices, by their own words."""
    return [(row.pk, str(row)) for row in rows]
