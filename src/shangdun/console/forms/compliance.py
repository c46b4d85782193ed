"""Forms about the law register and its assessments."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from shangdun.actions.compliance.duties import DutyPlan, OwnText, ShopFacts
from shangdun.actions.compliance.findings import Wanting
from shangdun.actions.compliance.rounds import RoundPlan
from shangdun.actions.review.improve import Plan
from shangdun.console.forms.controls import people
from shangdun.records.models import (
    AuditSeverity,
    DutyApplies,
    DutyVerdict,
    JudgeSide,
    LawFacts,
    LegalDuty,
    PlanGroup,
    ReviewOutcome,
    User,
)
from shangdun.records.roles import Capability

ROWS = {"rows": 2}
DAY = {"type": "date"}
PLATFORM = (
    ("web", _("web shop")), ("app", _("app")), ("mini_program", _("mini program")),
    ("api", _("open interface (API)")), ("payments", _("payments online")),
    ("own_servers", _("own servers")), ("cloud", _("cloud")),
    ("marketplace", _("others sell on it")), ("eu", _("people in the EU are served")),
)  # fmt: skip
UNKNOWN = (("", _("not known")), ("yes", _("yes")), ("no", _("no")))
LEVELS = (("", _("not known")), *((str(n), str(n)) for n in range(1, 6)))


def day_field(label: Any, *, required: bool = True) -> forms.DateField:  # noqa: ANN401 - a text
    """A day, chosen in the browser's own way."""
    widget = forms.DateInput(attrs=DAY, format="%Y-%m-%d")
    return forms.DateField(label=label, required=required, widget=widget)


class FactsForm(forms.Form):
    """What the shop is; whatever nobody knows yet stays open."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    platform = forms.MultipleChoiceField(
        label=_("What the shop is made of"), required=False, choices=PLATFORM,
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    customers = forms.IntegerField(
        label=_("People whose personal data is processed"), required=False, min_value=0,
        max_value=20_000_000_000, help_text=_("About; empty: not known."),
    )  # fmt: skip
    important_data = forms.ChoiceField(
        label=_("Important data is processed"), required=False, choices=UNKNOWN
    )
    personalised = forms.ChoiceField(
        label=_("Search results or offers are personalised"), required=False, choices=UNKNOWN
    )
    mlps_level = forms.ChoiceField(label=_("MLPS level"), required=False, choices=LEVELS)

    def facts(self) -> ShopFacts:
        """What was stated."""
        given = self.cleaned_data
        level = given["mlps_level"]
        return ShopFacts(
            platform=frozenset(given["platform"]) or None,
            customers=given["customers"],
            important_data=_known(given["important_data"]),
            personalised=_known(given["personalised"]),
            mlps_level=int(level) if level else None,
        )

    @staticmethod
    def initial_of(row: LawFacts) -> dict[str, Any]:
        """The facts as the form shows them."""
        words = {True: "yes", False: "no", None: ""}
        return {
            "version": row.version if row.pk else None,
            "platform": row.platform,
            "customers": row.customers,
            "important_data": words[row.important_data],
            "personalised": words[row.personalised],
            "mlps_level": row.mlps_level or "",
        }


def _known(answer: str) -> bool | None:
    return {"yes": True, "no": False}.get(answer)


class DutyForm(forms.Form):
    """Who looks after a duty, and whether it binds."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    owner_id = forms.ChoiceField(label=_("Owner"), required=False)
    applies = forms.ChoiceField(label=_("Does it apply?"), choices=DutyApplies.choices)
    reason = forms.CharField(
        label=_("Why, against the facts"), required=False, max_length=5000,
        widget=forms.Textarea(attrs=ROWS),
    )  # fmt: skip

    def __init__(self, *args: Any, **more: Any) -> None:  # noqa: ANN401 - Django's own signature
        super().__init__(*args, **more)
        self.fields["owner_id"].choices = people()  # type: ignore[attr-defined]  # a choice field

    def plan(self) -> DutyPlan:
        """What is wanted."""
        given = self.cleaned_data
        owner = int(given["owner_id"]) if given["owner_id"] else None
        return DutyPlan(owner_id=owner, applies=given["applies"], reason=given["reason"])

    @staticmethod
    def initial_of(row: LegalDuty) -> dict[str, Any]:
        """A duty as the form shows it."""
        names = ("version", "owner_id", "applies", "reason")
        return {name: getattr(row, name) for name in names}


