"""What a response is told about: the company, the facts of an incident, the drill it belongs to."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Company(models.Model):
    """Whose system this is: one row; forms, letters and clocks take it from here."""

    name_zh = models.CharField(_("Chinese name"), max_length=200, blank=True)
    name_en = models.CharField(_("English name"), max_length=200, blank=True)
    credit_code = models.CharField(_("unified social credit code"), max_length=18, blank=True)
    address = models.CharField(_("address"), max_length=300, blank=True)
    contact_name = models.CharField(_("contact"), max_length=100, blank=True)
    contact_phone = models.CharField(_("telephone"), max_length=50, blank=True)
    contact_email = models.EmailField(_("e-mail"), blank=True)
    province = models.CharField(_("province"), max_length=50, blank=True)
    website = models.CharField(_("website"), max_length=200, blank=True)
    critical_infrastructure = models.BooleanField(_("critical infrastructure"), default=False)
    serves_eu = models.BooleanField(_("serves people in the EU"), default=False)
    takes_cards = models.BooleanField(_("takes payment cards"), default=False)
    is_platform = models.BooleanField(_("others sell on it"), default=False)
    logo = models.BinaryField(blank=True, default=b"")
    """PNG, checked and drawn anew when it is uploaded; empty: none."""
    version = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name = _("company")

    def __str__(self) -> str:
        return self.name_zh or self.name_en


class FactsChange(models.Model):
    """What was known of an incident, each time somebody said so; the newest holds.

    ``facts`` is ``respond.facts.Facts`` as JSON; decimals are strings.
    """

    incident = models.ForeignKey(
        "records.Incident", on_delete=models.CASCADE, related_name="facts_changes"
    )
    number = models.PositiveIntegerField()
    """1, 2, … within the incident: what a form saw, for optimistic locking."""
    at = models.DateTimeField()
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    facts = models.JSONField()
    note = models.TextField(blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("incident", "number"), name="facts_change_once"),
        )

    def __str__(self) -> str:
        return f"{self.incident_id}: {self.number}"
