"""Forms of the cleanup: a word with its note, and two manifests to compare."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from shangdun.console.forms.incidents import VersionForm
from shangdun.respond.cleanup.compare import MOST_CHARACTERS

SETTLING = ("confirm", "waive", "reopen")


class SettleForm(VersionForm):
    """What is done to one point."""

    do = forms.ChoiceField(choices=[(name, name) for name in SETTLING])
    note = forms.CharField(
        label=_("What was looked at, and how"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class CompareForm(VersionForm):
    """What is there, and what the backup has."""

    live = forms.CharField(
        label=_("Live data"),
        max_length=MOST_CHARACTERS,
        widget=forms.Textarea(attrs={"rows": 6, "spellcheck": "false", "class": "mono"}),
    )
    backup = forms.CharField(
        label=_("Backup"),
        max_length=MOST_CHARACTERS,
        widget=forms.Textarea(attrs={"rows": 6, "spellcheck": "false", "class": "mono"}),
    )
