"""ShangDun's own backup is there, fresh, and can be restored: it is, into a temporary folder."""

from __future__ import annotations

import tempfile
from datetime import timedelta
from pathlib import Path

from shangdun.runtime.backups import moment_of, newest_backup
from shangdun.runtime.checks.asked import Asked, Seen, SeenFact, failed, passed
from shangdun.runtime.restoring import restore_backup

FRESH = timedelta(hours=48)


def check(asked: Asked) -> Seen:
    """Fails without a backup of the last two days, or where restoring it shows damage."""
    newest = newest_backup(asked.home)
    made = moment_of(newest) if newest else None
    if newest is None or made is None:
        return failed("none", SeenFact("folder", str(asked.home / "backups")))
    facts = [
        SeenFact("made", f"{made.astimezone(asked.zone):%Y-%m-%d %H:%M}"),
        SeenFact("file", f"{newest} ({newest.stat().st_size:,} B)"),
    ]
    if asked.now - made > FRESH:
        return failed("old", *facts, hours=int((asked.now - made).total_seconds() // 3600))
    with tempfile.TemporaryDirectory(prefix="shangdun-restore-") as folder:
        tried = restore_backup(newest, Path(folder), asked.in_time, home=asked.home)
    facts.append(SeenFact("restored", f"{tried.files} · {tried.ledger_rows:,}"))
    if tried.problem:
        return failed("damaged", *facts, problem=tried.problem)
    if asked.config.records.postgres:
        return passed("postgres", *facts)
    return passed("good", *facts, files=tried.files, rows=f"{tried.ledger_rows:,}")
