"""What people handle: an incident, what it is about, and everything that happened in it."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from shangdun.respond.classify import Type
from shangdun.respond.state import State


class IncidentType(models.TextChoices):
    """The four risks that the emergency plan names."""

    DATA_BREACH = Type.DATA_BREACH.value, _("Data breach")
    NETWORK_ATTACK = Type.NETWORK_ATTACK.value, _("Network attack")
    SYSTEM_FAILURE = Type.SYSTEM_FAILURE.value, _("System failure")
    INSIDER_THREAT = Type.INSIDER_THREAT.value, _("Insider threat")


class IncidentState(models.TextChoices):
    REPORTED = State.REPORTED.value, _("Reported")
    TRIAGED = State.TRIAGED.value, _("Triaged")
    ACTIVE = State.ACTIVE.value, _("Active")
    CONTAINED = State.CONTAINED.value, _("Contained")
    CLOSED = State.CLOSED.value, _("Closed")


class Verdict(models.TextChoices):
    """What it was, said when closing."""

    TRUE_POSITIVE = "true_positive", _("Real incident")
    BENIGN_POSITIVE = "benign_positive", _("Real but harmless")
    FALSE_POSITIVE = "false_positive", _("False alarm")


class Incident(models.Model):
    number = models.PositiveIntegerField(unique=True)
    title = models.CharField(_("title"), max_length=300)
    rule_uid = models.CharField(max_length=200, blank=True)
    """The rule whose finding opened it, for its bilingual title; empty when a person reported."""
    description = models.TextField(_("what happened"), blank=True)
    affected = models.TextField(_("what is affected"), blank=True)
    type = models.CharField(_("type"), max_length=20, choices=IncidentType)
    severity = models.PositiveSmallIntegerField(_("severity"))
    state = models.CharField(_("state"), max_length=12, choices=IncidentState, default="reported")
    reporter = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="reported_incidents",
    )
    """Empty when detection reported it."""
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="assigned_incidents",
    )
    version = models.PositiveIntegerField(default=1)
    """Grows with every change by a person, for optimistic locking; a finding that joins leaves it,
    or a busy attack would refuse every form."""
    verdict = models.CharField(_("verdict"), max_length=20, choices=Verdict, blank=True)
    verdict_note = models.TextField(_("why"), blank=True)
    occurred_at = models.DateTimeField(_("when it began"))
    last_activity = models.DateTimeField()
    """Time of the newest finding, or of the report."""
    reported_at = models.DateTimeField()
    triaged_at = models.DateTimeField(null=True, blank=True)
    activated_at = models.DateTimeField(null=True, blank=True)
    contained_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    acknowledged_at = models.DateTimeField(null=True, blank=True)
    """When a person first took it up: opened the order, took it, moved it."""
    ordered_at = models.DateTimeField(null=True, blank=True)
    """When leadership decided whether the plan starts."""
    recovered_at = models.DateTimeField(null=True, blank=True)
    """When the shop worked again as before."""
    signed_at = models.DateTimeField(null=True, blank=True)
    """When leadership signed the post-incident report."""
    grade = models.PositiveSmallIntegerField(_("grade"), default=0)
    """0 not graded, 1 一般, 2 较大, 3 重大, 4 特别重大."""
    drill = models.ForeignKey(
        "records.Drill", null=True, blank=True, on_delete=models.PROTECT, related_name="incidents"
    )
    """Set: a rehearsal. It looks real, is in no figure, and nothing of it leaves the company."""
    finding_count = models.PositiveIntegerField(default=0)
    about_kind = models.CharField(max_length=20, blank=True)
    about_value = models.CharField(max_length=200, blank=True)
    """The main entity of the finding that opened it, for its title in either language."""
    merged_into = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="merged"
    )
    """The incident that took over its findings; it is closed without a verdict of its own."""
    related = models.ManyToManyField("self", blank=True)
    """Incidents that a finding bridged; joining them is a person's decision."""

    class Meta:
        verbose_name = _("incident")
        verbose_name_plural = _("incidents")
        indexes = (
            models.Index("state", "last_activity", "id", name="incident_by_state"),
            models.Index("last_activity", "id", name="incident_by_activity"),
            models.Index("assignee", "state", name="incident_by_assignee"),
            models.Index("drill", "reported_at", name="incident_by_drill"),
        )

    def __str__(self) -> str:
        return f"#{self.number} {self.title}"

    @property
    def is_drill(self) -> bool:
        return self.drill_id is not None

    @property
    def is_open(self) -> bool:
        return self.state != State.CLOSED.value


class IncidentEntity(models.Model):
    """What an incident is about; ``joins`` says whether a finding may join by it."""

    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="entities")
    kind = models.CharField(max_length=20)
    value = models.CharField(max_length=200)
    joins = models.BooleanField(default=True)
    first_time = models.DateTimeField()
    last_time = models.DateTimeField()

    class Meta:
        indexes = (models.Index("kind", "value", "last_time", name="incident_by_entity"),)
        constraints = (
            models.UniqueConstraint(
                fields=("incident", "kind", "value"), name="incident_entity_once"
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind}: {self.value}"


class TimelineKind(models.TextChoices):
    REPORTED = "reported", _("Reported")
    FINDINGS_JOINED = "findings_joined", _("Findings joined")
    RELATED = "related", _("Related incident found")
    ASSIGNED = "assigned", _("Assigned")
    STATE = "state", _("State changed")
    COMMENT = "comment", _("Comment")
    RISK = "risk", _("Risk rose")
    MERGED = "merged", _("Merged")
    FACTS = "facts", _("What is known")
    GRADE = "grade", _("Grade")
    ORDER = "order", _("Leadership's order")
    ESCALATION = "escalation", _("Escalation")
    PLAYBOOK = "playbook", _("Playbook")
    TASK = "task", _("Task")
    STEP = "step", _("Automatic step")
    EVIDENCE = "evidence", _("Evidence")
    AFFECTED = "affected", _("Affected")
    NOTICE = "notice", _("Customer notice")
    COMPLAINT = "complaint", _("Complaint")
    CLOCK = "clock", _("Reporting clock")
    SUBMISSION = "submission", _("Report to a regulator")
    LEGAL = "legal", _("Legal matters")
    SUPPLY = "supply", _("Supplies")
    CLEANUP = "cleanup", _("Cleanup")
    REVIEW = "review", _("Post-incident report")
    MESSAGE = "message", _("Message")
    INJECT = "inject", _("Drill: inject")


class TimelineEntry(models.Model):
    """One thing that happened in an incident.

    ``text`` is a person's; ``data`` is by kind: ``state`` {from, to, verdict?}, ``assigned`` {to},
    ``findings_joined`` {count, rules}, ``related`` {incident}, ``risk`` {kind, value, score},
    ``merged`` {into} in the one that ended, {number} in the one that goes on. Kinds with a ``what``
    in ``data`` are told by ``console/story``'s table of sentences.
    """

    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="timeline")
    time = models.DateTimeField()
    kind = models.CharField(max_length=20, choices=TimelineKind)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    """Empty when the system itself did it."""
    text = models.TextField(blank=True)
    data = models.JSONField(default=dict)

    class Meta:
        indexes = (models.Index("incident", "time", "id", name="timeline_by_incident"),)

    def __str__(self) -> str:
        return f"{self.kind} {self.time:%Y-%m-%d %H:%M}"
