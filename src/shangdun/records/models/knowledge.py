"""The knowledge base: pages, every version of them, what they link to and what links to them."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from shangdun.records.models.documents import DocumentLanguage


class KnowledgePage(models.Model):
    """A page as it stands; its text is the markup of documents with ``[[links]]``."""

    number = models.PositiveIntegerField(unique=True)
    key = models.CharField(max_length=120, blank=True)
    """Of a page that something else wrote (a bulletin); empty: a person's."""
    title = models.CharField(_("title"), max_length=200)
    folded = models.CharField(max_length=200)
    """The title as links name it: without case and spaces at its ends."""
    body = models.TextField(_("text"), blank=True)
    language = models.CharField(
        _("language"), max_length=8, choices=DocumentLanguage, default="zh-hans"
    )
    tags = models.JSONField(default=list)
    """Words by which it is found and offered: ``data_breach``, ``phishing``."""
    words = models.TextField(blank=True)
    """Title, tags and text as searching reads them."""
    created_at = models.DateTimeField()
    edited_at = models.DateTimeField()
    edited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    archived_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)
    """The number of the version that stands."""

    class Meta:
        verbose_name = pgettext_lazy("knowledge", "page")
        ordering = ("-edited_at", "-number")
        constraints = (
            models.UniqueConstraint(
                fields=("folded",),
                condition=models.Q(archived_at=None),
                name="knowledge_title_once",
            ),
        )

    def __str__(self) -> str:
        return self.title


class KnowledgeVersion(models.Model):
    """A page as it was once; never changed."""

    page = models.ForeignKey(KnowledgePage, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    title = models.CharField(max_length=200)
    body = models.TextField(blank=True)
    tags = models.JSONField(default=list)
    remark = models.CharField(max_length=300, blank=True)
    sha256 = models.CharField(max_length=64)
    at = models.DateTimeField()
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ("-number",)
        constraints = (
            models.UniqueConstraint(fields=("page", "number"), name="knowledge_version_once"),
        )

    def __str__(self) -> str:
        return f"{self.page_id}: {self.number}"


class KnowledgeLink(models.Model):
    """``[[title]]`` in a page that stands: to a page that is there or is still to be written."""

    page = models.ForeignKey(KnowledgePage, on_delete=models.CASCADE, related_name="links")
    folded = models.CharField(max_length=200, db_index=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("page", "folded"), name="knowledge_link_once"),
        )

    def __str__(self) -> str:
        return f"{self.page_id} → {self.folded}"


class PinnedTo(models.TextChoices):
    INCIDENT = "incident", _("Incident")
    TASK = "task", pgettext_lazy("response", "Task")
    PLAN_TASK = "plan_task", _("Task of the plan")


class KnowledgePin(models.Model):
    """A page that somebody put beside an incident or a task."""

    page = models.ForeignKey(KnowledgePage, on_delete=models.PROTECT, related_name="pins")
    kind = models.CharField(max_length=9, choices=PinnedTo)
    subject = models.PositiveBigIntegerField()
    """The incident's number, the id of a task."""
    at = models.DateTimeField()
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ("at", "id")
        constraints = (
            models.UniqueConstraint(fields=("page", "kind", "subject"), name="knowledge_pin_once"),
        )
        indexes = (models.Index("kind", "subject", name="knowledge_pin_by_subject"),)

    def __str__(self) -> str:
        return f"{self.kind} {self.subject}: {self.page_id}"
