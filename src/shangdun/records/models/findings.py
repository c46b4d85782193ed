"""What rules saw. The list grows to millions: every filter has an index in the list's order."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from shangdun.kernel.severity import Severity
from shangdun.records.models.incidents import Incident, Verdict
from shangdun.records.models.suppressions import Suppression


class FindingState(models.TextChoices):
    """Follows from the verdict on the finding or on its incident; ``withheld`` was suppressed."""

    NEW = "new", _("New")
    IN_INCIDENT = "in_incident", _("In an incident")
    CONFIRMED = "confirmed", _("Confirmed")
    DISMISSED = "dismissed", _("Dismissed")
    WITHHELD = "withheld", _("Withheld")


SEVERITIES = [
    (int(Severity.UNKNOWN), _("Unknown")),
    (int(Severity.INFORMATIONAL), _("Informational")),
    (int(Severity.LOW), _("Low")),
    (int(Severity.MEDIUM), _("Medium")),
    (int(Severity.HIGH), _("High")),
    (int(Severity.CRITICAL), _("Critical")),
    (int(Severity.FATAL), _("Fatal")),
]


class Finding(models.Model):
    """``detect.finding.Finding`` at rest; repetitions within ten minutes are folded into one."""

    uid = models.CharField(max_length=64, unique=True)
    rule_uid = models.CharField(max_length=200)
    title = models.CharField(max_length=300)
    """The rule's English title; pages show the rule's own bilingual one where it is loaded."""
    severity = models.PositiveSmallIntegerField(choices=SEVERITIES)
    state = models.CharField(max_length=12, choices=FindingState, default=FindingState.NEW)
    first_time = models.DateTimeField()
    time = models.DateTimeField()
    """Of the last event; ``recorded`` is when the row was first written."""
    recorded = models.DateTimeField()
    count = models.PositiveBigIntegerField(default=1)
    fold_key = models.CharField(max_length=32)
    """Rule and main entity, so that a repetition finds its finding in one seek."""
    incident = models.ForeignKey(
        Incident, null=True, blank=True, on_delete=models.SET_NULL, related_name="findings"
    )
    verdict = models.CharField(max_length=20, choices=Verdict, blank=True)
    """Its own, or that of its incident."""
    judged_at = models.DateTimeField(null=True, blank=True)
    """When somebody judged this finding alone; its incident's verdict then leaves it."""
    suppression = models.ForeignKey(
        Suppression, null=True, blank=True, on_delete=models.PROTECT, related_name="findings"
    )
    """What withheld it."""
    subjects = models.PositiveIntegerField(default=1)
    """Main entities behind it: more than one where a storm was folded (``respond.storm``)."""
    sketch = models.JSONField(default=list)
    """Of the subjects, for counting them (``respond.storm.Sketch``)."""
    tags = models.JSONField(default=list)
    reasons = models.JSONField(default=list)
    """``detect.finding.Reason`` as objects."""
    evidences = models.JSONField(default=list)
    """At most 20 ``detect.finding.Evidence`` as objects: the first ten and the last ten."""

    class Meta:
        verbose_name = _("finding")
        verbose_name_plural = _("findings")
        indexes = (
            models.Index("time", "id", name="finding_by_time"),
            models.Index("severity", "state", "time", "id", name="finding_by_severity"),
            models.Index("rule_uid", "state", "time", "id", name="finding_by_rule"),
            models.Index("state", "time", "id", name="finding_by_state"),
            models.Index("fold_key", "time", name="finding_by_fold"),
            models.Index(
                "suppression",
                "time",
                "id",
                name="finding_by_suppression",
                condition=models.Q(suppression__isnull=False),
            ),
        )

    def __str__(self) -> str:
        return self.title


class FindingEntity(models.Model):
    """Somebody or something a finding is about; ``time`` repeats the finding's for the index."""

    finding = models.ForeignKey(Finding, on_delete=models.CASCADE, related_name="entities")
    kind = models.CharField(max_length=20)
    value = models.CharField(max_length=200)
    time = models.DateTimeField()
    points = models.FloatField(default=0.0)
    """Risk that the finding gave the entity, as of ``time`` (``respond.risk``)."""

    class Meta:
        indexes = (models.Index("kind", "value", "time", "finding", name="finding_by_entity"),)
        constraints = (
            models.UniqueConstraint(
                fields=("finding", "kind", "value"), name="finding_entity_once"
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind}: {self.value}"
