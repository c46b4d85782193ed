"""How risky entities are, what verdicts said of rules, and what became of every finding."""

from __future__ import annotations

from django.db import models

from shangdun.records.models.findings import Finding
from shangdun.records.models.incidents import Incident, Verdict


class EntityRisk(models.Model):
    """The risk of one entity (``respond.risk``); the order of ``level`` holds at every moment."""

    kind = models.CharField(max_length=20)
    value = models.CharField(max_length=200)
    level = models.FloatField()
    """``respond.risk.level``: a decayed sum on a scale that does not age."""
    rules = models.JSONField(default=dict)
    """How often each rule spoke, as ``level`` counts: a rule that repeats itself tells less."""
    findings = models.PositiveIntegerField(default=0)
    first_time = models.DateTimeField()
    last_time = models.DateTimeField()

    class Meta:
        indexes = (models.Index("level", "id", name="risk_by_level"),)
        constraints = (models.UniqueConstraint(fields=("kind", "value"), name="risk_once"),)

    def __str__(self) -> str:
        return f"{self.kind}: {self.value}"


class Judgement(models.Model):
    """What one verdict says of one rule: on an incident it took part in, or on a finding alone.

    An incident counts once for a rule, however many findings it holds, or one busy attack would
    outweigh a year.
    """

    rule_uid = models.CharField(max_length=200)
    verdict = models.CharField(max_length=20, choices=Verdict)
    incident = models.ForeignKey(
        Incident, null=True, on_delete=models.CASCADE, related_name="judgements"
    )
    finding = models.OneToOneField(
        Finding, null=True, on_delete=models.CASCADE, related_name="judgement"
    )
    time = models.DateTimeField()

    class Meta:
        indexes = (models.Index("rule_uid", "verdict", name="judgement_by_rule"),)
        constraints = (
            models.UniqueConstraint(fields=("incident", "rule_uid"), name="judgement_once"),
        )

    def __str__(self) -> str:
        return f"{self.rule_uid}: {self.verdict}"


class Reduction(models.Model):
    """What became of detection's findings in one hour; figures add up over hours."""

    hour = models.DateTimeField(primary_key=True)
    seen = models.PositiveBigIntegerField(default=0)
    """All that detection gave: the sum of the following four."""
    added = models.PositiveBigIntegerField(default=0)
    """Became findings of their own."""
    folded = models.PositiveBigIntegerField(default=0)
    """Repeated one that stands."""
    gathered = models.PositiveBigIntegerField(default=0)
    """Folded into a finding about many subjects."""
    withheld = models.PositiveBigIntegerField(default=0)
    """Suppressed."""
    opened = models.PositiveBigIntegerField(default=0)
    """Incidents."""
    merged = models.PositiveBigIntegerField(default=0)
    """Incidents that became part of another."""

    def __str__(self) -> str:
        return f"{self.hour:%Y-%m-%d %H:00}"
