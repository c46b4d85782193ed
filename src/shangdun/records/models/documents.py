"""Controlled documents (受控文件): the response plan, policies, reports, minutes.

A document has versions; a version goes from draft through review and approval to publication and
never changes afterwards. Who must have read it and which duties it brings hang on it.
"""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class ControlledKind(models.TextChoices):
    PLAN = "plan", _("Response plan")
    PROGRAMME = "programme", _("Security plan")
    POLICY = "policy", _("Policy")
    PROCEDURE = "procedure", _("Procedure")
    REPORT = "report", pgettext_lazy("controlled", "Report")
    MINUTES = "minutes", pgettext_lazy("controlled", "Minutes")


class DocumentState(models.TextChoices):
    """Of a version."""

    DRAFT = "draft", _("Draft")
    REVIEW = "review", _("In review")
    APPROVED = "approved", _("Approved")
    PUBLISHED = "published", _("Published")
    SUPERSEDED = "superseded", _("Superseded")
    WITHDRAWN = "withdrawn", _("Withdrawn")


OPEN_STATES = (DocumentState.DRAFT, DocumentState.REVIEW, DocumentState.APPROVED)
"""Of a version that is on its way; a document has at most one such."""
SEALED_STATES = (DocumentState.APPROVED, DocumentState.PUBLISHED, DocumentState.SUPERSEDED)
"""From approval on the text is what was approved, to the letter."""


class DocumentLanguage(models.TextChoices):
    CHINESE = "zh-hans", "中文"
    ENGLISH = "en", "English"


class Document(models.Model):
    """What stays the same over its versions."""

    number = models.PositiveIntegerField(unique=True)
    code = models.CharField(_("document number"), max_length=60, blank=True)
    """As the company counts its documents (文件编号)."""
    kind = models.CharField(_("kind"), max_length=10, choices=ControlledKind)
    title = models.CharField(_("title"), max_length=200)
    """Of its newest published version, or of the draft before there is one."""
    language = models.CharField(_("language"), max_length=8, choices=DocumentLanguage)
    marking = models.CharField(_("classification"), max_length=30, blank=True)
    readers = models.JSONField(default=list)
    """Groups whose members must acknowledge a published version; ``respond.groups.Group``."""
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    review_months = models.PositiveSmallIntegerField(_("review every so many months"), default=12)
    meeting_months = models.PositiveSmallIntegerField(_("meeting every so many months"), default=0)
    """0: no such duty."""
    created_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)
    """For optimistic locking; the text's versions are rows of their own."""

    class Meta:
        verbose_name = pgettext_lazy("controlled", "document")
        ordering = ("number",)

    def __str__(self) -> str:
        return self.title


class DocumentVersion(models.Model):
    """One text of a document with those who wrote, reviewed and approved it."""

    document = models.ForeignKey(Document, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=10, choices=DocumentState, default=DocumentState.DRAFT)
    title = models.CharField(_("title"), max_length=200)
    body = models.TextField(_("text"))
    """The markup of ``papers.markup``."""
    changes = models.TextField(_("what changed"), blank=True)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    writers = models.JSONField(default=list)
    """Ids of everybody who wrote in it: none of them may review or approve it."""
    reviewer = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    approver = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField()
    edited_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True, blank=True)
    reviewed_at = models.DateTimeField(null=True, blank=True)
    approved_at = models.DateTimeField(null=True, blank=True)
    published_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    """When it was superseded or withdrawn."""
    remark = models.TextField(blank=True)
    """Why it was sent back or withdrawn, by whoever did it last."""
    sha256 = models.CharField(max_length=64, blank=True)
    """Of title and text as they were approved."""
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ("-number",)
        constraints = (
            models.UniqueConstraint(fields=("document", "number"), name="document_version_once"),
            models.UniqueConstraint(
                fields=("document",),
                condition=Q(state__in=("draft", "review", "approved")),
                name="document_one_open_version",
            ),
            models.UniqueConstraint(
                fields=("document",),
                condition=Q(state="published"),
                name="document_one_published_version",
            ),
        )

    def __str__(self) -> str:
        return f"{self.title} {self.number}"


class Acknowledgement(models.Model):
    """That somebody has read a version (知悉确认), or still owes it."""

    version = models.ForeignKey(
        DocumentVersion, on_delete=models.CASCADE, related_name="acknowledgements"
    )
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="acknowledgements"
    )
    asked_at = models.DateTimeField()
    due_at = models.DateTimeField()
    acknowledged_at = models.DateTimeField(null=True, blank=True)
    reminders = models.PositiveSmallIntegerField(default=0)
    reminded_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("version", "person"), name="acknowledged_once"),
        )
        indexes = (
            models.Index("due_at", condition=Q(acknowledged_at=None), name="acknowledgement_owed"),
        )

    def __str__(self) -> str:
        return f"{self.version_id}: {self.person_id}"


class DutyKind(models.TextChoices):
    REVIEW = "review", _("Review")
    MEETING = "meeting", _("Meeting")


class ReviewDuty(models.Model):
    """A dated duty that a document brings: to be looked through again, to be talked over."""

    document = models.ForeignKey(Document, on_delete=models.CASCADE, related_name="duties")
    kind = models.CharField(max_length=8, choices=DutyKind)
    due_on = models.DateField()
    done_at = models.DateTimeField(null=True, blank=True)
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    outcome = models.TextField(blank=True)
    reminded = models.JSONField(default=list)
    """Which reminders went out: ``ahead``, ``due``, ``late:1``, …"""

    class Meta:
        ordering = ("due_on",)
        constraints = (
            models.UniqueConstraint(
                fields=("document", "kind"), condition=Q(done_at=None), name="duty_one_open"
            ),
        )

    def __str__(self) -> str:
        return f"{self.document_id}: {self.kind} {self.due_on}"
