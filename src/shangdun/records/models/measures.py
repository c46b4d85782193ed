"""Targets of the measures, and their values as they stood when a period ended."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class MeasureTarget(models.Model):
    """What a measure is to reach, from a day on; the next one ends it."""

    measure = models.CharField(max_length=40)
    value = models.DecimalField(_("target"), max_digits=9, decimal_places=2)
    """Incidents, or per cent: in the measure's unit."""
    valid_from = models.DateField(_("valid from"))
    reason = models.CharField(_("why"), max_length=500, blank=True)
    set_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    """Empty: what was suggested, taken over when the plan was made."""
    set_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name = _("target")
        ordering = ("measure", "-valid_from")
        constraints = (
            models.UniqueConstraint(fields=("measure", "valid_from"), name="measure_target_once"),
        )

    def __str__(self) -> str:
        return f"{self.measure} {self.value} from {self.valid_from}"


class MeasureValue(models.Model):
    """A value frozen at its period's end; what is judged otherwise later does not change it."""

    measure = models.CharField(max_length=40)
    period = models.CharField(max_length=7)
    """``2026Q3``, ``2026H2``, ``2026``."""
    count = models.PositiveIntegerField()
    total = models.PositiveIntegerField(null=True, blank=True)
    """Of how many, for a share."""
    parts = models.JSONField(default=dict)
    """Type or kind → [count, total or null]."""
    apart = models.PositiveIntegerField(null=True, blank=True)
    """Attempts; duties nobody assessed."""
    days = models.FloatField()
    """Of the period that the records cover."""
    target = models.DecimalField(max_digits=9, decimal_places=2, null=True, blank=True)
    """The one in force on the period's last day."""
    problem = models.CharField(max_length=40, blank=True)
    """Why there is no value, where there is none."""
    rests_on = models.JSONField(default=list)
    """The records counted, by their own numbers, as far as they fit."""
    digest = models.CharField(max_length=64)
    """SHA-256 over all of them, kept in the ledger too."""
    taken_at = models.DateTimeField()

    class Meta:
        verbose_name = _("measured value")
        ordering = ("measure", "period")
        constraints = (
            models.UniqueConstraint(fields=("measure", "period"), name="measure_value_once"),
        )

    def __str__(self) -> str:
        return f"{self.measure} {self.period}"
