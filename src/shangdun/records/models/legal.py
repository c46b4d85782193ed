"""The legal side of an incident: the assessment, liabilities, claims, counsel."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class LegalAssessment(models.Model):
    """What legal makes of an incident: one a row a version; the newest holds."""

    incident = models.ForeignKey(
        "records.Incident", on_delete=models.CASCADE, related_name="assessments"
    )
    number = models.PositiveIntegerField()
    """1, 2, … within the incident: what a form saw, for optimistic locking."""
    facts_of_law = models.TextField(_("Legal nature of the incident"), blank=True)
    duties = models.TextField(_("Duties and whether they are met"), blank=True)
    exposure = models.TextField(_("Exposure: penalties, contracts, claims"), blank=True)
    advice = models.TextField(_("Advice to leadership"), blank=True)
    counsel = models.CharField(_("Outside counsel"), max_length=200, blank=True)
    counsel_contact = models.CharField(_("Counsel's contact"), max_length=200, blank=True)
    at = models.DateTimeField()
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        verbose_name = _("legal assessment")
        constraints = (
            models.UniqueConstraint(fields=("incident", "number"), name="assessment_once"),
        )

    def __str__(self) -> str:
        return f"{self.incident_id}: {self.number}"


class LiabilityKind(models.TextChoices):
    ADMINISTRATIVE = "administrative", _("Administrative penalty")
    CIVIL = "civil", _("Civil liability")
    CONTRACT = "contract", _("Breach of contract")
    CRIMINAL = "criminal", _("Criminal liability")


class Likelihood(models.TextChoices):
    REMOTE = "remote", _("Remote")
    POSSIBLE = "possible", _("Possible")
    PROBABLE = "probable", _("Probable")
    CERTAIN = "certain", _("Certain")


class Currency(models.TextChoices):
    CNY = "CNY", _("yuan (CNY)")
    EUR = "EUR", _("euro (EUR)")
    USD = "USD", _("US dollar (USD)")
    HKD = "HKD", _("Hong Kong dollar (HKD)")
    GBP = "GBP", _("pound (GBP)")
    JPY = "JPY", _("yen (JPY)")


class Liability(models.Model):
    """What the company may have to answer for."""

    incident = models.ForeignKey(
        "records.Incident", on_delete=models.CASCADE, related_name="liabilities"
    )
    kind = models.CharField(_("kind"), max_length=20, choices=LiabilityKind)
    basis = models.CharField(_("legal basis"), max_length=300)
    text = models.TextField(_("what for"), blank=True)
    likelihood = models.CharField(_("likelihood"), max_length=10, choices=Likelihood)
    amount = models.DecimalField(
        _("estimated amount"), max_digits=17, decimal_places=2, null=True, blank=True
    )
    """Empty: not estimated yet, which is not nothing."""
    currency = models.CharField(_("currency"), max_length=3, choices=Currency, default="CNY")
    version = models.PositiveIntegerField(default=1)
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("liability")

    def __str__(self) -> str:
        return f"{self.incident_id}: {self.basis}"


class ClaimState(models.TextChoices):
    OPEN = "open", _("Raised")
    NEGOTIATED = "negotiated", _("Being negotiated")
    COURT = "court", _("In court or arbitration")
    SETTLED = "settled", _("Settled")
    REJECTED = "rejected", _("Rejected")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class Claim(models.Model):
    """What somebody demands because of the incident."""

    incident = models.ForeignKey(
        "records.Incident", on_delete=models.CASCADE, related_name="claims"
    )
    number = models.PositiveIntegerField()
    """1, 2, … within the incident."""
    claimant = models.CharField(_("claimant"), max_length=200)
    basis = models.CharField(_("legal basis"), max_length=300)
    text = models.TextField(_("what is demanded"), blank=True)
    amount = models.DecimalField(
        _("amount claimed"), max_digits=17, decimal_places=2, null=True, blank=True
    )
    settled_amount = models.DecimalField(
        _("amount agreed or awarded"), max_digits=17, decimal_places=2, null=True, blank=True
    )
    currency = models.CharField(_("currency"), max_length=3, choices=Currency, default="CNY")
    state = models.CharField(_("state"), max_length=10, choices=ClaimState, default="open")
    received_on = models.DateField(_("received on"))
    answer_by = models.DateField(_("answer by"), null=True, blank=True)
    counsel = models.CharField(_("counsel"), max_length=200, blank=True)
    version = models.PositiveIntegerField(default=1)
    changed_at = models.DateTimeField()
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        verbose_name = _("claim")
        constraints = (models.UniqueConstraint(fields=("incident", "number"), name="claim_once"),)

    def __str__(self) -> str:
        return f"{self.incident_id}: {self.claimant}"
