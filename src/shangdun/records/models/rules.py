"""What people decided about rules, and the rules they wrote, edited or imported.

A rule without a setting runs. A stored document stands beside the rules in files; one with the
identifier of a rule in a file replaces it, until the copy is removed again.
"""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class RuleSetting(models.Model):
    rule_uid = models.CharField(max_length=200, primary_key=True)
    enabled = models.BooleanField(default=True)
    reason = models.CharField(max_length=500, blank=True)
    changed = models.DateTimeField()

    def __str__(self) -> str:
        return self.rule_uid


class DocumentKind(models.TextChoices):
    RULE = "rule", _("Rule")
    CORRELATION = "correlation", _("Correlation")
    FILTER = "filter", _("Filter")
    BASELINE = "baseline", _("Baseline")


class DocumentOrigin(models.TextChoices):
    WRITTEN = "written", _("Written here")
    EDITED = "edited", _("Edited copy")
    IMPORTED = "imported", _("Imported")
    PROPOSED = "proposed", _("Proposed and approved")
    """A filter that verdicts led to."""


class RuleDocument(models.Model):
    """One YAML document as it stands now; ``RuleVersion`` has what it was."""

    uid = models.CharField(max_length=200, unique=True)
    """The Sigma ``id``; of one without, the identifier made from its content."""
    kind = models.CharField(max_length=12, choices=DocumentKind)
    title = models.CharField(max_length=300)
    text = models.TextField()
    """Empty where it was removed."""
    live = models.BooleanField(default=True)
    origin = models.CharField(max_length=12, choices=DocumentOrigin)
    collection = models.CharField(max_length=100, blank=True)
    """The imported collection that it came with, such as ``sigma``."""
    path = models.CharField(max_length=500, blank=True)
    """Its place in that collection."""
    version = models.PositiveIntegerField(default=0)
    changed = models.DateTimeField()

    class Meta:
        indexes = (
            models.Index("live", "kind", "uid", name="document_by_kind"),
            models.Index("collection", "live", "uid", name="document_by_collection"),
        )

    def __str__(self) -> str:
        return self.title


class ImportState(models.TextChoices):
    STAGED = "staged", _("Waiting for approval")
    APPLIED = "applied", _("Applied")
    UNDONE = "undone", _("Undone")
    DROPPED = "dropped", _("Given up")


class RuleImport(models.Model):
    """A folder or an archive of rules, looked at first and applied when approved."""

    name = models.CharField(max_length=200)
    """Of the file or folder."""
    collection = models.CharField(max_length=100)
    state = models.CharField(max_length=8, choices=ImportState, default=ImportState.STAGED)
    by = models.CharField(max_length=200)
    """As in the ledger."""
    reason = models.CharField(max_length=500, blank=True)
    created = models.DateTimeField()
    applied = models.DateTimeField(null=True, blank=True)
    counts = models.JSONField(default=dict)
    """Change → number."""

    class Meta:
        indexes = (models.Index("created", "id", name="rule_import_by_time"),)

    def __str__(self) -> str:
        return self.name


class ImportChange(models.TextChoices):
    NEW = "new", _("New")
    CHANGED = "changed", _("Changed")
    REMOVED = "removed", _("Removed")
    KEPT = "kept", _("Edited here, stays")
    WRONG = "wrong", _("Wrong")
    SKIPPED = "skipped", _("Skipped")
    SAME = "same", _("Unchanged")


class RuleImportItem(models.Model):
    """What an import makes of one document; ``text`` is kept until it is applied or given up."""

    belongs_to = models.ForeignKey(RuleImport, on_delete=models.CASCADE, related_name="items")
    position = models.PositiveIntegerField()
    change = models.CharField(max_length=8, choices=ImportChange)
    uid = models.CharField(max_length=200, blank=True)
    kind = models.CharField(max_length=12, choices=DocumentKind, blank=True)
    title = models.CharField(max_length=300, blank=True)
    path = models.CharField(max_length=500)
    line = models.PositiveIntegerField(default=1)
    message = models.CharField(max_length=500, blank=True)
    text = models.TextField(blank=True)

    class Meta:
        indexes = (models.Index("belongs_to", "change", "position", name="import_item_by_change"),)

    def __str__(self) -> str:
        return f"{self.change} {self.path}:{self.line}"


class RuleVersion(models.Model):
    """A document as it was made once; the numbers of one document have no gaps."""

    document = models.ForeignKey(RuleDocument, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    text = models.TextField()
    """Empty: with this version it was removed."""
    origin = models.CharField(max_length=12, choices=DocumentOrigin)
    by = models.CharField(max_length=200)
    """As in the ledger."""
    reason = models.CharField(max_length=500)
    time = models.DateTimeField()
    imported = models.ForeignKey(
        RuleImport, null=True, blank=True, on_delete=models.PROTECT, related_name="versions"
    )

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("document", "number"), name="rule_version_once"),
        )

    def __str__(self) -> str:
        return f"{self.document_id} v{self.number}"


class RuleGeneration(models.Model):
    """The single row that counts every change of what rules are made of; the watch polls it."""

    number = models.PositiveBigIntegerField(default=0)

    def __str__(self) -> str:
        return str(self.number)


class RuleList(models.Model):
    """Values that rules name as ``%name%`` (the ``expand`` modifier)."""

    name = models.CharField(max_length=60, unique=True)
    about = models.CharField(max_length=300, blank=True)
    changed = models.DateTimeField()

    def __str__(self) -> str:
        return self.name


class RuleListEntry(models.Model):
    belongs_to = models.ForeignKey(RuleList, on_delete=models.CASCADE, related_name="entries")
    value = models.CharField(max_length=300)
    reason = models.CharField(max_length=300)
    by = models.CharField(max_length=200)
    """As in the ledger."""
    added = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("belongs_to", "value"), name="rule_list_value_once"),
        )

    def __str__(self) -> str:
        return self.value
