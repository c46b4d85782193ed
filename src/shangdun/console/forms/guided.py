"""The guided questions, a short form a step; what was typed comes back as it was typed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from shangdun.actions.programmes.guided import Answers
from shangdun.console.forms.programmes import (
    CALENDARS,
    Given,
    choose_from,
    day_field,
    person_field,
)
from shangdun.records.models import Company, User
from shangdun.records.models.documents import DocumentLanguage
from shangdun.records.programme_templates import Choice

PLATFORM_WORDS = (
    ("web", _("A web shop")),
    ("app", _("An app")),
    ("mini_program", _("A mini program")),
    ("api", _("Interfaces that partners call")),
    ("payments", _("Payments through our own systems")),
    ("marketplace", _("Other merchants sell on it")),
    ("own_servers", _("Servers of our own")),
    ("cloud", _("Cloud services")),
    ("eu", _("Customers in the European Union")),
)


class CompanyStep(forms.Form):
    """Who the company is: papers and deadlines take it from here."""

    name_zh = forms.CharField(
        label=_("Company's name in Chinese"), required=False, max_length=200,
        help_text=_("One of the two names is enough."),
    )  # fmt: skip
    name_en = forms.CharField(label=_("Company's name in English"), required=False, max_length=200)
    language = forms.ChoiceField(
        label=_("Language of the programme"), choices=DocumentLanguage.choices
    )
    critical_infrastructure = forms.BooleanField(
        label=_("We operate critical information infrastructure"), required=False,
        help_text=_("Shorter deadlines for reports then apply. If you are unsure: no."),
    )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if not given.get("name_zh", "").strip() and not given.get("name_en", "").strip():
            self.add_error("name_zh", _("Write the name in one of the two languages."))
        return given

    @staticmethod
    def initial_of(row: Company, language: str) -> dict[str, Any]:
        """What is known already."""
        return {
            "name_zh": row.name_zh,
            "name_en": row.name_en,
            "critical_infrastructure": row.critical_infrastructure,
            "language": "en" if language == "en" else "zh-hans",
        }


class PlatformStep(forms.Form):
    """What there is to protect: risks, measures and laws are chosen by it."""

    platform = forms.MultipleChoiceField(
        label=_("What the shop is made of"), choices=PLATFORM_WORDS,
        widget=forms.CheckboxSelectMultiple, required=False,
    )  # fmt: skip
    customers = forms.IntegerField(
        label=_("Of how many people it holds data, about"), required=False, min_value=0,
        max_value=10**11, help_text=_("Laws ask for more from a million on. Empty: unknown."),
    )  # fmt: skip


class PeopleStep(forms.Form):
    """Who does what; whoever leads looks after what nobody is named for."""

    def __init__(
        self,
        roles: Iterable[tuple[str, str]],
        people: Iterable[User],
        data: Given = None,
        initial: Given = None,
    ) -> None:
        super().__init__(data, initial=dict(initial or {}))
        names = []
        for key, label in roles:
            name = f"role_{key}"
            names.append(name)
            self.fields[name] = person_field(label, required=key == "lead")
        self.fields["reviewer"] = person_field(
            pgettext_lazy("document", "Reviewer"),
            help_text=_("Reads the programme before it is approved; not the one who writes it."),
        )
        self.fields["approver"] = person_field(pgettext_lazy("document", "Approver"))
        choose_from(self, people, *names, "reviewer", "approver")

    def by_role(self) -> dict[str, int]:
        """Who was named, by the template's roles."""
        return {
            name.removeprefix("role_"): who
            for name, who in self.cleaned_data.items()
            if name.startswith("role_") and who
        }


class StartStep(forms.Form):
    """What the programme is called, what it begins with, and when."""

    title = forms.CharField(label=_("Title"), max_length=200)
    template = forms.ChoiceField(label=_("Begin with"))
    starts_on = day_field(_("Starts on"))
    calendar = forms.ChoiceField(label=_("Working days"), choices=CALENDARS)

    def __init__(
        self, choices: Iterable[Choice], data: Given = None, initial: Given = None
    ) -> None:
        super().__init__(data, initial=dict(initial or {}))
        field = self.fields["template"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - declared above
        field.choices = [(one.name, one.title) for one in choices]


class BudgetStep(forms.Form):
    """How much there is; it is shared out later."""

    budget = forms.DecimalField(
        label=_("Budget of the programme"), required=False, min_value=0,
        max_value=Decimal(10) ** 12, decimal_places=2, help_text=_("Empty: not known yet."),
    )  # fmt: skip
    currency = forms.CharField(label=_("Currency"), max_length=3, min_length=3, initial="CNY")

    def clean_currency(self) -> str:
        code = str(self.cleaned_data["currency"]).upper()
        if not (code.isascii() and code.isalpha()):
            raise forms.ValidationError(_("Three letters: CNY, USD, EUR …"))
        return code


def answers_from(given: Mapping[str, Mapping[str, Any]], people: Mapping[str, int]) -> Answers:
    """The checked answers of all steps."""
    company, platform = given["company"], given["platform"]
    start, budget = given["start"], given["budget"]
    return Answers(
        name_zh=company["name_zh"],
        name_en=company["name_en"],
        critical_infrastructure=company["critical_infrastructure"],
        language=company["language"],
        platform=frozenset(platform["platform"]),
        customers=platform["customers"],
        people=dict(people),
        reviewer=given["people"]["reviewer"],
        approver=given["people"]["approver"],
        title=start["title"],
        template=start["template"],
        starts_on=start["starts_on"],
        calendar=start["calendar"],
        budget=budget["budget"] or Decimal(0),
        currency=budget["currency"],
    )
