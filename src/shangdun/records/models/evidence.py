"""What is kept as evidence of an incident, and everybody through whose hands it went."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from shangdun.respond.evidence.custody import Act


class EvidenceKind(models.TextChoices):
    """What it is to those who look for it."""

    FILE = "file", _("File")
    EVENTS = "events", _("Events")
    FINDING = "finding", _("Finding")
    SUBMISSION = "submission", _("Proof of a submission")
    REPORT = "report", _("Report")
    OUTPUT = "output", _("Output of a step")


class EvidenceSource(models.TextChoices):
    """Where it came from."""

    UPLOAD = "upload", _("Uploaded")
    SEARCH = "search", _("Search in the events")
    FINDING = "finding", _("A finding")
    STEP = "step", _("Step of a playbook")
    SUBMISSION = "submission", _("Report to a regulator")
    TERMINAL = "terminal", _("In a terminal")
    SYSTEM = "system", _("Written by ShangDun")


class CustodyAct(models.TextChoices):
    """One link of the chain of custody (证据保管链)."""

    COLLECTED = Act.COLLECTED.value, _("Collected")
    ACCESSED = Act.ACCESSED.value, _("Downloaded")
    VERIFIED = Act.VERIFIED.value, _("Verified")
    DAMAGED = Act.DAMAGED.value, _("Found damaged")
    NOTED = Act.NOTED.value, _("Noted")
    OFFERED = Act.OFFERED.value, _("Handing over offered")
    ACCEPTED = Act.ACCEPTED.value, _("Accepted")
    DECLINED = Act.DECLINED.value, _("Declined")
    HANDED_OUT = Act.HANDED_OUT.value, _("Handed to somebody outside")
    EXPORTED = Act.EXPORTED.value, _("Exported")
    HELD = Act.HELD.value, _("Legal hold")
    RELEASED = Act.RELEASED.value, _("Legal hold ended")
    DISPOSED = Act.DISPOSED.value, _("Disposed of")


class Evidence(models.Model):
    """One item. Its content lies in the evidence store under its SHA-256 and never changes."""

    incident = models.ForeignKey(
        "records.Incident", on_delete=models.PROTECT, related_name="evidence"
    )
    number = models.PositiveIntegerField()
    """1, 2, … within the incident: E-3 on labels and forms."""
    name = models.CharField(_("name"), max_length=200)
    """Safe to show and to save under."""
    original_name = models.TextField(blank=True)
    """As it was given; data, never used as a name."""
    kind = models.CharField(_("kind"), max_length=12, choices=EvidenceKind)
    source = models.CharField(_("where it came from"), max_length=12, choices=EvidenceSource)
    origin = models.CharField(max_length=500, blank=True)
    """Which search, step or submission; as text."""
    sha256 = models.CharField(max_length=64, db_index=True)
    size = models.PositiveBigIntegerField(_("size"))
    media_type = models.CharField(max_length=100)
    """By content, never by name."""
    flags = models.JSONField(default=list)
    """``respond.evidence.looks.Flag`` values: what a person must know before opening it."""
    inside = models.JSONField(default=dict)
    """Of an archive: how many files, how large unpacked, some names."""
    note = models.TextField(blank=True)
    added_at = models.DateTimeField()
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    holder = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    """Who answers for it now; empty: the system's store."""
    offered_to = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    verified_at = models.DateTimeField(null=True, blank=True)
    intact = models.BooleanField(default=True)
    """What the last verification found."""
    legal_hold = models.BooleanField(default=False)
    disposed_at = models.DateTimeField(null=True, blank=True)
    custody_count = models.PositiveIntegerField(default=0)
    custody_head = models.CharField(max_length=64, blank=True)

    class Meta:
        verbose_name = _("evidence")
        indexes = (models.Index("disposed_at", "verified_at", name="evidence_by_check"),)
        constraints = (
            models.UniqueConstraint(fields=("incident", "number"), name="evidence_number_once"),
        )

    def __str__(self) -> str:
        return f"E-{self.number} {self.name}"

    @property
    def label(self) -> str:
        """What stands on its label."""
        return f"E-{self.number}"


class CustodyEntry(models.Model):
    """One link of an item's chain of custody; it seals the one before (``custody.link_hash``)."""

    evidence = models.ForeignKey(Evidence, on_delete=models.PROTECT, related_name="custody")
    number = models.PositiveIntegerField()
    at = models.DateTimeField()
    act = models.CharField(max_length=12, choices=CustodyAct)
    actor = models.CharField(max_length=200)
    """As in the ledger."""
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    to = models.CharField(max_length=300, blank=True)
    """Who receives it, in words."""
    text = models.TextField(blank=True)
    previous = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("evidence", "number"), name="custody_number_once"),
        )
        indexes = (models.Index("act", "at", name="custody_by_act"),)

    def __str__(self) -> str:
        return f"{self.evidence_id}: {self.number} {self.act}"
