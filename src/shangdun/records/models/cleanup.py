"""The end of an incident: what was shown before it closed, what it cost, what is done about it."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from shangdun.records.models.groups import PlanGroup
from shangdun.respond.cleanup.checklist import CheckKind
from shangdun.respond.review.loss import LossKind
from shangdun.respond.review.sections import Section


class ItemState(models.TextChoices):
    OPEN = "open", _("Not shown yet")
    SHOWN = "shown", _("Shown")
    """Measured, or confirmed by a person."""
    WAIVED = "waived", _("Waived")
    """Leadership lets it be, with a reason."""


class CleanupItem(models.Model):
    """One point of an incident's cleanup; its words are in ``content/cleanup`` under ``key``."""

    incident = models.ForeignKey(
        "records.Incident", on_delete=models.CASCADE, related_name="cleanup_items"
    )
    key = models.CharField(max_length=50)
    group = models.CharField(_("group"), max_length=20, choices=PlanGroup)
    check_kind = models.CharField(max_length=10, choices=[(k.value, k.value) for k in CheckKind])
    place = models.PositiveSmallIntegerField()
    state = models.CharField(_("state"), max_length=10, choices=ItemState, default=ItemState.OPEN)
    proof = models.JSONField(default=dict)
    """What was measured: of ``data`` the comparison, of the others what the page says."""
    note = models.TextField(_("note"), blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ("place",)
        constraints = (
            models.UniqueConstraint(fields=("incident", "key"), name="cleanup_item_once"),
        )

    def __str__(self) -> str:
        return f"{self.incident_id}: {self.key}"


class ReviewState(models.TextChoices):
    WRITING = "writing", _("Being written")
    SUBMITTED = "submitted", _("Submitted")
    RETURNED = "returned", _("Sent back")
    SIGNED = "signed", _("Signed")


class Review(models.Model):
    """The post-incident report (事后报告) of an incident."""

    incident = models.OneToOneField(
        "records.Incident", on_delete=models.CASCADE, related_name="review"
    )
    state = models.CharField(
        _("state"), max_length=10, choices=ReviewState, default=ReviewState.WRITING
    )
    began_at = models.DateTimeField()
    due_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True, blank=True)
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    signed_at = models.DateTimeField(null=True, blank=True)
    signed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    signed_sha256 = models.CharField(max_length=64, blank=True)
    """Of what was signed, as the ledger has it."""
    return_note = models.TextField(blank=True)
    version = models.PositiveIntegerField(default=1)

    def __str__(self) -> str:
        return f"{self.incident_id}: {self.state}"


class ReviewSection(models.Model):
    """One part of a report, written by its group."""

    review = models.ForeignKey(Review, on_delete=models.CASCADE, related_name="sections")
    section = models.CharField(max_length=20, choices=[(s.value, s.value) for s in Section])
    text = models.TextField(_("text"), blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("review", "section"), name="review_section_once"),
        )

    def __str__(self) -> str:
        return f"{self.review_id}: {self.section}"


class LossItem(models.Model):
    """One amount that an incident cost; ``respond.review.loss.Loss`` as a row."""

    incident = models.ForeignKey(
        "records.Incident", on_delete=models.CASCADE, related_name="losses"
    )
    kind = models.CharField(
        _("kind"), max_length=30, choices=[(k.value, k.value) for k in LossKind]
    )
    direct = models.BooleanField(_("direct"))
    low = models.DecimalField(_("at least"), max_digits=18, decimal_places=2)
    high = models.DecimalField(_("at most"), max_digits=18, decimal_places=2)
    currency = models.CharField(_("currency"), max_length=3, default="CNY")
    basis = models.TextField(_("how it was reckoned"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.incident_id}: {self.kind} {self.low}"


class ImprovementState(models.TextChoices):
    OPEN = "open", _("To be done")
    DONE = "done", _("Done, to be retested")
    PROVEN = "proven", _("Retested: it works")
    DROPPED = "dropped", _("Dropped")


class Improvement(models.Model):
    """What is to be better next time, from a report or a drill, followed to its retest."""

    number = models.PositiveIntegerField(unique=True)
    incident = models.ForeignKey(
        "records.Incident",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="improvements",
    )
    drill = models.ForeignKey(
        "records.Drill",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="improvements",
    )
    title = models.CharField(_("what is to be done"), max_length=300)
    detail = models.TextField(_("why and how"), blank=True)
    group = models.CharField(_("group"), max_length=20, choices=PlanGroup)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    due = models.DateField(_("due"))
    state = models.CharField(
        _("state"), max_length=10, choices=ImprovementState, default=ImprovementState.OPEN
    )
    retest = models.TextField(_("how it is retested"))
    done_at = models.DateTimeField(null=True, blank=True)
    retested_at = models.DateTimeField(null=True, blank=True)
    retested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    result = models.TextField(_("what the retest showed"), blank=True)
    created = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)

    class Meta:
        indexes = (models.Index("state", "due", name="improvement_by_due"),)

    def __str__(self) -> str:
        return f"#{self.number} {self.title}"
