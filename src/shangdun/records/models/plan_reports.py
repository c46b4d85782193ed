"""Reports of the plan (进度报告): due in a window, drafted, approved, sent, or missed."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from shangdun.records.models.documents import DocumentLanguage


class ReportTemplate(models.Model):
    """The template of one report in one language; its newest text is what drafts are made of."""

    key = models.SlugField(max_length=40)
    """``progress``, ``weekly``, ``monthly``; or the company's own."""
    language = models.CharField(_("language"), max_length=8, choices=DocumentLanguage)
    title = models.CharField(_("title"), max_length=120)
    number = models.PositiveIntegerField(default=1)
    """Of its newest text."""
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ("key", "language")
        constraints = (
            models.UniqueConstraint(fields=("key", "language"), name="report_template_once"),
        )

    def __str__(self) -> str:
        return f"{self.title} ({self.language})"


class ReportTemplateText(models.Model):
    """One text of a template; it never changes, the next gets the next number."""

    template = models.ForeignKey(ReportTemplate, on_delete=models.CASCADE, related_name="texts")
    number = models.PositiveIntegerField()
    title = models.CharField(max_length=120)
    body = models.TextField(_("text"))
    note = models.CharField(_("what changed"), max_length=300, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    at = models.DateTimeField()

    class Meta:
        ordering = ("-number",)
        constraints = (
            models.UniqueConstraint(fields=("template", "number"), name="template_text_once"),
        )

    def __str__(self) -> str:
        return f"{self.template_id}: {self.number}"


class ReportState(models.TextChoices):
    """Where a report stands; reckoned from what is known of it, never set."""

    DUE = "due", pgettext_lazy("plan report", "Due")
    DRAFTED = "drafted", pgettext_lazy("plan report", "Drafted")
    APPROVED = "approved", pgettext_lazy("plan report", "Approved, to be sent")
    SENT = "sent", pgettext_lazy("plan report", "Sent")
    MISSED = "missed", pgettext_lazy("plan report", "Missed")


class ReportRun(models.Model):
    """One report of one period: when it was due, and what became of it."""

    number = models.PositiveIntegerField(unique=True)
    rhythm = models.ForeignKey("records.Rhythm", on_delete=models.PROTECT, related_name="reports")
    kind = models.CharField(max_length=40)
    """Key of its template."""
    title = models.CharField(max_length=200)
    language = models.CharField(max_length=8, choices=DocumentLanguage)
    period = models.CharField(max_length=10)
    since = models.DateField()
    until = models.DateField()
    first = models.DateField()
    last = models.DateField()
    """The window in which it is due; both included."""
    programme = models.ForeignKey(
        "records.Programme", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    document = models.ForeignKey(
        "records.Document", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    template_text = models.ForeignKey(
        ReportTemplateText, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    """What it was drafted from; empty: the template that came with the product."""
    created_at = models.DateTimeField()
    drafted_at = models.DateTimeField(null=True, blank=True)
    missed_at = models.DateTimeField(null=True, blank=True)
    """When the window was found closed without it; it may still be sent, late."""
    sent_at = models.DateTimeField(null=True, blank=True)
    """The first time."""
    reminded = models.JSONField(default=list)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name = pgettext_lazy("plan report", "report")
        ordering = ("-first", "-pk")
        indexes = (models.Index("first", "last", name="report_run_by_window"),)
        constraints = (
            models.UniqueConstraint(fields=("rhythm", "period"), name="report_once_a_period"),
        )

    def __str__(self) -> str:
        return f"#{self.number} {self.title}"


class ReportSending(models.Model):
    """Proof that a report was sent: which text, to whom, by which message."""

    run = models.ForeignKey(ReportRun, on_delete=models.CASCADE, related_name="sendings")
    text = models.ForeignKey("records.DocumentVersion", on_delete=models.PROTECT, related_name="+")
    message = models.ForeignKey("records.Message", on_delete=models.PROTECT, related_name="+")
    groups = models.JSONField(default=list)
    people = models.JSONField(default=list)
    """Ids of everybody it was put before, as they were then."""
    at = models.DateTimeField()
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ("at", "pk")

    def __str__(self) -> str:
        return f"{self.run_id}: {self.at:%Y-%m-%d}"
