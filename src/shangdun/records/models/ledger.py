"""The ledger's rows. The database itself refuses to change or delete them (``ledger_guard``)."""

from __future__ import annotations

from typing import Never

from django.db import models


class LedgerRows(models.QuerySet["LedgerEntry"]):
    """Rows that can be read and added."""

    def update(self, **kwargs: object) -> Never:
        del kwargs
        raise TypeError("the ledger is append-only")

    def delete(self) -> Never:
        raise TypeError("the ledger is append-only")


class LedgerEntry(models.Model):
    """``kernel.ledger.Entry`` at rest; ``payload`` is the canonical JSON that was hashed."""

    seq = models.BigIntegerField(primary_key=True)
    time = models.BigIntegerField()
    action = models.CharField(max_length=60)
    actor = models.CharField(max_length=200)
    subject_kind = models.CharField(max_length=40)
    subject_id = models.CharField(max_length=200)
    payload = models.TextField()
    previous = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    objects = LedgerRows.as_manager()

    class Meta:
        verbose_name = "ledger entry"
        verbose_name_plural = "ledger entries"
        indexes = (
            models.Index("subject_kind", "subject_id", "seq", name="ledger_by_subject"),
            models.Index("actor", "seq", name="ledger_by_actor"),
            models.Index("action", "seq", name="ledger_by_action"),
        )

    def __str__(self) -> str:
        return f"{self.seq} {self.action}"

    def delete(self, *args: object, **kwargs: object) -> Never:
        del args, kwargs
        raise TypeError("the ledger is append-only")
