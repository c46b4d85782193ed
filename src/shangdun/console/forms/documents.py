"""Forms of controlled documents and of the company."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from shangdun.actions.documents.company import CompanyFacts
from shangdun.actions.documents.write import Description, NewDocument, Wording
from shangdun.papers.logo import MOST_BYTES
from shangdun.papers.markup import LONGEST
from shangdun.records.models import (
    Company,
    ControlledKind,
    Document,
    DocumentLanguage,
    DocumentVersion,
    PlanGroup,
    User,
)
from shangdun.respond.groups import Group

_CODE = {"class": "mono", "spellcheck": "false"}


class AboutForm(forms.Form):
    """What is said about a document beside its text."""

    code = forms.CharField(
        label=_("Document number"), required=False, max_length=60,
        help_text=_("As the company counts its documents, such as SEC-P-001."),
    )  # fmt: skip
    marking = forms.CharField(
        label=pgettext_lazy("document", "Classification"), required=False, max_length=30,
        help_text=_("Stands on every page, such as Internal."),
    )  # fmt: skip
    readers = forms.MultipleChoiceField(
        label=_("Who must have read it"), required=False, choices=PlanGroup.choices,
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    review_months = forms.IntegerField(
        label=_("Review every so many months"), initial=12, min_value=0, max_value=60,
        help_text=_("0: never."),
    )  # fmt: skip
    meeting_months = forms.IntegerField(
        label=_("Meeting every so many months"), initial=0, min_value=0, max_value=60,
        help_text=_("0: never."),
    )  # fmt: skip
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    marks_optional = True

    def groups(self) -> tuple[Group, ...]:
        """Who must have read it."""
        return tuple(Group(name) for name in self.cleaned_data["readers"])


class DescribeForm(AboutForm):
    """The same for a document that exists, with its owner."""

    owner = forms.ChoiceField(label=_("Owner"), required=False)

    def __init__(self, *args: Any, people: list[User], **more: Any) -> None:  # noqa: ANN401  Django's
        super().__init__(*args, **more)
        named = [(str(user.pk), user.get_full_name() or user.username) for user in people]
        self.fields["owner"].choices = [("", "—"), *named]  # type: ignore[attr-defined]  # a choice

    def description(self) -> Description:
        """What is wanted."""
        given = self.cleaned_data
        return Description(
            code=given["code"],
            marking=given["marking"],
            readers=self.groups(),
            review_months=given["review_months"],
            meeting_months=given["meeting_months"],
            owner=int(given["owner"]) if given["owner"] else None,
        )


def described(document: Document) -> dict[str, Any]:
    """A document as its form shows it."""
    return {
        "code": document.code,
        "marking": document.marking,
        "readers": document.readers,
        "review_months": document.review_months,
        "meeting_months": document.meeting_months,
        "owner": str(document.owner_id or ""),
        "version": document.version,
    }


class NewForm(AboutForm):
    """A document to begin."""

    kind = forms.ChoiceField(label=_("Kind"), choices=ControlledKind.choices)
    language = forms.ChoiceField(label=_("Language"), choices=DocumentLanguage.choices)
    title = forms.CharField(label=_("Title"), max_length=200)
    field_order = ("kind", "title", "language")

    def wanted(self, body: str) -> NewDocument:
        """What is wanted, with a text to begin from."""
        given = self.cleaned_data
        return NewDocument(
            kind=given["kind"],
            title=given["title"],
            language=given["language"],
            body=body,
            code=given["code"],
            marking=given["marking"],
            readers=self.groups(),
            review_months=given["review_months"],
            meeting_months=given["meeting_months"],
        )


class TextForm(forms.Form):
    """A draft's text."""

    title = forms.CharField(label=_("Title"), max_length=200)
    body = forms.CharField(
        label=_("Text"), max_length=LONGEST, strip=False,
        widget=forms.Textarea(attrs={**_CODE, "rows": 30, "wrap": "soft"}),
    )  # fmt: skip
    changes = forms.CharField(
        label=_("What changed"), required=False, max_length=2_000,
        help_text=_("One sentence for the table of revisions and for its readers."),
        widget=forms.Textarea(attrs={"rows": 2}),
    )  # fmt: skip
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def wording(self) -> Wording:
        """What is wanted."""
        given = self.cleaned_data
        return Wording(title=given["title"], body=given["body"], changes=given["changes"])


def text_of(draft: DocumentVersion) -> dict[str, Any]:
    """A draft as its form shows it."""
    return {
        "title": draft.title,
        "body": draft.body,
        "changes": draft.changes,
        "version": draft.version,
    }


_FLAGS = {
    "critical_infrastructure": _("We operate critical information infrastructure"),
    "serves_eu": _("We serve people in the European Union"),
    "takes_cards": _("We take payment cards"),
    "is_platform": _("Others sell on our platform"),
}


class CompanyForm(forms.Form):
    """Who the company is."""

    name_zh = forms.CharField(label=_("Chinese name"), required=False, max_length=200)
    name_en = forms.CharField(label=_("English name"), required=False, max_length=200)
    credit_code = forms.CharField(
        label=_("Unified social credit code"), required=False, max_length=18,
        widget=forms.TextInput(attrs=_CODE),
    )  # fmt: skip
    province = forms.CharField(
        label=_("Province"), required=False, max_length=50,
        help_text=_("Its cyberspace administration is whom a report goes to."),
    )  # fmt: skip
    address = forms.CharField(label=_("Postal address"), required=False, max_length=300)
    website = forms.CharField(label=_("Website"), required=False, max_length=200)
    contact_name = forms.CharField(label=_("Contact person"), required=False, max_length=100)
    contact_phone = forms.CharField(label=_("Telephone"), required=False, max_length=50)
    contact_email = forms.EmailField(label=_("E-mail"), required=False)
    critical_infrastructure = forms.BooleanField(
        label=_FLAGS["critical_infrastructure"], required=False
    )
    serves_eu = forms.BooleanField(label=_FLAGS["serves_eu"], required=False)
    takes_cards = forms.BooleanField(label=_FLAGS["takes_cards"], required=False)
    is_platform = forms.BooleanField(label=_FLAGS["is_platform"], required=False)
    logo = forms.FileField(
        label=_("Logo"), required=False,
        help_text=_("PNG or JPEG, at most 2 MB. It stands in the head of every document."),
        widget=forms.FileInput(attrs={"accept": ".png,.jpg,.jpeg", "class": "file-input w-full"}),
    )  # fmt: skip
    drop_logo = forms.BooleanField(label=_("Take the logo away"), required=False)
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    marks_optional = False

    def facts(self) -> CompanyFacts:
        """What is wanted."""
        given = self.cleaned_data
        return CompanyFacts(**{name: given[name] for name in CompanyFacts.__struct_fields__})

    def picture(self) -> bytes | None:
        """An uploaded logo, empty to take it away, None to leave it."""
        upload: UploadedFile[bytes] | None = self.cleaned_data["logo"]
        if upload is not None:
            return bytes(upload.read(MOST_BYTES + 1))
        return b"" if self.cleaned_data["drop_logo"] else None


def company_of(row: Company) -> dict[str, Any]:
    """The company as its form shows it."""
    values = {name: getattr(row, name) for name in CompanyFacts.__struct_fields__}
    return values | {"version": row.version if row.pk else 0}
