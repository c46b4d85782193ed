"""What the processes do with the records; ``records.boot.start`` has set Django up before."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple, TypeVar

import msgspec
from django.db import InterfaceError, OperationalError, connection

from shangdun.detect.baseline.sale import Sale
from shangdun.detect.finding import Finding
from shangdun.detect.rule_text import RuleText
from shangdun.kernel.clock import SystemClock
from shangdun.kernel.config import Config, SourceConfig
from shangdun.kernel.errors import StoreError
from shangdun.lake.places import rejected_folder
from shangdun.lake.store.disk import replace_file
from shangdun.observe.event import FORMAT, OWN_SOURCES
from shangdun.observe.probe import Probe

log = logging.getLogger(__name__)

T = TypeVar("T")


def first_administrator() -> tuple[str, str] | None:
    """Name and one-time password of the account that a new installation gets; else None."""
    from shangdun.actions.create_user import do_create_first_administrator  # noqa: PLC0415  needs records.boot.start
    from shangdun.records.actor import SETUP  # noqa: PLC0415  as above
    from shangdun.records.models import User  # noqa: PLC0415  as above

    if User.objects.exists():
        return None
    account = do_create_first_administrator(SETUP)
    return account.user.username, account.password


def checkpoint_ledger(home: Path) -> None:
    """Sign the ledger's head; an empty ledger has none."""
    from shangdun.actions.checkpoint_ledger import do_checkpoint_ledger  # noqa: PLC0415  needs records.boot.start
    from shangdun.records.actor import JOBS  # noqa: PLC0415  as above
    from shangdun.records.models import LedgerEntry  # noqa: PLC0415  as above

    if _tried(LedgerEntry.objects.exists):
        _tried(lambda: do_checkpoint_ledger(JOBS, home=home))


def watched_sources(config: Config) -> list[SourceConfig]:
    """Our own, those of ``shangdun.toml``, those added on the page; the first of a name counts."""
    from shangdun.records.models import Source  # noqa: PLC0415  needs records.boot.start

    sources = {name: SourceConfig(name=name, format=FORMAT, http=True) for name in OWN_SOURCES}
    sources |= {source.name: source for source in config.sources if source.name not in sources}
    for row in _tried(lambda: list(Source.objects.filter(enabled=True))):
        sources.setdefault(row.name, row.config())
    return list(sources.values())


def enabled_probes() -> list[Probe]:
    """The probes that are to be asked."""
    from shangdun.records.models import Probe as Row  # noqa: PLC0415  needs records.boot.start

    return _tried(lambda: [row.probe() for row in Row.objects.filter(enabled=True)])


class StoredRules(NamedTuple):
    """What the records add to the rules in files."""

    generation: int
    texts: list[RuleText]
    lists: dict[str, list[str]]


def rules_generation() -> int:
    """Another number whenever the stored rules changed."""
    from shangdun.records.rule_documents import generation  # noqa: PLC0415  needs records.boot.start

    return _tried(generation)


def stored_rules() -> StoredRules:
    """The stored rules; what changes while they are read makes another generation."""
    from shangdun.records.rule_documents import stored_lists, stored_texts  # noqa: PLC0415  needs records.boot.start

    return StoredRules(rules_generation(), _tried(stored_texts), _tried(stored_lists))


def sales_announced() -> tuple[Sale, ...]:
    """The sales that the watch is to know now; raises ``StoreError``."""
    from shangdun.records.sale_events import announced_sales  # noqa: PLC0415  needs records.boot.start

    return _tried(lambda: announced_sales(SystemClock().now()))


class RecordsSink:
    """Findings into the records: ``runtime.loop.FindingSink``."""

    def __init__(self, home: Path) -> None:
        self._rejected = rejected_folder(home)

    def progress(self) -> int:
        """The last batch whose findings are recorded."""
        from shangdun.records.models import WatchProgress  # noqa: PLC0415  needs records.boot.start

        return _tried(lambda: WatchProgress.objects.get(pk=1).batch)

    def record(self, batch: int, findings: list[Finding]) -> None:
        """Record a batch once; what the records refuse for good is put aside in a file."""
        from shangdun.actions.record_findings import do_record_findings  # noqa: PLC0415  needs records.boot.start
        from shangdun.records.actor import WATCH  # noqa: PLC0415  as above

        try:
            _tried(lambda: do_record_findings(WATCH, batch=batch, findings=findings))
        except StoreError:
            raise
        except Exception:
            log.exception("the findings of batch %d are put aside in %s", batch, self._rejected)
            document = json.dumps(msgspec.to_builtins(findings)).encode()
            replace_file(self._rejected / f"{batch:020}.json", document)


def _tried(ask: Callable[[], T]) -> T:
    """Ask the database; one that is locked, full or down is a ``StoreError``, to be asked again."""
    try:
        return ask()
    except (OperationalError, InterfaceError) as error:
        connection.close()
        raise StoreError(
            f"the records cannot be reached: {error}",
            code="records.down",
            where="records",
            fix="start the database or free disk space; nothing is lost meanwhile",
        ) from error
