"""Rules run back over history: what was asked, how far it is, what it found."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class HuntState(models.TextChoices):
    QUEUED = "queued", _("Waiting")
    RUNNING = "running", _("Running")
    DONE = "done", _("Done")
    CANCELLED = "cancelled", _("Cancelled")
    FAILED = "failed", _("Failed")


class HuntKind(models.TextChoices):
    RULE = "rule", _("A rule that is loaded")
    TEXT = "text", _("A rule as text")


class HuntRun(models.Model):
    """One run; its findings are its own and never reach the list of findings."""

    kind = models.CharField(max_length=8, choices=HuntKind)
    title = models.CharField(max_length=300)
    rule_uid = models.CharField(max_length=200, blank=True)
    rule_text = models.TextField(blank=True)
    """Documents of Sigma, where ``kind`` is ``text``."""
    since = models.DateTimeField()
    until = models.DateTimeField()
    state = models.CharField(max_length=10, choices=HuntState, default=HuntState.QUEUED)
    cancel_wanted = models.BooleanField(default=False)
    progress = models.FloatField(default=0.0)
    """From 0 to 1."""
    events = models.PositiveBigIntegerField(default=0)
    found = models.PositiveBigIntegerField(default=0)
    matched = models.PositiveBigIntegerField(default=0)
    """Events behind what was found."""
    error = models.CharField(max_length=1000, blank=True)
    findings = models.JSONField(default=list)
    """The newest of them as ``detect.finding.Finding``, at most ``runtime.hunt.KEPT``."""
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    created = models.DateTimeField()
    started = models.DateTimeField(null=True, blank=True)
    beat = models.DateTimeField(null=True, blank=True)
    """When the run last said how far it is."""
    finished = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("hunt")
        verbose_name_plural = _("hunts")
        indexes = (
            models.Index("state", "id", name="hunt_by_state"),
            models.Index("created", "id", name="hunt_by_creation"),
        )

    def __str__(self) -> str:
        return self.title

    @property
    def running(self) -> bool:
        """Whether something of it is still to come."""
        return self.state in (HuntState.QUEUED, HuntState.RUNNING)
