"""Forms about assets and vulnerabilities."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from shangdun.actions.assets.rows import NewAsset
from shangdun.actions.vulnerabilities.decide import Assigned, NewVulnerability
from shangdun.assess.inventory.layers import KINDS_OF, AssetKind, Layer, MarkKind
from shangdun.assess.inventory.marks import Mark, mark_of
from shangdun.assess.vulnerabilities.severity import DUE_DAYS, Grade
from shangdun.console.problems import said
from shangdun.kernel.errors import UsageError
from shangdun.records.asset_sheet import ABOVE
from shangdun.records.models import (
    Asset,
    AssetKinds,
    AssetLayer,
    AssetSettings,
    User,
    Vulnerability,
    VulnerabilitySeverity,
)

DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
MARKS = {
    "hosts": MarkKind.HOST,
    "services": MarkKind.SERVICE,
    "routes": MarkKind.ROUTE,
    "code": MarkKind.CODE,
}
RATING = [("", "—"), *((str(n), str(n)) for n in range(1, 6))]


def kind_choices(layers: Iterable[Layer] = tuple(Layer)) -> list[tuple[Any, Any]]:
    """The categories below their layers."""
    labels, heads = dict(AssetKinds.choices), dict(AssetLayer.choices)
    return [
        (heads[layer.value], [(kind.value, labels[kind.value]) for kind in KINDS_OF[layer]])
        for layer in layers
    ]


def people_choices() -> list[tuple[str, str]]:
    """Whoever may own something."""
    people = User.objects.filter(is_active=True).order_by("last_name", "first_name", "username")
    named = [(str(one.pk), one.get_full_name() or one.username) for one in people]
    return [("", "—"), *named]


class _Rating(forms.TypedChoiceField):
    def __init__(self, label: Any, help_text: Any = "") -> None:  # noqa: ANN401 - lazily translated
        super().__init__(
            label=label, help_text=help_text, required=False, choices=RATING,
            coerce=int, empty_value=None,
        )  # fmt: skip


def _lines(label: Any, hint: Any) -> forms.CharField:  # noqa: ANN401 - lazily translated
    return forms.CharField(
        label=label, required=False, max_length=20_000, help_text=hint,
        widget=forms.Textarea(attrs={"rows": 2, "class": "mono"}),
    )  # fmt: skip


class AssetForm(forms.Form):
    """One asset. A field for each asset of the layers above says how closely it bears that one."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    name = forms.CharField(label=_("Name"), max_length=200)
    kind = forms.ChoiceField(label=pgettext_lazy("asset", "Category"))
    owner = forms.TypedChoiceField(label=_("Owner"), required=False, coerce=int, empty_value=None)
    importance = _Rating(
        _("Business importance"), _("Of a business: 5 stops the company, 1 is hardly missed.")
    )
    confidentiality = _Rating(
        _("Confidentiality"), _("What it means when others see it: 1 very little, 5 very much.")
    )
    integrity = _Rating(_("Integrity"), _("When it is changed or destroyed."))
    availability = _Rating(_("Availability"), _("When it cannot be used."))
    hosts = _lines(
        _("Hosts and addresses"), _("One a line: shop.example, *.shop.example, 10.0.0.0/24")
    )
    services = _lines(_("Services"), _("As logs name them."))
    routes = _lines(_("Routes of the shop"), _("/checkout/* takes all below it."))
    code = _lines(_("Repositories, images"), _("As scanners name them."))
    place = forms.CharField(label=pgettext_lazy("asset", "Place"), required=False, max_length=200)
    supplier = forms.CharField(label=_("Supplier"), required=False, max_length=200)
    description = forms.CharField(
        label=_("Description"), required=False, max_length=5000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )  # fmt: skip

    def __init__(self, *args: Any, asset: Asset | None = None, **kwargs: Any) -> None:  # noqa: ANN401 - as Django has it
        super().__init__(*args, **kwargs)
        self.asset = asset
        layers = (Layer(asset.layer),) if asset else tuple(Layer)
        self.fields["kind"].choices = kind_choices(layers)  # type: ignore[attr-defined]  # a choice field
        self.fields["owner"].choices = people_choices()  # type: ignore[attr-defined]  # likewise
        for name in self._unused(asset):
            del self.fields[name]
        above = [layer.value for layer in (ABOVE[Layer(asset.layer)] if asset else ())]
        self._uppers = list(Asset.objects.filter(archived_at=None, layer__in=above))
        for upper in self._uppers:
            self.fields[f"bears_{upper.pk}"] = _Rating(upper.name)

    @staticmethod
    def _unused(asset: Asset | None) -> tuple[str, ...]:
        if asset is None:
            return ()
        if asset.layer == Layer.BUSINESS:
            return ("confidentiality", "integrity", "availability")
        return ("importance",)

    @property
    def plain_fields(self) -> list[Any]:
        """All but what it bears, which the page shows in a list of its own."""
        return [self[name] for name in self.fields if not name.startswith("bears_")]

    @property
    def bearing_fields(self) -> list[Any]:
        return [self[name] for name in self.fields if name.startswith("bears_")]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for field, kind in MARKS.items():
            marks = []
            for line in str(data.get(field, "")).replace(",", "\n").splitlines():
                if not line.strip():
                    continue
                try:
                    marks.append(mark_of(kind, line))
                except UsageError as error:
                    self.add_error(field, f"{said(error)} ({line.strip()[:80]})")
            data[field] = marks
        return data

    def wanted(self) -> NewAsset:
        """What is wanted."""
        data = self.cleaned_data
        names = ("name", "place", "supplier", "description", "importance", "confidentiality",
                 "integrity", "availability")  # fmt: skip
        given = {name: data[name] for name in names if name in data}
        bears = {
            upper.pk: data[f"bears_{upper.pk}"]
            for upper in self._uppers
            if data.get(f"bears_{upper.pk}")
        }
        marks = tuple(mark for field in MARKS for mark in data[field])
        return NewAsset(
            kind=AssetKind(data["kind"]), owner_id=data["owner"], marks=marks, bears=bears, **given
        )

    @staticmethod
    def initial_of(asset: Asset) -> dict[str, Any]:
        """An asset as the form shows it."""
        names = ("version", "name", "kind", "place", "supplier", "description", "importance",
                 "confidentiality", "integrity", "availability")  # fmt: skip
        shown: dict[str, Any] = {name: getattr(asset, name) for name in names}
        marks = [Mark(MarkKind(one.kind), one.value) for one in asset.marks.all()]
        for field, kind in MARKS.items():
            shown[field] = "\n".join(sorted(one.value for one in marks if one.kind is kind))
        bears = {f"bears_{link.upper_id}": link.bearing for link in asset.bears.all()}
        return shown | bears | {"owner": asset.owner_id}


