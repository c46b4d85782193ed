"""Playbooks as they stand, and every version: a run keeps the one it began with."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class PlaybookOrigin(models.TextChoices):
    BUILTIN = "builtin", _("Built in")
    EDITED = "edited", _("Edited copy")
    WRITTEN = "written", _("Written here")
    IMPORTED = "imported", _("Imported")


class Playbook(models.Model):
    """A playbook by its CACAO identifier; what it says is in its newest version."""

    uid = models.CharField(max_length=60, unique=True)
    """``playbook--…``, the CACAO ``id``."""
    title_zh = models.CharField(_("Chinese title"), max_length=300)
    title_en = models.CharField(_("English title"), max_length=300)
    types = models.JSONField(_("for which incidents"), default=list)
    """Values of ``IncidentType``; empty: called by other playbooks or by hand."""
    enabled = models.BooleanField(_("in use"), default=False)
    """Whether an order may start it."""
    origin = models.CharField(_("origin"), max_length=8, choices=PlaybookOrigin)
    sha256 = models.CharField(max_length=64)
    """Of the newest version's document."""
    builtin_sha256 = models.CharField(max_length=64, blank=True)
    """Of the document that the product last brought; another one is an update that waits."""
    steps = models.PositiveIntegerField(default=0)
    problems = models.PositiveIntegerField(default=0)
    """Errors that keep it from being used; a draft may have some."""
    version = models.PositiveIntegerField(default=0)
    """Number of the newest version, for optimistic locking."""
    changed = models.DateTimeField()

    class Meta:
        verbose_name = _("playbook")
        verbose_name_plural = _("playbooks")
        indexes = (models.Index("enabled", "title_en", name="playbook_by_use"),)

    def __str__(self) -> str:
        return self.title_en


class PlaybookVersion(models.Model):
    """One version, never changed again; the numbers of one playbook have no gaps."""

    playbook = models.ForeignKey(Playbook, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    document = models.TextField()
    """CACAO v2.0 as canonical JSON (``respond.playbook.dump``)."""
    sha256 = models.CharField(max_length=64)
    """Of ``document``, as hex."""
    origin = models.CharField(max_length=8, choices=PlaybookOrigin)
    by = models.CharField(max_length=200)
    """As in the ledger."""
    reason = models.CharField(max_length=500, blank=True)
    time = models.DateTimeField()

    class Meta:
        verbose_name = _("version of a playbook")
        verbose_name_plural = _("versions of playbooks")
        constraints = (
            models.UniqueConstraint(fields=("playbook", "number"), name="playbook_version_once"),
        )

    def __str__(self) -> str:
        return f"{self.playbook_id}.{self.number}"
