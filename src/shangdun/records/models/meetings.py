"""Meetings (安全会议): called, invited, held, with decisions and actions that are followed up."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from shangdun.records.models.documents import DocumentLanguage


class MeetingKind(models.TextChoices):
    SECURITY = "security", _("Security meeting")
    WORKSHOP = "workshop", _("Technical workshop")
    CROSS_TEAM = "cross_team", _("Cross-team meeting")
    PLAN_REVIEW = "plan_review", _("Review of the response plan")
    TRAINING = "training", _("Training")
    OTHER = "other", pgettext_lazy("meeting", "Other meeting")


class MeetingState(models.TextChoices):
    PLANNED = "planned", pgettext_lazy("meeting", "Planned")
    HELD = "held", pgettext_lazy("meeting", "Held")
    CANCELLED = "cancelled", pgettext_lazy("meeting", "Called off")
    MISSED = "missed", pgettext_lazy("meeting", "Not held")


class Meeting(models.Model):
    """One meeting; ``sequence`` counts its invitations as iCalendar does (RFC 5545, 3.8.7.4)."""

    number = models.PositiveIntegerField(unique=True)
    kind = models.CharField(_("kind"), max_length=12, choices=MeetingKind)
    title = models.CharField(_("title"), max_length=200)
    state = models.CharField(max_length=10, choices=MeetingState, default=MeetingState.PLANNED)
    language = models.CharField(_("language"), max_length=8, choices=DocumentLanguage)
    begins_at = models.DateTimeField(_("begins"))
    minutes = models.PositiveSmallIntegerField(_("minutes"), default=60)
    location = models.CharField(_("place or link"), max_length=300, blank=True)
    purpose = models.TextField(_("what it is for"), blank=True)
    chair = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    writer = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    """Who writes the minutes."""
    programme = models.ForeignKey(
        "records.Programme", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    rhythm = models.ForeignKey(
        "records.Rhythm", null=True, blank=True, on_delete=models.PROTECT, related_name="meetings"
    )
    period = models.CharField(max_length=10, blank=True)
    """Of the rhythm: ``2026-03``."""
    since = models.DateField(null=True, blank=True)
    """From which day on its agenda looks at what happened."""
    window_first = models.DateField(null=True, blank=True)
    window_last = models.DateField(null=True, blank=True)
    """On which working days it is to be held."""
    uid = models.CharField(max_length=80, unique=True)
    sequence = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField()
    called_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    agenda_at = models.DateTimeField(null=True, blank=True)
    """When the agenda was last drafted from the records."""
    invited_at = models.DateTimeField(null=True, blank=True)
    held_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    """When it was called off, or found not to have been held."""
    reason = models.TextField(blank=True)
    """Why it was called off."""
    document = models.ForeignKey(
        "records.Document", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    """Its minutes."""
    reminded = models.JSONField(default=list)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name = pgettext_lazy("meeting", "meeting")
        ordering = ("-begins_at", "-pk")
        indexes = (models.Index("state", "begins_at", name="meeting_by_state"),)
        constraints = (
            models.UniqueConstraint(
                fields=("rhythm", "period"), condition=~Q(rhythm=None), name="meeting_once_a_period"
            ),
        )

    def __str__(self) -> str:
        return f"#{self.number} {self.title}"


class InvitationAnswer(models.TextChoices):
    """As iCalendar's PARTSTAT."""

    ASKED = "asked", pgettext_lazy("invitation", "No answer yet")
    ACCEPTED = "accepted", pgettext_lazy("invitation", "Comes")
    TENTATIVE = "tentative", pgettext_lazy("invitation", "Perhaps")
    DECLINED = "declined", pgettext_lazy("invitation", "Does not come")


class Attendance(models.Model):
    """One person's part in a meeting."""

    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="attendances")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="attendances"
    )
    answer = models.CharField(
        max_length=10, choices=InvitationAnswer, default=InvitationAnswer.ASKED
    )
    answered_at = models.DateTimeField(null=True, blank=True)
    note = models.CharField(_("note"), max_length=300, blank=True)
    came = models.BooleanField(null=True, blank=True)
    """None until it was held."""

    class Meta:
        ordering = ("pk",)
        constraints = (
            models.UniqueConstraint(fields=("meeting", "person"), name="attendance_once"),
        )

    def __str__(self) -> str:
        return f"{self.meeting_id}: {self.person_id}"


class AgendaItem(models.Model):
    """One point of the agenda: what the records say, and what was said about it."""

    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="agenda")
    position = models.PositiveSmallIntegerField()
    title = models.CharField(_("title"), max_length=200)
    section = models.CharField(max_length=40, blank=True)
    """Of ``actions.reports.sections``: what ``facts`` is drafted from; empty: nothing."""
    facts = models.TextField(blank=True)
    """The markup of the section when the agenda was drafted."""
    note = models.TextField(_("note"), blank=True)
    """What somebody wrote under it beforehand."""
    outcome = models.TextField(_("what was said"), blank=True)

    class Meta:
        ordering = ("position", "pk")

    def __str__(self) -> str:
        return f"{self.meeting_id}.{self.position} {self.title}"


class MeetingDecision(models.Model):
    """What a meeting decided (决议)."""

    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="decisions")
    number = models.PositiveSmallIntegerField()
    text = models.TextField(pgettext_lazy("meeting", "decision"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    """Who wrote it down."""
    at = models.DateTimeField()

    class Meta:
        ordering = ("number",)
        constraints = (
            models.UniqueConstraint(fields=("meeting", "number"), name="decision_number_once"),
        )

    def __str__(self) -> str:
        return f"{self.meeting_id}: {self.number}"


class ActionItemState(models.TextChoices):
    OPEN = "open", pgettext_lazy("action item", "To be done")
    DONE = "done", pgettext_lazy("action item", "Done")
    DROPPED = "dropped", pgettext_lazy("action item", "Dropped")


class ActionItem(models.Model):
    """What somebody is to do by a day, from a meeting (会议待办)."""

    number = models.PositiveIntegerField(unique=True)
    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="actions")
    title = models.CharField(pgettext_lazy("action item", "what is to be done"), max_length=300)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="action_items"
    )
    due = models.DateField(_("due"))
    state = models.CharField(max_length=8, choices=ActionItemState, default=ActionItemState.OPEN)
    result = models.TextField(_("what came of it"), blank=True)
    """Said when it was done, or why it was dropped."""
    done_at = models.DateTimeField(null=True, blank=True)
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    improvement = models.ForeignKey(
        "records.Improvement", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    """Where it is followed up as an improvement with its retest."""
    task = models.ForeignKey(
        "records.PlanTask", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    """The task of the plan that it belongs to."""
    created_at = models.DateTimeField()
    reminded = models.JSONField(default=list)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name = _("action item")
        ordering = ("due", "pk")
        indexes = (
            models.Index("state", "due", name="action_item_by_due"),
            models.Index("owner", "state", name="action_item_by_owner"),
        )

    def __str__(self) -> str:
        return f"#{self.number} {self.title}"