class TextForm(forms.Form):
    """A text that counsel enters."""

    law = forms.CharField(label=_("Law, standard or contract"), max_length=200)
    article = forms.CharField(label=_("Article"), max_length=100)
    title = forms.CharField(label=_("The duty in a line"), max_length=200)
    text = forms.CharField(
        label=_("What is owed, in your own words"), max_length=10_000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip
    quote = forms.CharField(
        label=_("Text of the law"), required=False, max_length=20_000,
        widget=forms.Textarea(attrs=ROWS), help_text=_("Of statutes; standards may not be quoted."),
    )  # fmt: skip
    source = forms.CharField(label=_("Source"), max_length=500)
    effective_from = day_field(_("In force from"))
    repealed_on = day_field(_("Repealed on"), required=False)
    certainty = forms.ChoiceField(
        label=_("How sure"),
        choices=[
            ("V", _("primary text read")),
            ("S", _("secondary source: to be confirmed by your counsel")),
            ("U", _("not verified: to be confirmed by your counsel")),
        ],
    )

    def own(self) -> OwnText:
        """What was entered."""
        names = ("law", "article", "title", "text", "quote", "source", "effective_from",
                 "repealed_on", "certainty")  # fmt: skip
        return OwnText(**{name: self.cleaned_data[name] for name in names})


class OwnDutyForm(TextForm):
    """A duty that the register does not have."""

    group = forms.ChoiceField(label=_("Group"), choices=PlanGroup.choices)


class EvidenceForm(forms.Form):
    """What else shows that a duty is kept."""

    title = forms.CharField(label=_("What it is"), max_length=200)
    link = forms.CharField(
        label=_("Address"), required=False, max_length=500,
        help_text=_("A page of this console (/documents/3/) or https://…; or choose a file."),
    )  # fmt: skip


class ImproveForm(forms.Form):
    """What has to change: it becomes an improvement; empty: nothing."""

    change = forms.CharField(label=_("What has to change"), required=False, max_length=300)
    owner_id = forms.ChoiceField(label=_("Who does it"), required=False)
    due = day_field(_("Until"), required=False)
    retest = forms.CharField(
        label=_("How it is shown to work"), required=False, max_length=2000,
        widget=forms.Textarea(attrs=ROWS),
    )  # fmt: skip

    def __init__(self, *args: Any, **more: Any) -> None:  # noqa: ANN401 - Django's own signature
        super().__init__(*args, **more)
        self.fields["owner_id"].choices = people()  # type: ignore[attr-defined]  # a choice field

    def plan(self, group: str, detail: str) -> Plan | None:
        """The improvement that is asked for, if any."""
        given = self.cleaned_data
        if not given["change"].strip():
            return None
        return Plan(
            title=given["change"],
            group=group,
            due=given["due"] or timezone.localdate() + timedelta(days=30),
            retest=given["retest"],
            detail=detail,
            owner_id=int(given["owner_id"]) if given["owner_id"] else None,
        )


class ReviewForm(ImproveForm):
    """What a change of law means."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    outcome = forms.ChoiceField(label=_("What it means for us"), choices=ReviewOutcome.choices)
    note = forms.CharField(
        label=_("Why"), max_length=5000, widget=forms.Textarea(attrs={"rows": 3})
    )
    field_order = ("outcome", "note", "change", "owner_id", "due", "retest")


class RoundForm(forms.Form):
    """An assessment."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    title = forms.CharField(label=_("Title"), max_length=200)
    year = forms.IntegerField(label=_("Year"), min_value=2000, max_value=2199)
    due_on = day_field(_("To be finished by"))
    auditor_id = forms.ChoiceField(label=_("Internal auditor"), required=False)
    counsel_firm = forms.CharField(label=_("Outside counsel: firm"), required=False, max_length=200)
    counsel_name = forms.CharField(
        label=_("Outside counsel: lawyer"), required=False, max_length=100
    )

    def __init__(self, *args: Any, **more: Any) -> None:  # noqa: ANN401 - Django's own signature
        super().__init__(*args, **more)
        rows = User.objects.filter(is_active=True).order_by("username").prefetch_related("groups")
        able = [row for row in rows if row.can(Capability.ASSESS_COMPLIANCE)]
        self.fields["auditor_id"].choices = [  # type: ignore[attr-defined]  # a choice field
            ("", "—"),
            *((str(row.pk), row.get_full_name() or row.username) for row in able),
        ]

    def plan(self) -> RoundPlan:
        """What is wanted."""
        given = self.cleaned_data
        names = ("title", "year", "due_on", "counsel_firm", "counsel_name")
        auditor = int(given["auditor_id"]) if given["auditor_id"] else None
        return RoundPlan(auditor_id=auditor, **{name: given[name] for name in names})


class OpinionForm(forms.Form):
    """Outside counsel's opinion."""

    firm = forms.CharField(label=_("Firm"), max_length=200)
    lawyer = forms.CharField(label=_("Lawyer"), max_length=100)
    written_on = day_field(_("Date of the opinion"))


class JudgeForm(forms.Form):
    """A judgement."""

    side = forms.ChoiceField(label=_("Whose judgement"), choices=JudgeSide.choices)
    verdict = forms.ChoiceField(label=_("Judgement"), choices=DutyVerdict.choices)
    note = forms.CharField(
        label=_("Why"), required=False, max_length=10_000, widget=forms.Textarea(attrs=ROWS)
    )


class FindingForm(ImproveForm):
    """What was found wanting."""

    uid = forms.CharField(max_length=60, widget=forms.HiddenInput)
    side = forms.ChoiceField(label=_("Who found it"), choices=JudgeSide.choices)
    title = forms.CharField(label=_("What was found"), max_length=300)
    severity = forms.ChoiceField(label=_("How grave"), choices=AuditSeverity.choices)
    detail = forms.CharField(
        label=_("In detail"), required=False, max_length=10_000, widget=forms.Textarea(attrs=ROWS)
    )
    field_order = ("side", "title", "severity", "detail", "change", "owner_id", "due", "retest")

    def wanting(self) -> Wanting:
        """What was found."""
        names = ("uid", "side", "title", "severity", "detail")
        return Wanting(**{name: self.cleaned_data[name] for name in names})


class FollowForm(forms.Form):
    """A later look at a finding."""

    note = forms.CharField(
        label=_("What was seen"), max_length=10_000, widget=forms.Textarea(attrs={"rows": 3})
    )
    closes = forms.BooleanField(label=_("It is mended: close the finding"), required=False)


class CloseForm(forms.Form):
    """The end of an assessment."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    conclusion = forms.CharField(
        label=_("Conclusion"), max_length=10_000, widget=forms.Textarea(attrs={"rows": 4})
    )
    without_counsel = forms.CharField(
        label=_("Why without outside counsel"), required=False, max_length=10_000,
        widget=forms.Textarea(attrs=ROWS), help_text=_("Only where no opinion is attached."),
    )  # fmt: skip