class SightingForm(forms.Form):
    """What was seen becomes an asset: one that is there, or a new one."""

    asset = forms.TypedChoiceField(
        label=_("Give it to"), required=False, coerce=int, empty_value=None
    )
    name = forms.CharField(label=_("Name of the new asset"), required=False, max_length=200)
    kind = forms.ChoiceField(
        label=pgettext_lazy("asset", "Category"), required=False, initial=AssetKind.SOFTWARE.value
    )

    template_form = "answer"
    """The form of the page that its fields belong to: they stand beside it, below the list."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - as Django has it
        super().__init__(*args, **kwargs)
        rows = Asset.objects.filter(archived_at=None).exclude(layer=Layer.BUSINESS.value)
        named = [(str(row.number), row.name) for row in rows]
        self.fields["asset"].choices = [("", _("a new asset")), *named]  # type: ignore[attr-defined]  # a choice field
        for field in self.fields.values():
            field.widget.attrs["form"] = self.template_form
        layers = (Layer.SYSTEM, Layer.COMPONENT)
        self.fields["kind"].choices = kind_choices(layers)  # type: ignore[attr-defined]  # likewise


class ReportForm(forms.Form):
    """A report of a scanner or tester."""

    file = forms.FileField(
        label=_("Report"),
        help_text=_("SARIF 2.1.0, CSV or Excel."),
        widget=forms.FileInput(attrs={"accept": ".sarif,.json,.csv,.xlsx"}),
    )
    tool = forms.CharField(
        label=_("From which tool or team"), required=False, max_length=100,
        help_text=_("Of SARIF the file says it; of a sheet it is needed."),
    )  # fmt: skip
    scope = forms.CharField(
        label=_("What was scanned"), required=False, max_length=200,
        help_text=_(
            "A repository, a network, a test round. A report closes only what the same tool found "
            "in the same place before."
        ),
    )  # fmt: skip
    asset = forms.TypedChoiceField(
        label=_("Found in"), required=False, coerce=int, empty_value=None,
        help_text=_("Empty: hosts and repositories tell."),
    )  # fmt: skip
    part = forms.BooleanField(
        label=_("It names only a part: what is missing in it is not fixed"), required=False
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - as Django has it
        super().__init__(*args, **kwargs)
        self.fields["asset"].choices = asset_choices()  # type: ignore[attr-defined]  # a choice field


def asset_choices() -> list[tuple[str, str]]:
    """By number, of those that stand."""
    rows = Asset.objects.filter(archived_at=None)
    return [("", "—"), *((str(row.number), row.name) for row in rows)]


class VulnerabilityForm(forms.Form):
    """One that a person writes down."""

    title = forms.CharField(label=_("What it is"), max_length=300)
    severity = forms.ChoiceField(
        label=_("Severity"), choices=VulnerabilitySeverity.choices, initial=Grade.MEDIUM.value
    )
    asset = forms.TypedChoiceField(label=_("Asset"), required=False, coerce=int, empty_value=None)
    place = forms.CharField(label=_("Found at"), required=False, max_length=500)
    cve = forms.CharField(label="CVE", required=False, max_length=40)
    known_exploited = forms.BooleanField(
        label=_("It is known to be exploited already"), required=False
    )
    description = forms.CharField(
        label=_("Description"), required=False, max_length=5000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - as Django has it
        super().__init__(*args, **kwargs)
        self.fields["asset"].choices = asset_choices()  # type: ignore[attr-defined]  # a choice field

    def wanted(self) -> NewVulnerability:
        """What is wanted."""
        data = dict(self.cleaned_data)
        number = data.pop("asset")
        return NewVulnerability(
            **{**data, "severity": Grade(data["severity"]), "asset_number": number or 0}
        )


class AssignForm(forms.Form):
    """Who mends it until when."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    owner = forms.TypedChoiceField(label=_("Owner"), required=False, coerce=int, empty_value=None)
    due = forms.DateField(
        label=_("Due date"), required=False, widget=DAY,
        help_text=_("Empty: by its severity."),
    )  # fmt: skip
    asset = forms.TypedChoiceField(label=_("Asset"), required=False, coerce=int, empty_value=None)
    known_exploited = forms.BooleanField(
        label=_("It is known to be exploited already"), required=False
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - as Django has it
        super().__init__(*args, **kwargs)
        self.fields["owner"].choices = people_choices()  # type: ignore[attr-defined]  # a choice field
        self.fields["asset"].choices = asset_choices()  # type: ignore[attr-defined]  # likewise

    def wanted(self) -> Assigned:
        """What is wanted."""
        data = self.cleaned_data
        return Assigned(
            owner_id=data["owner"], due=data["due"], asset_number=data["asset"] or 0,
            known_exploited=data["known_exploited"],
        )  # fmt: skip

    @staticmethod
    def initial_of(row: Vulnerability) -> dict[str, Any]:
        """A vulnerability as the form shows it."""
        return {
            "version": row.version,
            "owner": row.owner_id,
            "due": row.due,
            "asset": row.asset.number if row.asset else "",
            "known_exploited": row.known_exploited,
        }


class DecisionForm(forms.Form):
    """Accepted, or a false positive: why, and until when."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    reason = forms.CharField(
        label=_("Reason"), max_length=5000, widget=forms.Textarea(attrs={"rows": 2})
    )
    expires_on = forms.DateField(label=_("Until"), required=False, widget=DAY)


class AcceptForm(DecisionForm):
    """Nothing is accepted for ever."""

    expires_on = forms.DateField(
        label=_("Until"), widget=DAY, help_text=_("On the day after it is open again.")
    )


class DueDaysForm(forms.Form):
    """Until when each severity is to be gone."""

    def __init__(self, *args: Any, settings: AssetSettings, **kwargs: Any) -> None:  # noqa: ANN401 - as Django has it
        super().__init__(*args, **kwargs)
        for grade in Grade:
            self.fields[grade.value] = forms.IntegerField(
                label=dict(VulnerabilitySeverity.choices)[grade.value],
                min_value=0, max_value=3650,
                initial=settings.due_days.get(grade.value, DUE_DAYS[grade]),
            )  # fmt: skip
        self.fields["known_exploited"] = forms.IntegerField(
            label=_("Known to be exploited"), min_value=0, max_value=3650,
            initial=settings.known_exploited_days,
        )  # fmt: skip
