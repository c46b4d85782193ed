"""What people decided about rules; a rule without a row runs."""

from __future__ import annotations

from django.db import models


class RuleSetting(models.Model):
    rule_uid = models.CharField(max_length=200, primary_key=True)
    enabled = models.BooleanField(default=True)
    reason = models.CharField(max_length=500, blank=True)
    changed = models.DateTimeField()

    def __str__(self) -> str:
        return self.rule_uid
