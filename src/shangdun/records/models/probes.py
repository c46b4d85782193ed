"""Probes of the shop that people set up on the page."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from shangdun.observe import probe as observed

FIELDS = (
    "name", "target", "interval", "timeout", "retries", "status", "text", "redirects",
    "latency_ms", "record", "resolver",
)  # fmt: skip
"""What a row and an ``observe.probe.Probe`` have in common, beside kind and answers."""


class Probe(models.Model):
    """As ``observe.probe.Probe``; fields of other kinds keep their defaults."""

    name = models.CharField(_("name"), max_length=100, unique=True)
    kind = models.CharField(_("kind"), max_length=8)
    target = models.CharField(_("address"), max_length=1000)
    interval = models.FloatField(_("every so many seconds"), default=60.0)
    timeout = models.FloatField(_("timeout in seconds"), default=10.0)
    retries = models.PositiveSmallIntegerField(_("retries"), default=2)
    status = models.CharField(_("good statuses"), max_length=200, default="200-399")
    text = models.CharField(_("text on the page"), max_length=500, blank=True)
    redirects = models.PositiveSmallIntegerField(_("redirects followed"), default=5)
    latency_ms = models.FloatField(_("slowest good answer in milliseconds"), default=0.0)
    answers = models.JSONField(_("good answers"), default=list)
    record = models.CharField(_("record type"), max_length=10, default="A")
    resolver = models.CharField(_("name server"), max_length=200, blank=True)
    enabled = models.BooleanField(_("enabled"), default=True)
    created = models.DateTimeField()
    changed = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ("name",)
        verbose_name = _("probe")
        verbose_name_plural = _("probes")

    def __str__(self) -> str:
        return self.name

    def probe(self) -> observed.Probe:
        """As the prober takes it."""
        return observed.Probe(
            uid=self.pk or 0,
            kind=observed.ProbeKind(self.kind),
            answers=tuple(self.answers),
            **{field: getattr(self, field) for field in FIELDS},
        )
