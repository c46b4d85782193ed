"""What ``bench_records`` measures, in a process whose Django is started."""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime

import msgspec
from django.db import connection, transaction
from tests.bench.row import Row

from shangdun.actions.record_findings import do_record_findings
from shangdun.detect.finding import Entity, Evidence, Finding, Reason
from shangdun.records.actor import WATCH, System
from shangdun.records.finding_list import FindingFilter, count_findings, list_findings

FINDINGS = 1_000_000
BATCH = 1_000
BATCHES = 20
LIST_BAR_MS = 20.0
NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)
RAW = "GET /search?q=1%27+union+select HTTP/1.1 " * 4

# Multiplying by a large odd number and taking a remainder scatters without a random generator.
# One finding in 500 is critical, one in 1,000 is new; one in three is of rule 1.
FILL = """
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %(count)s)
INSERT INTO records_finding (uid, rule_uid, title, severity, state, first_time, time, recorded,
                             count, fold_key, tags, reasons, evidences, verdict, subjects, sketch)
SELECT 'fill-' || i,
       'rule-' || CASE WHEN i * 7919 %% 3 = 0 THEN 1 ELSE i * 104729 %% 200 END,
       'SQL injection in a request',
       CASE WHEN i * 7907 %% 500 = 0 THEN 5 ELSE 1 + i * 7901 %% 4 END,
       CASE WHEN i * 7883 %% 1000 = 0 THEN 'new' WHEN i %% 9 = 0 THEN 'confirmed'
            ELSE 'dismissed' END,
       datetime('2026-05-04 12:00:00', '-' || ((%(count)s - i) * 15) || ' seconds'),
       datetime('2026-05-04 12:00:00', '-' || ((%(count)s - i) * 15) || ' seconds'),
       '2026-05-04 12:00:00', 1, printf('%%032x', i), '[]', '[]', '[{"raw": "' || %(raw)s || '"}]',
       CASE WHEN i * 7883 %% 1000 = 0 THEN '' WHEN i %% 9 = 0 THEN 'true_positive'
            ELSE 'false_positive' END, 1, '[]'
FROM n"""
FILL_ENTITIES = """
INSERT INTO records_findingentity (finding_id, kind, value, time, points)
SELECT id, 'address', '203.0.113.' || (id * 7877 % 250), time, 10 FROM records_finding
WHERE uid LIKE 'fill-%'"""
FILL_RISK = """
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 200000)
INSERT INTO records_entityrisk (kind, value, level, rules, findings, first_time, last_time)
SELECT 'account', 'risky' || i, 20000 + (i * 7919 %% 100000) / 1000.0, '{}', 3,
       '2026-05-04 12:00:00', '2026-05-04 12:00:00' FROM n"""


def main() -> None:
    """Print the rows as JSON."""
    empty = recording(1, "empty database")
    fill()
    rows = [
        *empty,
        *listing(),
        *recording(BATCHES + 1, "beside 1M findings"),
        *recording(2 * BATCHES + 1, "beside 1M findings, a storm of one rule", rules=1),
    ]
    sys.stdout.buffer.write(msgspec.json.encode(rows))


def fill() -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(FILL, {"count": FINDINGS, "raw": RAW})
        cursor.execute(FILL_ENTITIES)
        cursor.execute(FILL_RISK.replace("%%", "%"))


def listing() -> list[Row]:
    actor = System("system:bench")
    rare = FindingFilter(severities=frozenset({4, 5}), states=frozenset({"new"}))
    cases = {
        "first page": FindingFilter(),
        "severity critical, 0.2 %": FindingFilter(severities=frozenset({5})),
        "high and critical, new, 0.03 %": rare,
        "one rule": FindingFilter(rule_uid="rule-7"),
        "busiest rule, new": FindingFilter(rule_uid="rule-1", states=frozenset({"new"})),
        "one address": FindingFilter(entity=Entity("address", "203.0.113.77")),
    }
    middle = f"{int(NOW.timestamp() - FINDINGS * 7.5) * 1000}-1"
    work: dict[str, Callable[[], object]] = {
        name: lambda wanted=wanted: list_findings(actor, wanted) for name, wanted in cases.items()
    }
    work["page in the middle"] = lambda: list_findings(actor, FindingFilter(), after=middle)
    work["count to 1000"] = lambda: count_findings(actor, FindingFilter(severities=frozenset({2})))
    return [
        Row(f"1M findings: {name}", milliseconds(run), "ms CPU", LIST_BAR_MS, at_least=False)
        for name, run in work.items()
    ]


def recording(start: int, note: str, *, rules: int = 100) -> list[Row]:
    spent = []
    for batch in range(start, start + BATCHES):
        findings = [made(batch, number, rules) for number in range(BATCH)]
        began = time.process_time()
        do_record_findings(WATCH, batch=batch, findings=findings)
        spent.append(time.process_time() - began)
    seconds = statistics.median(spent)
    return [Row(f"record {BATCH} findings", seconds, "s CPU", 1.0, at_least=False, note=note)]


def made(batch: int, number: int, rules: int) -> Finding:
    """One in ten repeats an earlier one; a thousand addresses, 300 accounts.

    With a hundred rules they stay apart; with one nearly all of them are a storm.
    """
    millis = int(NOW.timestamp() * 1000) + batch * 1000 + number
    address = f"198.51.{number // 250}.{number % 250}"
    evidence = Evidence(
        source="shop", file="/var/log/nginx/access.log", line=number, offset=0, time=millis, raw=RAW
    )
    return Finding(
        uid=f"{batch}-{number}",
        rule_uid=f"bench-{(batch if number % 10 else 0) % 20}-{number % rules}",
        title="SQL injection in a request",
        severity_id=2 + number % 4,
        time=millis,
        first_time=millis,
        entities=[Entity("address", address), Entity("account", f"user{number % 300}")],
        evidences=[evidence],
        reasons=[Reason("cs-uri-query", "contains", "union select", "q=1' union select")],
        tags=["attack.initial-access", "attack.t1190"],
    )


def milliseconds(work: Callable[[], object]) -> float:
    """Median CPU milliseconds of 15 runs, after one to warm the cache."""
    work()
    spent = []
    for _ in range(15):
        began = time.process_time()
        work()
        spent.append((time.process_time() - began) * 1000)
    return statistics.median(spent)
