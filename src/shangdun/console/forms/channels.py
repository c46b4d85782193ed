"""Setting a channel up: the service first, then for whom and when."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from shangdun.actions.messages.channels import ChannelForm as Wanted
from shangdun.notify import services
from shangdun.records.models import Channel, ChannelLanguage, MessageSettings, PlanGroup, User

KINDS = [
    ("email", _("E-mail")),
    ("dingtalk", _("DingTalk")),
    ("wecom", _("WeCom")),
    ("feishu", _("Feishu / Lark")),
    ("webhook", _("Webhook")),
    ("other", _("Another service")),
]
KEEP = ("keep", _("Leave as it is"))
AUDIENCES = [
    ("all", _("Everybody: a room all groups read")),
    ("group", _("One group of the plan")),
    ("person", _("One person")),
    ("each", _("Each person who is meant, at the address in their contacts (e-mail only)")),
]
SECURITIES = [
    ("starttls", _("STARTTLS (usually port 587)")),
    ("ssl", _("TLS from the start (usually port 465)")),
    ("none", _("None: only inside your own network")),
]
GRADES = [
    (0, _("All messages")),
    (1, _("from General (level 4)")),
    (2, _("from Major (level 3)")),
    (3, _("from Serious (level 2)")),
    (4, _("only Extremely serious (level 1)")),
]
_CODE = {"class": "mono", "spellcheck": "false", "autocomplete": "off"}


def _text(label: Any, longest: int = 500, **more: Any) -> forms.CharField:  # noqa: ANN401  a field's own
    attributes = {**_CODE, "placeholder": more.pop("example", "")}
    return forms.CharField(
        label=label,
        max_length=longest,
        required=False,
        widget=forms.TextInput(attrs=attributes),
        **more,
    )


def _secret(label: Any, **more: Any) -> forms.CharField:  # noqa: ANN401  a field's own
    widget = forms.PasswordInput(attrs={**_CODE, "autocomplete": "new-password"})
    return forms.CharField(label=label, max_length=500, required=False, widget=widget, **more)


class ChannelForm(forms.Form):
    """One channel. What is needed of the address follows from the service."""

    marks_optional = False

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    name = forms.CharField(label=_("Name"), max_length=100)
    kind = forms.ChoiceField(label=_("Service"), choices=KINDS, widget=forms.RadioSelect)
    host = _text(_("Mail server"), 200, example="smtp.example.com")
    port = forms.IntegerField(
        label=_("Port"), required=False, min_value=1, max_value=65_535, initial=587
    )
    security = forms.ChoiceField(label=_("Encryption"), choices=SECURITIES, required=False)
    user = _text(_("Account"), 200)
    password = _secret(_("Password or authorisation code"))
    sender = _text(_("From"), 200, example="soc@example.com")
    to = _text(_("To"), 1000, help_text=_("Several with commas; empty for each person's own."))
    webhook = _text(
        _("Webhook address of the robot"), 1000, help_text=_("As the robot's page shows it.")
    )
    secret = _secret(
        _("Signing secret"), help_text=_("SEC…, where the robot's security setting is a signature.")
    )
    url = _text(_("Address that takes JSON by POST"), 1000, example="https://example.com/hook")
    apprise = _text(
        _("Address as Apprise writes it"), 2000, help_text=_("slack://…, msteams://…, bark://…")
    )
    audience = forms.ChoiceField(
        label=_("For whom?"), choices=AUDIENCES, initial="all", widget=forms.RadioSelect
    )
    group = forms.ChoiceField(label=_("Group"), choices=PlanGroup.choices, required=False)
    person = forms.TypedChoiceField(label=_("Person"), coerce=int, required=False, empty_value=None)
    language = forms.ChoiceField(label=_("Language"), choices=ChannelLanguage.choices)
    min_grade = forms.TypedChoiceField(
        label=_("Which incidents?"), choices=GRADES, coerce=int, initial=0
    )
    quiet_from = forms.TimeField(
        label=_("Quiet from"), required=False, widget=forms.TimeInput(attrs={"type": "time"})
    )
    quiet_to = forms.TimeField(
        label=_("Quiet until"), required=False, widget=forms.TimeInput(attrs={"type": "time"})
    )
    enabled = forms.BooleanField(label=_("Switched on"), required=False, initial=True)

    def __init__(
        self,
        people: list[User],
        data: QueryDict | None = None,
        *,
        channel: Channel | None = None,
    ) -> None:
        super().__init__(data, initial=initial_of(channel) if channel else None)
        person = self.fields["person"]
        if isinstance(person, forms.TypedChoiceField):
            person.choices = [(user.pk, user.get_full_name() or user.username) for user in people]
        kind = self.fields["kind"]
        if channel and isinstance(kind, forms.ChoiceField):
            kind.choices = [KEEP, *KINDS]

    def wanted(self) -> Wanted:
        """What the action takes; raises ``UsageError`` for an address that cannot be made."""
        data = self.cleaned_data
        audience = data["audience"]
        return Wanted(
            name=data["name"],
            address=self._address(),
            group=data["group"] if audience == "group" else "",
            person_id=data["person"] if audience == "person" else None,
            each=audience == "each",
            language=data["language"],
            min_grade=data["min_grade"],
            quiet_from=data["quiet_from"],
            quiet_to=data["quiet_to"],
            enabled=data["enabled"],
        )

    def _address(self) -> str:
        data = self.cleaned_data
        made: dict[str, Callable[[], str]] = {
            "keep": lambda: "",
            "email": lambda: services.email_address(
                host=data["host"],
                port=data["port"] or 587,
                security=data["security"],
                sender=data["sender"],
                user=data["user"],
                password=data["password"],
                to="" if data["audience"] == "each" else data["to"],
            ),
            "dingtalk": lambda: services.dingtalk_address(data["webhook"], data["secret"]),
            "wecom": lambda: services.wecom_address(data["webhook"]),
            "feishu": lambda: services.feishu_address(data["webhook"]),
            "webhook": lambda: services.webhook_address(data["url"]),
            "other": lambda: str(data["apprise"]).strip(),
        }
        return made[data["kind"]]()


def initial_of(channel: Channel) -> dict[str, Any]:
    """What the form shows of a channel: everything but its address."""
    if channel.each:
        audience = "each"
    elif channel.person_id:
        audience = "person"
    else:
        audience = "group" if channel.group else "all"
    return {
        "version": channel.version,
        "name": channel.name,
        "kind": "keep",
        "audience": audience,
        "group": channel.group,
        "person": channel.person_id,
        "language": channel.language,
        "min_grade": channel.min_grade,
        "quiet_from": channel.quiet_from,
        "quiet_to": channel.quiet_to,
        "enabled": channel.enabled,
    }


def _minutes(label: Any, **more: Any) -> forms.IntegerField:  # noqa: ANN401  a field's own
    return forms.IntegerField(label=label, max_value=10_080, **{"min_value": 0, **more})


class MessageSettingsForm(forms.Form):
    """What holds for all channels."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    address = forms.URLField(
        label=_("Address of this console"),
        required=False,
        max_length=200,
        assume_scheme="https",
        help_text=_("https://shangdun.example.com: links in messages begin with it."),
    )
    ack_minutes = _minutes(_("Minutes until an urgent message goes to the next"), min_value=1)
    ack_minutes_serious = _minutes(_("The same from Serious on"), min_value=1)
    update_general = _minutes(
        _("Minutes between situation reports: General"), help_text=_("0 sends none.")
    )
    update_major = _minutes(_("Minutes between situation reports: Major"))
    update_serious = _minutes(_("Minutes between situation reports: Serious"))
    update_extreme = _minutes(_("Minutes between situation reports: Extremely serious"))


def settings_of(row: MessageSettings) -> dict[str, Any]:
    """What the form shows."""
    return {name: getattr(row, name) for name in MessageSettingsForm.base_fields}
