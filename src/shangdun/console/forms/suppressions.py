"""The form for suppressing findings: what, for how long, why."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from shangdun.console.words import ENTITY_LABELS
from shangdun.respond.suppression import Scope

HOURS = (
    (1, _("1 hour")),
    (4, _("4 hours")),
    (8, _("8 hours")),
    (24, _("1 day")),
    (72, _("3 days")),
    (168, _("7 days")),
    (720, _("30 days")),
)


class SuppressionForm(forms.Form):
    """Everything that is filled in must hold together."""

    rule = forms.CharField(
        label=_("Rule"),
        required=False,
        max_length=200,
        help_text=_("Its identifier, as on the rule's page."),
    )
    title = forms.CharField(
        label=_("Words of the title"),
        required=False,
        max_length=300,
        help_text=_("Part of the English title, in any case."),
    )
    kind = forms.ChoiceField(
        label=_("Who or what"), required=False, choices=[("", "—"), *ENTITY_LABELS.items()]
    )
    value = forms.CharField(
        label=_("Value"),
        required=False,
        max_length=200,
        help_text=_("Exactly as in the logs; for addresses also a network: 203.0.113.0/24."),
        widget=forms.TextInput(attrs={"spellcheck": "false", "autocomplete": "off"}),
    )
    hours = forms.TypedChoiceField(label=_("For"), coerce=int, choices=HOURS, initial=8)
    reason = forms.CharField(
        label=_("Why"), max_length=500, widget=forms.Textarea(attrs={"rows": 2})
    )
    knowingly = forms.BooleanField(label=_("I know; withhold them all the same"), required=False)
    marks_optional = False

    def __init__(self, *args: Any, warns: bool = False, **kwargs: Any) -> None:  # noqa: ANN401 - a form's own signature
        super().__init__(*args, **kwargs)
        if not warns:
            self.fields["knowingly"].widget = forms.HiddenInput()

    def scope(self) -> Scope:
        given = self.cleaned_data
        return Scope(
            rule_uid=given["rule"].strip(),
            title=given["title"].strip(),
            kind=given["kind"] if given["value"].strip() else "",
            value=given["value"].strip(),
        )

    def until(self, now: datetime) -> datetime:
        return now + timedelta(hours=self.cleaned_data["hours"])
