"""Drills (演练): rehearsals with injects and scores. Their incidents touch nothing real."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from shangdun.records.models.groups import PlanGroup
from shangdun.respond.drill.clock import DrillClock, Pause
from shangdun.respond.drill.scoring import Mark


class DrillKind(models.TextChoices):
    DESKTOP = "desktop", _("Table-top exercise")
    EXERCISE = "exercise", _("Full exercise")
    LIVE = "live", _("Live: the demo shop is attacked")


class DrillState(models.TextChoices):
    PLANNED = "planned", _("Planned")
    RUNNING = "running", _("Under way")
    PAUSED = "paused", _("Paused")
    ENDED = "ended", _("Ended, to be evaluated")
    SIGNED = "signed", _("Signed")
    CANCELLED = "cancelled", _("Called off")


class Drill(models.Model):
    """One rehearsal of a scenario of ``content/drills``."""

    number = models.PositiveIntegerField(unique=True)
    title = models.CharField(_("title"), max_length=300)
    scenario = models.CharField(_("scenario"), max_length=50)
    kind = models.CharField(_("kind"), max_length=10, choices=DrillKind, default=DrillKind.EXERCISE)
    state = models.CharField(
        _("state"), max_length=10, choices=DrillState, default=DrillState.PLANNED
    )
    planned_at = models.DateTimeField(_("planned for"))
    factor = models.PositiveSmallIntegerField(_("times as fast as real time"), default=1)
    aims = models.TextField(_("what is to be tried"), blank=True)
    observer = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    """Who leads the drill and judges what nothing measures."""
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    created = models.DateTimeField()
    announced_at = models.DateTimeField(null=True, blank=True)
    began_at = models.DateTimeField(null=True, blank=True)
    pauses = models.JSONField(default=list)
    """From when to when its clock stood still, in ISO 8601; null: it still does."""
    ended_at = models.DateTimeField(null=True, blank=True)
    conclusion = models.TextField(_("conclusion"), blank=True)
    signed_at = models.DateTimeField(null=True, blank=True)
    signed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    signed_sha256 = models.CharField(max_length=64, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name = _("drill")
        verbose_name_plural = _("drills")
        indexes = (models.Index("state", "planned_at", name="drill_by_state"),)

    def __str__(self) -> str:
        return f"#{self.number} {self.title}"

    @property
    def is_on(self) -> bool:
        return self.state in (DrillState.RUNNING, DrillState.PAUSED)

    def clock(self) -> DrillClock | None:
        """Its own clock; None before it began. Once it ended, it stands still there."""
        if self.began_at is None:
            return None
        pauses: list[Pause] = [
            (datetime.fromisoformat(began), datetime.fromisoformat(ended) if ended else None)
            for began, ended in self.pauses
        ]
        if self.ended_at is not None:
            pauses.append((self.ended_at, None))
        return DrillClock(began=self.began_at, factor=self.factor, pauses=tuple(pauses))


class DrillInject(models.Model):
    """An inject of the scenario in one drill: due by the drill's clock, told once."""

    drill = models.ForeignKey(Drill, on_delete=models.CASCADE, related_name="injects")
    key = models.CharField(max_length=50)
    minute = models.PositiveIntegerField()
    told_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("minute", "pk")
        constraints = (models.UniqueConstraint(fields=("drill", "key"), name="drill_inject_once"),)

    def __str__(self) -> str:
        return f"{self.drill_id}: {self.key}"


class DrillScore(models.Model):
    """One expected action of a drill with its mark."""

    drill = models.ForeignKey(Drill, on_delete=models.CASCADE, related_name="scores")
    key = models.CharField(max_length=50)
    group = models.CharField(_("group"), max_length=20, choices=PlanGroup)
    place = models.PositiveSmallIntegerField()
    target = models.PositiveIntegerField()
    actual = models.DecimalField(null=True, blank=True, max_digits=8, decimal_places=1)
    """Minutes of the drill, from where the target counts."""
    measured = models.CharField(max_length=15, choices=[(m.value, m.value) for m in Mark])
    mark = models.CharField(_("mark"), max_length=15, choices=[(m.value, m.value) for m in Mark])
    """As measured, unless the observer judged otherwise."""
    note = models.TextField(_("why"), blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    """Whose judgement it is; empty: measured."""
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ("place",)
        constraints = (models.UniqueConstraint(fields=("drill", "key"), name="drill_score_once"),)

    def __str__(self) -> str:
        return f"{self.drill_id}: {self.key} {self.mark}"
