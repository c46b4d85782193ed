"""Security tests of the shop: what was sent, what stopped it, who saw it."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from shangdun.records.models.suppressions import Suppression


class ProofState(models.TextChoices):
    QUEUED = "queued", _("Waiting")
    RUNNING = "running", _("Running")
    DONE = "done", _("Done")
    FAILED = "failed", _("Failed")


class ProofCause(models.TextChoices):
    ASKED = "asked", _("Asked for")
    SCHEDULE = "schedule", _("By the schedule")
    CHANGE = "change", _("After a change")
    REPLAY = "replay", _("An incident's attack again")
    DRILL = "drill", _("Live drill")


class ProofRun(models.Model):
    """One test. Its canaries are withheld by its own suppression, so that they wake nobody."""

    url = models.CharField(_("shop"), max_length=300)
    cause = models.CharField(max_length=10, choices=ProofCause, default=ProofCause.ASKED)
    incident = models.ForeignKey(
        "records.Incident", null=True, blank=True, on_delete=models.CASCADE, related_name="replays"
    )
    """Of a replay: whose attack is sent again, in place of the catalogue."""
    measures = models.JSONField(default=list)
    """Of a replay: ``protect.prove.catalogue.Measure`` as objects."""
    changed = models.CharField(max_length=200, blank=True)
    """What had changed, as ``runtime.prove`` tells a change from none."""
    token = models.CharField(max_length=24)
    """Names the run in the user agent of each canary; nobody could have guessed it."""
    suppression = models.ForeignKey(Suppression, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=ProofState, default=ProofState.QUEUED)
    progress = models.FloatField(default=0.0)
    """From 0 to 1."""
    working = models.PositiveIntegerField(default=0)
    known = models.PositiveIntegerField(default=0)
    """Measures of which something is known."""
    results = models.JSONField(default=list)
    """``protect.prove.proof.Result`` as objects."""
    error = models.CharField(max_length=1000, blank=True)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    created = models.DateTimeField()
    beat = models.DateTimeField(null=True, blank=True)
    """When the run last said how far it is."""
    finished = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("security test")
        verbose_name_plural = _("security tests")
        indexes = (
            models.Index("state", "id", name="proof_by_state"),
            models.Index("created", "id", name="proof_by_creation"),
        )

    def __str__(self) -> str:
        return f"{self.url} {self.created:%Y-%m-%d %H:%M}"

    @property
    def running(self) -> bool:
        """Whether something of it is still to come."""
        return self.state in (ProofState.QUEUED, ProofState.RUNNING)

    @property
    def percent(self) -> int | None:
        """Measures that work, of those of which something is known."""
        return round(100 * self.working / self.known) if self.known else None
