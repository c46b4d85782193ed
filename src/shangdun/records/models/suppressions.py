"""What people asked not to be told of for a while, and why."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Suppression(models.Model):
    """``respond.suppression.Scope`` at rest: what is not empty must hold, all of it together.

    One that is over stays: what it withheld names it.
    """

    rule_uid = models.CharField(max_length=200, blank=True)
    title = models.CharField(_("title"), max_length=300, blank=True)
    """Part of the finding's English title, in any case."""
    kind = models.CharField(max_length=20, blank=True)
    value = models.CharField(max_length=200, blank=True)
    """Of the entity; for addresses also a network, as 203.0.113.0/24."""
    marker = models.CharField(max_length=100, blank=True)
    """Stands in the line of every event behind a finding: the canaries of a security test."""
    reason = models.CharField(_("reason"), max_length=500)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    """Empty when whoever holds the machine did it in a terminal."""
    created = models.DateTimeField()
    until = models.DateTimeField(_("until"))
    ended = models.DateTimeField(null=True, blank=True)
    """When somebody ended it before its time."""
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    withheld = models.PositiveBigIntegerField(default=0)
    """Findings of detection that it kept back, counted before they were folded."""
    last_withheld = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("suppression")
        verbose_name_plural = _("suppressions")
        indexes = (
            models.Index("ended", "until", "id", name="suppression_by_end"),
            models.Index("created", "id", name="suppression_by_creation"),
        )

    def __str__(self) -> str:
        parts = (self.rule_uid, self.title, f"{self.kind}:{self.value}" if self.value else "")
        return " · ".join(part for part in parts if part)
