"""Reporting without an account: the same minute, plus how to call back."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from shangdun.console.forms.incidents import ReportForm


class PublicReportForm(ReportForm):
    """What anybody fills in. ``homepage`` is for machines that fill in everything."""

    contact = forms.CharField(
        label=_("Your name and telephone"),
        required=False,
        max_length=200,
        help_text=_("So that the response group can ask you. Stored encrypted."),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    homepage = forms.CharField(required=False, widget=forms.TextInput(attrs={"tabindex": "-1"}))
