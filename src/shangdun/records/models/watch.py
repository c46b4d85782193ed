"""How far the live watch has recorded."""

from __future__ import annotations

from django.db import models


class WatchProgress(models.Model):
    """One row: the last batch whose findings are in, so that a replayed batch adds none twice."""

    batch = models.BigIntegerField(default=0)
    recorded = models.DateTimeField(null=True)

    class Meta:
        verbose_name_plural = "watch progress"

    def __str__(self) -> str:
        return str(self.batch)
