"""Who puts decisions in force: guards in the shop, CrowdSec's bouncers, processes of ours."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class EnforcerKind(models.TextChoices):
    GUARD = "guard", _("Guard in the shop")
    BOUNCER = "bouncer", _("CrowdSec bouncer")
    PROCESS = "process", _("Process of ShangDun")


class Enforcer(models.Model):
    """What follows the stream of decisions, and how far it is.

    All but the first fields change by the second and are no matter of the ledger.
    """

    name = models.CharField(_("name"), max_length=100, unique=True)
    kind = models.CharField(_("kind"), max_length=10, choices=EnforcerKind)
    product = models.CharField(max_length=20, blank=True)
    """Which bouncer its configuration is shown for, or what a process drives."""
    key_hash = models.CharField(max_length=64, blank=True, db_index=True)
    """SHA-256 of the key, in hex; the key itself is shown once and kept nowhere. A process on this
    machine has none."""
    key_issued = models.DateTimeField(null=True, blank=True)
    created = models.DateTimeField()
    last_seen = models.DateTimeField(null=True, blank=True)
    address = models.GenericIPAddressField(null=True, blank=True)
    agent = models.CharField(max_length=100, blank=True)
    """Name and version, as it says itself."""
    acknowledged = models.BigIntegerField(default=0)
    """The place in the stream (``DecisionChange.seq``) up to which it surely has everything."""
    sent = models.BigIntegerField(default=0)
    """The place of the last answer to a bouncer: known to have arrived when it asks again."""
    pulled = models.DateTimeField(null=True, blank=True)
    """When a bouncer last took from the stream."""
    due = models.PositiveIntegerField(null=True, blank=True)
    """What a process should have in force, and what it found there when it last compared."""
    in_force = models.PositiveIntegerField(null=True, blank=True)
    compared = models.DateTimeField(null=True, blank=True)
    problem = models.CharField(max_length=500, blank=True)
    problem_since = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("name",)
        verbose_name = _("enforcer")
        verbose_name_plural = _("enforcers")

    def __str__(self) -> str:
        return self.name
