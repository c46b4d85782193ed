"""Adding a source: where its lines come from, and a sample to look at first."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from shangdun.console.samples import SAMPLE_BYTES
from shangdun.console.words import format_title
from shangdun.kernel.config import SourceConfig
from shangdun.lake.parse import format_names

NAME = re.compile(r"\w[\w.-]{0,63}")
WAYS = [
    ("path", _("A file on this machine")),
    ("http", _("Pushed over HTTP (our own lines, or OpenTelemetry)")),
    ("listen", _("Sent to us as syslog")),
]


class SourceForm(forms.Form):
    """One source. Either button sends all of it: `look` reads the sample, `save` watches."""

    marks_optional = False
    """What is needed follows from the way and the button."""

    way = forms.ChoiceField(
        label=_("Where do the lines come from?"),
        choices=WAYS,
        initial="path",
        widget=forms.RadioSelect,
    )
    path = forms.CharField(
        label=_("Path"),
        required=False,
        max_length=1000,
        help_text=_(
            "One file, or several with *. Rotated and compressed files are followed by themselves."
        ),
        widget=forms.TextInput(
            attrs={
                "placeholder": "/var/log/nginx/access.log",
                "spellcheck": "false",
                "class": "mono",
            }
        ),
    )
    protocol = forms.ChoiceField(
        label=_("Protocol"), required=False, choices=[("udp", "UDP"), ("tcp", "TCP")]
    )
    port = forms.IntegerField(
        label=_("Port"), required=False, min_value=1, max_value=65535, initial=5514,
        help_text=_("Ports below 1024 need a service that may open them."),
    )  # fmt: skip
    host = forms.GenericIPAddressField(
        label=_("Address to listen on"),
        required=False,
        initial="127.0.0.1",
        help_text=_("0.0.0.0 listens to the whole network: let only your own machines reach it."),
    )
    format = forms.ChoiceField(label=_("Format"), required=False)
    name = forms.CharField(
        label=_("Name"),
        required=False,
        max_length=64,
        help_text=_("Short and lasting: events carry it. Letters, digits, dots and dashes."),
        widget=forms.TextInput(attrs={"placeholder": "shop-access", "spellcheck": "false"}),
    )
    sample = forms.CharField(
        label=_("A few lines of it"),
        required=False,
        strip=False,
        max_length=SAMPLE_BYTES,
        widget=forms.Textarea(attrs={"rows": 6, "class": "mono", "spellcheck": "false"}),
    )
    upload = forms.FileField(label=_("or a file with some"), required=False, max_length=200)

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - a form's own signature
        super().__init__(*args, **kwargs)
        field = self.fields["format"]
        if isinstance(field, forms.ChoiceField):
            named = [(name, format_title(name)) for name in format_names()]
            field.choices = [("", _("Find out from the sample")), *named]

    def sample_bytes(self) -> bytes:
        """What was uploaded, else what was pasted; empty when neither."""
        upload = self.cleaned_data.get("upload")
        if isinstance(upload, UploadedFile):
            return bytes(upload.read(SAMPLE_BYTES))
        return str(self.cleaned_data.get("sample") or "").replace("\r\n", "\n").encode()

    def check_for_saving(self) -> None:
        """What only saving asks for."""
        cleaned = self.cleaned_data
        if not NAME.fullmatch(cleaned.get("name") or ""):
            self.add_error(
                "name", _("Up to 64 letters, digits, dots and dashes; begin with a letter.")
            )
        if not cleaned.get("format"):
            self.add_error("format", _("Choose a format, or look at a sample to find it out."))
        if cleaned.get("way") == "path" and not cleaned.get("path"):
            self.add_error("path", _("Say which file."))
        if cleaned.get("way") == "listen" and not cleaned.get("port"):
            self.add_error("port", _("Say on which port."))

    def source(self) -> SourceConfig:
        """The source to watch."""
        cleaned = self.cleaned_data
        way = cleaned["way"]
        host = cleaned.get("host") or "127.0.0.1"
        host = f"[{host}]" if ":" in host else host
        return SourceConfig(
            name=cleaned["name"],
            format=cleaned["format"],
            path=cleaned["path"] if way == "path" else "",
            listen=f"{cleaned['protocol'] or 'udp'}://{host}:{cleaned['port']}"
            if way == "listen"
            else "",
            http=way == "http",
        )
