"""What the schedule remembers: baselines, why something is late, what was imported, days off."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from shangdun.records.models.programme import PlanTask, Programme


class PlanBaseline(models.Model):
    """The dates as they were promised once; the tasks carry those of the newest."""

    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="baselines")
    number = models.PositiveIntegerField()
    set_at = models.DateTimeField()
    set_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    reason = models.TextField(_("reason"), blank=True)
    tasks = models.JSONField()
    """Id of the task → [start, end, working days]: what its length was in the calendar of then."""

    class Meta:
        ordering = ("programme", "number")
        constraints = (
            models.UniqueConstraint(fields=("programme", "number"), name="plan_baseline_once"),
        )

    def __str__(self) -> str:
        return f"{self.programme_id}/{self.number}"


class DelayNote(models.Model):
    """Why somebody says a task is late; what moved it is reckoned, this is said."""

    task = models.ForeignKey(PlanTask, on_delete=models.PROTECT, related_name="delay_notes")
    at = models.DateTimeField()
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    text = models.TextField()
    moved = models.IntegerField()
    """Working days against the baseline when it was said."""
    ends_on = models.DateField()

    class Meta:
        ordering = ("task", "at", "id")

    def __str__(self) -> str:
        return f"{self.task_id}: {self.text[:40]}"


class PlanImportState(models.TextChoices):
    LOOKED = "looked", _("To be looked through")
    TAKEN = "taken", _("Taken in")
    DROPPED = "dropped", pgettext_lazy("import", "Thrown away")


class PlanImport(models.Model):
    """A file somebody brought: looked through first, then taken in, whole or in part."""

    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="imports")
    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=8)
    """``xlsx``, ``csv`` or ``mspdi``."""
    sha256 = models.CharField(max_length=64)
    content = models.JSONField()
    """The plan as it was read: tasks, links, what is wrong by row."""
    state = models.CharField(max_length=8, choices=PlanImportState, default=PlanImportState.LOOKED)
    brought_at = models.DateTimeField()
    brought_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    taken_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("programme", "-brought_at", "-id")

    def __str__(self) -> str:
        return self.name


class CalendarDay(models.Model):
    """A day that is worked, or not, otherwise than the calendar of the library says."""

    day = models.DateField(unique=True)
    worked = models.BooleanField()
    name = models.CharField(_("what for"), max_length=100, blank=True)
    announced = models.BooleanField(default=False)
    """Entered from the State Council's arrangement of a year: that year is known from then on."""

    class Meta:
        ordering = ("day",)

    def __str__(self) -> str:
        return f"{self.day}"
