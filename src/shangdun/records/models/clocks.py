"""Duties to report an incident: the clocks that run, and what was handed in."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class ClockState(models.TextChoices):
    RUNNING = "running", _("Running")
    WAITING = "waiting", _("Not begun yet")
    MAY_APPLY = "may_apply", _("May apply")
    MET = "met", _("Met")
    MISSED = "missed", _("Missed")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class Clock(models.Model):
    """One duty of one incident: the article as it stood, what triggers it, by when."""

    incident = models.ForeignKey(
        "records.Incident", on_delete=models.CASCADE, related_name="clocks"
    )
    duty = models.CharField(max_length=60)
    """Its id in ``content/law/clocks.yml``."""
    duty_version = models.CharField(max_length=10)
    frozen = models.JSONField()
    """Law, article, source, certainty, duty, recipient, hours, form: as they were when it began."""
    state = models.CharField(max_length=10, choices=ClockState)
    started_at = models.DateTimeField(null=True, blank=True)
    due_at = models.DateTimeField(null=True, blank=True)
    """Empty: without delay."""
    applies_since = models.DateTimeField(null=True, blank=True)
    """When the fact that makes it apply was stated; it may be after ``due_at``."""
    because = models.JSONField(default=list)
    missing = models.JSONField(default=list)
    facts_number = models.PositiveIntegerField(default=0)
    """The change of facts that set it as it is; 0: before any."""
    reminded = models.PositiveSmallIntegerField(default=0)
    """Of 50, 80, 100 per cent."""
    met_at = models.DateTimeField(null=True, blank=True)
    """When the report went out; later than ``due_at`` in a missed one."""
    ended_at = models.DateTimeField(null=True, blank=True)
    judged = models.BooleanField(null=True, blank=True)
    """Counsel's word, which outweighs the facts: it applies, it does not."""
    judged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    judged_reason = models.TextField(blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name = _("reporting clock")
        constraints = (models.UniqueConstraint(fields=("incident", "duty"), name="clock_once"),)
        indexes = (models.Index("state", "due_at", name="clock_by_state"),)

    def __str__(self) -> str:
        return f"{self.incident_id}: {self.duty} {self.state}"

    def words(self, part: str, language: str) -> str:
        """Of the frozen article: ``law``, ``article``, ``duty``, ``to``, ``note``, ``penalty``."""
        texts: dict[str, Any] = self.frozen.get(part) or {}
        return str(texts.get("zh" if language.startswith("zh") else "en", ""))


class SubmissionPhase(models.TextChoices):
    FIRST = "first", _("First report")
    FOLLOW_UP = "follow_up", _("Follow-up report")
    SUMMARY = "summary", _("Summary report")


class SubmissionState(models.TextChoices):
    DRAFT = "draft", _("Draft")
    SUBMITTED = "submitted", _("Handed in")


class Submission(models.Model):
    """A report to a regulator: its items, and the proof that it was handed in.

    A row of a drill's incident is a rehearsal, whatever anybody writes: a trigger refuses another.
    """

    incident = models.ForeignKey(
        "records.Incident", on_delete=models.CASCADE, related_name="submissions"
    )
    clocks = models.ManyToManyField(Clock, related_name="submissions", blank=True)
    number = models.PositiveIntegerField()
    """1, 2, … within the incident."""
    form = models.CharField(max_length=60)
    form_version = models.CharField(max_length=10)
    language = models.CharField(max_length=2)
    phase = models.CharField(max_length=10, choices=SubmissionPhase)
    state = models.CharField(max_length=10, choices=SubmissionState, default="draft")
    rehearsal = models.BooleanField(default=False)
    items = models.JSONField(default=dict)
    """Item → text; what is unknown is named in ``unknown``."""
    unknown = models.JSONField(default=list)
    version = models.PositiveIntegerField(default=1)
    changed_at = models.DateTimeField()
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    recipient = models.CharField(_("recipient"), max_length=200, blank=True)
    channel = models.CharField(_("channel"), max_length=100, blank=True)
    receipt = models.CharField(_("receipt number"), max_length=200, blank=True)
    submitted_at = models.DateTimeField(null=True, blank=True)
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    evidence = models.JSONField(default=list)
    """Ids of the pieces of evidence that prove it."""

    class Meta:
        verbose_name = _("report to a regulator")
        constraints = (
            models.UniqueConstraint(fields=("incident", "number"), name="submission_once"),
        )

    def __str__(self) -> str:
        return f"{self.incident_id}: {self.form} {self.number}"
