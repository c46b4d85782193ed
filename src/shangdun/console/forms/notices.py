"""Forms about notices, how letters are sent, support, complaints."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from shangdun.actions.complaints.log import Call
from shangdun.actions.notices.settings import Sending
from shangdun.actions.notices.write import Draft
from shangdun.notify.letters.template import LANGUAGES, LONGEST_BODY, LONGEST_SUBJECT, Text
from shangdun.records.models.affected import AffectedCertainty
from shangdun.records.models.notices import ComplaintChannel, NoticeChannel, SupportKind
from shangdun.respond.affected.identity import Certainty
from shangdun.respond.affected.segment import Segment

_TICKS = {"class": "checkbox checkbox-sm"}
_LANGUAGES = [("zh", "中文"), ("en", "English")]


def _subject(label: object) -> forms.CharField:
    return forms.CharField(
        label=label,  # type: ignore[arg-type]  # lazy text
        required=False,
        max_length=LONGEST_SUBJECT,
    )


def _body(label: object) -> forms.CharField:
    return forms.CharField(
        label=label,  # type: ignore[arg-type]  # lazy text
        required=False,
        max_length=LONGEST_BODY,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 16}),
    )


class NoticeForm(forms.Form):
    """A notice: to whom, by what, in which words."""

    title = forms.CharField(
        label=_("Title"), max_length=200, help_text=_("For us; customers do not see it.")
    )
    channel = forms.ChoiceField(label=_("Channel"), choices=NoticeChannel.choices)
    certainties = forms.MultipleChoiceField(
        label=_("Addressed to"),
        choices=AffectedCertainty.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple(attrs=_TICKS),
        help_text=_("Nothing ticked: everybody on the lists."),
    )
    languages = forms.MultipleChoiceField(
        label=_("Only these languages"),
        choices=_LANGUAGES,
        required=False,
        widget=forms.CheckboxSelectMultiple(attrs=_TICKS),
    )
    again = forms.BooleanField(
        label=_("Also those whom another notice of this incident reached"),
        required=False,
    )
    subject_zh = _subject(_("Chinese subject"))
    body_zh = _body(_("Chinese text"))
    subject_en = _subject(_("English subject"))
    body_en = _body(_("English text"))
    per_minute = forms.IntegerField(
        label=_("Letters a minute"), required=False, min_value=1, max_value=100_000
    )
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def draft(self) -> Draft:
        given = self.cleaned_data
        return Draft(
            title=given["title"],
            channel=given["channel"],
            texts={one: Text(given[f"subject_{one}"], given[f"body_{one}"]) for one in LANGUAGES},
            segment=Segment(
                languages=tuple(given["languages"]),
                certainties=tuple(map(Certainty, given["certainties"])),
                again=given["again"],
            ),
            per_minute=given["per_minute"] or 0,
        )


class LetterSettingsForm(forms.Form):
    """How letters leave. A password left empty stays as it is."""

    marks_optional = False
    smtp_host = forms.CharField(
        label=_("Mail server"), required=False, max_length=253,
        widget=forms.TextInput(attrs={"placeholder": "smtp.shop.example", "spellcheck": "false"}),
    )  # fmt: skip
    smtp_port = forms.IntegerField(label=_("Port"), min_value=1, max_value=65535)
    smtp_security = forms.ChoiceField(
        label=_("Encryption"),
        choices=[("starttls", "STARTTLS"), ("tls", "TLS"), ("none", _("none (internal relay)"))],
    )
    smtp_user = forms.CharField(
        label=_("User"), required=False, max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )  # fmt: skip
    smtp_password = forms.CharField(
        label=_("Password"), required=False, strip=False, max_length=500,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("Stored encrypted and never shown. Empty: it stays as it is."),
    )  # fmt: skip
    sender = forms.EmailField(label=_("Sender's address"), required=False)
    sender_name = forms.CharField(label=_("Sender's name"), required=False, max_length=200)
    reply_to = forms.EmailField(label=_("Answers go to"), required=False)
    gateway_url = forms.CharField(
        label=_("Gateway's address"), required=False, max_length=500,
        widget=forms.TextInput(attrs={"placeholder": "https://sms.example/send"}),
        help_text=_("For SMS or the shop's own messages: each letter is a POST of JSON."),
    )  # fmt: skip
    gateway_secret = forms.CharField(
        label=_("Gateway's key"), required=False, strip=False, max_length=500,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("Sent as a Bearer token. Empty: it stays as it is."),
    )  # fmt: skip
    gateway_idempotent = forms.BooleanField(
        label=_("The gateway takes the same Idempotency-Key once"), required=False
    )
    allowed_networks = forms.CharField(
        label=_("Allowed private networks"), required=False, max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2, "class": "mono", "placeholder": "10.0.0.0/8"}),
        help_text=_("One a line. A server at home in a private network must be in one of them."),
    )  # fmt: skip
    per_minute = forms.IntegerField(
        label=_("Letters a minute"), min_value=1, max_value=100_000,
        help_text=_("What your mail server or provider takes without slowing you down."),
    )  # fmt: skip
    batch_size = forms.IntegerField(label=_("Letters a batch"), min_value=1, max_value=1000)
    retention_days = forms.IntegerField(
        label=_("Days after closing until the list is erased"), min_value=1, max_value=3660
    )
    public_address = forms.CharField(
        label=_("Address for people outside"), required=False, max_length=200,
        widget=forms.TextInput(attrs={"placeholder": "https://notice.shop.example"}),
        help_text=_(
            "Links in letters begin with it: surveys under /s/, unsubscribing under /u/. Customers "
            "must reach both; nothing else has to be open to them."
        ),
    )  # fmt: skip
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def sending(self) -> Sending:
        given = {name: value for name, value in self.cleaned_data.items() if name != "version"}
        networks = tuple(given.pop("allowed_networks").split())
        secrets: dict[str, Any] = {
            name: given.pop(name) or None for name in ("smtp_password", "gateway_secret")
        }
        return Sending(**given, **secrets, allowed_networks=networks)


class SupportForm(forms.Form):
    kind = forms.ChoiceField(label=_("Kind"), choices=SupportKind.choices)
    text = forms.CharField(label=_("What it is"), max_length=500)
    contact = forms.CharField(label=_("Telephone or link"), required=False, max_length=500)


class ComplaintForm(forms.Form):
    """What customer service takes down while the customer is on the telephone."""

    customer = forms.CharField(
        label=_("Customer"), max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=_("E-mail address, telephone or account: then it is looked up on the lists."),
    )  # fmt: skip
    kind = forms.ChoiceField(
        label=_("Kind"), choices=[("complaint", _("Complaint")), ("question", _("Question"))]
    )
    channel = forms.ChoiceField(label=_("Channel"), choices=ComplaintChannel.choices)
    text = forms.CharField(
        label=_("What they say"), max_length=10_000, widget=forms.Textarea(attrs={"rows": 4})
    )
    due_at = forms.DateTimeField(
        label=_("Answer by"), required=False, help_text=_("Empty: within three days."),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )  # fmt: skip

    def call(self) -> Call:
        return Call(**self.cleaned_data)


class AnswerForm(forms.Form):
    answer = forms.CharField(
        label=_("What was answered"), max_length=10_000, widget=forms.Textarea(attrs={"rows": 5})
    )
    close = forms.BooleanField(label=_("Nothing more is expected: close it"), required=False)
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)


class KeptAnswerForm(forms.Form):
    title = forms.CharField(label=_("Title"), max_length=100)
    text = forms.CharField(
        label=_("Our answer"), max_length=5000, required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Empty removes the answer of this title."),
    )  # fmt: skip


def initial_of(row: Any) -> dict[str, Any]:  # noqa: ANN401 - a notice or the settings
    """A row's columns as a form's beginning."""
    return {field.name: getattr(row, field.name) for field in row._meta.fields}  # noqa: SLF001 - Django's documented API
