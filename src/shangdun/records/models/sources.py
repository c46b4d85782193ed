"""What is watched, where it was added on a page rather than in ``shangdun.toml``."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from shangdun.kernel.config import SourceConfig

CONFIG_FIELDS = ("name", "format", "path", "listen", "http", "tls_certificate", "tls_key")
"""What a row and a ``SourceConfig`` have in common."""


class Source(models.Model):
    """Exactly one of ``path``, ``listen`` and ``http`` is set, as in ``SourceConfig``."""

    name = models.CharField(_("name"), max_length=100, unique=True)
    format = models.CharField(_("format"), max_length=40)
    path = models.CharField(_("path"), max_length=1000, blank=True)
    listen = models.CharField(_("address to listen on"), max_length=200, blank=True)
    http = models.BooleanField(_("accepts pushes over HTTP"), default=False)
    tls_certificate = models.CharField(_("TLS certificate"), max_length=1000, blank=True)
    tls_key = models.CharField(_("TLS key"), max_length=1000, blank=True)
    enabled = models.BooleanField(_("enabled"), default=True)
    token_hash = models.CharField(max_length=64, blank=True, db_index=True)
    """SHA-256 of the ingest token, in hex; the token itself is shown once and kept nowhere."""
    token_issued = models.DateTimeField(null=True, blank=True)
    created = models.DateTimeField()
    changed = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ("name",)
        verbose_name = _("source")
        verbose_name_plural = _("sources")

    def __str__(self) -> str:
        return self.name

    def config(self) -> SourceConfig:
        """As it would stand in ``shangdun.toml``, without the token: only its hash is kept."""
        return SourceConfig(**{field: getattr(self, field) for field in CONFIG_FIELDS})
