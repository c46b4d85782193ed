"""Forms about people, materials and money of a programme."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from shangdun.actions.resources.keep import FIELDS, NewResource
from shangdun.actions.resources.money import NewEntry, NewLine
from shangdun.console.problems import said
from shangdun.govern.money.amounts import amount_of
from shangdun.govern.money.budget import Kind
from shangdun.kernel.errors import UsageError
from shangdun.records.models import (
    BudgetLine,
    Currency,
    MoneyKind,
    PlanTask,
    PlanTaskKind,
    Programme,
    Resource,
    ResourceKind,
    ResourceSource,
    User,
)

DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


def task_choices(programme: Programme) -> list[tuple[Any, Any]]:
    """Its subtasks, as people count them."""
    rows = programme.tasks.filter(archived_at=None).exclude(kind=PlanTaskKind.MILESTONE)
    leaves = rows.filter(kind=PlanTaskKind.SUBTASK).order_by("position")
    return [("", "—"), *((str(one.pk), f"{one.code} {one.title}") for one in leaves)]


class _Choice(forms.TypedChoiceField):
    """A number chosen of a list, or None."""

    def __init__(self, label: Any, **more: Any) -> None:  # noqa: ANN401 - as Django has it
        super().__init__(label=label, required=False, coerce=int, empty_value=None, **more)


class PersonForm(forms.Form):
    """Somebody who works on the plan: of the company, or an expert from outside."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    user = _Choice(_("Account"), help_text=_("Empty: an outside expert without an account."))
    name = forms.CharField(
        label=_("Name"), required=False, max_length=200, help_text=_("Empty: as the account.")
    )
    organisation = forms.CharField(
        label=_("Company of an outside expert"), required=False, max_length=200
    )
    contact = forms.CharField(label=_("Contact"), required=False, max_length=300)
    capacity = forms.IntegerField(
        label=_("Time for the plan, per cent of the day"), min_value=1, max_value=100, initial=100
    )
    since = forms.DateField(label=_("Available from"), required=False, widget=DAY)
    until = forms.DateField(label=_("Available until"), required=False, widget=DAY)
    day_rate = forms.CharField(label=_("Day rate"), required=False, max_length=40)
    currency = forms.ChoiceField(label=_("Currency"), choices=Currency.choices)
    note = forms.CharField(
        label=_("Note"), required=False, max_length=5000, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - as Django has it
        super().__init__(*args, **kwargs)
        people = User.objects.filter(is_active=True).order_by("last_name", "username")
        named = [(str(one.pk), one.get_full_name() or one.username) for one in people]
        self.fields["user"].choices = [("", "—"), *named]  # type: ignore[attr-defined]  # a choice field

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("day_rate"):
            data["day_rate"] = _amount(self, "day_rate", str(data.get("currency", "CNY")))
        return data

    def wanted(self) -> NewResource:
        """What is wanted."""
        data = {name: self.cleaned_data[name] for name in FIELDS if name in self.cleaned_data}
        data["day_rate"] = data["day_rate"] or None
        return NewResource(
            kind=ResourceKind.PERSON.value,
            user_id=self.cleaned_data["user"],
            external=self.cleaned_data["user"] is None,
            **data,
        )

    @staticmethod
    def initial_of(row: Resource) -> dict[str, Any]:
        """A person as the form shows it."""
        return {"version": row.version, "user": row.user_id} | {
            name: getattr(row, name) for name in FIELDS
        }


class MaterialForm(forms.Form):
    """A device, a tool, a room: how many there are, and how they are obtained."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    name = forms.CharField(label=_("Name"), max_length=200)
    quantity = forms.IntegerField(
        label=_("How many there are"), min_value=0, max_value=1_000_000, initial=1
    )
    unit = forms.CharField(label=_("Unit"), required=False, max_length=20)
    source = forms.ChoiceField(label=_("Obtained by"), choices=ResourceSource.choices)
    since = forms.DateField(
        label=_("There from"), required=False, widget=DAY,
        help_text=_("Empty: it is there already."),
    )  # fmt: skip
    organisation = forms.CharField(label=_("Supplier"), required=False, max_length=200)
    note = forms.CharField(
        label=_("Note"), required=False, max_length=5000, widget=forms.Textarea(attrs={"rows": 2})
    )

    def wanted(self) -> NewResource:
        """What is wanted."""
        data = {name: self.cleaned_data[name] for name in FIELDS if name in self.cleaned_data}
        return NewResource(kind=ResourceKind.MATERIAL.value, **data)

    @staticmethod
    def initial_of(row: Resource) -> dict[str, Any]:
        """A material as the form shows it."""
        return {"version": row.version} | {name: getattr(row, name) for name in FIELDS}


class LineForm(forms.Form):
    """Money planned for something."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    title = forms.CharField(label=pgettext_lazy("money", "What for"), max_length=200)
    planned = forms.CharField(label=_("Planned"), max_length=40, help_text=_("12000.50, 1.2万"))
    currency = forms.ChoiceField(label=_("Currency"), choices=Currency.choices)
    source = forms.ChoiceField(
        label=_("Paid by"), choices=ResourceSource.choices, initial=ResourceSource.PURCHASE
    )
    task = _Choice(pgettext_lazy("programme", "Subtask"))
    note = forms.CharField(
        label=_("Note"), required=False, max_length=5000, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, *args: Any, programme: Programme, **kwargs: Any) -> None:  # noqa: ANN401 - as Django has it
        super().__init__(*args, **kwargs)
        self.fields["task"].choices = task_choices(programme)  # type: ignore[attr-defined]  # a choice field
        self.fields["currency"].initial = programme.currency

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if "planned" in data:
            data["planned"] = _amount(self, "planned", str(data.get("currency", "CNY")))
        return data

    def wanted(self) -> NewLine:
        """What is wanted."""
        data = self.cleaned_data
        return NewLine(
            title=data["title"], planned=data["planned"], currency=data["currency"],
            source=data["source"], task_id=data["task"], note=data["note"],
        )  # fmt: skip

    @staticmethod
    def initial_of(line: BudgetLine) -> dict[str, Any]:
        """A line as the form shows it."""
        names = ("version", "title", "planned", "currency", "source", "note")
        return {name: getattr(line, name) for name in names} | {"task": line.task_id}


class EntryForm(forms.Form):
    """A commitment or a payment."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    kind = forms.ChoiceField(
        label=pgettext_lazy("money", "What happened"),
        choices=MoneyKind.choices,
        initial=MoneyKind.COMMITTED,
    )
    amount = forms.CharField(label=_("Amount"), max_length=40)
    day = forms.DateField(label=_("Day"), widget=DAY)
    what = forms.CharField(label=pgettext_lazy("money", "What for"), max_length=200)
    reference = forms.CharField(
        label=_("Contract or invoice number"), required=False, max_length=100
    )
    settles = _Choice(_("Pays for the commitment"))

    def __init__(
        self, *args: Any, line: BudgetLine, open_: dict[int, Decimal], **kwargs: Any  # noqa: ANN401 - as Django has it
    ) -> None:  # fmt: skip
        super().__init__(*args, **kwargs)
        self._line = line
        rows = [row for row in line.entries.all() if row.pk in open_]
        named = [(str(row.pk), f"{row.what} ({open_[row.pk]:,.2f})") for row in rows]
        self.fields["settles"].choices = [("", "—"), *named]  # type: ignore[attr-defined]  # a choice field

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if "amount" in data:
            data["amount"] = _amount(self, "amount", self._line.currency, Decimal("0.01"))
        return data

    def wanted(self) -> NewEntry:
        """What is wanted."""
        data = self.cleaned_data
        spent = data["kind"] == Kind.SPENT
        return NewEntry(
            kind=Kind(data["kind"]), amount=data["amount"], day=data["day"], what=data["what"],
            reference=data["reference"], settles_id=data["settles"] if spent else None,
        )  # fmt: skip


class MoveForm(forms.Form):
    """Budget from one line to another."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    taker = _Choice(_("To which line"))
    amount = forms.CharField(label=_("Amount"), max_length=40)
    reason = forms.CharField(label=_("Reason"), max_length=500)

    def __init__(self, *args: Any, line: BudgetLine, **kwargs: Any) -> None:  # noqa: ANN401 - as Django has it
        super().__init__(*args, **kwargs)
        self._line = line
        rows = line.programme.budget_lines.filter(archived_at=None, currency=line.currency)
        named = [(str(one.number), one.title) for one in rows.exclude(pk=line.pk)]
        self.fields["taker"].choices = named  # type: ignore[attr-defined]  # a choice field
        self.fields["taker"].required = True

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if "amount" in data:
            data["amount"] = _amount(self, "amount", self._line.currency, Decimal("0.01"))
        return data


def _amount(
    form: forms.Form, field: str, currency: str, least: Decimal = Decimal(0)
) -> Decimal | None:
    try:
        return amount_of(str(form.cleaned_data[field]), currency, least=least)
    except UsageError as error:
        form.add_error(field, str(said(error)))
        return None


def task_of(programme: Programme, text: str) -> PlanTask | None:
    """A subtask that a form names; None: none of the programme's."""
    if not text.isdecimal() or len(text) > 18:
        return None
    return programme.tasks.filter(pk=int(text), archived_at=None).first()
