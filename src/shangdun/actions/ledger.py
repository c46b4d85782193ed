"""Appending to the ledger, inside the transaction of what it records."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec
from django.db import connection, transaction

from shangdun.kernel.clock import to_millis
from shangdun.kernel.ledger import Entry, chain
from shangdun.records.ledger_rows import head
from shangdun.records.models import LedgerEntry

_POSTGRES_LOCK = 0x5348414E4744554E  # "SHANGDUN"


def lock() -> None:
    """Let one action run at a time, so that the head read is the head extended.

    SQLite begins every transaction IMMEDIATE and so does it by itself; PostgreSQL takes an advisory
    lock that falls with the transaction.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_POSTGRES_LOCK])


def append(
    actor: str,
    action: str,
    *,
    subject: tuple[str, str],
    payload: Mapping[str, Any],
    at: datetime,
) -> Entry:
    """Add the entry that follows the head."""
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError("the ledger is written inside a transaction")
    kind, identifier = subject
    entry = chain(
        head(),
        time=to_millis(at),
        action=action,
        actor=actor[:200],
        subject=(kind, identifier[:200]),
        payload=payload,
    )
    LedgerEntry.objects.create(**msgspec.structs.asdict(entry))
    return entry
