"""What proves a subtask, and whether it does: ``records.criteria`` knows the kinds."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from shangdun.records.models.programme import PlanTask


class CriterionState(models.TextChoices):
    MET = "met", pgettext_lazy("criterion", "Proven")
    UNMET = "unmet", pgettext_lazy("criterion", "Still missing")
    UNKNOWN = "unknown", _("Cannot be told")
    """The system cannot see it now; which is neither proof nor its lack."""


class PlanCriterion(models.Model):
    """One thing that must be so before the task counts as done by evidence."""

    task = models.ForeignKey(PlanTask, on_delete=models.CASCADE, related_name="criteria")
    position = models.PositiveSmallIntegerField(default=0)
    kind = models.CharField(_("what proves it"), max_length=40)
    """The name of a module of ``records.criteria``."""
    params = models.JSONField(default=dict)
    state = models.CharField(max_length=8, choices=CriterionState, default=CriterionState.UNKNOWN)
    """As it was checked last; pages check anew."""
    since = models.DateTimeField(null=True, blank=True)
    """Since when it has been in this state."""
    checked_at = models.DateTimeField(null=True, blank=True)
    proof = models.JSONField(default=list)
    """Paths of the records that proved it when it was met (``/documents/3/``)."""
    archived_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("task", "position", "pk")

    def __str__(self) -> str:
        return f"{self.task_id}: {self.kind}"


class SourceDay(models.Model):
    """How a source of logs did on a day: how often it was looked at, how often it was live.

    Looked at every few minutes, by its own rhythm; what nobody looked at is not counted.
    """

    name = models.CharField(max_length=100)
    day = models.DateField()
    looks = models.PositiveIntegerField(default=0)
    live = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("name", "day"), name="source_day_once"),)

    def __str__(self) -> str:
        return f"{self.name} {self.day}: {self.live}/{self.looks}"
