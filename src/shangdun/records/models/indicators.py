"""Indicators of an incident: what points to the same attacker elsewhere."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from shangdun.respond.indicators.kinds import Kind, Tlp


class IndicatorKind(models.TextChoices):
    IP = Kind.IP.value, _("Address")
    RANGE = Kind.RANGE.value, _("Range of addresses")
    DOMAIN = Kind.DOMAIN.value, _("Domain")
    URL = Kind.URL.value, _("URL")
    HASH = Kind.HASH.value, _("File hash")
    EMAIL = Kind.EMAIL.value, _("E-mail address")
    ACCOUNT = Kind.ACCOUNT.value, _("Account")
    USER_AGENT = Kind.USER_AGENT.value, _("User agent")


class IndicatorTlp(models.TextChoices):
    """Traffic Light Protocol 2.0: who may learn of it."""

    RED = Tlp.RED.value, "TLP:RED"
    AMBER_STRICT = Tlp.AMBER_STRICT.value, "TLP:AMBER+STRICT"
    AMBER = Tlp.AMBER.value, "TLP:AMBER"
    GREEN = Tlp.GREEN.value, "TLP:GREEN"
    CLEAR = Tlp.CLEAR.value, "TLP:CLEAR"


class Indicator(models.Model):
    """One indicator of an incident, normalised; shown defanged."""

    incident = models.ForeignKey(
        "records.Incident", on_delete=models.CASCADE, related_name="indicators"
    )
    kind = models.CharField(_("kind"), max_length=12, choices=IndicatorKind)
    value = models.CharField(_("value"), max_length=2000)
    digest = models.CharField(max_length=32)
    """Of kind and value, for finding it again."""
    source = models.CharField(_("where it came from"), max_length=200, blank=True)
    confidence = models.PositiveSmallIntegerField(_("confidence"), default=50)
    """0 to 100, as in STIX 2.1."""
    tlp = models.CharField(_("TLP"), max_length=12, choices=IndicatorTlp, default="amber")
    note = models.TextField(_("note"), blank=True)
    first_seen = models.DateTimeField(null=True, blank=True)
    last_seen = models.DateTimeField(null=True, blank=True)
    added_at = models.DateTimeField()
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        verbose_name = _("indicator")
        indexes = (models.Index("digest", name="indicator_by_digest"),)
        constraints = (
            models.UniqueConstraint(fields=("incident", "digest"), name="indicator_once"),
        )

    def __str__(self) -> str:
        return f"{self.kind}: {self.value}"
