"""Setting a probe up. Which fields count follows from the kind."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from shangdun.observe.probe import Probe, ProbeKind

KINDS = [
    (ProbeKind.HTTP.value, _("A page (HTTP)")),
    (ProbeKind.TCP.value, _("A port (TCP)")),
    (ProbeKind.DNS.value, _("A name (DNS)")),
    (ProbeKind.TLS.value, _("A certificate (TLS)")),
]
FIELDS_OF_ERRORS = {
    "name", "target", "interval", "timeout", "status", "record", "resolver", "retries",
}  # fmt: skip
RECORDS = [(name, name) for name in ("A", "AAAA", "CNAME", "MX", "NS", "TXT")]
_CODE = {"class": "mono", "spellcheck": "false"}


class ProbeForm(forms.Form):
    """One probe."""

    marks_optional = False
    """What is needed follows from the kind."""

    kind = forms.ChoiceField(
        label=_("What is asked?"), choices=KINDS, initial="http", widget=forms.RadioSelect
    )
    name = forms.CharField(label=_("Name"), max_length=100)
    target = forms.CharField(
        label=_("Address"),
        max_length=1000,
        help_text=_(
            "A page as https://shop.example/, a port or certificate as shop.example:443, a name as "
            "shop.example."
        ),
        widget=forms.TextInput(attrs={**_CODE, "placeholder": "https://shop.example/"}),
    )
    status = forms.CharField(
        label=_("Good statuses"), required=False, initial="200-399", max_length=200,
        widget=forms.TextInput(attrs=_CODE),
    )  # fmt: skip
    text = forms.CharField(
        label=_("Text that must be on the page"), required=False, max_length=500,
        help_text=_("Something that is only there when the shop works: a price, a button."),
    )  # fmt: skip
    redirects = forms.IntegerField(
        label=_("Redirects followed"), required=False, initial=5, min_value=0, max_value=10
    )
    record = forms.ChoiceField(label=_("Record type"), choices=RECORDS, required=False)
    answers = forms.CharField(
        label=_("Good answers"), required=False, max_length=2000,
        help_text=_("One a line. Anything else is taken for a hijack. Empty: any answer is good."),
        widget=forms.Textarea(attrs={**_CODE, "rows": 3}),
    )  # fmt: skip
    resolver = forms.CharField(
        label=_("Name server"), required=False, max_length=200,
        help_text=_("Its address, such as 223.5.5.5. Empty: as this machine asks."),
        widget=forms.TextInput(attrs=_CODE),
    )  # fmt: skip
    interval = forms.FloatField(
        label=_("Every so many seconds"), initial=60, min_value=5, max_value=86_400
    )
    timeout = forms.FloatField(
        label=_("Timeout in seconds"), initial=10, min_value=0.5, max_value=60
    )
    retries = forms.IntegerField(
        label=_("Retries"), initial=2, min_value=0, max_value=10,
        help_text=_("So many further failures in a row before it counts as down."),
    )  # fmt: skip
    latency_ms = forms.FloatField(
        label=_("Slowest good answer in milliseconds"), required=False, initial=0, min_value=0,
        max_value=60_000, help_text=_("0: any time within the timeout is good."),
    )  # fmt: skip
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def probe(self, uid: int = 0) -> Probe:
        """The probe to set up."""
        given = self.cleaned_data
        plain: dict[str, Any] = {
            name: given[name] for name in ("name", "target", "interval", "timeout", "retries")
        }
        return Probe(
            uid=uid,
            kind=ProbeKind(given["kind"]),
            **plain | {"target": plain["target"].strip()},
            status=given["status"] or "200-399",
            text=given["text"],
            redirects=5 if given["redirects"] is None else given["redirects"],
            latency_ms=given["latency_ms"] or 0.0,
            answers=tuple(line.strip() for line in given["answers"].splitlines() if line.strip()),
            record=given["record"] or "A",
            resolver=given["resolver"].strip(),
        )


def initial_of(probe: Probe, version: int) -> dict[str, Any]:
    """A probe as the form shows it."""
    return {
        "kind": probe.kind.value,
        "name": probe.name,
        "target": probe.target,
        "status": probe.status,
        "text": probe.text,
        "redirects": probe.redirects,
        "record": probe.record,
        "answers": "\n".join(probe.answers),
        "resolver": probe.resolver,
        "interval": probe.interval,
        "timeout": probe.timeout,
        "retries": probe.retries,
        "latency_ms": probe.latency_ms,
        "version": version,
    }
