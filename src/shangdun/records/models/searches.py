"""Searches that people keep, for themselves or for everybody who may search."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class SavedSearch(models.Model):
    """A query with its time range and columns, by name."""

    name = models.CharField(_("name"), max_length=100)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.CASCADE, related_name="+"
    )
    """Empty when whoever holds the machine did it in a terminal."""
    shared = models.BooleanField(_("shared"), default=False)
    query = models.TextField(_("query"), max_length=20_000, blank=True)
    sql = models.BooleanField(default=False)
    since = models.CharField(max_length=40, default="-24h")
    """As typed, so that "the last day" stays the last day; ``until`` likewise."""
    until = models.CharField(max_length=40, blank=True)
    columns = models.JSONField(default=list)
    created = models.DateTimeField()

    class Meta:
        verbose_name = _("saved search")
        verbose_name_plural = _("saved searches")
        ordering = ("name", "id")
        indexes = (models.Index("owner", "name", name="saved_search_by_owner"),)

    def __str__(self) -> str:
        return self.name
